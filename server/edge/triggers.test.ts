/** The HTTP API of triggers as existing clients of all generations call it, and webhooks in all their forms. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discard, startServer, until, type Answer, type TestServer } from '../../test/harness/server.ts';

let server: TestServer;
const log = 'tasks:\n  - id: hello\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ trigger.body ?? trigger.date ?? \'\' }}"\n';
const schedule = (id: string, cron = '0 0 1 1 *', more = ''): string => `  - id: ${id}\n    type: io.kestra.plugin.core.trigger.Schedule\n    cron: "${cron}"\n${more}`;
const flows = [
  `id: yearly\nnamespace: api.t\n${log}triggers:\n${schedule('a')}${schedule('b')}`,
  `id: gated\nnamespace: api.t.sub\ntasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\ntriggers:\n${schedule('tick', '* * * * * *', '    withSeconds: true\n')}`,
  `id: hooked\nnamespace: api.t\n${log}outputs:\n  - id: said\n    type: STRING\n    value: "{{ trigger.body }}"\ntriggers:\n  - id: plain\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: plain-key\n  - id: text\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: text-key\n    wait: true\n    returnOutputs: true\n    responseContentType: text/plain\n    responseCode: 202\n  - id: values\n    type: io.kestra.plugin.core.trigger.Webhook\n    key: values-key\n    wait: true\n    returnOutputs: true\n`,
];
test('a server with triggers stands', async () => {
  server = await startServer();
  for (const source of flows) await server.putFlow(source);
});
test.after(async () => discard(server));

interface Trigger { readonly triggerId: string; readonly flowId: string; readonly namespace: string; readonly disabled: boolean; readonly locked: boolean; readonly executionId?: string; readonly nextExecutionDate?: string; readonly switched?: { readonly by: string; readonly reason?: string }; readonly backfill?: { readonly start: string; readonly currentDate: string; readonly paused: boolean } }
interface Page { readonly results: readonly { readonly abstractTrigger: { readonly id: string }; readonly triggerContext: Trigger; readonly trigger: unknown; readonly state: Trigger }[]; readonly total: number }
const call = (method: string, path: string, body?: unknown): Promise<Answer> => server.request(method, `/api/v1${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
const ok = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await call(method, path, body);
  assert.is(answer.status, 200, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json as T;
};
const refused = async (method: string, path: string, body?: unknown): Promise<string> => {
  const answer = await call(method, path, body);
  return `${answer.status} ${(answer.json as { readonly message?: string } | undefined)?.message ?? ''}`;
};
const search = async (query: string): Promise<readonly string[]> => (await ok<Page>('GET', `/triggers/search?size=100&${query}`)).results.map((row) => `${row.state.flowId}.${row.state.triggerId}`).sort();
const key = (triggerId: string, flowId = 'yearly', namespace = 'api.t') => ({ namespace, flowId, triggerId });
const rowOf = async (triggerId: string, flowId = 'yearly', namespace = 'api.t'): Promise<Trigger | undefined> => (await ok<{ readonly results: readonly Trigger[] }>('GET', `/triggers/${namespace}/${flowId}`)).results.find((one) => one.triggerId === triggerId);

test('a row exists once the flow is saved; search answers under the names of both generations and takes the filters of both', async () => {
  await until('the rows are there', () => search('namespace=api.t'), (rows) => rows.length === 6);
  const page = await ok<Page>('GET', '/triggers/search?q=yearly&sort=triggerId:desc');
  assert.is(page.total, 2);
  assert.equal(page.results.map((row) => [row.abstractTrigger.id, row.triggerContext.triggerId, row.state.triggerId]), [['b', 'b', 'b'], ['a', 'a', 'a']]);
  assert.ok(page.results[0]?.state.nextExecutionDate?.endsWith('-01-01T00:00:00.000Z'));
  assert.equal(await search('filters[namespace][EQUALS]=api.t&filters[kind][EQUALS]=SCHEDULE'), ['yearly.a', 'yearly.b']);
  assert.equal(await search('filters[triggerId][IN]=a,tick'), ['gated.tick', 'yearly.a']);
  assert.match(await refused('GET', '/triggers/search?filters[level][EQUALS]=WARN'), /^422 .*no filter field of triggers/);
  assert.match(await refused('GET', '/triggers/search?sort=age:asc'), /^422 .*Invalid sort parameter/);
});

test('PUT switches, with a reason that stays and is in the audit; an unknown flow or trigger is 404', async () => {
  const off = await ok<Trigger>('PUT', '/triggers/', { ...key('a'), disabled: true, reason: 'quarter end' });
  assert.ok(off.disabled && off.switched?.reason === 'quarter end' && off.switched.by !== '');
  assert.equal(await search('state=DISABLED&namespace=api.t'), ['yearly.a']);
  assert.equal(await search('filters[triggerState][EQUALS]=DISABLED'), ['yearly.a']);
  const audit = await ok<{ readonly results: readonly { readonly operation: string; readonly subject: Readonly<Record<string, string>> }[] }>('GET', '/audit/search?operation=triggers.update').catch(() => undefined);
  if (audit !== undefined) assert.is(audit.results[0]?.subject['reason'], 'quarter end');
  const on = await ok<Trigger>('PUT', '/triggers/set-disabled', { ...key('a'), disabled: false });
  assert.is(on.disabled, false);
  assert.match(await refused('PUT', '/triggers', { ...key('x', 'nowhere'), disabled: true }), /^404 .*Flow of trigger x not found/);
  assert.match(await refused('PUT', '/triggers', { ...key('x'), disabled: true }), /^404 .*has no trigger/);
});

test('a backfill by both forms: made, refused a second time, paused, continued, deleted', async () => {
  const before = (await rowOf('a'))?.nextExecutionDate;
  // Off, so that its dates wait.
  await ok('PUT', '/triggers/set-disabled', { ...key('a'), disabled: true });
  const made = await ok<Trigger>('PUT', '/triggers', { ...key('a'), backfill: { start: '2020-01-01T00:00:00Z', end: '2022-06-01T00:00:00Z', labels: [{ key: 'x', value: 'y' }] } });
  assert.is(made.backfill?.currentDate, '2020-01-01T00:00:00.000Z');
  assert.match(await refused('PUT', '/triggers/backfill/create', { ...key('a'), backfill: { start: '2020-01-01T00:00:00Z' } }), /^409 /);
  const paused = await ok<Trigger>('PUT', '/triggers/backfill/pause', made);
  assert.ok(paused.backfill?.paused);
  const going = await ok<Trigger>('PUT', '/triggers/backfill/unpause', key('a'));
  assert.is(going.backfill?.paused, false);
  const gone = await ok<Trigger>('POST', '/triggers/backfill/delete', key('a'));
  assert.is(gone.backfill, undefined);
  assert.is(gone.nextExecutionDate, before);
  await ok('PUT', '/triggers/set-disabled', { ...key('a'), disabled: false });
  assert.match(await refused('POST', '/triggers/backfill/delete', key('a')), /^400 .*No backfill found/);
  const all = await ok<Trigger>('PUT', '/triggers/backfill/create', { ...key('b'), backfill: { start: '2020-01-01T00:00:00Z', end: '2022-06-01T00:00:00Z' } });
  assert.ok(all.backfill !== undefined);
  await until('it has run', () => rowOf('b'), (row) => row?.backfill === undefined && row?.locked === false);
  const runs = await ok<{ readonly results: readonly { readonly trigger?: { readonly id: string; readonly variables: { readonly date: string } } }[] }>('GET', '/executions/search?namespace=api.t&flowId=yearly&size=100');
  assert.equal(runs.results.filter((one) => one.trigger?.id === 'b').map((one) => one.trigger?.variables.date.slice(0, 4)).sort(), ['2020', '2021', '2022']);
  assert.match(await refused('PUT', '/triggers/backfill/create', { ...key('plain', 'hooked'), backfill: { start: '2020-01-01T00:00:00Z' } }), /^422 /);
});

test('unlock, restart and delete of one', async () => {
  const held = await until('it is held', () => rowOf('tick', 'gated', 'api.t.sub'), (row) => row?.executionId !== undefined);
  assert.ok(held?.locked);
  await ok('PUT', '/triggers/set-disabled', { ...key('tick', 'gated', 'api.t.sub'), disabled: true });
  const unlocked = await ok<Trigger>('POST', '/triggers/api.t.sub/gated/tick/unlock');
  assert.ok(!unlocked.locked && unlocked.executionId === undefined);
  assert.match(await refused('POST', '/triggers/api.t.sub/gated/tick/unlock'), /^409 .*Trigger is not locked/);
  assert.match(await refused('POST', '/triggers/api.t.sub/gated/none/unlock'), /^404 /);
  await ok('POST', '/triggers/api.t.sub/gated/tick/restart');
  assert.match(await refused('POST', '/triggers/api.t.sub/gated/none/restart'), /^404 /);
  const deleted = await call('DELETE', '/triggers/api.t/yearly/a');
  assert.is(deleted.status, 204);
  assert.ok((await rowOf('a')) !== undefined, 'the flow declares it still');
});

test('bulk forms by triggers and by query count those that they fit', async () => {
  const count = async (path: string, body?: unknown): Promise<number> => (await ok<{ readonly count: number; readonly totalItems: number }>('POST', path, body)).count;
  assert.is(await count('/triggers/set-disabled/by-triggers', { triggers: [key('a'), key('b'), key('none')], disabled: true }), 2);
  assert.equal(await search('state=DISABLED&flowId=yearly'), ['yearly.a', 'yearly.b']);
  assert.is(await count('/triggers/set-disabled/by-query?disabled=false&namespace=api.t&flowId=yearly', {}), 2);
  assert.is(await count('/triggers/set-disabled/by-query?disabled=true', { filters: [{ field: 'flowId', operation: 'EQUALS', value: 'yearly' }, { field: 'triggerId', operation: 'EQUALS', value: 'a' }] }), 1);
  assert.equal(await search('state=DISABLED&flowId=yearly'), ['yearly.a']);
  await ok('PUT', '/triggers/backfill/create', { ...key('b'), backfill: { start: '2020-01-01T00:00:00Z', end: '2022-06-01T00:00:00Z', paused: true } });
  assert.is(await count('/triggers/backfill/unpause/by-triggers', [key('a'), key('b')]), 1);
  assert.is(await count('/triggers/unlock/by-query?flowId=hooked', {}), 0);
  await until('it has run', () => rowOf('b'), (row) => row?.backfill === undefined);
  assert.match(await refused('POST', '/triggers/set-disabled/by-triggers', { triggers: [key('a')] }), /^422 .*disabled is missing/);
});

test('a trigger\'s own log is kept and found by its id', async () => {
  const own = await ok<{ readonly results: readonly { readonly message: string; readonly triggerId: string; readonly level: string }[]; readonly total: number }>('GET', '/triggers/api.t/yearly/b/logs?size=50');
  assert.ok(own.results.some((line) => /has started a backfill/.test(line.message)) && own.results.some((line) => /Started execution/.test(line.message)));
  const found = await ok<typeof own>('GET', '/logs/search?triggerId=b&namespace=api.t&size=50');
  assert.is(found.total, own.total);
  assert.ok(found.results.every((line) => line.triggerId === 'b'));
});

test('the calendar has dates to come and what was started', async () => {
  const now = Date.now();
  const calendar = await ok<{ readonly rows: readonly { readonly trigger: Trigger; readonly dates: readonly string[] }[]; readonly runs: readonly { readonly triggerId: string }[] }>('GET', `/triggers/calendar?from=${new Date(now - 86_400_000).toISOString()}&to=${new Date(now + 86_400_000).toISOString()}&namespace=api.t`);
  assert.ok(calendar.rows.some((row) => row.trigger.triggerId === 'tick' && row.dates.length === 400));
  assert.ok(calendar.runs.some((run) => run.triggerId === 'tick'));
  assert.match(await refused('GET', '/triggers/calendar?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z'), /^422 .*more than 32 days/);
});

const hook = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${server.url}/api/v1/executions/webhook/api.t/hooked/${path}`, init);
test('a webhook answers with the execution at once, or with what its trigger says at the end', async () => {
  for (const method of ['GET', 'POST', 'PUT']) assert.is((await hook('plain-key?x=1', { method })).status, 200);
  const plain = await (await hook('plain-key/some-path', { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })).json() as { readonly id: string; readonly url: string; readonly trigger: { readonly variables: Readonly<Record<string, unknown>> } };
  assert.equal([plain.trigger.variables['body'], plain.trigger.variables['path']], [{ a: 1 }, 'some-path']);
  assert.match(plain.url, /\/executions\/api\.t\/hooked\//);
  const text = await hook('text-key', { method: 'POST', body: 'hello' });
  assert.equal([text.status, text.headers.get('content-type')?.split(';')[0], await text.text()], [202, 'text/plain', 'hello']);
  const values = await hook('values-key', { method: 'POST', body: 'hello' });
  assert.equal(await values.json(), { said: 'hello' });
  assert.is((await hook('wrong-key')).status, 404);
});

test('a webhook takes forms with files and bytes; credentials are not handed on', async () => {
  const form = new FormData();
  form.append('who', 'Ada');
  form.append('doc', new Blob(['content'], { type: 'text/plain' }), 'doc.txt');
  const sent = await (await hook('plain-key', { method: 'POST', body: form, headers: { 'x-own': 'yes', authorization: 'Bearer secret' } })).json() as { readonly trigger: { readonly variables: { readonly formFields: unknown; readonly parts: readonly { readonly name: string; readonly uri: string }[]; readonly headers: Readonly<Record<string, unknown>> } } };
  const { formFields, parts, headers } = sent.trigger.variables;
  assert.equal(formFields, { who: 'Ada' });
  assert.match(parts[0]?.uri ?? '', /^kestra:\/\/\/api\/t\/hooked\/executions\/\w+\/trigger\/0-doc\.txt$/);
  assert.equal([headers['x-own'], headers['authorization']], [['yes'], undefined]);
  const bytes = await (await hook('plain-key', { method: 'POST', body: new Uint8Array([0, 255, 128]), headers: { 'content-type': 'application/octet-stream' } })).json() as { readonly trigger: { readonly variables: { readonly body: string } } };
  assert.is(bytes.trigger.variables.body, 'AP+A');
});

test.run();
