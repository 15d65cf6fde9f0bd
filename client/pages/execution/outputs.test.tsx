import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { columnItemsMax, columnsOf, expressionOf, plainValue, taskRunAt, treeOf, valueAt } from './outputs.ts';

const run = (id: string, taskId: string, outputs: Record<string, unknown>, more: { readonly value?: string; readonly parentTaskRunId?: string } = {}): TaskRun => ({
  id, executionId: 'e', namespace: 'n', flowId: 'f', taskId, outputs, ...more,
  state: { current: 'SUCCESS', histories: [], duration: 'PT0S', startDate: '2026-11-24T14:00:00.000Z' },
});
const stateOf = (...taskRuns: readonly TaskRun[]): ExecutionTopicState => ({ execution: null, taskRuns: Object.fromEntries(taskRuns.map((one) => [one.id, one])), order: taskRuns.map((one) => one.id), metrics: [] });

const tree = treeOf(stateOf(
  run('1', 'fetch-orders', { rows: 3, list: [{ a: 1 }, 'x'], file: 'kestra:///a/b.csv', nothing: null }),
  run('2', 'outer', {}),
  run('3', 'inner', {}, { value: 'eu', parentTaskRunId: '2' }),
  run('4', 'load', { total: 7 }, { value: '1', parentTaskRunId: '3' }),
  run('5', 'load', { total: 8 }, { value: '2', parentTaskRunId: '3' }),
));

test('columns go from the task over the iterations around it to the value', () => {
  assert.equal(columnsOf(tree, []).map((column) => column.items.map((item) => item.name)), [['fetch-orders', 'load']]);
  assert.equal(columnsOf(tree, ['load', 'eu', '2']).map((column) => column.items.map((item) => `${item.name} ${item.kind}`)), [['fetch-orders task', 'load task'], ['eu iteration'], ['1 iteration', '2 iteration'], ['total number']]);
  assert.equal(columnsOf(tree, ['fetch-orders', 'list', '0'])[1]?.items.map((item) => [item.name, item.kind, item.count]), [['rows', 'number', undefined], ['list', 'list', 2], ['file', 'file', undefined], ['nothing', 'null', undefined]]);
});

test('a path is the expression that a task would write', () => {
  assert.is(expressionOf(tree, ['load', 'eu', '2', 'total']), 'outputs.load.eu[\'2\'].total');
  assert.is(expressionOf(tree, ['fetch-orders', 'list', '0', 'a']), 'outputs[\'fetch-orders\'].list[0].a');
  assert.is(taskRunAt(tree, ['load', 'eu', '2', 'total']), '5');
  assert.is(taskRunAt(tree, ['load']), undefined);
});

test('a path from an address finds own values only', () => {
  for (const path of [['__proto__'], ['fetch-orders', 'constructor'], ['fetch-orders', 'list', 'length'], ['fetch-orders', 'list', '7'], ['fetch-orders', 'rows', 'toFixed'], ['gone']]) assert.is(valueAt(tree, path), undefined, path.join('.'));
  const odd = treeOf(stateOf(run('1', '__proto__', { a: 1 })));
  assert.is(JSON.stringify(plainValue({ type: 'branch', branch: odd })), '{"__proto__":{"a":1}}');
});

test('a column of thousands shows the first and says how many more there are', () => {
  const wide = treeOf(stateOf(run('1', 'many', { list: Array.from({ length: 5000 }, (_, index) => index) })));
  const column = columnsOf(wide, ['many', 'list'])[2];
  assert.is(column?.items.length, columnItemsMax);
  assert.is(column?.more, 5000 - columnItemsMax);
});

test.run();
