/** Teams already own hundreds of flows: they come in as YAML or ZIP, and leave byte for byte as they came. */
import { unzipSync, zipSync, strFromU8, strToU8 } from 'fflate';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { discard, startServer, type Answer, type TestServer } from '../harness/server.ts';

/** With what people write: a comment, blank lines, a character beyond ASCII, no last line feed for some. */
const flowSource = (namespace: string, id: string, message = 'hello'): string => `# ${id}, kept as it is\nid: ${id}\nnamespace: ${namespace}\n\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: "${message} – ${id}"${id.endsWith('0') ? '' : '\n'}`;

function upload(server: TestServer, filename: string, content: string | Uint8Array, query = ''): Promise<Answer> {
  const form = new FormData();
  form.append('fileUpload', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), filename);
  return server.request('POST', `/api/v1/flows/import${query}`, { body: form });
}

async function download(server: TestServer, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Record<string, string>> {
  const answer = await fetch(server.url + path, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
  assert.is(answer.status, 200, `${method} ${path}`);
  assert.match(answer.headers.get('content-disposition') ?? '', /flows\.zip/);
  return Object.fromEntries(Object.entries(unzipSync(new Uint8Array(await answer.arrayBuffer()))).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

const sourceOf = async (server: TestServer, namespace: string, id: string): Promise<string> => ((await server.request('GET', `/api/v1/flows/${namespace}/${id}?source=true`)).json as { source: string }).source;
const totalOf = async (server: TestServer): Promise<number> => ((await server.request('GET', '/api/v1/flows/search?size=1')).json as { total: number }).total;

async function withServer(story: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startServer();
  try {
    await story(server);
  } finally {
    await discard(server);
  }
}

test('one flow, the chosen or all are exported; a fresh server that imports the ZIP has the same flows, byte for byte', () => withServer(async (first) => {
  const sources = new Map<string, string>();
  for (const [namespace, id] of [['team.a', 'one'], ['team.a', 'two'], ['team.b', 'three0']] as const) {
    const source = flowSource(namespace, id);
    await first.putFlow(source);
    sources.set(`${namespace}.${id}.yml`, source);
  }
  assert.equal(await download(first, 'POST', '/api/v1/flows/export/by-ids', [{ namespace: 'team.a', id: 'two' }]), { 'team.a.two.yml': sources.get('team.a.two.yml') });
  assert.equal(Object.keys(await download(first, 'POST', '/api/v1/flows/export/by-ids', [{ namespace: 'team.a', id: 'one' }, { namespace: 'team.b', id: 'three0' }])).sort(), ['team.a.one.yml', 'team.b.three0.yml']);
  assert.equal(Object.keys(await download(first, 'GET', '/api/v1/flows/export/by-query?namespace=team.b')), ['team.b.three0.yml']);
  const all = await download(first, 'GET', '/api/v1/flows/export/by-query');
  assert.equal(all, Object.fromEntries(sources));

  await withServer(async (second) => {
    const zip = zipSync(Object.fromEntries(Object.entries(all).map(([name, source]) => [name, strToU8(source)])));
    const answer = await upload(second, 'flows.zip', zip);
    assert.is(answer.status, 200, answer.text);
    assert.equal(answer.json, []);
    assert.equal(await download(second, 'GET', '/api/v1/flows/export/by-query'), all);
    assert.is(await sourceOf(second, 'team.b', 'three0'), sources.get('team.b.three0.yml'));

    // The same ZIP again changes nothing; a changed flow gets a revision.
    await upload(second, 'flows.zip', zip);
    const revisionOf = async (): Promise<number> => ((await second.request('GET', '/api/v1/flows/team.a/one')).json as { revision: number }).revision;
    assert.is(await revisionOf(), 1);
    await upload(second, 'flows.zip', zipSync({ 'any-name.yaml': strToU8(flowSource('team.a', 'one', 'goodbye')), 'README.txt': strToU8('not a flow') }));
    assert.is(await revisionOf(), 2);
    assert.is(await totalOf(second), 3);
  });
}));

test('a YAML file may hold several documents', () => withServer(async (server) => {
  const documents = [flowSource('team.yaml', 'first'), flowSource('team.yaml', 'second'), flowSource('team.yaml', 'third')];
  const answer = await upload(server, 'flows.yaml', documents.join('---\n'));
  assert.is(answer.status, 200, answer.text);
  assert.equal(answer.json, []);
  assert.is(await totalOf(server), 3);
  for (const [index, id] of ['first', 'second', 'third'].entries()) assert.is((await sourceOf(server, 'team.yaml', id)).trim(), documents[index]?.trim());
}));

test('what is bad is refused with its name, and what is good beside it comes in', () => withServer(async (server) => {
  const zip = zipSync({ 'good.yml': strToU8(flowSource('team.c', 'good')), 'broken.yml': strToU8('id: [never closed\n'), 'unknown-type.yml': strToU8('id: bad\nnamespace: team.c\ntasks:\n  - id: x\n    type: no.such.Type\n') });
  const answer = await upload(server, 'mixed.zip', zip);
  assert.is(answer.status, 200, answer.text);
  assert.equal([...(answer.json as string[])].sort(), ['broken.yml', 'unknown-type.yml']);
  assert.is(await totalOf(server), 1);

  const strict = await upload(server, 'mixed.zip', zip, '?failOnError=true');
  assert.is(strict.status, 422);
  assert.match(strict.text, /(broken|unknown-type)\.yml/);

  const text = await upload(server, 'flows.txt', flowSource('team.c', 'other'));
  assert.is(text.status, 422);
  assert.match(text.text, /flows\.txt.*\.yaml, \.yml or \.zip/);
  const noZip = await upload(server, 'flows.zip', 'this is no ZIP');
  assert.is(noZip.status, 422);
  assert.match(noZip.text, /flows\.zip.*no ZIP/);
  assert.equal((await upload(server, 'flows.yaml', `${flowSource('team.c', 'fine')}---\nid: [\n`)).json, ['1'], 'the document of a YAML file is named by its place');
  assert.is(await totalOf(server), 2);
}));

test('three hundred flows come in within seconds, and the list shows them in pages of 25, 50 and 100', () => withServer(async (server) => {
  const count = 300;
  const name = (index: number): string => `flow-${String(index).padStart(3, '0')}`;
  const zip = zipSync(Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name(index)}.yml`, strToU8(flowSource('team.many', name(index)))])));
  const startedMs = performance.now();
  const answer = await upload(server, 'many.zip', zip);
  const tookMs = performance.now() - startedMs;
  assert.is(answer.status, 200, answer.text);
  assert.equal(answer.json, []);
  assert.ok(tookMs < 10_000, `300 flows took ${Math.round(tookMs)} ms`);
  for (const size of [25, 50, 100]) {
    const seen = new Set<string>();
    for (let page = 1; page <= count / size; page += 1) {
      const { results, total } = (await server.request('GET', `/api/v1/flows/search?namespace=team.many&size=${size}&page=${page}`)).json as { results: { id: string }[]; total: number };
      assert.is(total, count);
      assert.is(results.length, size);
      for (const { id } of results) seen.add(id);
    }
    assert.is(seen.size, count, `pages of ${size} hold each flow once`);
    const html = (await server.request('GET', `/ui/main/flows?size=${size}&page=2`, { headers: { accept: 'text/html' } })).text;
    assert.match(html, `${size + 1} to ${size * 2} of 300`);
  }
  assert.is(Object.keys(await download(server, 'GET', '/api/v1/flows/export/by-query?namespace=team.many')).length, count);
}));

test.run();
