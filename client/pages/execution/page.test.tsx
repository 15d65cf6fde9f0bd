import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Execution, State, TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { StateType } from '../../../core/protocol/states.ts';
import { renderView } from '../../components/view.ts';
import { eventsOf, ganttOf } from '../../gantt/index.ts';
import type { Place } from '../page.ts';
import { firstFailure, tasksNotRun } from './failure.ts';
import { firstPart, topicStateOf } from './load.ts';
import { pauseInputs } from './pause-inputs.ts';
import { colleaguesOf } from './people.ts';
import { TaskDrawer } from './task-drawer.tsx';
import { iterationsOf } from './task-parts.tsx';
import { ExecutionActions } from './actions.tsx';

const atMs = Date.parse('2026-11-24T14:00:00.000Z');
const iso = (seconds: number): string => new Date(atMs + seconds * 1000).toISOString();
function stateOf(...changes: readonly (readonly [StateType, number])[]): State {
  const last = changes[changes.length - 1] ?? ['CREATED', 0];
  const ended = ['SUCCESS', 'FAILED', 'WARNING', 'KILLED'].includes(last[0]);
  return { current: last[0], histories: changes.map(([state, seconds]) => ({ state, date: iso(seconds) })), duration: 'PT0S', startDate: iso(changes[0]?.[1] ?? 0), ...(ended ? { endDate: iso(last[1]) } : {}) };
}
const taskRun = (id: string, taskId: string, state: State, more: Partial<TaskRun> = {}): TaskRun => ({ id, executionId: 'e', namespace: 'n', flowId: 'f', taskId, outputs: {}, state, ...more });
const execution = (state: State, taskRunList: readonly TaskRun[]): Execution => ({ tenantId: 'main', id: 'e', namespace: 'n', flowId: 'f', flowRevision: 1, labels: [], state, originalId: 'e', deleted: false, metadata: { attemptNumber: 1, originalCreatedDate: iso(0) }, taskRunList });
const place = (role: 'viewer' | 'editor'): Place => ({ tenant: 'main', path: '/ui/main/executions/n/f/e/gantt', params: {}, search: '', viewer: { id: 'p', name: 'P', kind: 'person', color: 1, role, open: false }, nowMs: atMs + 60_000, zone: 'UTC' } as Place);

const failed = topicStateOf(execution(stateOf(['CREATED', 0], ['RUNNING', 0], ['FAILED', 9]), [
  taskRun('1', 'fine', stateOf(['CREATED', 0], ['RUNNING', 1], ['SUCCESS', 2])),
  taskRun('2', 'each', stateOf(['CREATED', 2], ['RUNNING', 2], ['FAILED', 9])),
  taskRun('3', 'late', stateOf(['CREATED', 2], ['RUNNING', 3], ['FAILED', 8]), { parentTaskRunId: '2', value: 'b' }),
  taskRun('4', 'early', stateOf(['CREATED', 2], ['RUNNING', 3], ['FAILED', 6]), { parentTaskRunId: '2', value: 'a', attempts: [{ state: stateOf(['CREATED', 3], ['RUNNING', 3], ['FAILED', 4]) }, { state: stateOf(['CREATED', 5], ['RUNNING', 5], ['FAILED', 6]) }] }),
]));

test('what failed first is neither its parent nor what failed later', () => {
  assert.is(firstFailure(failed)?.id, '4');
  assert.is(firstFailure({ ...failed, execution: failed.execution === null ? null : { ...failed.execution, state: stateOf(['CREATED', 0], ['SUCCESS', 1]) } }), undefined, 'a run that came through has no failure to show');
  assert.equal(tasksNotRun({ tasks: [{ id: 'fine' }, { id: 'each' }, { id: 'report' }] } as never, failed), ['report']);
});

test('the Gantt draws children under their parent and each attempt with the wait between', () => {
  const { rows } = ganttOf(failed, { nowMs: atMs + 60_000, collapsed: new Set(), timeText: String });
  assert.equal(rows.map((row) => [row.id, row.level]), [['1', 1], ['2', 1], ['3', 2], ['4', 2]]);
  assert.equal(rows[3]?.bars.map((bar) => bar.type), ['waited', 'attempt', 'gap', 'ran']);
  assert.equal(ganttOf(failed, { nowMs: atMs + 60_000, collapsed: new Set(['2']), timeText: String }).rows.map((row) => row.id), ['1', '2']);
});

test('events are in order, and tell attempts and the time since the task began to run', () => {
  const events = eventsOf(failed);
  assert.equal(events.map((event) => event.atMs), [...events.map((event) => event.atMs)].sort((a, b) => a - b));
  assert.equal(events.filter((event) => event.taskRunId === '4').map((event) => `${event.what} ${event.detail}`.trim()), ['started', 'attempt 1 failed after 1.0s', 'attempt 2 started', 'failed after 3.0s, 2 attempts']);
});

test('the first answer of a large run holds its beginning and what failed, with its parents', () => {
  const many = topicStateOf(execution(stateOf(['CREATED', 0], ['FAILED', 9]), [
    taskRun('each', 'each', stateOf(['CREATED', 0], ['FAILED', 9])),
    ...Array.from({ length: 5000 }, (_, index) => taskRun(`r${index}`, 'one', stateOf(['CREATED', 0], [index === 4711 ? 'FAILED' : 'SUCCESS', 1]), { parentTaskRunId: 'each' })),
  ]));
  const part = firstPart(many, firstFailure(many));
  assert.ok(part.order.length < 400);
  assert.ok(part.order.includes('r4711') && part.order.includes('each'));
  assert.equal(Object.keys(part.taskRuns).length, part.order.length);
});

test('a viewer reads why an action is refused, an editor why the state refuses it', () => {
  const header = failed.execution;
  assert.ok(header !== null);
  const viewer = renderView(ExecutionActions({ execution: header, place: place('viewer') }));
  assert.not.match(viewer, /data-action="(restart|replay|delete|kill)"/);
  assert.match(viewer, /You may look, not change/);
  const running = renderView(ExecutionActions({ execution: { ...header, state: stateOf(['CREATED', 0], ['RUNNING', 1]) }, place: place('editor') }));
  assert.match(running, /data-action="kill"/);
  assert.match(running, /title="It has not ended yet: Running"/);
  assert.match(renderView(ExecutionActions({ execution: { ...header, state: stateOf(['CREATED', 0], ['PAUSED', 1]) }, place: place('editor') })), /data-kind="primary"[^>]*data-action="resume"/);
});

test('iterations are counted by state, of a ForEachItem and of a Loop', () => {
  const of = (outputs: Readonly<Record<string, unknown>>) => iterationsOf(taskRun('1', 'each', stateOf(['CREATED', 0], ['RUNNING', 1]), { outputs }));
  assert.equal(of({ iterations: { CREATED: 0, RUNNING: 2, SUCCESS: 5, FAILED: 1, odd: 3 }, numberOfBatches: 10 }), { total: 10, states: [{ state: 'RUNNING', count: 2 }, { state: 'SUCCESS', count: 5 }, { state: 'FAILED', count: 1 }] });
  assert.equal(of({ iterationCount: 9, runningIterations: 2, terminatedIterations: 4 }), { total: 9, states: [{ state: 'SUCCESS', count: 4 }, { state: 'RUNNING', count: 2 }] });
  assert.is(of({ iterations: 'none' }), undefined);
});

test('names and values of a run are text, never markup', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const state = topicStateOf(execution(stateOf(['CREATED', 0], ['RUNNING', 1]), [taskRun('1', evil, stateOf(['CREATED', 0], ['RUNNING', 1]), { value: evil, outputs: { [evil]: evil } })]));
  const html = renderView(TaskDrawer({ state, lines: [{ namespace: 'n', flowId: 'f', taskRunId: '1', timestamp: iso(1), level: 'INFO', message: evil, deleted: false, position: 0 }], selected: '1', place: place('editor') }));
  assert.not.match(html, /<img/);
  assert.ok(html.split('&lt;img').length > 4);
});

test('the inputs of a Pause are found at any depth', () => {
  const flow = { tasks: [{ id: 'a', tasks: [{ id: 'ask', onResume: [{ id: 'count', type: 'INT' }] }] }] } as never;
  assert.equal(pauseInputs(flow, 'ask'), [{ id: 'count', type: 'INT' }]);
  assert.equal(pauseInputs(flow, 'a'), []);
  assert.equal(pauseInputs(undefined, 'ask'), []);
});

test('what other clients say of themselves is read with care, and my own tabs are no colleagues', () => {
  const person = (id: string, at: unknown) => ({ clientId: 1, own: false, user: { id, name: id, color: 2, kind: 'person', role: 'editor' }, state: { at } });
  const read = colleaguesOf([person('ada', { tab: 'gantt', taskRunId: '1', line: 4, path: ['a'] }), person('eve', { tab: { evil: 1 }, taskRunId: 7, line: -1, path: [1] }), person('odd', 'text'), person('me', { tab: 'logs' })], 'me');
  assert.equal(read.map(({ id, tab, taskRunId, line, path }) => ({ id, tab, taskRunId, line, path })), [
    { id: 'ada', tab: 'gantt', taskRunId: '1', line: 4, path: ['a'] },
    { id: 'eve', tab: undefined, taskRunId: undefined, line: undefined, path: undefined },
    { id: 'odd', tab: undefined, taskRunId: undefined, line: undefined, path: undefined },
  ]);
});

test.run();
