import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Execution, State, TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import { renderView } from '../../components/view.ts';
import { ganttOf } from '../../gantt/index.ts';
import type { Place } from '../page.ts';
import { topicStateOf } from './load.ts';
import { LoopsView } from './loops-view.tsx';
import { failuresOf, loopsOf } from './loops.ts';

const startMs = Date.parse('2026-11-24T14:00:00.000Z');
const iso = (seconds: number): string => new Date(startMs + seconds * 1000).toISOString();
function stateOf(...changes: readonly (readonly [StateType, number])[]): State {
  const last = changes[changes.length - 1] ?? ['CREATED', 0];
  return { current: last[0], histories: changes.map(([state, seconds]) => ({ state, date: iso(seconds) })), duration: 'PT0S', startDate: iso(changes[0]?.[1] ?? 0), ...(isTerminal(last[0]) ? { endDate: iso(last[1]) } : {}) };
}
const taskRun = (id: string, taskId: string, state: State, more: Partial<TaskRun> = {}): TaskRun => ({ id, executionId: 'e', namespace: 'n', flowId: 'f', taskId, outputs: {}, state, ...more });
const execution = (taskRunList: readonly TaskRun[]): Execution => ({ tenantId: 'main', id: 'e', namespace: 'n', flowId: 'f', flowRevision: 1, labels: [], state: stateOf(['CREATED', 0], ['RUNNING', 0]), originalId: 'e', deleted: false, metadata: { attemptNumber: 1, originalCreatedDate: iso(0) }, taskRunList });
const place: Place = { tenant: 'main', path: '/', params: {}, search: '', viewer: { id: 'p', name: 'P', kind: 'person', color: 1, role: 'editor', open: false }, nowMs: startMs + 60_000, zone: 'UTC' } as Place;
const one = (id: string, value: string, end: StateType, more: Partial<TaskRun> = {}): TaskRun => taskRun(id, 'load', end === 'RUNNING' ? stateOf(['CREATED', 1], ['RUNNING', 1]) : stateOf(['CREATED', 1], ['RUNNING', 1], [end, 2]), { parentTaskRunId: 'each', value, ...more });
const state = topicStateOf(execution([
  taskRun('each', 'each', stateOf(['CREATED', 0], ['RUNNING', 0])),
  one('1', 'eu', 'SUCCESS'), one('1b', 'eu', 'SUCCESS', { taskId: 'say' }), one('2', 'us', 'SUCCESS'), one('3', 'apac', 'FAILED'), one('4', 'latam', 'FAILED'), one('5', 'mea', 'FAILED'), one('6', 'anz', 'RUNNING'),
]));
const line = (taskRunId: string, message: string): LogEntry => ({ namespace: 'n', flowId: 'f', taskRunId, timestamp: iso(2), level: 'ERROR', message, deleted: false, position: 0 });

test('iterations are counted by their state; one between two of its tasks is still in flight', () => {
  const [loop] = loopsOf(state, startMs + 60_000);
  assert.equal([loop?.taskId, loop?.total, loop?.runs], ['each', 6, 1]);
  assert.equal(loop?.counts, [{ state: 'SUCCESS', count: 1 }, { state: 'FAILED', count: 3 }, { state: 'RUNNING', count: 2 }]);
  assert.equal(loop?.inFlight.map((iteration) => iteration.name), ['us', 'anz']);
  assert.is(loop?.perMinute, 4);
});

test('failures of one kind are one line, whatever number or name is in their words', () => {
  const [loop] = loopsOf(state, startMs);
  const groups = failuresOf(loop?.failed ?? [], [line('3', 'Row 12 of "eu.csv" has no id'), line('5', 'Row 7 of "mea.csv" has no id')]);
  assert.equal(groups.map((group) => [group.words, group.iterations.map((iteration) => iteration.name)]), [['Row … of "…" has no id', ['apac', 'mea']], ['load failed without a line in the log', ['latam']]]);
});

test('a loop in a loop is one loop that was run several times, and names say both values', () => {
  const nested = topicStateOf(execution([
    taskRun('outer', 'outer', stateOf(['CREATED', 0], ['RUNNING', 0])),
    ...['a', 'b'].flatMap((value) => [taskRun(`in-${value}`, 'inner', stateOf(['CREATED', 0], ['SUCCESS', 1]), { parentTaskRunId: 'outer', value }), ...['1', '2'].map((inner) => taskRun(`${value}${inner}`, 'leaf', stateOf(['CREATED', 0], ['SUCCESS', 1]), { parentTaskRunId: `in-${value}`, value: inner }))]),
  ]));
  const loops = loopsOf(nested, startMs);
  assert.equal(loops.map((loop) => [loop.taskId, loop.runs, loop.total]), [['outer', 1, 2], ['inner', 2, 4]]);
});

test('a ForEachItem is its batches, in the loops and as a bar in its row; its helpers are no rows unless they fail', () => {
  const items = (merge: StateType) => topicStateOf(execution([
    taskRun('all', 'all', stateOf(['CREATED', 0], ['RUNNING', 0])),
    taskRun('s', 'all_split', stateOf(['CREATED', 0], ['SUCCESS', 1]), { parentTaskRunId: 'all' }),
    taskRun('i', 'all_items', stateOf(['CREATED', 1], ['RUNNING', 1]), { parentTaskRunId: 'all', outputs: { numberOfBatches: 10, iterations: { CREATED: 0, RUNNING: 2, SUCCESS: 5, FAILED: 1 } } }),
    taskRun('m', 'all_merge', stateOf(['CREATED', 1], [merge, 2]), { parentTaskRunId: 'all' }),
  ]));
  const [loop] = loopsOf(items('SUCCESS'), startMs);
  assert.equal([loop?.taskId, loop?.total, loop?.counts], ['all', 10, [{ state: 'SUCCESS', count: 5 }, { state: 'FAILED', count: 1 }, { state: 'RUNNING', count: 2 }]]);
  const rows = (merge: StateType) => ganttOf(items(merge), { nowMs: startMs + 3000, collapsed: new Set(), timeText: String }).rows;
  assert.equal(rows('SUCCESS').map((row) => row.taskId), ['all']);
  assert.is(rows('SUCCESS')[0]?.progress?.total, 10);
  assert.equal(rows('FAILED').map((row) => row.taskId), ['all', 'all_merge']);
});

test('words of a failure are text', () => {
  const html = renderView(LoopsView({ state, lines: [line('3', '<img src=x>')], nowMs: startMs, place }));
  assert.not.match(html, /<img/);
  assert.match(html, /3 failed, by message/);
});

test.run();
