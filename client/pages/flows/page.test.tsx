import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowRow } from '../../../core/protocol/entities/flow.ts';
import { pages } from '../index.ts';
import { hostile, maya, openAddress } from '../test-world.ts';

const flow = (id: string, more: Partial<FlowRow> = {}): FlowRow => ({ id, namespace: 'team', revision: 2, disabled: false, labels: [], draft: false, triggers: [], updated: '2026-11-24T13:00:00.000Z', authors: [], present: [], ...more });
const open = (address: string, rows: readonly FlowRow[], viewer = maya) => openAddress({ pages, address, viewer, answers: { 'flows.rows': () => ({ results: rows, total: rows.length }), 'flows.namespaces': () => ['team'] } });

test('a flow shows who has it open, its unpublished edits and how the last run went', async () => {
  const { html } = await open('/ui/main/flows', [flow('orders', { draft: true, authors: ['Priya'], present: [{ name: 'Tomás Ferreira', color: 2 }], lastExecution: { id: 'run1', state: 'FAILED', startDate: '2026-11-24T12:00:00.000Z' } })]);
  assert.match(html, /edits by Priya/);
  assert.match(html, /data-who="2"[^>]*title="Tomás Ferreira"[^>]*>TF/);
  assert.match(html, /href="\/ui\/main\/executions\/team\/orders\/run1\/gantt"/);
  assert.match(html, /1 h ago/);
});
test('a draft opens in the editor and can not be run from the list', async () => {
  const { html } = await open('/ui/main/flows', [flow('idea', { revision: 0, draft: true })]);
  assert.match(html, /href="\/ui\/main\/flows\/edit\/team\/idea\/editor"/);
  assert.match(html, /title="Publish it first, or run the draft from the editor"/);
});
test('hostile names, descriptions and labels are inert', async () => {
  const { html } = await open('/ui/main/flows', [flow(hostile, { description: hostile, namespace: hostile, labels: [{ key: hostile, value: hostile }], authors: [hostile], draft: true, present: [{ name: hostile, color: 1 }], triggers: [{ id: hostile, type: hostile }] })]);
  assert.not.match(html, /<img src=x/);
});
test('a viewer may export, and nothing else', async () => {
  const { html } = await open('/ui/main/flows', [flow('orders')], { ...maya, role: 'viewer' });
  assert.match(html, /data-action="export"/);
  for (const action of ['delete', 'disable', 'import', 'delete-chosen']) assert.not.match(html, new RegExp(`data-action="${action}"`), action);
});
test('an empty list offers to write or to bring flows', async () => {
  const { html } = await open('/ui/main/flows', []);
  assert.match(html, /No flows yet/);
  assert.match(html, /data-action="import"/);
});
test.run();
