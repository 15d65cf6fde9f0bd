/** The HTTP API of logs and metrics as existing clients call it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discard, startServer, until, type Answer, type TestServer } from '../../test/harness/server.ts';

let server: TestServer;
const flow = (id: string, tasks: string, namespace = 'api.logs'): string => `id: ${id}\nnamespace: ${namespace}\ntasks:\n${tasks}`;
const line = (id: string, level: string, message: string): string => `  - id: ${id}\n    type: io.kestra.plugin.core.log.Log\n    level: ${level}\n    message: ${message}\n`;
test('a server with some flows stands', async () => {
  server = await startServer();
  await server.putFlow(flow('speaks', `${line('one', 'INFO', 'the first word')}${line('two', 'WARN', 'beware of rain')}${line('three', 'ERROR', 'rain has come')}`));
  await server.putFlow(flow('speaks', line('one', 'INFO', 'from below'), 'api.logs.sub'));
  await server.putFlow(flow('waits', `${line('one', 'INFO', 'before')}  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n`));
});
test.after(async () => discard(server));

interface Entry { readonly message: string; readonly level: string; readonly taskId?: string; readonly executionId: string; readonly taskRunId?: string; readonly namespace: string }
interface Page { readonly results: readonly Entry[]; readonly total: number; readonly type: string; readonly nextCursor?: string }
const call = (method: string, path: string): Promise<Answer> => server.request(method, `/api/v1${path}`);
const ok = async <T>(method: string, path: string): Promise<T> => {
  const answer = await call(method, path);
  assert.is(answer.status, 200, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json as T;
};
const run = async (flowId: string, namespace = 'api.logs'): Promise<string> => ((await ok('POST', `/executions/${namespace}/${flowId}?wait=true`)) as { id: string }).id;
const spoken = (entries: readonly Entry[]): readonly string[] => entries.filter(({ taskId, message }) => taskId !== undefined && !message.startsWith('Flow ')).map(({ message }) => message);
const search = (query: string): Promise<Page> => ok('GET', `/logs/search?${query}`);

test('the log of an execution is filtered as both generations ask', async () => {
  const id = await run('speaks');
  const of = async (query: string): Promise<readonly string[]> => spoken(await ok<readonly Entry[]>('GET', `/logs/${id}?${query}`));
  assert.equal(await of(''), ['the first word', 'beware of rain', 'rain has come']);
  assert.equal(await of('minLevel=warn'), ['beware of rain', 'rain has come']);
  assert.equal(await of('filters[level][EQUALS]=ERROR'), ['rain has come']);
  assert.equal(await of('filters[level][IN]=INFO'), ['the first word']);
  assert.equal(await of('filters[taskId][IN]=one,three'), ['the first word', 'rain has come']);
  assert.equal(await of('taskId=two&filters[q][EQUALS]=of rain'), ['beware of rain']);
  assert.equal(await of('attempt=7'), []);
  assert.equal(await ok('GET', '/logs/nothing'), []);
  const text = await call('GET', `/logs/${id}/download?filters[level][EQUALS]=WARN`);
  assert.match(text.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(text.text, /^\S+Z WARN beware of rain\n\S+Z ERROR rain has come$/);
  assert.is((await call('GET', `/logs/${id}?filters[colour][EQUALS]=x`)).status, 422);
  assert.is((await call('GET', `/logs/${id}?minLevel=loud`)).status, 422);
});

test('all logs are searched newest first, by page and by cursor', async () => {
  const second = await run('speaks');
  await run('speaks', 'api.logs.sub');
  const page = await search('namespace=api.logs&minLevel=WARN&size=2');
  assert.equal([page.results.map(({ message }) => message), page.total, page.type], [['rain has come', 'beware of rain'], 4, 'OFFSET']);
  assert.is(page.results[0]?.executionId, second);
  assert.equal((await search('filters[namespace][EQUALS]=api.logs.sub&q=below')).results.map(({ message }) => message), ['from below']);
  assert.is((await search('filters[namespace][EQUALS]=api.logs&filters[q][EQUALS]=from below')).total, 0);
  assert.is((await search(`filters[executionId][EQUALS]=${second}&filters[taskId][EQUALS]=two`)).total, 1);
  assert.is((await search('timeRange=PT1H&q=rain')).total, 4);
  assert.is((await search('endDate=2020-01-01T00:00:00Z')).total, 0);
  assert.equal((await search('q=rain&sort=timestamp:asc&size=1')).results.map(({ message }) => message), ['beware of rain']);
  assert.equal((await search('q=rain&sort=level:desc&size=2')).results.map(({ level }) => level), ['ERROR', 'ERROR']);
  const all: string[] = [];
  let cursor: string | undefined = '';
  for (let pages = 0; cursor !== undefined && pages < 10; pages += 1) {
    const next: Page = await search(`q=rain&size=1&cursor=${cursor}`);
    assert.is(next.type, 'CURSOR');
    all.push(...next.results.map(({ message }) => message));
    cursor = next.nextCursor;
  }
  assert.equal(all, ['rain has come', 'beware of rain', 'rain has come', 'beware of rain']);
  assert.is((await call('GET', '/logs/search?cursor=x')).status, 422);
  assert.is((await call('GET', '/logs/search?state=FAILED&filters[state][EQUALS]=FAILED')).status, 422);
});

test('a log is followed with its filter: what is stored, then each line', async () => {
  const { id } = await ok<{ id: string }>('POST', '/executions/api.logs/waits');
  await until('it waits', () => ok<{ state: { current: string } }>('GET', `/executions/${id}`), ({ state }) => state.current === 'PAUSED');
  const stop = new AbortController();
  const response = await fetch(`${server.url}/api/v1/logs/${id}/follow?filters[taskId][EQUALS]=one`, { signal: stop.signal });
  let text = '';
  const reader = response.body?.getReader();
  while (reader !== undefined && !text.includes('"before"')) text += new TextDecoder().decode((await reader.read()).value);
  stop.abort();
  assert.match(text, /id: start\ndata: /);
  assert.not.match(text, /"taskId":"wait"/);
  assert.is((await call('DELETE', `/logs/${id}`)).status, 409);
  await server.request('DELETE', `/api/v1/executions/${id}/kill`);
});

test('a log is deleted by level, whole, and of a whole flow', async () => {
  const id = await run('speaks');
  assert.equal(await ok('DELETE', `/logs/${id}?minLevel=ERROR`), { count: 1 });
  assert.equal(spoken(await ok<readonly Entry[]>('GET', `/logs/${id}`)), ['the first word', 'beware of rain']);
  await ok('DELETE', `/logs/${id}`);
  assert.equal(await ok('GET', `/logs/${id}`), []);
  assert.is((await call('DELETE', `/logs/${id}?filters[level][IN]=INFO`)).status, 422);
  assert.equal(await ok('DELETE', '/logs/api.logs/speaks?triggerId=none'), { count: 0 });
  assert.ok((await search('filters[namespace][EQUALS]=api.logs&flowId=speaks')).total > 0);
  assert.ok((await ok<{ count: number }>('DELETE', '/logs/api.logs/speaks')).count > 0);
  assert.is((await search('filters[namespace][EQUALS]=api.logs&flowId=speaks')).total, 0);
  assert.ok((await search('filters[namespace][EQUALS]=api.logs.sub&flowId=speaks')).total > 0);
  assert.equal(await ok('DELETE', '/logs/aaaaaaaaaaaaaaaaaaaaaa'), { count: 0 });
});

interface Metrics { readonly groupBy: string; readonly aggregations: readonly { readonly name: string; readonly value: number; readonly date: string; readonly count: number }[]; readonly complete: boolean }

test('metrics of an execution, their names and tasks, and every slot of a flow\'s', async () => {
  await server.putFlow(flow('counts', `${['abc', 'abcdef'].map((text, index) => `  - id: say${index}\n    type: io.kestra.plugin.core.debug.Return\n    format: ${text}\n`).join('')}`));
  const id = await run('counts');
  await run('counts');
  const of = (query: string): Promise<{ results: readonly { name: string; taskId: string; value: number }[]; total: number }> => ok('GET', `/metrics/${id}?${query}`);
  assert.equal((await of('filters[name][EQUALS]=length&sort=value:desc')).results.map(({ taskId, value }) => [taskId, value]), [['say1', 6], ['say0', 3]]);
  assert.is((await of('taskId=say0&filters[name][EQUALS]=length')).total, 1);
  assert.is((await of('taskId=nobody')).total, 0);
  assert.is((await call('GET', `/metrics/${id}?filters[state][EQUALS]=FAILED`)).status, 422);
  assert.ok((await ok<readonly string[]>('GET', '/metrics/names/api.logs/counts')).includes('length'));
  assert.equal(await ok('GET', '/metrics/names/api.logs/counts/nobody'), []);
  assert.equal(await ok('GET', '/metrics/tasks/api.logs/counts'), ['say0', 'say1']);
  const day = await ok<Metrics>('GET', '/metrics/aggregates/api.logs/counts/length');
  assert.is(day.groupBy, 'day');
  assert.ok(day.aggregations.length >= 30 && day.complete);
  assert.equal(day.aggregations.filter(({ count }) => count > 0).map(({ name, value, count }) => [name, value, count]), [['length', 18, 4]]);
  const of1 = await ok<Metrics>('GET', '/metrics/aggregates/api.logs/counts/say1/length?aggregation=AVG');
  assert.equal(of1.aggregations.at(-1), { name: 'length', value: 6, date: of1.aggregations.at(-1)?.date, count: 2 });
  const past = await ok<Metrics>('GET', '/metrics/aggregates/api.logs/counts/length?startDate=2020-01-01T00:00:00+01:00&endDate=2020-01-01T01:00:00+01:00&aggregation=max');
  assert.is(past.groupBy, 'minute');
  assert.ok(past.aggregations.every(({ value, count }) => value === 0 && count === 0) && past.aggregations.length >= 12);
  assert.is((await call('GET', '/metrics/aggregates/api.logs/counts/length?aggregation=median')).status, 422);
});
test.run();
