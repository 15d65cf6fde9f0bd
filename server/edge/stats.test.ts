/** The figures of 0.20 and what clients ask about the server itself. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discard, startServer, type Answer, type TestServer } from '../../test/harness/server.ts';

let server: TestServer;
const flow = (id: string, task: string, namespace = 'api.stats'): string => `id: ${id}\nnamespace: ${namespace}\nvariables:\n  greeting: hello\ntasks:\n  - id: one\n    type: ${task}\n`;
test('a server with some runs stands', async () => {
  server = await startServer();
  await server.putFlow(flow('fine', 'io.kestra.plugin.core.log.Log\n    message: hi'));
  await server.putFlow(flow('broken', 'io.kestra.plugin.core.execution.Fail'));
  await server.putFlow(`${flow('fine', 'io.kestra.plugin.core.log.Log\n    message: hi', 'api.other')}triggers:\n  - id: daily\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: 0 0 * * *\n    disabled: true\n`);
  for (const path of ['api.stats/fine', 'api.stats/fine', 'api.stats/broken', 'api.other/fine']) await server.request('POST', `/api/v1/executions/${path}?wait=true`);
});
test.after(async () => discard(server));

const call = (method: string, path: string, body?: unknown): Promise<Answer> => server.request(method, `/api/v1${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
const ok = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await call(method, path, body);
  assert.is(answer.status, 200, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json as T;
};
interface Day { readonly startDate: string; readonly groupBy: string; readonly duration: { readonly count: number; readonly avg: number }; readonly executionCounts: Readonly<Record<string, number>> }

test('summaries and days of executions and task runs, of flows and namespaces; a body is not needed', async () => {
  assert.equal(await ok('POST', '/stats/summary', {}), { flows: 3, triggers: 1 });
  assert.equal(await ok('POST', '/stats/summary', { namespace: 'api.stats' }), { flows: 2, triggers: 0 });
  const days = await ok<readonly Day[]>('POST', '/stats/executions/daily');
  assert.ok(days.length >= 30 && days.length <= 32, String(days.length));
  const today = days.at(-1);
  assert.equal([today?.executionCounts['SUCCESS'], today?.executionCounts['FAILED'], today?.executionCounts['PAUSED'], today?.duration.count, today?.groupBy], [3, 1, 0, 4, 'day']);
  const few = await ok<readonly Day[]>('POST', '/stats/executions/daily', { namespace: 'api.stats', state: ['FAILED'], q: null });
  assert.equal([few.at(-1)?.executionCounts['FAILED'], few.at(-1)?.executionCounts['SUCCESS']], [1, 0]);
  const taskRuns = await ok<readonly Day[]>('POST', '/stats/taskruns/daily', { state: 'SUCCESS' });
  assert.is(taskRuns.at(-1)?.executionCounts['SUCCESS'], 3);
  const byFlow = await ok<Record<string, Record<string, readonly Day[]>>>('POST', '/stats/executions/daily/group-by-flow', { flows: [{ namespace: 'api.stats', id: 'fine' }] });
  assert.equal([Object.keys(byFlow), Object.keys(byFlow['api.stats'] ?? {}), byFlow['api.stats']?.['fine']?.at(-1)?.executionCounts['SUCCESS']], [['api.stats'], ['fine'], 2]);
  assert.equal(Object.keys((await ok<Record<string, object>>('POST', '/stats/executions/daily/group-by-flow', { namespaceOnly: true }))['api.stats'] ?? {}), ['*']);
  assert.equal(await ok('POST', '/stats/executions/daily/group-by-namespace', {}), { 'api.other': { counts: { SUCCESS: 1 }, total: 1 }, 'api.stats': { counts: { FAILED: 1, SUCCESS: 2 }, total: 3 } });
  assert.equal(await ok('POST', '/stats/executions/daily/group-by-namespace', { startDate: '2020-01-01T00:00:00Z', namespace: 'api.other' }), { 'api.other': { counts: { SUCCESS: 1 }, total: 1 } });
  const latest = await ok<readonly { flowId: string }[]>('POST', '/stats/executions/latest/group-by-flow', { flows: [{ namespace: 'api.stats', id: 'broken' }, { namespace: 'api.stats', id: 'nobody' }] });
  assert.equal(latest.map(({ flowId }) => flowId), ['broken']);
  const lines = await ok<readonly { counts: Record<string, number> }[]>('POST', '/stats/logs/daily', { namespace: 'api.stats', logLevel: 'INFO' });
  assert.ok((lines.at(-1)?.counts['INFO'] ?? 0) >= 2 && lines.at(-1)?.counts['TRACE'] === 0);
  assert.is((await call('POST', '/stats/executions/daily', { startDate: 'soon' })).status, 422);
});

test('expressions are rendered by template, in a flow\'s context and in an execution\'s', async () => {
  assert.equal(await ok('POST', '/expressions/render', { template: '{{ a | upper }}', variables: { a: 'x' } }), { result: 'X' });
  assert.equal(await ok('POST', '/expressions/render', { expressions: ['{{ vars.greeting }} {{ flow.id }}', '{{ 1 + 1 }}'], namespace: 'api.stats', flowId: 'fine' }), { rendered: { '{{ vars.greeting }} {{ flow.id }}': 'hello fine', '{{ 1 + 1 }}': '2' } });
  const { results } = await ok<{ results: readonly { id: string }[] }>('GET', '/executions/search?flowId=broken');
  assert.equal(await ok('POST', '/expressions/render', { expressions: ['{{ execution.id }}'], executionId: results[0]?.id }), { rendered: { '{{ execution.id }}': results[0]?.id } });
  assert.is((await call('POST', '/expressions/render', { expressions: ['{{ nothing.here | upper'] })).status, 422);
  assert.is((await call('POST', '/expressions/render', {})).status, 422);
  assert.is((await call('POST', '/expressions/render', { expressions: ['x'], namespace: 'api.stats', flowId: 'nobody' })).status, 404);
});

test('the server tells of itself', async () => {
  assert.ok((await ok<readonly string[]>('GET', '/pebble/filters')).includes('upper'));
  assert.ok((await ok<readonly { name: string; arguments: readonly unknown[] }[]>('GET', '/main/pebble/functions')).some(({ name, arguments: given }) => name === 'secret' && given.length > 0));
  const usage = await ok<{ flows: { count: number; namespacesCount: number }; executions: { dailyExecutionsCount: readonly { count: number }[] } }>('GET', '/usages/all');
  assert.equal([usage.flows.count, usage.flows.namespacesCount, usage.executions.dailyExecutionsCount.at(-1)?.count], [3, 2, 4]);
  assert.is((await ok<{ total: number }>('GET', '/instance/services/search?state=RUNNING')).total, 1);
  assert.is((await ok<{ total: number }>('GET', '/instance/services/search?type=WORKER')).total, 0);
  for (const path of ['/health', '/health/liveness', '/health/readiness', '/ping', '/version', '/metrics', '/prometheus']) assert.is((await server.request('GET', path)).status, 200, path);
});
test.run();
