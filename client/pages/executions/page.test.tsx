import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Execution } from '../../../core/protocol/entities/execution.ts';
import { pages } from '../index.ts';
import { hostile, maya, nowMs, openAddress, visible } from '../test-world.ts';

const execution = (id: string, state: Execution['state']['current'], more: Partial<Execution> = {}): Execution => ({
  tenantId: 'main', id: id.padEnd(22, 'x'), namespace: 'team', flowId: 'orders', flowRevision: 3, labels: [], originalId: id, deleted: false, metadata: { attemptNumber: 1, originalCreatedDate: '2026-11-24T13:00:00.000Z' },
  state: { current: state, histories: [{ state: 'CREATED', date: '2026-11-24T13:00:00.000Z' }], duration: 'PT3S', startDate: '2026-11-24T13:00:00.000Z', ...(state === 'SUCCESS' ? { endDate: '2026-11-24T13:00:03.000Z' } : {}) }, ...more,
});
/** What a list asks while the address says nothing of it. */
const unsaid = { timeRange: 'P30D', filters: [{ field: 'scope', operation: 'IN', value: ['USER'] }] };
const open = (address: string, rows: readonly Execution[], viewer = maya, preferences: Readonly<Record<string, unknown>> = {}) => openAddress({
  pages, address, viewer, answers: {
    'executions.search': () => ({ results: rows, total: rows.length }), 'flows.namespaces': () => ['team'], 'preferences.get': () => ({ values: preferences, searches: [] }),
    'executions.lastTasks': () => ({ [rows[0]?.id ?? '']: { taskId: 'clean_lines', attempts: 3 } }),
  },
});

test('filters of the address reach the operation and the topic in one spelling', async () => {
  const { asked, html } = await open('/ui/main/executions?state=FAILED,WARNING&namespace=team&page=2&size=50&labels=a:b', []);
  assert.equal(asked['executions.search'], { page: 2, size: 50, namespace: 'team', state: ['FAILED', 'WARNING'], labels: ['a:b'], ...unsaid });
  assert.match(html, /labels=a%3Ab&namespace=team&page=2&size=50&state=FAILED%2CWARNING&timeRange=P30D/);
});
test('a further comparator reaches them as a filter of the newer kind; what stands unsaid can be taken away', async () => {
  const { asked, html } = await open('/ui/main/executions?filters[state][NOT_IN]=SUCCESS,SKIPPED&timeRange=&scope=', []);
  assert.equal(asked['executions.search'], { page: 1, size: 25, filters: [{ field: 'state', operation: 'NOT_IN', value: 'SUCCESS,SKIPPED' }] });
  assert.match(visible(html), /not in.*Success, Skipped/s);
  assert.not.match(visible(html), /last 30 days<\/span>/);
});
test('a row says state by icon and word, links to the run and counts its time', async () => {
  const { html } = await open('/ui/main/executions', [execution('run1', 'SUCCESS'), execution('run2', 'RUNNING')]);
  assert.match(html, /data-state="SUCCESS"[^>]*>.*?Success/s);
  assert.match(html, /href="\/ui\/main\/executions\/team\/orders\/run1x+\/gantt"/);
  assert.match(html, /3\.0s/);
  assert.match(html, new RegExp(`data-live="" data-tick="duration" data-at="${Date.parse('2026-11-24T13:00:00.000Z')}"[^>]*>3m 24s`));
  assert.ok(nowMs > 0);
});
test('a list carries no task runs: an execution of 5,000 children is one row', async () => {
  const taskRun = { id: 'secret-task-run', executionId: 'run1', namespace: 'team', flowId: 'orders', taskId: 't', outputs: {}, state: execution('x', 'SUCCESS').state };
  const { html } = await open('/ui/main/executions', [execution('run1', 'SUCCESS', { taskRunList: [taskRun], inputs: { token: 'an-input-value' } })]);
  assert.not.match(html, /secret-task-run|an-input-value/);
});
test('hostile labels, names and ids are inert', async () => {
  const { html } = await open(`/ui/main/executions?q=${encodeURIComponent(hostile)}`, [execution('run1', 'FAILED', { flowId: hostile, namespace: hostile, startedBy: hostile, labels: [{ key: 'x', value: hostile }] })]);
  assert.not.match(html, /<img src=x/);
  assert.match(visible(html), /&lt;img src=x onerror=alert\(1\)&gt;/);
});
test('a viewer sees every action, disabled, with the reason', async () => {
  const { html } = await open('/ui/main/executions', [execution('run1', 'RUNNING')], { ...maya, role: 'viewer' });
  assert.not.match(html, /data-action="kill"/);
  assert.match(html, /aria-disabled="true"[^>]*title="You may look, not change/);
});
test('what a state does not allow is disabled with the reason', async () => {
  const { html } = await open('/ui/main/executions', [execution('run1', 'SUCCESS')]);
  assert.match(html, /title="It has already ended: Success"/);
  assert.match(html, /title="Only a failed, killed or paused execution can be restarted; this one is Success"/);
});
test('a viewer has no boxes: nothing can be chosen that may not be changed', async () => {
  assert.not.match((await open('/ui/main/executions', [execution('run1', 'RUNNING')], { ...maya, role: 'viewer' })).html, /<input[^>]*data-select=|<thead>.*data-select-all/);
  assert.match((await open('/ui/main/executions', [execution('run1', 'RUNNING')])).html, /data-select="run1x/);
});
test('columns, chart and page size are as they were chosen last', async () => {
  const { html, asked } = await open('/ui/main/executions', [execution('run1', 'SUCCESS')], maya, { 'list.executions.columns': ['id', 'task', 'revision'], 'list.executions.chart': false, 'list.executions.size': 50 });
  assert.match(html, /<th[^>]*>Task<\/th>/);
  assert.match(html, /clean_lines.*×3/s);
  assert.not.match(html, /<th[^>]*>(<a[^>]*>)?Flow|id="execution-chart"/);
  assert.equal(asked['executions.search'], { page: 1, size: 50, ...unsaid });
});
test('labels of the server are shown to who filters by one, and a label that is chosen takes its filter away', async () => {
  const row = execution('run1', 'SUCCESS', { labels: [{ key: 'system.correlationId', value: 'abc' }, { key: 'team', value: 'data' }] });
  assert.not.match(visible((await open('/ui/main/executions', [row])).html), /system\.correlationId/);
  assert.match(visible((await open('/ui/main/executions?labels=system.correlationId:abc', [row])).html), /class="label"[^>]*>system\.correlationId:abc/);
  assert.match((await open('/ui/main/executions?labels=team:data', [row])).html, /<a class="label" href="\/ui\/main\/executions" aria-current="true"/);
});
test('as a timeline the same executions are bars that lead to them', async () => {
  const { html, asked } = await open('/ui/main/executions?view=timeline', [execution('run1', 'SUCCESS')]);
  assert.equal(asked['executions.search'], { page: 1, size: 100, ...unsaid });
  assert.match(html, /<a href="\/ui\/main\/executions\/team\/orders\/run1x+\/gantt" id="bar-run1x+" aria-label="orders run1xxxx, Success, 2026-11-24 13:00:00, 3\.0s"/);
});
test('an empty list says why and offers the way out', async () => {
  assert.match((await open('/ui/main/executions?timeRange=&scope=', [])).html, /Nothing has run yet/);
  assert.match((await open('/ui/main/executions', [])).html, /Nothing has run in the last 30 days/);
  assert.match((await open('/ui/main/executions?state=FAILED', [])).html, /No execution fits these filters/);
});
test.run();
