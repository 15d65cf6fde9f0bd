/** What the Gantt shows: any moment with what was to come, groups, the critical path, zoom, and ten thousand rows in a breath. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Execution, State, TaskRun } from '../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../core/protocol/states.ts';
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import { renderView } from '../components/view.ts';
import { beatsOf } from './transport.ts';
import { criticalPathOf } from './critical-path.ts';
import { eventsOf } from './events.ts';
import { ganttOf, type GanttShape } from './model.ts';
import { scaleOf, windowAt, zoomed } from './scale.ts';
import { stateAt } from './state-at.ts';
import { GanttTable } from './table-view.tsx';
import { GanttView } from './view.tsx';

const startMs = Date.parse('2026-11-24T14:00:00.000Z');
const iso = (seconds: number): string => new Date(startMs + seconds * 1000).toISOString();
function stateOf(...changes: readonly (readonly [StateType, number])[]): State {
  const last = changes[changes.length - 1] ?? ['CREATED', 0];
  return { current: last[0], histories: changes.map(([state, seconds]) => ({ state, date: iso(seconds) })), duration: 'PT0S', startDate: iso(changes[0]?.[1] ?? 0), ...(isTerminal(last[0]) ? { endDate: iso(last[1]) } : {}) };
}
const taskRun = (id: string, from: number, to: number, more: Partial<TaskRun> = {}): TaskRun => ({ id, executionId: 'e', namespace: 'n', flowId: 'f', taskId: id, outputs: {}, state: stateOf(['CREATED', from], ['RUNNING', from], ['SUCCESS', to]), attempts: [{ state: stateOf(['CREATED', from], ['RUNNING', from], ['SUCCESS', to]) }], ...more });
function runOf(taskRunList: readonly TaskRun[], state = stateOf(['CREATED', 0], ['RUNNING', 0], ['SUCCESS', 30])): ExecutionTopicState {
  const execution: Execution = { tenantId: 'main', id: 'e', namespace: 'n', flowId: 'f', flowRevision: 1, labels: [], state, originalId: 'e', deleted: false, metadata: { attemptNumber: 1, originalCreatedDate: iso(0) } };
  return { execution, taskRuns: Object.fromEntries(taskRunList.map((one) => [one.id, one])), order: taskRunList.map((one) => one.id), metrics: [] };
}
const shape = (more: Partial<GanttShape> = {}): GanttShape => ({ nowMs: startMs + 60_000, collapsed: new Set(), timeText: String, ...more });
const loop = runOf([
  taskRun('first', 0, 10), taskRun('each', 10, 25, { attempts: [] }),
  taskRun('eu', 10, 14, { taskId: 'load', value: 'eu', parentTaskRunId: 'each' }), taskRun('us', 10, 20, { taskId: 'load', value: 'us', parentTaskRunId: 'each' }), taskRun('apac', 20, 25, { taskId: 'load', value: 'apac', parentTaskRunId: 'each' }),
  taskRun('last', 25, 30),
]);

test('at a moment what ran is solid until then, what was to come is an outline, and what had not begun is a row without a bar', () => {
  const { rows, scale } = ganttOf(loop, shape({ atMs: startMs + 18_000 }));
  const bars = (id: string): readonly string[] => rows.find((row) => row.id === id)?.bars.map((bar) => `${bar.type} ${(bar.fromMs - startMs) / 1000}-${(bar.toMs - startMs) / 1000}`) ?? [];
  assert.equal(bars('first'), ['ran 0-10']);
  assert.equal(bars('us'), ['ran 10-18', 'later 18-20']);
  assert.equal(bars('last'), ['later 25-30']);
  assert.equal(rows.map((row) => row.state), ['SUCCESS', 'RUNNING', 'SUCCESS', 'RUNNING', 'CREATED', 'CREATED']);
  assert.is(scale.fromMs, startMs, 'the time on the axis is that of the whole run');
  assert.ok(scale.toMs > startMs + 30_000);
});

test('rows stand under headings: by task, by iteration, by state, or flat by their start', () => {
  const titles = (grouping: GanttShape['grouping'], more: Partial<GanttShape> = {}): readonly string[] => ganttOf(loop, shape({ ...(grouping === undefined ? {} : { grouping }), ...more })).rows.map((row) => (row.heading ? `# ${row.taskId} ${row.children}` : row.id));
  assert.equal(titles('task'), ['first', 'each', '# load 3', 'eu', 'us', 'apac', 'last']);
  assert.equal(titles('iteration'), ['# Outside of loops 3', 'first', 'each', 'last', '# eu 1', 'eu', '# us 1', 'us', '# apac 1', 'apac']);
  assert.equal(titles('state', { atMs: startMs + 18_000 }), ['# Created 2', 'apac', 'last', '# Running 2', 'each', 'us', '# Success 2', 'first', 'eu']);
  assert.equal(titles('time'), ['first', 'each', 'eu', 'us', 'apac', 'last']);
  assert.equal(titles('task', { collapsed: new Set(['group-load']) }), ['first', 'each', '# load 3', 'last']);
});

test('the critical path is the chain that decided the end, not what ran beside it', () => {
  assert.equal([...criticalPathOf(loop)].sort(), ['apac', 'first', 'last', 'us']);
  assert.is(criticalPathOf(loop), criticalPathOf(loop), 'a tick does not search again');
  const rows = ganttOf(loop, shape({ critical: true })).rows;
  assert.equal(rows.filter((row) => row.critical).map((row) => row.id), ['first', 'us', 'apac', 'last']);
  // Of a run that goes on: what has held it up longest.
  const going = runOf([taskRun('a', 0, 5), taskRun('b', 5, 9, { state: stateOf(['CREATED', 5], ['RUNNING', 5]) }), taskRun('c', 6, 9, { state: stateOf(['CREATED', 6], ['RUNNING', 6]) })], stateOf(['CREATED', 0], ['RUNNING', 0]));
  assert.equal([...criticalPathOf(going)], ['b', 'a']);
});

test('zoom stays inside of the run, around the pointer, and the whole run is no window', () => {
  const run = { fromMs: startMs, toMs: startMs + 30_000 };
  const near = zoomed(scaleOf(run.fromMs, run.toMs, 'start'), 2, startMs + 15_000, run);
  assert.ok(near !== undefined && near.fromMs > run.fromMs && near.toMs < run.toMs);
  assert.is(zoomed({ fromMs: startMs + 10_000, toMs: startMs + 20_000 }, 0.1, startMs + 15_000, run), undefined);
  assert.equal(windowAt(startMs + 29_000, 5000, run), { fromMs: startMs + 25_000, toMs: startMs + 30_000, following: true });
  // A window that follows keeps its length when the run goes on.
  const later = scaleOf(startMs, startMs + 40_000, 'start', { fromMs: startMs + 25_000, toMs: startMs + 30_000, following: true });
  assert.equal([later.fromMs, later.toMs], [startMs + 35_000, startMs + 40_000]);
  assert.equal(scaleOf(startMs, startMs + 30_000, 'start', { fromMs: startMs + 9_900, toMs: startMs + 14_000, following: false }).ticks.map((tick) => tick.text), ['+10s', '+11s', '+12s', '+13s']);
});

test('a reader of screens hears state, queued and running time; a table says the same', () => {
  const waited = runOf([taskRun('slow', 0, 9, { state: stateOf(['CREATED', 0], ['RUNNING', 4], ['SUCCESS', 9]), attempts: [{ state: stateOf(['CREATED', 4], ['RUNNING', 4], ['SUCCESS', 9]) }] })]);
  const model = ganttOf(waited, shape({ critical: true }));
  const html = renderView(GanttView({ label: 'Task runs', rows: model.rows, scale: model.scale, selected: undefined, marks: [], first: 0, total: 1, rowHeight: 32 }));
  assert.match(html, /aria-label="Success, 9\.0s in all, 4\.0s queued, 5\.0s running, on the critical path"/);
  const table = renderView(GanttTable({ rows: model.rows, page: 0, timeText: (ms) => new Date(ms).toISOString() }));
  assert.match(table, /<th scope="row"[^>]*>.*slow.*<td class="end num">4\.0s<\/td><td class="end num">5\.0s<\/td>/s);
});

test('within one millisecond what holds others begins before them and ends after them, the execution too, and what runs after it comes last', () => {
  const at = (id: string, end: StateType, more: Partial<TaskRun> = {}): TaskRun => taskRun(id, 1, 1, { state: stateOf(['CREATED', 1], ['RUNNING', 1], [end, 1]), attempts: [], ...more });
  const run = runOf([
    taskRun('branch', 0, 1, { state: stateOf(['CREATED', 0], ['RUNNING', 1], ['FAILED', 1]), attempts: [] }), taskRun('broken', 0, 1, { state: stateOf(['CREATED', 0], ['RUNNING', 1], ['FAILED', 1]), parentTaskRunId: 'branch', attempts: [] }),
    taskRun('alert', 0, 1, { state: stateOf(['CREATED', 0], ['RUNNING', 1], ['SUCCESS', 1]), attempts: [] }), at('note', 'SUCCESS'),
  ], stateOf(['CREATED', 0], ['RUNNING', 0], ['FAILED', 1]));
  assert.equal(eventsOf(run).filter((event) => event.atMs === startMs + 1000).map((event) => `${event.name} ${event.what}`), [
    'branch started', 'broken started', 'broken failed', 'branch failed', 'alert started', 'alert ended', 'f failed', 'note started', 'note ended',
  ]);
});

test('the bar of time holds a few hundred beats, and of those at one place the loudest', () => {
  const many = runOf(Array.from({ length: 2000 }, (_, index) => taskRun(`r${index}`, index / 100, index / 100 + 0.005, index === 1000 ? { state: stateOf(['CREATED', 10], ['RUNNING', 10], ['FAILED', 10.005]) } : {})));
  const beats = beatsOf(eventsOf(many), startMs, startMs + 30_000);
  assert.ok(beats.length <= 241);
  assert.ok(beats.some((beat) => beat.state === 'FAILED'));
});

test('ten thousand task runs are laid out, moved through and grouped in linear time', () => {
  const of = (count: number): ExecutionTopicState => runOf([taskRun('each', 0, 30, { attempts: [] }), ...Array.from({ length: count }, (_, index) => taskRun(`r${index}`, (index % 1000) / 50, (index % 1000) / 50 + 1, { taskId: 'one', value: String(index), parentTaskRunId: 'each' }))]);
  const [small, large] = [of(1000), of(10_000)];
  const timed = (state: ExecutionTopicState): number => {
    const began = performance.now();
    for (const grouping of ['tree', 'task', 'iteration', 'state', 'time'] as const) {
      const model = ganttOf(state, shape({ grouping, critical: true, atMs: startMs + 9000 }));
      assert.ok(model.rows.length >= state.order.length);
    }
    assert.ok(stateAt(state, startMs + 9000).order.length > 0);
    return performance.now() - began;
  };
  timed(small);
  const [one, ten] = [Math.min(timed(of(1000)), timed(of(1000))), Math.min(timed(large), timed(of(10_000)))];
  assert.ok(ten < Math.max(400, one * 60), `1,000: ${one.toFixed(0)} ms, 10,000: ${ten.toFixed(0)} ms`);
});

test.run();
