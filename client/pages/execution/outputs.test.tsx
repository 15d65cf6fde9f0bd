import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { renderView } from '../../components/view.ts';
import { walked } from './cascader.ts';
import { PreviewBody, type PreviewAnswer } from './preview.tsx';
import { columnItemsMax, columnsOf, expressionOf, plainValue, secretMark, taskRunAt, treeOf, treeOfValues, valueAt } from './outputs.ts';

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

test('an encrypted value is dots wherever it stands, and nothing else changes', () => {
  const cipher = { type: 'io.kestra.datatype:aes_encrypted', value: 'c2VjcmV0' };
  const values = treeOfValues({ token: cipher, list: [1, { deep: cipher }], plain: { type: 'other', value: 1 } });
  const text = JSON.stringify(plainValue({ type: 'branch', branch: values }));
  assert.is(text, JSON.stringify({ token: secretMark, list: [1, { deep: secretMark }], plain: { type: 'other', value: 1 } }));
  assert.not.match(text, /c2VjcmV0/);
});

test('keys walk through the columns: among siblings, into what is chosen, and out of it', () => {
  const at = ['fetch-orders', 'list'];
  const to = (key: string): readonly string[] | undefined => walked(tree, at, at, key).path;
  assert.equal(to('ArrowUp'), ['fetch-orders', 'rows']);
  assert.equal(to('ArrowDown'), ['fetch-orders', 'file']);
  assert.equal(to('ArrowRight'), ['fetch-orders', 'list', '0']);
  assert.equal(to('ArrowLeft'), ['fetch-orders']);
  assert.equal(to('End'), ['fetch-orders', 'nothing']);
  assert.equal(walked(tree, at, at, 'Enter'), { handled: false, path: undefined });
});

test('a preview is a table, a picture, a document or text; what is cut says so, and nothing of it is markup', () => {
  const evil = '<img src=x onerror=alert(1)>';
  const body = (preview: PreviewAnswer): string => renderView(PreviewBody({ name: 'a', href: '/file', bytes: 1, rows: 100, encoding: 'UTF-8', answer: { type: 'shown', preview } }));
  const rows = body({ extension: 'csv', type: 'LIST', content: [{ a: evil, b: null }, { a: 2 }], truncated: true });
  assert.match(rows, /<th class="mono" scope="col">b<\/th>/);
  assert.match(rows, /<i class="faint">null<\/i>/);
  assert.match(rows, /Only the beginning is shown/);
  assert.match(body({ extension: 'png', type: 'IMAGE', content: 'AQID', truncated: false }), /src="data:image\/png;base64,AQID"/);
  assert.match(body({ extension: 'png', type: 'IMAGE', content: 'AQID', truncated: true }), /too large for a preview/);
  assert.match(body({ extension: 'pdf', type: 'PDF', content: 'AQID', truncated: false }), /data-open-pdf/);
  assert.match(body({ extension: 'md', type: 'MARKDOWN', content: '# One', truncated: false }), /<h1>One<\/h1>/);
  for (const html of [rows, body({ extension: 'txt', type: 'TEXT', content: evil, truncated: false }), body({ extension: 'md', type: 'MARKDOWN', content: evil, truncated: false }), body({ extension: 'json', type: 'TEXT', content: JSON.stringify(evil), truncated: false })]) assert.not.match(html, /<img src=x/);
  assert.match(body({ extension: 'txt', type: 'TEXT', content: '', truncated: false }), /The file is empty/);
});

test.run();
