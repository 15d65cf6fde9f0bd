/** The HTTP API of executions as existing clients call it: filters of both generations, bulk forms, what a call without a body means. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discard, startServer, until, type Answer, type TestServer } from '../../test/harness/server.ts';

let server: TestServer;
const flow = (id: string, body: string, namespace = 'api.runs'): string => `id: ${id}\nnamespace: ${namespace}\n${body}`;
const log = 'tasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n';
const flows = [
  flow('fine', `labels:\n  team: blue\n${log}`), flow('fine', log, 'api.runs.sub'), flow('other', log, 'api.other'),
  flow('broken', 'tasks:\n  - id: no\n    type: io.kestra.plugin.core.execution.Fail\n'),
  flow('waits', 'tasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n  - id: after\n    type: io.kestra.plugin.core.log.Log\n    message: on\n'),
  flow('one-by-one', 'concurrency:\n  limit: 1\n  behavior: QUEUE\ntasks:\n  - id: wait\n    type: io.kestra.plugin.core.flow.Pause\n'),
  flow('greets', 'inputs:\n  - id: name\n    type: STRING\n    defaults: nobody\n  - id: times\n    type: INT\n    defaults: 1\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ inputs.name }} {{ inputs.times }}"\n'),
  flow('calls', 'tasks:\n  - id: sub\n    type: io.kestra.plugin.core.flow.Subflow\n    namespace: api.runs\n    flowId: fine\n    wait: true\n'),
];
test('a server with some flows stands', async () => {
  server = await startServer();
  for (const source of flows) await server.putFlow(source);
});
test.after(async () => discard(server));

interface Execution { readonly id: string; readonly namespace: string; readonly flowId: string; readonly parentId?: string; readonly labels: readonly { readonly key: string; readonly value: string }[]; readonly inputs?: Record<string, unknown>; readonly state: { readonly current: string }; readonly taskRunList?: readonly { readonly id: string; readonly taskId: string; readonly outputs: Record<string, unknown> }[] }
interface Page { readonly results: readonly Execution[]; readonly total: number }
const call = (method: string, path: string, body?: unknown): Promise<Answer> => server.request(method, `/api/v1${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
const ok = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await call(method, path, body);
  assert.is(answer.status, 200, `${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json as T;
};
const messageOf = (answer: Answer): string => (answer.json as { readonly message?: string } | undefined)?.message ?? answer.text;
const run = async (flowId: string, query = '', namespace = 'api.runs'): Promise<Execution> => ok('POST', `/executions/${namespace}/${flowId}?wait=true${query}`);
const start = (flowId: string, query = ''): Promise<Execution> => ok('POST', `/executions/api.runs/${flowId}${query}`);
const load = (id: string): Promise<Execution> => ok('GET', `/executions/${id}`);
const reaches = (id: string, state: string): Promise<Execution> => until(`${id} is ${state}`, () => load(id), (execution) => execution.state.current === state);
const search = (query: string): Promise<Page> => ok('GET', `/executions/search?${query}`);
const idsOf = (page: Page): readonly string[] => page.results.map(({ id }) => id).sort();

test('search takes the filters of both generations, and both together', async () => {
  const [fine, sub, other, broken] = [await run('fine', '&labels=env:prod'), await run('fine', '&labels=env:dev', 'api.runs.sub'), await run('other', '', 'api.other'), await run('broken')];
  const all = [fine, sub, other, broken].map(({ id }) => id).sort();
  assert.equal(idsOf(await search('namespace=api')), all);
  assert.equal(idsOf(await search('namespace=api.runs&state=SUCCESS')), [fine.id, sub.id].sort());
  assert.equal(idsOf(await search('filters[namespace][EQUALS]=api.runs')), [fine.id, broken.id].sort());
  assert.equal(idsOf(await search('filters%5Bnamespace%5D%5BPREFIX%5D=api.runs&filters%5Bstate%5D%5BIN%5D=SUCCESS,WARNING')), [fine.id, sub.id].sort());
  assert.equal(idsOf(await search('filters[labels][EQUALS][env]=prod')), [fine.id]);
  assert.equal(idsOf(await search('labels=team:blue&filters[labels][EQUALS][env]=prod')), [fine.id]);
  assert.equal(idsOf(await search('filters[labels][NOT_EQUALS][env]=prod&filters[namespace][STARTS_WITH]=api')), [sub.id, other.id, broken.id].sort());
  assert.equal(idsOf(await search('filters[or][0][state][EQUALS]=FAILED&filters[or][1][flowId][EQUALS]=other')), [other.id, broken.id].sort());
  assert.equal(idsOf(await search(`filters=${encodeURIComponent('{"field":"FLOW_ID","operation":"EQUALS","value":"fine"},{"field":"NAMESPACE","operation":"REGEX","value":"sub$"}')}`)), [sub.id]);
  assert.equal(idsOf(await search(`filters[id][IN]=${fine.id},${broken.id}`)), [fine.id, broken.id].sort());
  assert.equal(idsOf(await search('filters[q][EQUALS]=OTHER')), [other.id]);
  assert.equal(idsOf(await search(`q=${fine.id.slice(0, 9)}`)), [fine.id]);
  assert.equal(idsOf(await search('filters[timeRange][EQUALS]=PT1H&filters[scope][EQUALS]=USER')), all);
  assert.equal(idsOf(await search('filters[startDate][LESS_THAN]=2020-01-01T00:00:00Z')), []);
  assert.equal(idsOf(await search('scope=SYSTEM')), []);
  assert.is((await search('size=1&page=3')).total, 4);
  assert.equal((await search('size=1&page=99')).results, []);
  const sorted = await search('sort=flowId:asc,namespace:desc');
  assert.equal(sorted.results.map(({ flowId }) => flowId), ['broken', 'fine', 'fine', 'other']);
  const own = await ok<Page>('GET', '/executions?namespace=api.runs&flowId=fine');
  assert.equal(idsOf(own), [fine.id]);
  assert.is((await call('GET', '/executions?namespace=api.runs')).status, 400);
});

test('a raw plus before a zone is read as one, and a trailing slash and the tenant make no difference', async () => {
  assert.is((await search('startDate=2020-01-01T00:00:00+02:00')).total, 4);
  assert.is((await search('filters[startDate][GREATER_THAN_OR_EQUAL_TO]=2020-01-01T00:00+02:00')).total, 4);
  assert.is((await ok<Page>('GET', '/main/executions/search/?size=1')).total, 4);
});

test('what is wrong with a filter is said with its name', async () => {
  for (const [query, pattern] of [
    ['filters[colour][EQUALS]=x', /Illegal argument: filters\[colour\]\[EQUALS\]: "colour" is no filter field of executions/], ['filters[state][LIKE]=x', /"LIKE" is no filter operator/],
    ['filters[timeRange][IN]=PT1H', /takes EQUALS only, not IN/], ['filters[workerId][EQUALS]=x', /no filter field of executions/], ['state=DONE', /state: "DONE" is none of/], ['startDate=soon', /startDate: "soon" is not a date/],
    ['timeRange=PT1H&startDate=2020-01-01', /exclude each other/], ['startDate=2021-01-01&endDate=2020-01-01', /startDate is after endDate/], ['sort=id', /Invalid sort parameter/], ['sort=colour:asc', /Invalid sort parameter/],
    ['page=0', /must be greater than or equal to 1/], ['labels=x', /key:value/],
  ] as const) {
    const answer = await call('GET', `/executions/search?${query}`);
    assert.is(answer.status, 422, query);
    assert.match(messageOf(answer), pattern);
  }
});

test('bulk by ids does all or nothing, and says which do not fit', async () => {
  const [fine, broken] = [await run('fine'), await run('broken')];
  const refused = await call('POST', '/executions/restart/by-ids', [fine.id, broken.id, 'nothing']);
  assert.is(refused.status, 400);
  const { message, invalids } = refused.json as { message: string; invalids: { message: string; invalidValue: string }[] };
  assert.is(message, 'invalid bulk restart');
  assert.equal(invalids.map(({ message: why, invalidValue }) => `${invalidValue}: ${why}`).sort(), [`${fine.id}: execution not in state FAILED`, 'nothing: execution not found'].sort());
  assert.is((await load(broken.id)).state.current, 'FAILED');
  const done = await ok<{ count: number; totalItems: number; operationId: string }>('POST', '/executions/restart/by-ids', [broken.id, broken.id]);
  assert.equal([done.count, done.totalItems, typeof done.operationId], [1, 1, 'string']);
  await until('it has run again', () => load(broken.id), (execution) => execution.state.current === 'FAILED');
  const replayed = await ok<{ count: number }>('POST', '/executions/replay/by-ids?latestRevision=true', [fine.id]);
  assert.is(replayed.count, 1);
  await until('the replay is there', () => search('flowId=fine&namespace=api.runs'), (page) => page.results.some(({ parentId }) => parentId === fine.id));
});

test('bulk by query honours filters in the address, of old clients and in the body, and may have none to act on', async () => {
  const [first, second] = [await start('waits', '?labels=batch:a'), await start('waits', '?labels=batch:b')];
  await reaches(first.id, 'PAUSED');
  await reaches(second.id, 'PAUSED');
  assert.is((await ok<{ count: number }>('POST', '/executions/resume/by-query?filters[labels][EQUALS][batch]=a', {})).count, 1);
  await reaches(first.id, 'SUCCESS');
  assert.is((await load(second.id)).state.current, 'PAUSED');
  assert.is((await ok<{ count: number }>('POST', '/executions/resume/by-query?filters[flowId][EQUALS]=waits', { filters: [{ field: 'STATE', operation: 'EQUALS', value: 'PAUSED' }] })).count, 1);
  await reaches(second.id, 'SUCCESS');
  const refused = await call('POST', '/executions/pause/by-query?flowId=waits');
  assert.is(refused.status, 400);
  assert.match(messageOf(refused), /invalid bulk pause/);
  assert.equal(await call('POST', '/executions/pause/by-query?flowId=nobody').then(({ json }) => (json as { count: number }).count), 0);
  assert.is((await call('POST', '/executions/kill/by-query?filters[x][EQUALS]=1')).status, 422);
});

test('states, labels and queues are changed one by one, by ids and by query', async () => {
  const done = await run('fine');
  assert.is((await ok<Execution>('POST', `/executions/${done.id}/change-status?status=WARNING`)).state.current, 'WARNING');
  assert.is((await call('POST', `/executions/${done.id}/change-status?status=RUNNING`)).status, 422);
  assert.is((await ok<{ count: number }>('POST', '/executions/change-status/by-ids?newStatus=failed', [done.id])).count, 1);
  assert.is((await load(done.id)).state.current, 'FAILED');
  assert.is((await call('POST', '/executions/change-status/by-ids', [done.id])).status, 400);
  assert.is((await ok<{ count: number }>('POST', `/executions/change-status/by-query?newStatus=CANCELLED&filters[id][EQUALS]=${done.id}`)).count, 1);
  const labels = async (): Promise<readonly string[]> => (await load(done.id)).labels.filter(({ key }) => !key.startsWith('system.')).map(({ key, value }) => `${key}:${value}`).sort();
  await ok('POST', `/executions/${done.id}/labels`, [{ key: 'a', value: '1' }]);
  await ok('POST', '/executions/labels/by-ids', { executionsId: [done.id], executionLabels: [{ key: 'b', value: '2' }, { key: 'a', value: '3' }] });
  assert.is((await ok<{ count: number }>('POST', '/executions/labels/by-query?filters[labels][EQUALS][b]=2', [{ key: 'c', value: '4' }])).count, 1);
  assert.equal(await labels(), ['a:3', 'b:2', 'c:4', 'team:blue']);
  assert.equal(idsOf(await search('labels=c:4')), [done.id]);
  assert.is((await call('POST', '/executions/labels/by-ids', { executionsId: [done.id], executionLabels: [{ key: 'system.x', value: '' }] })).status, 422);

  const first = await start('one-by-one');
  await reaches(first.id, 'PAUSED');
  const waiting = [await start('one-by-one'), await start('one-by-one'), await start('one-by-one')];
  for (const { id } of waiting) await reaches(id, 'QUEUED');
  const [a, b, c] = waiting as [Execution, Execution, Execution];
  assert.is((await call('POST', `/executions/${first.id}/unqueue?state=CANCELLED`)).status, 422);
  assert.match((await ok<Execution>('POST', `/executions/${a.id}/unqueue`)).state.current, /^(?:RUNNING|PAUSED)$/);
  assert.is((await ok<{ count: number }>('POST', '/executions/unqueue/by-ids?state=CANCELLED', [b.id])).count, 1);
  await reaches(b.id, 'CANCELLED');
  assert.is((await call('POST', '/executions/unqueue/by-ids', [c.id])).status, 400);
  assert.is((await ok<{ count: number }>('POST', '/executions/unqueue/by-query?state=QUEUED&flowId=one-by-one')).count, 1);
  await reaches(c.id, 'PAUSED');
  // The SDK sends a body with a DELETE.
  assert.is((await ok<{ count: number }>('DELETE', '/executions/kill/by-query?flowId=one-by-one&state=PAUSED', {})).count, 3);
  await reaches(c.id, 'KILLED');
});

test('deleting by ids and by query takes logs, metrics and files along as asked, and running ones only when told', async () => {
  const [done, paused] = [await run('fine', '&labels=del:1'), await start('waits', '?labels=del:1')];
  await reaches(paused.id, 'PAUSED');
  const refused = await call('DELETE', '/executions/by-query?labels=del:1', {});
  assert.is(refused.status, 400);
  assert.match(refused.text, /execution is still running/);
  assert.is((await load(done.id)).id, done.id);
  assert.is((await ok<{ count: number }>('DELETE', `/executions/by-ids?deleteLogs=false`, [done.id])).count, 1);
  assert.is((await call('GET', `/executions/${done.id}`)).status, 404);
  assert.is((await ok<{ count: number }>('DELETE', '/executions/by-query?labels=del:1&includeNonTerminated=true', {})).count, 1);
  assert.is((await call('GET', `/executions/${paused.id}`)).status, 404);
  assert.equal((await ok<unknown[]>('GET', `/logs/${paused.id}`)), []);
  assert.is((await search('labels=del:1')).total, 0);
});

test('pause and resume answer as each generation expects: empty, or the execution', async () => {
  const paused = await start('waits');
  await reaches(paused.id, 'PAUSED');
  assert.is((await call('POST', `/executions/${paused.id}/pause`)).status, 422);
  const form = new FormData();
  form.set('unused', 'x');
  const resumed = await server.request('POST', `/api/v1/executions/${paused.id}/resume`, {});
  assert.equal([resumed.status, resumed.text], [204, '']);
  await reaches(paused.id, 'SUCCESS');
  const again = await start('waits');
  await reaches(again.id, 'PAUSED');
  const answer = await server.request('POST', `/api/v1/executions/${again.id}/actions/resume`, { body: form });
  assert.is((answer.json as Execution).id, again.id);
});

test('a replay with other inputs keeps those that are not given', async () => {
  const first = new FormData();
  first.set('name', 'Ada');
  first.set('times', '3');
  const old = (await server.request('POST', '/api/v1/executions/api.runs/greets?wait=true', { body: first })).json as Execution;
  assert.is(old.taskRunList?.[0]?.outputs['value'], 'Ada 3');
  const other = new FormData();
  other.set('name', 'Bo');
  const answer = await server.request('POST', `/api/v1/executions/${old.id}/actions/replay-with-inputs`, { body: other });
  assert.is(answer.status, 200, answer.text);
  const replayed = answer.json as Execution;
  assert.is(replayed.parentId, old.id);
  assert.equal((await reaches(replayed.id, 'SUCCESS')).inputs, { name: 'Bo', times: 3 });
  assert.is((await load(replayed.id)).taskRunList?.[0]?.outputs['value'], 'Bo 3');
  const bad = new FormData();
  bad.set('times', 'many');
  const refused = await server.request('POST', `/api/v1/executions/${old.id}/actions/replay-with-inputs`, { body: bad });
  assert.is(refused.status, 422);
  assert.match(messageOf(refused), /times/);
});

test('flows that can be run are told without what their tasks say', async () => {
  assert.equal((await ok<readonly string[]>('GET', '/executions/namespaces')).filter((namespace) => namespace.startsWith('api')), ['api.other', 'api.runs', 'api.runs.sub']);
  await server.putFlow(flow('hidden', 'disabled: true\ntasks:\n  - id: a\n    type: io.kestra.plugin.core.log.Log\n    message: x\n', 'api.other'));
  const listed = await ok<readonly { id: string }[]>('GET', '/executions/namespaces/api.other/flows');
  assert.equal(listed.map(({ id }) => id), ['other']);
  const calls = await ok<{ tasks: readonly unknown[]; source?: string }>('GET', '/executions/flows/api.runs/calls');
  assert.equal([calls.tasks, calls.source], [[{ id: 'sub', type: 'io.kestra.plugin.core.flow.Subflow', namespace: 'api.runs', flowId: 'fine' }], undefined]);
  const fine = await ok<{ tasks: readonly unknown[]; revision: number }>('GET', '/executions/flows/api.runs/fine?revision=1');
  assert.equal([fine.tasks, fine.revision], [[{ id: 'hello', type: 'io.kestra.plugin.core.log.Log' }], 1]);
  assert.is((await call('GET', '/executions/flows/api.runs/nobody')).status, 404);
  assert.is((await call('GET', '/executions/flows/api.runs/fine?revision=9')).status, 404);
});

test('values to filter by, outputs and task runs', async () => {
  const done = await run('greets', '&labels=values:yes');
  assert.equal(await ok('GET', '/executions/distinct-field-values?field=flowId&filters[namespace][EQUALS]=api.other'), ['other']);
  assert.equal(await ok('GET', `/executions/distinct-field-values?field=state&filters[id][EQUALS]=${done.id}`), ['SUCCESS']);
  assert.ok((await ok<readonly string[]>('GET', '/executions/distinct-field-values?field=labels&flowId=greets')).includes('values:yes'));
  assert.is((await call('GET', '/executions/distinct-field-values?field=colour')).status, 422);
  const listed = await ok<readonly { taskId: string; taskRunId: string; inline: unknown }[]>('GET', `/executions/outputs/${done.id}`);
  assert.equal(listed.map(({ taskId, inline }) => [taskId, inline]), [['say', { value: 'nobody 1' }]]);
  assert.equal(await ok('GET', `/executions/outputs/${done.id}/${listed[0]?.taskRunId}`), { value: 'nobody 1' });
  assert.is((await call('GET', `/executions/outputs/${done.id}/nothing`)).status, 404);
  const taskRuns = await ok<{ results: readonly { taskId: string; state: { current: string } }[]; total: number }>('GET', '/taskruns/search?state=FAILED&namespace=api&size=2');
  assert.ok(taskRuns.total > 0 && taskRuns.results.every(({ taskId, state }) => taskId === 'no' && state.current === 'FAILED'));
  const waiting = await start('one-by-one');
  await reaches(waiting.id, 'PAUSED');
  const limits = await ok<{ results: readonly unknown[]; total: number }>('GET', '/concurrency-limit/search');
  assert.equal(limits.results, [{ tenantId: 'main', namespace: 'api.runs', flowId: 'one-by-one', running: 1 }]);
  assert.is((await ok<{ running: number }>('PUT', '/concurrency-limit/api.runs/one-by-one', { running: 7 })).running, 1);
  await ok('DELETE', `/executions/${waiting.id}/actions/kill`);
});

interface Related { readonly nodes: readonly { executionId: string; flowId: string; state: { current: string } }[]; readonly edges: readonly { source: string; target: string; relation: string }[]; readonly complete: boolean }
/** The events of a stream until the server ends it. */
async function events(path: string): Promise<readonly { readonly id: string; readonly data: Record<string, unknown> }[]> {
  const response = await fetch(`${server.url}/api/v1${path}`);
  assert.match(response.headers.get('content-type') ?? '', /text\/event-stream/);
  return (await response.text()).split('\n\n').filter((part) => part.startsWith('id: ')).map((part) => {
    const [, id = '', data = '{}'] = /^id: (.*)\ndata: (.*)$/s.exec(part) ?? [];
    return { id, data: JSON.parse(data) as Record<string, unknown> };
  });
}

test('executions that are related by a subflow are read and followed to the end of all', async () => {
  const outer = await run('calls');
  const related = await ok<Related>('GET', `/executions/${outer.id}/dependencies`);
  const inner = related.nodes.find(({ flowId }) => flowId === 'fine')?.executionId ?? '';
  assert.equal(related.nodes.map(({ flowId }) => flowId), ['calls', 'fine']);
  assert.equal(related.edges, [{ source: outer.id, target: inner, relation: 'FLOW_TASK' }]);
  assert.equal((await ok<Related>('GET', `/executions/${inner}/dependencies`)).edges, related.edges);
  assert.equal((await ok<Related>('GET', `/executions/${inner}/dependencies?destinationOnly=true`)).edges, []);
  const seen = await events(`/executions/${outer.id}/follow-dependencies?expandAll=true`);
  assert.equal(seen.map(({ id }) => id), ['start', 'end', 'end', 'end-all']);
  assert.equal(new Set(seen.map(({ data }) => data['executionId'])), new Set([outer.id, inner]));
  assert.is((await call('GET', '/executions/aaaaaaaaaaaaaaaaaaaaaa/follow-dependencies')).status, 404);
  assert.is((await call('GET', '/executions/aaaaaaaaaaaaaaaaaaaaaa/dependencies')).status, 404);
});

test('a file is read, measured and previewed, and one of another execution is at its own address', async () => {
  await server.putFlow(flow('takes', 'inputs:\n  - id: data\n    type: FILE\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: "{{ inputs.data }}"\n'));
  const begin = async (): Promise<Execution> => {
    const form = new FormData();
    form.set('data', new File(['a,b\n1,2\n'], 'rows.csv'));
    return (await server.request('POST', '/api/v1/executions/api.runs/takes?wait=true', { body: form })).json as Execution;
  };
  const [one, other] = [await begin(), await begin()];
  const path = encodeURIComponent(String(one.inputs?.['data']));
  assert.equal((await call('GET', `/executions/${one.id}/file?path=${path}`)).text, 'a,b\n1,2\n');
  assert.equal(await ok('GET', `/executions/${one.id}/file/metas?path=${path}`), { size: 8 });
  assert.equal(await ok('GET', `/executions/${one.id}/file/preview?path=${path}&maxRows=99999`), { extension: 'csv', type: 'LIST', content: [{ a: '1', b: '2' }], maxLine: 5000, truncated: false });
  const moved = await fetch(`${server.url}/api/v1/executions/${other.id}/file?path=${path}`, { redirect: 'manual' });
  assert.equal([moved.status, moved.headers.get('location')], [301, `/api/v1/main/executions/${one.id}/file?path=${path}`]);
  const strange = await call('GET', `/executions/${one.id}/file?path=${encodeURIComponent('kestra:///etc/passwd')}`);
  assert.is(strange.status, 422);
  assert.match(messageOf(strange), /Invalid prefix path/);
  assert.is((await call('GET', `/executions/${one.id}/file?path=${path}x`)).status, 404);
  assert.is((await call('GET', `/executions/${one.id}/file`)).status, 400);
});

interface Graph { readonly nodes: readonly { readonly uid: string; readonly values?: readonly string[]; readonly taskRun?: { readonly state: { readonly current: string }; readonly value?: string } }[]; readonly edges: readonly { readonly source: string; readonly target: string }[] }
test('the graph of an execution carries its task runs, one node for each value of a loop', async () => {
  await server.putFlow(flow('loops', 'tasks:\n  - id: each\n    type: io.kestra.plugin.core.flow.ForEach\n    values: ["a", "b"]\n    tasks:\n      - id: inner\n        type: io.kestra.plugin.core.log.Log\n        message: x\n  - id: last\n    type: io.kestra.plugin.core.log.Log\n    message: x\n'));
  const done = await run('loops');
  const graph = await ok<Graph>('GET', `/executions/${done.id}/graph`);
  const inner = graph.nodes.filter(({ uid }) => uid.includes('inner'));
  assert.equal(inner.map(({ uid, values, taskRun }) => [uid.split('_').at(-1), values, taskRun?.value, taskRun?.state.current]), [['a', ['a'], 'a', 'SUCCESS'], ['b', ['b'], 'b', 'SUCCESS']]);
  assert.is(graph.nodes.find(({ uid }) => uid.endsWith('last'))?.taskRun?.state.current, 'SUCCESS');
  const uids = new Set(graph.nodes.map(({ uid }) => uid));
  assert.ok(graph.edges.every(({ source, target }) => uids.has(source) && uids.has(target)), 'each edge leads from a node to a node');
  assert.is(graph.edges.filter(({ target }) => inner.some(({ uid }) => uid === target)).length, 2);
});

test('executions that a Flow trigger has started are related to the one that made it fire', async () => {
  await server.putFlow(`${flow('follows', log)}triggers:\n  - id: after\n    type: io.kestra.plugin.core.trigger.Flow\n    conditions:\n      - type: io.kestra.plugin.core.condition.ExecutionFlow\n        namespace: api.runs\n        flowId: greets\n`);
  const source = await run('greets');
  const child = await until('the trigger has fired', () => search(`triggerExecutionId=${source.id}`), (page) => page.results.length > 0);
  const related = await ok<Related>('GET', `/executions/${source.id}/dependencies`);
  assert.equal(related.edges, [{ source: source.id, target: child.results[0]?.id, relation: 'FLOW_TRIGGER' }]);
});
test.run();
