import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Execution, State, TaskRun } from '../../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import { renderView } from '../../components/view.ts';
import { topicStateOf } from '../execution/load.ts';
import type { Place } from '../page.ts';
import { compared, differencesOf } from './compare.ts';
import { CompareDrawer } from './drawer.tsx';
import { CompareRows } from './rows.tsx';

const startMs = Date.parse('2026-11-24T14:00:00.000Z');
const iso = (seconds: number): string => new Date(startMs + seconds * 1000).toISOString();
function stateOf(...changes: readonly (readonly [StateType, number])[]): State {
  const last = changes[changes.length - 1] ?? ['CREATED', 0];
  return { current: last[0], histories: changes.map(([state, seconds]) => ({ state, date: iso(seconds) })), duration: 'PT0S', startDate: iso(changes[0]?.[1] ?? 0), ...(isTerminal(last[0]) ? { endDate: iso(last[1]) } : {}) };
}
const taskRun = (id: string, taskId: string, from: number, to: number, more: Partial<TaskRun> = {}, end: StateType = 'SUCCESS'): TaskRun =>
  ({ id, executionId: 'e', namespace: 'n', flowId: 'f', taskId, outputs: {}, state: stateOf(['CREATED', from], ['RUNNING', from], [end, to]), attempts: [{ state: stateOf(['CREATED', from], ['RUNNING', from], [end, to]) }], ...more });
const execution = (from: number, to: number, taskRunList: readonly TaskRun[], more: Partial<Execution> = {}): Execution => ({ tenantId: 'main', id: 'e', namespace: 'n', flowId: 'f', flowRevision: 1, labels: [], state: stateOf(['CREATED', from], ['SUCCESS', to]), originalId: 'e', deleted: false, metadata: { attemptNumber: 1, originalCreatedDate: iso(from) }, taskRunList, ...more });
const place: Place = { tenant: 'main', path: '/ui/main/compare', params: {}, search: '', viewer: { id: 'p', name: 'P', kind: 'person', color: 1, role: 'editor', open: false }, nowMs: startMs + 900_000, zone: 'UTC' } as Place;

// B began ten minutes later: times are measured from the start of each.
const a = topicStateOf(execution(0, 40, [
  taskRun('1', 'fetch', 0, 10, { outputs: { rows: 3, region: { name: 'eu' } } }),
  taskRun('2', 'each', 10, 30), taskRun('3', 'load', 10, 20, { parentTaskRunId: '2', value: 'eu' }), taskRun('4', 'load', 20, 30, { parentTaskRunId: '2', value: 'us' }),
  taskRun('5', 'old', 30, 40),
], { inputs: { day: 'Monday' } }));
const b = topicStateOf(execution(600, 661, [
  taskRun('a', 'fetch', 600, 610, { outputs: { rows: 4, region: { name: 'eu' } } }),
  taskRun('b', 'each', 610, 660), taskRun('c', 'load', 610, 645, { parentTaskRunId: 'b', value: 'eu' }, 'WARNING'), taskRun('d', 'load', 645, 660, { parentTaskRunId: 'b', value: 'apac' }),
], { inputs: { day: 'Tuesday' }, flowRevision: 2 }));
const comparison = compared(a, b, startMs + 900_000);

test('task runs are matched by task and iteration; what only one has stands where that one had it', () => {
  assert.equal(comparison.rows.map((row) => [row.key, row.a?.taskRun.id, row.b?.taskRun.id]), [
    ['/fetch', '1', 'a'], ['/each', '2', 'b'], ['/each/load[eu]', '3', 'c'], ['/each/load[apac]', undefined, 'd'], ['/each/load[us]', '4', undefined], ['/old', '5', undefined],
  ]);
});

test('the figures say what differs, and a task run of the same length does not', () => {
  assert.equal(comparison.figures, { states: 1, attempts: 0, onlyA: 2, onlyB: 1, outputsDiffer: 1, outputsSame: 1 });
  assert.equal([comparison.spanA, comparison.spanB], [40_000, 61_000]);
  const fetch = comparison.rows[0];
  assert.equal([fetch?.deltaMs, fetch?.isSlower, fetch?.differs], [0, false, true]);
  assert.is(comparison.rows[2]?.deltaMs, 25_000);
  assert.equal(comparison.reasons.map((row) => row.key), ['/each/load[eu]', '/each/load[apac]'], 'leaves only, the largest first, and none that only A had');
  assert.ok(compared(a, a, startMs + 900_000).rows.every((row) => !row.differs), 'a run equals itself');
});

test('bars of both begin at the start of their own run', () => {
  assert.is(comparison.rows[0]?.a?.bars[0]?.fromMs, 0);
  assert.is(comparison.rows[0]?.b?.bars[0]?.fromMs, 0);
});

test('values are compared leaf by leaf, and a secret is no text', () => {
  assert.equal(differencesOf({ a: 1, b: { c: ['x', 'y'] } }, { a: 1, b: { c: ['x'] }, d: null }), [
    { key: 'a', a: '1', b: '1', differs: false }, { key: 'b.c.0', a: 'x', b: 'x', differs: false }, { key: 'b.c.1', a: 'y', b: undefined, differs: true }, { key: 'd', a: undefined, b: 'null', differs: true },
  ]);
  const secret = { type: 'io.kestra.datatype:aes_encrypted', value: 'cipher' };
  assert.not.match(JSON.stringify(differencesOf({ key: secret }, {})), /cipher/);
  assert.is(differencesOf(Array.from({ length: 10_000 }, (_, index) => index), []).length, 500, 'a large value is compared by its beginning');
});

test('names and values of runs are text, and a reader hears both times', () => {
  const evil = '<img src=x>';
  const one = topicStateOf(execution(0, 1, [taskRun('1', evil, 0, 1, { value: evil, outputs: { [evil]: evil } })]));
  const same = compared(one, one, startMs);
  const html = renderView(CompareRows({ rows: same.rows, first: 0, total: 1, rowHeight: 40, spanMs: 1000, align: 'start', selected: undefined, marks: [] })) + renderView(CompareDrawer({ a: one, b: one, row: same.rows[0], lines: { a: [], b: [] }, place }));
  assert.not.match(html, /<img/);
  assert.match(renderView(CompareRows({ rows: comparison.rows, first: 0, total: 6, rowHeight: 40, spanMs: comparison.spanMs, align: 'task', selected: '/each/load[eu]', marks: [] })), /aria-label="A 10.0s, B 35.0s, \+25.0s, state success in A, warning in B"/);
});

test('without a choice the runs themselves are compared', () => {
  const html = renderView(CompareDrawer({ a, b, row: undefined, lines: undefined, place }));
  assert.match(html, /Monday.*Tuesday/s);
});

test.run();
