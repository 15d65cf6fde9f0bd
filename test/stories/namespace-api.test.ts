// Namespace files, KV pairs and names of secrets over REST, against a real server.
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discard, startServer, type Answer, type TestServer } from '../harness/server.ts';

let server: TestServer;
const space = '/api/v1/main/namespaces/team.a';
const files = `${space}/files`;
const at = (path: string): string => `path=${encodeURIComponent(path)}`;

test.before(async () => { server = await startServer({ environment: { SECRET_TOKEN: Buffer.from('hidden-value').toString('base64') } }); });
test.after(() => discard(server));

async function upload(path: string, content: string | Uint8Array, filename = 'upload.bin'): Promise<Answer> {
  const form = new FormData();
  form.append('fileContent', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), filename);
  return server.request('POST', `${files}?${at(path)}`, { body: form });
}
const get = (path: string): Promise<Answer> => server.request('GET', `${files}?${at(path)}`);
const found = async (q: string): Promise<unknown> => (await server.request('GET', `${files}/search?q=${encodeURIComponent(q)}`)).json;

test('a file is written with its folders, read, described, moved and deleted; what becomes empty goes', async () => {
  assert.is((await upload('/queries/über/report 1.sql', 'SELECT 1')).status, 200);
  assert.is((await get('queries/über/report 1.sql')).text, 'SELECT 1');
  assert.match((await get('/queries/über/report 1.sql')).headers.get('content-disposition') ?? '', /attachment; filename="report 1.sql"/);
  const stats = (await server.request('GET', `${files}/stats?${at('/queries/über/report 1.sql')}`)).json as Record<string, unknown>;
  assert.equal([stats['fileName'], stats['type'], stats['size']], ['report 1.sql', 'File', 8]);
  assert.ok(Math.abs(Number(stats['lastModifiedTime']) - Date.now()) < 60_000);
  assert.equal(((await server.request('GET', `${files}/directory?${at('/queries')}`)).json as { fileName: string; type: string }[]).map(({ fileName, type }) => [fileName, type]), [['über', 'Directory']]);
  assert.equal(await found('REPORT'), ['/queries/über/report 1.sql']);
  assert.is((await server.request('PUT', `${files}?from=${encodeURIComponent('/queries/über')}&to=${encodeURIComponent('/archive/2024')}`)).status, 200);
  assert.is((await get('/archive/2024/report 1.sql')).text, 'SELECT 1');
  assert.is((await get('/queries/über/report 1.sql')).status, 404);
  assert.is((await server.request('DELETE', `${files}?${at('/archive/2024/report 1.sql')}`)).status, 200);
  assert.is((await server.request('GET', `${files}/directory?${at('/archive')}`)).status, 404);
  assert.is((await server.request('DELETE', `${files}?${at('/nothing')}`)).status, 200);
});

test('the root is there from the start; a folder can be made empty', async () => {
  assert.equal((await server.request('GET', '/api/v1/namespaces/team.new/files/directory')).json, []);
  assert.is(((await server.request('GET', '/api/v1/namespaces/team.new/files/stats')).json as { type: string }).type, 'Directory');
  assert.is((await server.request('POST', `${files}/directory?${at('/a/b')}`)).status, 200);
  assert.equal(((await server.request('GET', `${files}/directory?${at('a')}`)).json as { fileName: string }[]).map((one) => one.fileName), ['b']);
  assert.is((await server.request('DELETE', `${files}?${at('/a')}`)).status, 200);
});

test('no path leaves the namespace, and flows are no files', async () => {
  for (const path of ['/../team.b/x', 'a/../../x', 'a\\b', '/_flows/../x', `/${'é'.repeat(50)}`, '/a/'.repeat(60)]) {
    const answer = await upload(path, 'x');
    assert.is(answer.status, 422, `${path}: ${answer.text}`);
  }
  for (const [method, query] of [['GET', at('/_flows/a.yml')], ['DELETE', at('/_flows')], ['PUT', 'from=/_flows/a.yml&to=/b'], ['PUT', 'from=/a&to=/_flows/b']] as const) {
    const answer = await server.request(method, `${files}?${query}`);
    assert.is(answer.status, 422);
    assert.match(answer.text, /Forbidden path/);
  }
  assert.is((await server.request('GET', '/api/v1/namespaces/team._files.x/files/directory')).status, 422);
  assert.is((await upload('/plain', 'x')).status, 200);
  const below = await upload('/plain/below.txt', 'x');
  assert.is(below.status, 422, below.text);
  assert.match(below.text, /a part of its path is a file/);
});

test('an upload to /_flows imports a flow into this namespace; a ZIP is unpacked; an export holds both and comes in again', async () => {
  const source = (id: string): string => `id: ${id}\nnamespace: from.elsewhere\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: hi\n`;
  assert.is((await upload('/_flows/one.yml', source('one'))).status, 200);
  assert.is(((await server.request('GET', '/api/v1/flows/team.a/one')).json as { namespace: string }).namespace, 'team.a');
  const zip = zipSync({ 'x/a.txt': strToU8('A'), 'x/b.txt': [strToU8('B'), { level: 0 }], 'empty/': new Uint8Array(), '_flows/two.yml': strToU8(source('two')) });
  const unpacked = await upload('/', zip, 'all.zip');
  assert.is(unpacked.status, 200, unpacked.text);
  assert.is((await get('/x/a.txt')).text, 'A');
  assert.is((await get('/x/b.txt')).text, 'B');
  const bytes = new Uint8Array(await (await fetch(`${server.url}${files}/export`)).arrayBuffer());
  const entries = unzipSync(bytes);
  assert.equal(Object.keys(entries).filter((name) => name.startsWith('_flows/') || name.startsWith('x/')).sort(), ['_flows/one.yml', '_flows/two.yml', 'x/a.txt', 'x/b.txt']);
  assert.match(strFromU8(entries['_flows/two.yml'] ?? new Uint8Array()), /namespace: team.a/);
  const form = new FormData();
  form.append('fileContent', new Blob([bytes]), 'export.zip');
  assert.is((await server.request('POST', '/api/v1/namespaces/team.copy/files?path=/', { body: form })).status, 200);
  assert.is((await server.request('GET', '/api/v1/namespaces/team.copy/files?path=/x/a.txt')).text, 'A');
  assert.is((await server.request('GET', '/api/v1/flows/team.copy/two')).status, 200);
});

test('a ZIP that is broken, or leads out of the namespace, changes nothing', async () => {
  const fresh = `/api/v1/namespaces/team.zip/files`;
  const sent = async (bytes: Uint8Array): Promise<Answer> => {
    const form = new FormData();
    form.append('fileContent', new Blob([new Uint8Array(bytes)]), 'all.zip');
    return server.request('POST', `${fresh}?path=/`, { body: form });
  };
  const good = zipSync({ 'a.txt': strToU8('A'.repeat(1000)) });
  for (const bytes of [strToU8('no zip at all'), good.subarray(0, 40), zipSync({ 'a.txt': strToU8('A'), '../b.txt': strToU8('B') }), zipSync({ 'a.txt': strToU8('A'), '_flows/x/y.txt': strToU8('B') })]) {
    const answer = await sent(bytes);
    assert.is(answer.status, 422, answer.text);
  }
  assert.equal((await server.request('GET', `${fresh}/directory`)).json, []);
  assert.is((await sent(good)).status, 200);
});

test('tasks see these files, and the API those that tasks write', async () => {
  await upload('/in.txt', 'from the API');
  await server.putFlow('id: files\nnamespace: team.a\ntasks:\n  - id: read\n    type: io.kestra.plugin.core.debug.Return\n    format: "{{ read(\'in.txt\') }}"\n  - id: write\n    type: io.kestra.plugin.core.namespace.UploadFiles\n    filesMap:\n      out.txt: "{{ outputs.read.value }} and back"\n');
  const execution = (await server.request('POST', '/api/v1/executions/team.a/files?wait=true')).json as { state: { current: string } };
  assert.is(execution.state.current, 'SUCCESS');
  assert.is((await get('/out.txt')).text, 'from the API and back');
});

test('KV pairs are listed without values, from above too, and deleted many at once', async () => {
  const put = (namespace: string, key: string, body: string, headers: Record<string, string> = {}): Promise<Answer> => server.request('PUT', `/api/v1/namespaces/${namespace}/kv/${key}`, { body, headers: { 'content-type': 'text/plain', ...headers } });
  assert.is((await put('team', 'shared', '"above"', { description: 'of the team' })).status, 200);
  assert.is((await put('team', 'both', '1')).status, 200);
  assert.is((await put('team.a', 'both', '2', { ttl: 'PT1H' })).status, 200);
  assert.is((await put('team.a', 'short', '3', { ttl: 'PT0.001S' })).status, 200);
  const own = (await server.request('GET', `${space}/kv`)).json as Record<string, unknown>[];
  assert.equal(own.map((entry) => [entry['key'], entry['namespace'], entry['value']]), [['both', 'team.a', undefined]]);
  assert.match(String(own[0]?.['expirationDate']), /^\d{4}-/);
  const inherited = (await server.request('GET', `${space}/kv/inheritance`)).json as Record<string, unknown>[];
  assert.equal(inherited.map((entry) => `${String(entry['namespace'])}/${String(entry['key'])}`).sort(), ['team.a/both', 'team/shared']);
  assert.is(inherited.find((entry) => entry['key'] === 'shared')?.['description'], 'of the team');
  const page = (await server.request('GET', '/api/v1/kv?namespace=team&sort=key:desc&size=2')).json as { total: number; results: { key: string }[] };
  assert.equal([page.total, page.results.map((entry) => entry.key)], [3, ['shared', 'both']]);
  const filtered = (await server.request('GET', `/api/v1/kv?${new URLSearchParams({ 'filters[namespace][EQUALS]': 'team', 'filters[q][EQUALS]': 'of the TEAM' }).toString()}`)).json as { results: { key: string }[] };
  assert.equal(filtered.results.map((entry) => entry.key), ['shared']);
  assert.is((await server.request('GET', '/api/v1/kv?filters[colour][EQUALS]=red')).status, 422);
  assert.is((await server.request('GET', `${space}/kv/short`)).status, 410);
  const gone = await server.request('DELETE', `${space}/kv`, { body: JSON.stringify({ keys: ['both', 'none', '../x', 'both'] }) });
  assert.equal(gone.json, { keys: ['both'] });
  assert.equal((await server.request('GET', `${space}/kv`)).json, []);
  assert.equal((await server.request('GET', '/api/v1/namespaces/nobody.knows/kv')).json, []);
  assert.equal((await server.request('GET', '/api/v1/namespaces/Not%20One/kv')).json, []);
});

test('of secrets only the names are shown', async () => {
  for (const path of [`${space}/secrets`, '/api/v1/secrets']) {
    const answer = await server.request('GET', path);
    assert.equal(answer.json, { readOnly: true, results: [{ key: 'TOKEN' }], total: 1 });
    assert.not.match(answer.text, /hidden-value|aGlkZGVu/);
  }
  assert.equal((await server.request('GET', `${space}/inherited-secrets`)).json, {});
});

test.run();
