/** The server's doors from outside, over loopback: who may come in, and what it says to broken, huge and hostile requests. */
import { connect } from 'node:net';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { discard, startServer, until, type Answer, type TestServer } from '../../test/harness/server.ts';

const flow = (id: string): string => `id: ${id}\nnamespace: doors\ninputs:\n  - id: data\n    type: FILE\n    required: false\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n`;
const yaml = { 'content-type': 'application/x-yaml' };

let server: TestServer;
test.before(async () => {
  server = await startServer();
  await server.putFlow(flow('hello'));
});
test.after(async () => discard(server));

interface Problem { readonly message: string; readonly status: number; readonly instance: string; readonly title: string; readonly _links: unknown; readonly _embedded?: { readonly errors: readonly { readonly message: string; readonly path?: string }[] } }
const problemOf = (answer: Answer): Problem => answer.json as Problem;

/** Bytes on a plain socket, for what `fetch` would not send. Answers all that comes back until the server closes or the answer is complete. */
function raw(text: string | Uint8Array, end = true): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => { socket.write(text); if (end) socket.end(); });
    let answer = '';
    const timer = setTimeout(() => { socket.destroy(); resolve(answer); }, 5000);
    socket.on('data', (bytes: Buffer) => {
      answer += bytes.toString('latin1');
      if (/\r\n\r\n/.test(answer) && /content-length: (\d+)/i.test(answer) && answer.split('\r\n\r\n').slice(1).join('\r\n\r\n').length >= Number(/content-length: (\d+)/i.exec(answer)?.[1])) socket.destroy();
    });
    socket.on('error', (error) => { clearTimeout(timer); if (answer === '') reject(error); else resolve(answer); });
    socket.on('close', () => { clearTimeout(timer); resolve(answer); });
  });
}
const lines = (...rows: string[]): string => `${rows.join('\r\n')}\r\n\r\n`;

interface Rpc { ask(frame: string | Uint8Array): Promise<Record<string, unknown>>; readonly socket: WebSocket; close(): void }
async function openRpc(options: { readonly headers?: Record<string, string>; readonly protocols?: readonly string[]; readonly on?: TestServer } = {}): Promise<Rpc> {
  const socket = new WebSocket(`ws://127.0.0.1:${(options.on ?? server).port}/api/v1/main/rpc`, [...(options.protocols ?? [])], { headers: options.headers ?? {} });
  const waiting: ((frame: Record<string, unknown>) => void)[] = [];
  socket.on('message', (bytes: Buffer) => waiting.shift()?.(JSON.parse(bytes.toString('utf8')) as Record<string, unknown>));
  await new Promise<void>((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); socket.once('unexpected-response', (_request, response) => reject(new Error(`HTTP ${response.statusCode}`))); });
  return { socket, close: () => socket.terminate(), ask: (frame) => new Promise((resolve) => { waiting.push(resolve); socket.send(frame); }) };
}
const rpcError = (frame: Record<string, unknown>): { readonly code: number; readonly message: string; readonly data?: { readonly problem: { readonly status: number } } } => frame['error'] as { code: number; message: string };

test('every answer carries the strict policy and the other headers of safety', async () => {
  for (const path of ['/ui/main/dashboards', '/api/v1/flows/search', '/nothing', '/health']) {
    const { headers } = await server.request('GET', path);
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) assert.ok(policy.includes(rule), `${path}: ${rule}`);
    assert.not.match(policy, /script-src[^;]*unsafe/);
    assert.equal([headers.get('x-content-type-options'), headers.get('cross-origin-opener-policy'), headers.get('referrer-policy')], ['nosniff', 'same-origin', 'same-origin'], path);
  }
});

test('a foreign Origin is refused with its reason, over HTTP and at an upgrade', async () => {
  const answer = await server.request('POST', '/api/v1/flows', { body: flow('foreign'), headers: { ...yaml, origin: 'https://evil.example' } });
  assert.is(answer.status, 403);
  assert.match(problemOf(answer).message, /Foreign Origin "https:\/\/evil\.example"/);
  assert.is((await server.request('GET', '/api/v1/flows/doors/foreign')).status, 404);
  for (const path of ['/api/v1/main/rpc', '/sync/main/flow/doors/hello']) {
    const refusal = await raw(lines(`GET ${path} HTTP/1.1`, `host: 127.0.0.1:${server.port}`, 'origin: https://evil.example', 'connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='), false);
    assert.match(refusal, /^HTTP\/1\.1 403 /, path);
    assert.match(refusal, /Foreign Origin/);
  }
});
test('a wrong Host is refused with its reason', async () => {
  const answer = await raw(lines('GET /api/v1/flows/search HTTP/1.1', 'host: evil.example', 'connection: close'));
  assert.match(answer, /^HTTP\/1\.1 403 /);
  assert.match(answer, /Wrong Host/);
});
test('the server\'s own pages may call it by any of its names', async () => {
  assert.is((await server.request('GET', '/api/v1/flows/search', { headers: { origin: `http://localhost:${server.port}` } })).status, 200);
});
test('two lengths of one body are refused', async () => {
  assert.match(await raw(`${lines('POST /api/v1/flows/validate HTTP/1.1', `host: 127.0.0.1:${server.port}`, 'content-length: 3', 'content-length: 5')}abcde`), /^HTTP\/1\.1 400 /);
});

test('an error names itself in the members of both generations of clients', async () => {
  const missing = problemOf(await server.request('GET', '/api/v1/flows/doors/missing'));
  assert.match(missing.message, /^Not Found/);
  assert.equal([missing.status, missing.title, missing.instance], [404, 'Not Found', '/api/v1/flows/doors/missing']);
  assert.equal(missing._links, { self: [{ href: '/api/v1/flows/doors/missing', templated: false }] });
  const page = problemOf(await server.request('GET', '/api/v1/executions/search?page=0'));
  assert.match(page.message, /^Invalid entity: page: must be greater than or equal to 1/);
  assert.equal(page._embedded?.errors, [{ path: 'page', message: 'must be greater than or equal to 1' }]);
});
test('numbers out of range, wrong words, wrong dates and a bad sort are 422 with their place', async () => {
  for (const [path, reason] of [
    ['/api/v1/executions/search?size=1001', /size: must be less than or equal to 1000/], ['/api/v1/executions/search?page=99999999999999999999', /page: must be integer/],
    ['/api/v1/executions/search?page=1.5', /page: must be integer/], ['/api/v1/executions/search?state=DANCING', /Illegal argument: .*"DANCING" is none of CREATED/],
    ['/api/v1/executions/search?startDate=yesterday', /Illegal argument: startDate: "yesterday" is not a date/], ['/api/v1/executions/search?sort=id', /Illegal argument: Invalid sort parameter/],
    ['/api/v1/executions/search?startDate=2026-01-02T00:00:00Z&endDate=2026-01-01T00:00:00Z', /startDate is after endDate/], ['/api/v1/executions/search?labels=novalue', /not of the form key:value/],
  ] as const) {
    const answer = await server.request('GET', path);
    assert.is(answer.status, 422, path);
    assert.match(problemOf(answer).message, reason);
  }
});
test('a plus in a date that became a space is read as one', async () => {
  assert.is((await server.request('GET', '/api/v1/executions/search?startDate=2026-01-02T00:00:00.000+01:00')).status, 200);
});
test('a path with another method is 405 and says which, an unknown path and an unknown tenant are 404', async () => {
  const wrong = await server.request('PATCH', '/api/v1/flows');
  assert.is(wrong.status, 405);
  assert.match(problemOf(wrong).message, /allowed are POST/);
  assert.is((await server.request('GET', '/api/v1/nothing')).status, 404);
  assert.match(problemOf(await server.request('GET', '/api/v1/other/flows/search')).message, /no tenant "other"/);
});
test('a missing argument is a bad request that names it', async () => {
  const answer = await server.request('POST', '/api/v1/expressions/render', { body: '{}' });
  assert.equal([answer.status, problemOf(answer).message], [422, 'Illegal argument: the body has neither template nor expressions']);
  const none = await server.request('GET', '/api/v1/executions/0123456789ABCDEFabcdef/file');
  assert.equal([none.status, problemOf(none).message], [400, 'Bad Request: required argument [path] is not given']);
});
test('an empty answer has a length of nothing', async () => {
  const answer = await server.request('PUT', '/api/v1/namespaces/doors/kv/some', { body: '"value"', headers: { 'content-type': 'text/plain' } });
  assert.equal([answer.status, answer.text, answer.headers.get('content-length')], [200, '', '0']);
  const { updated, ...kept } = (await server.request('GET', '/api/v1/namespaces/doors/kv/some')).json as Record<string, unknown>;
  assert.equal(kept, { type: 'STRING', value: 'value' });
  assert.ok(Date.parse(String(updated)) > 0);
});

test('bodies that are no JSON, no YAML, no UTF-8 are refused with their place, and nothing is lost', async () => {
  const json = await server.request('POST', '/api/v1/executions/latest', { body: '[{"namespace":' });
  assert.equal([json.status, problemOf(json).message.startsWith('Invalid json mapping')], [422, true]);
  const bad = await server.request('PUT', '/api/v1/flows/doors/hello', { body: Buffer.concat([Buffer.from('id: hello\nnamespace: doors\n# '), Buffer.from([0xff, 0xfe])]), headers: yaml });
  assert.is(bad.status, 422);
  assert.match(problemOf(bad).message, /byte 29 of the body is not UTF-8/);
  const broken = await server.request('PUT', '/api/v1/flows/doors/hello', { body: 'id: [', headers: yaml });
  assert.is(broken.status, 422);
  assert.match((await server.request('GET', '/api/v1/flows/doors/hello?source=true')).text, /message: hello/);
});
test('a body of more than 10 MB is refused with 413 and the server goes on; one just below is judged by what it says', async () => {
  const large = 'x'.repeat(11 * 1024 * 1024);
  for (const [path, headers] of [['/api/v1/flows', yaml], ['/api/v1/executions/latest', {}], ['/api/v1/expressions/render', {}]] as const) {
    const answer = await server.request('POST', path, { body: large, headers });
    assert.is(answer.status, 413, path);
    assert.match(problemOf(answer).message, /10,485,760 bytes/);
  }
  const comment = `${flow('large')}# ${'x'.repeat(9 * 1024 * 1024)}\n`;
  const flowAnswer = await server.request('POST', '/api/v1/flows', { body: comment, headers: yaml });
  assert.ok(flowAnswer.status === 422 || flowAnswer.status === 413, String(flowAnswer.status));
  assert.is((await server.request('GET', '/health')).status, 200);
});
test('a FILE input of 30 MB streams to the disk and is there to read; no upload stays behind', async () => {
  const form = new FormData();
  form.append('files', new Blob([new Uint8Array(30 * 1024 * 1024).fill(0x61)]), 'data');
  const response = await fetch(`${server.url}/api/v1/executions/doors/hello?wait=true`, { method: 'POST', body: form });
  const execution = await response.json() as { id: string; url: string; state: { current: string }; inputs: { data: string } };
  assert.equal([response.status, execution.state.current], [200, 'SUCCESS']);
  assert.ok(execution.url.startsWith(`${server.url}/ui/main/executions/doors/hello/`), execution.url);
  const file = await fetch(`${server.url}/api/v1/executions/${execution.id}/file?path=${encodeURIComponent(execution.inputs.data)}`);
  assert.is((await file.arrayBuffer()).byteLength, 30 * 1024 * 1024);
  assert.match(file.headers.get('content-disposition') ?? '', /^attachment/);
  assert.match(file.headers.get('content-security-policy') ?? '', /sandbox/);
  assert.equal(readdirSync(join(server.data, 'uploads')), []);
});
test('paths that climb are refused and name what is wrong: files, flows, assets', async () => {
  const started = await server.request('POST', '/api/v1/executions/doors/hello?wait=true');
  const { id } = started.json as { id: string };
  for (const path of ['kestra:///doors/hello/executions/../../../../../etc/passwd', 'kestra:///../../etc/passwd', 'file:///etc/passwd', '/etc/passwd', `kestra:///doors/hello/executions/${id}/%2e%2e/%2e%2e/x`, 'kestra:///doors/other/executions/x/y.txt', 'kestra:///a\u0000b']) {
    const answer = await server.request('GET', `/api/v1/executions/${id}/file?path=${encodeURIComponent(path)}`);
    assert.ok(answer.status === 422 || answer.status === 404, `${path}: ${answer.status}`);
    assert.not.match(answer.text, /root:/);
  }
  for (const path of ['/assets/../server.js', '/assets/..%2fserver.js', '/assets/%2e%2e/server.js', '/assets/%', '/assets/']) {
    assert.match(await raw(lines(`GET ${path} HTTP/1.1`, `host: 127.0.0.1:${server.port}`, 'connection: close')), /^HTTP\/1\.1 404 /, path);
  }
  const climbing = await server.request('PUT', '/api/v1/flows/..%2f..%2fetc/passwd', { body: flow('hello'), headers: yaml });
  assert.ok(climbing.status === 404 || climbing.status === 422, String(climbing.status));
});

test('assets have names that may be kept for ever, compressed once, and are not sent twice', async () => {
  const page = await server.request('GET', '/ui/main/dashboards');
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(page.text)?.[1] ?? '';
  const first = await server.request('GET', script, { headers: { 'accept-encoding': 'br' } });
  assert.equal([first.status, first.headers.get('content-encoding'), first.headers.get('cache-control')], [200, 'br', 'public, max-age=31536000, immutable']);
  const again = await server.request('GET', script, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
  assert.equal([again.status, again.text], [304, '']);
});
test('the start page, the legacy addresses and the figures answer', async () => {
  const root = await fetch(`${server.url}/`, { redirect: 'manual' });
  assert.equal([root.status, root.headers.get('location')], [302, '/ui/main/dashboards']);
  for (const path of ['/ui/main/dashboards', '/ui/main', '/ui/main/flows', '/ui/main/executions', '/ui/main/logs', '/ui/main/plugins']) assert.is((await server.request('GET', path)).status, 200, path);
  assert.is((await server.request('GET', '/ui/main/no-such-page')).status, 404);
  assert.is((await server.request('GET', '/ping')).text, 'pong');
  assert.equal((await server.request('GET', '/ready')).json, { status: 'UP' });
  for (const path of ['/metrics', '/prometheus']) assert.match((await server.request('GET', path)).text, /^ensemble_/m, path);
  assert.match(String((await server.request('GET', '/version')).text), /"version"/);
});
test('markup in a text is shown, never run', async () => {
  const evil = '<img src=x onerror=alert(1)>';
  await server.putFlow(flow('markup').replace('message: hello', `message: "${evil}"\n    description: "${evil}"\ndescription: "${evil}"\nlabels:\n  evil: "${evil}"`));
  await server.request('POST', `/api/v1/executions/doors/markup?wait=true&labels=${encodeURIComponent(`x:${evil}`)}`);
  for (const path of ['/ui/main/flows', '/ui/main/executions', '/ui/main/logs', `/ui/main/flows?q=${encodeURIComponent(evil)}`, `/ui/main/${encodeURIComponent(evil)}`]) {
    const { text } = await server.request('GET', path);
    assert.not.match(text, /<img src=x/, path);
  }
});

test('an execution is followed as events from its start to its end, and a stream of silence stays open', async () => {
  const started = (await server.request('POST', '/api/v1/executions/doors/hello?wait=false')).json as { id: string };
  const response = await fetch(`${server.url}/api/v1/executions/${started.id}/follow`);
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const text = await response.text();
  const ids = [...text.matchAll(/^id: (\w+)$/gm)].map((match) => match[1]);
  assert.equal([ids[0], ids.at(-1)], ['start', 'end']);
  const last = JSON.parse([...text.matchAll(/^data: (.*)$/gm)].at(-1)?.[1] ?? '{}') as { state: { current: string } };
  assert.is(last.state.current, 'SUCCESS');
  const lineText = await fetch(`${server.url}/api/v1/logs/${started.id}/follow`);
  const reader = lineText.body?.getReader();
  let seen = '';
  while (reader !== undefined && !seen.includes('"message":"hello"')) seen += new TextDecoder().decode((await reader.read()).value);
  await reader?.cancel();
  assert.is((await fetch(`${server.url}/api/v1/executions/0123456789ABCDEFabcdef/follow`)).status, 404);
});

test('a broken frame is answered, and the socket stays usable', async () => {
  const rpc = await openRpc();
  try {
    assert.is(rpcError(await rpc.ask('{"jsonrpc":')).code, -32700);
    assert.is(rpcError(await rpc.ask(new Uint8Array([0xff, 0xfe, 0x00]))).code, -32700);
    for (const frame of ['17', '[]', '{"id":1}', '{"jsonrpc":"2.0","id":{},"method":"ping"}', 'null']) assert.is(rpcError(await rpc.ask(frame)).code, -32600, frame);
    assert.is(rpcError(await rpc.ask('{"jsonrpc":"2.0","id":1,"method":"dance"}')).code, -32601);
    assert.is(rpcError(await rpc.ask('{"jsonrpc":"2.0","id":1,"method":"constructor"}')).code, -32601);
    const invalid = rpcError(await rpc.ask('{"jsonrpc":"2.0","id":2,"method":"executions.search","params":{"page":0}}'));
    assert.equal([invalid.code, invalid.data?.problem.status], [-32602, 422]);
    assert.is(rpcError(await rpc.ask('{"jsonrpc":"2.0","id":2,"method":"executions.search","params":[1]}')).code < 0, true);
    assert.equal(await rpc.ask('{"jsonrpc":"2.0","id":3,"method":"ping"}'), { jsonrpc: '2.0', id: 3, result: 'pong' });
  } finally {
    rpc.close();
  }
});
test('a batch is answered as one, without its notifications', async () => {
  const rpc = await openRpc();
  try {
    const answer = await rpc.ask('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"ping"},{"jsonrpc":"2.0","id":"x","method":"me.get"}]') as unknown as { id: unknown }[];
    assert.equal(answer.map((one) => one.id), [1, 'x']);
  } finally {
    rpc.close();
  }
});
test('the RPC names no file of the server\'s disk', async () => {
  const rpc = await openRpc();
  try {
    const refused = rpcError(await rpc.ask(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'executions.create', params: { namespace: 'doors', id: 'hello', form: { fields: {}, files: [{ field: 'files', filename: 'data', contentType: '', sizeBytes: 1, blob: '/etc/passwd' }] } } })));
    assert.match(refused.message, /files are sent over REST/);
    const viaBatch = rpcError((await rpc.ask(JSON.stringify([{ jsonrpc: '2.0', id: 1, method: 'flows.import', params: { form: { fields: {}, files: [{ field: 'fileUpload', filename: 'a.yaml', contentType: '', sizeBytes: 1, blob: '/etc/passwd' }] } } }])) as unknown as Record<string, unknown>[])[0] ?? {});
    assert.match(viaBatch.message, /files are sent over REST/);
    const reread = await server.request('GET', '/health');
    assert.is(reread.status, 200);
  } finally {
    rpc.close();
  }
});
test('REST takes no place on the disk from a client either', async () => {
  const answer = await server.request('POST', '/api/v1/executions/doors/hello', { body: JSON.stringify({ files: [{ field: 'files', filename: 'data', blob: '/etc/passwd' }] }) });
  assert.not.match(answer.text, /root:/);
  assert.is((await server.request('GET', '/health')).status, 200);
});
test('a frame above the limit closes its own socket and nobody else\'s', async () => {
  const [greedy, other] = [await openRpc(), await openRpc()];
  const closed = new Promise<number>((resolve) => greedy.socket.once('close', resolve));
  greedy.socket.on('error', () => undefined);
  greedy.socket.send('x'.repeat(9 * 1024 * 1024));
  await closed;
  assert.equal(await other.ask('{"jsonrpc":"2.0","id":1,"method":"ping"}'), { jsonrpc: '2.0', id: 1, result: 'pong' });
  other.close();
});
test('broken frames of a document close that socket with a reason, the others go on', async () => {
  const open = (): Promise<WebSocket> => new Promise((resolve) => { const socket = new WebSocket(`ws://127.0.0.1:${server.port}/sync/main/flow/doors/hello`); socket.once('open', () => resolve(socket)); });
  const other = await open();
  let otherClosed = false;
  other.once('close', () => { otherClosed = true; });
  for (const frame of [[0], [0, 9], [0, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], [0, 2, 3, 1, 2, 3], [99]]) {
    const socket = await open();
    const outcome = new Promise<number>((resolve) => { socket.once('close', resolve); setTimeout(() => resolve(0), 1000).unref(); });
    socket.send(Uint8Array.from(frame));
    const code = await outcome;
    // An unknown kind of message may also be ignored; a broken one is final.
    assert.ok(code === 4400 || code === 0, `${frame.join()}: ${code}`);
    socket.terminate();
  }
  assert.not.ok(otherClosed);
  other.terminate();
});
test('a document that is not there is refused for good, in the protocol\'s own words', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/sync/main/flow/doors/missing`);
  const frames: Buffer[] = [];
  socket.on('message', (bytes: Buffer) => frames.push(bytes));
  const code = await new Promise<number>((resolve) => socket.once('close', resolve));
  assert.is(code, 4404);
  assert.equal([...frames[0]?.subarray(0, 2) ?? []], [2, 0]);
});
test('sockets that are cut without a word, in the middle of a handshake or a frame, leave nothing behind', async () => {
  const figure = async (): Promise<number> => Number(/^ensemble_documents_sockets (\d+)$/m.exec((await server.request('GET', '/metrics')).text)?.[1] ?? -1);
  const before = await figure();
  for (let n = 0; n < 20; n += 1) {
    const socket = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const upgrade = lines('GET /sync/main/flow/doors/hello HTTP/1.1', `host: 127.0.0.1:${server.port}`, 'connection: upgrade', 'upgrade: websocket', 'sec-websocket-version: 13', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==');
    socket.write(n % 2 === 0 ? upgrade.slice(0, 80) : upgrade);
    if (n % 2 === 1) await new Promise((resolve) => socket.once('data', resolve));
    socket.write(Buffer.from([0x82, 0xfe, 0x10]));
    socket.resetAndDestroy();
  }
  await until('the sockets of documents are gone', figure, (count) => count === before);
  assert.is((await server.request('GET', '/health')).status, 200);
});
test('twenty of each kind of garbage on the port do not disturb it', async () => {
  for (const garbage of ['\r\n\r\n', 'GET', 'GET / HTTP/1.1\r\n\r\n', 'BREW /pot HTCPCP/1.0\r\n\r\n', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03']) {
    await Promise.all(Array.from({ length: 20 }, () => new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => { socket.write(garbage); socket.end(); });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      socket.resume();
      setTimeout(() => socket.destroy(), 1000).unref();
    })));
  }
  assert.is((await server.request('GET', '/health')).status, 200);
});
test.run();
