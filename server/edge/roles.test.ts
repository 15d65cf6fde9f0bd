/** A shared server from outside: links, roles over REST, RPC and sync, revocation of what is open, start and end of the process. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { discard, root, startServer, until, type Answer, type TestServer } from '../../test/harness/server.ts';

const flow = 'id: hello\nnamespace: roles\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n';
const yaml = { 'content-type': 'application/x-yaml' };
const password = 'correct horse';

let server: TestServer;
let admin: Record<string, string>;

const linkOf = (output: string, kind: RegExp): string => new RegExp(`${kind.source}[^\\n]*\\n\\s+\\S+/invitation/(\\S+)`).exec(output)?.[1] ?? '';
async function accept(token: string, name: string): Promise<Answer> {
  return server.request('POST', '/invitation', { body: JSON.stringify({ token, name, email: `${name}@example.com`, password }) });
}
const cookieOf = (answer: Answer): Record<string, string> => ({ cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
async function person(name: string, role: string): Promise<Record<string, string>> {
  const { url } = (await server.request('POST', '/api/v1/people/invitations', { body: JSON.stringify({ role }), ...{ headers: { ...admin, 'content-type': 'application/json' } } })).json as { url: string };
  const joined = await accept(url.slice(url.lastIndexOf('/') + 1), name);
  assert.is(joined.status, 200, joined.text);
  return cookieOf(joined);
}
async function tokenOf(who: Record<string, string>, body: Record<string, unknown>): Promise<{ readonly id: string; readonly fullToken: string }> {
  const answer = await server.request('POST', '/api/v1/tokens', { body: JSON.stringify(body), headers: { ...who, 'content-type': 'application/json' } });
  assert.is(answer.status, 201, answer.text);
  return answer.json as { id: string; fullToken: string };
}

interface Socket { readonly socket: WebSocket; readonly closed: Promise<number>; call(method: string, params?: unknown): Promise<{ readonly result?: unknown; readonly error?: { readonly message: string; readonly data: { readonly problem: { readonly status: number } } } }> }
async function rpc(headers: Record<string, string>): Promise<Socket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/v1/main/rpc`, { headers });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise<void>((resolve, reject) => { socket.once('open', resolve); socket.once('error', reject); });
  let next = 1;
  return {
    socket, closed,
    call: (method, params = {}) => new Promise((resolve) => {
      const id = next++;
      const listen = (bytes: Buffer): void => {
        const frame = JSON.parse(bytes.toString('utf8')) as { id?: number };
        if (frame.id !== id) return;
        socket.off('message', listen);
        resolve(frame as never);
      };
      socket.on('message', listen);
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    }),
  };
}
function sync(room: string, options: { readonly headers?: Record<string, string>; readonly protocols?: string[]; readonly query?: string }): { readonly socket: WebSocket; readonly closed: Promise<number> } {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/sync/main/${room}${options.query ?? ''}`, options.protocols ?? [], { headers: options.headers ?? {} });
  return { socket, closed: new Promise<number>((resolve) => { socket.once('close', resolve); socket.on('error', () => undefined); }) };
}
const firstFrame = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('message', (bytes: Buffer) => resolve(bytes[0] ?? -1)));

test.before(async () => {
  server = await startServer({ args: ['--share=viewer'], environment: { ENSEMBLE_HOST: '0.0.0.0' } });
  const joined = await accept(linkOf(server.output(), /administrator link/), 'Ada');
  assert.is(joined.status, 200, `${joined.text}\n${server.output()}`);
  admin = cookieOf(joined);
  const created = await server.request('POST', '/api/v1/flows', { body: flow, headers: { ...admin, ...yaml } });
  assert.is(created.status, 200, created.text);
});
test.after(async () => discard(server));

test('a shared server prints an administrator link and an invitation link, each good once', async () => {
  assert.is((await accept(linkOf(server.output(), /administrator link/), 'Eve')).status, 410);
  const viewer = await accept(linkOf(server.output(), /invitation link/), 'Vic');
  assert.equal([viewer.status, (viewer.json as { role: string }).role], [200, 'viewer']);
  const cookie = viewer.headers.get('set-cookie') ?? '';
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Lax/);
});
test('without a proof of who one is: 401 over REST, a refused upgrade for the RPC, a final close for sync, the login page for pages', async () => {
  const answer = await server.request('GET', '/api/v1/flows/search');
  assert.is(answer.status, 401);
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm=/);
  assert.is(await rpc({}).then(() => 'open', (error: Error) => error.message), 'Unexpected server response: 401');
  assert.is(await sync('flow/roles/hello', {}).closed, 4401);
  const page = await fetch(`${server.url}/ui/main/flows`, { redirect: 'manual' });
  assert.equal([page.status, page.headers.get('location')], [302, `/ui/main/login?from=${encodeURIComponent('/ui/main/flows')}`]);
  assert.is((await server.request('GET', '/ui/main/login')).status, 200);
  assert.is((await server.request('GET', '/health')).status, 200);
});
test('a forged cookie, a wrong token and a wrong password are nobody', async () => {
  for (const headers of [{ cookie: 'ensemble-session=forged' }, { cookie: 'ensemble-visitor=visitor-1.AAAA' }, { authorization: 'Bearer ens_wrong' }, { authorization: `Basic ${Buffer.from('Ada:wrong').toString('base64')}` }, { authorization: 'Digest x' }]) {
    assert.is((await server.request('GET', '/api/v1/flows/search', { headers })).status, 401, JSON.stringify(headers));
  }
});
test('a viewer reads everywhere and writes nowhere: not over REST, not over the RPC, not in a document', async () => {
  const viewer = await person('Vera', 'viewer');
  assert.is((await server.request('GET', '/api/v1/flows/roles/hello', { headers: viewer })).status, 200);
  for (const [method, path, body] of [['PUT', '/api/v1/flows/roles/hello', `${flow}# x\n`], ['DELETE', '/api/v1/flows/roles/hello', undefined], ['POST', '/api/v1/executions/roles/hello', undefined], ['PUT', '/api/v1/namespaces/roles/kv/a', '1'], ['POST', '/api/v1/people/invitations', '{"body":{}}'], ['GET', '/api/v1/audit', undefined], ['GET', '/api/v1/namespaces/roles/kv/a', undefined]] as const) {
    const answer = await server.request(method, path, { ...(body === undefined ? {} : { body }), headers: { ...viewer, ...(body === undefined ? {} : yaml) } });
    assert.is(answer.status, 403, `${method} ${path}: ${answer.text}`);
    assert.match((answer.json as { message: string }).message, /the role viewer may not/);
  }
  const socket = await rpc(viewer);
  assert.ok((await socket.call('flows.get', { namespace: 'roles', id: 'hello' })).result);
  for (const [method, params] of [['flows.replace', { namespace: 'roles', id: 'hello', source: `${flow}# x\n` }], ['executions.create', { namespace: 'roles', id: 'hello' }], ['audit.list', {}], ['watch', { topic: 'audit' }]] as const) {
    const { error } = await socket.call(method, params);
    assert.is(error?.data.problem.status, 403, method);
  }
  socket.socket.terminate();
  assert.is(((await server.request('GET', '/api/v1/flows/roles/hello', { headers: admin })).json as { revision: number }).revision, 1);
});
test('an editor writes and runs, and leaves people alone', async () => {
  const editor = await person('Ed', 'editor');
  assert.is((await server.request('POST', '/api/v1/executions/roles/hello?wait=true', { headers: editor })).status, 200);
  assert.is((await server.request('POST', '/api/v1/people/invitations', { body: '{"role":"viewer"}', headers: { ...editor, 'content-type': 'application/json' } })).status, 403);
  assert.is((await server.request('GET', '/api/v1/audit', { headers: editor })).status, 403);
});
test('basic authentication and bearer tokens are the API\'s ways in', async () => {
  const basic = (name: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });
  for (const name of ['Ada', 'ada@EXAMPLE.com']) assert.is(((await server.request('GET', '/api/v1/me', { headers: basic(name) })).json as { name: string }).name, 'Ada');
  const { fullToken } = await tokenOf(admin, { name: 'robot', bot: true, role: 'editor' });
  const me = (await server.request('GET', '/api/v1/me', { headers: { authorization: `Bearer ${fullToken}` } })).json as { kind: string; name: string; role: string };
  assert.equal([me.kind, me.name, me.role], ['bot', 'robot', 'editor']);
  assert.not.ok((await server.request('GET', '/api/v1/tokens', { headers: admin })).text.includes(fullToken), 'the secret is shown once');
});
test('a stock provider comes in by its protocols or by a ticket that works once', async () => {
  const { fullToken } = await tokenOf(admin, { name: 'provider', bot: true });
  const byProtocol = sync('flow/roles/hello', { protocols: [`bearer.${fullToken}`] });
  assert.is(await firstFrame(byProtocol.socket), 0, 'a sync frame');
  byProtocol.socket.terminate();
  const { ticket } = (await server.request('POST', '/api/v1/tickets', { headers: admin })).json as { ticket: string };
  const byTicket = sync('flow/roles/hello', { query: `?ticket=${ticket}` });
  assert.is(await firstFrame(byTicket.socket), 0);
  byTicket.socket.terminate();
  assert.is(await sync('flow/roles/hello', { query: `?ticket=${ticket}` }).closed, 4401);
});
test('logging out, revoking a token and removing a person close what they have open, at once', async () => {
  const login = await server.request('POST', '/login', { body: JSON.stringify({ username: 'Ada', password }) });
  const session = cookieOf(login);
  const [one, document] = [await rpc(session), sync('flow/roles/hello', { headers: session })];
  await firstFrame(document.socket);
  assert.is((await server.request('POST', '/logout', { headers: session })).status, 204);
  assert.equal([await one.closed, await document.closed], [4401, 4401]);
  assert.is((await server.request('GET', '/api/v1/me', { headers: session })).status, 401);

  const token = await tokenOf(admin, { name: 'short-lived', bot: true });
  const bot = await rpc({ authorization: `Bearer ${token.fullToken}` });
  assert.is((await server.request('DELETE', `/api/v1/tokens/${token.id}`, { headers: admin })).status, 204);
  assert.is(await bot.closed, 4401);

  const gone = await person('Gus', 'editor');
  const { id } = (await server.request('GET', '/api/v1/me', { headers: gone })).json as { id: string };
  const [theirs, typing] = [await rpc(gone), sync('flow/roles/hello', { headers: gone })];
  await firstFrame(typing.socket);
  assert.is((await server.request('DELETE', `/api/v1/people/${id}`, { headers: admin })).status, 204);
  assert.equal([await theirs.closed, await typing.closed], [4401, 4401]);
  assert.is((await server.request('GET', '/api/v1/me', { headers: gone })).status, 401);
});
test('a changed role asks open sockets to come again, and holds for what they bring', async () => {
  const changing = await person('Chris', 'editor');
  const { id } = (await server.request('GET', '/api/v1/me', { headers: changing })).json as { id: string };
  const [before, document] = [await rpc(changing), sync('flow/roles/hello', { headers: changing })];
  await firstFrame(document.socket);
  assert.is((await server.request('PATCH', `/api/v1/people/${id}`, { body: '{"role":"viewer"}', headers: { ...admin, 'content-type': 'application/json' } })).status, 200);
  assert.equal([await before.closed, await document.closed], [1012, 1012]);
  const after = await rpc(changing);
  assert.is((await after.call('executions.create', { namespace: 'roles', id: 'hello' })).error?.data.problem.status, 403);
  after.socket.terminate();
});
test('a login is throttled and says when to try again', async () => {
  await person('Tom', 'viewer');
  let last: Answer | undefined;
  for (let n = 0; n < 11; n += 1) last = await server.request('POST', '/login', { body: JSON.stringify({ username: 'Tom', password: 'wrong' }) });
  assert.is(last?.status, 429);
  assert.ok(Number(last?.headers.get('retry-after')) > 0);
});
test('the list of who did what has what was done and what was refused, and no secret', async () => {
  const rows = await until('the refusals are written', async () => ((await server.request('GET', '/api/v1/audit?size=200', { headers: admin })).json as { results: { operation: string; outcome: string; participant: { name: string }; subject: Record<string, string> }[] }).results, (list) => list.some((row) => row.outcome === 'refused' && row.operation === 'flows.replace'));
  assert.ok(rows.some((row) => row.operation === 'flows.create' && row.outcome === 'done' && row.participant.name === 'Ada' && row.subject['id'] === 'hello'));
  assert.ok(rows.some((row) => row.operation === 'executions.create' && row.outcome === 'refused' && row.participant.name === 'Vera'));
  assert.ok(rows.some((row) => row.operation === 'access.login' && row.outcome === 'refused'));
  assert.not.match(JSON.stringify(rows), new RegExp(`${password}|ens_|wrong"`));
});
test('a second server on the same data refuses in one sentence', async () => {
  const second = await startServer({ data: server.data }).then(() => 'started', (error: Error) => error.message);
  assert.match(second, /Another Ensemble server is using the data directory/);
  assert.not.match(second, /\n\s+at /);
});

/** Runs the server to its end and answers what it said. */
function runToEnd(environment: Record<string, string>, args: readonly string[] = []): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'dist', 'server.js'), ...args], { env: { PATH: process.env['PATH'] ?? '', ENSEMBLE_PORT: '0', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => { output += bytes.toString('utf8'); });
    child.stderr.on('data', (bytes: Buffer) => { output += bytes.toString('utf8'); });
    child.once('exit', (code) => resolve({ code, output }));
  });
}
test('on a network address without an administrator it refuses to start, also behind a public name', async () => {
  const data = mkdtempSync(join(tmpdir(), 'ensemble-roles-'));
  try {
    for (const environment of [{ ENSEMBLE_HOST: '0.0.0.0' }, { ENSEMBLE_PUBLIC_URL: 'https://ensemble.example.com' }]) {
      const { code, output } = await runToEnd({ ENSEMBLE_DATA: data, ...environment });
      assert.is(code, 78);
      assert.match(output, /has no administrator yet\. Start it with --share/);
    }
    const unknown = await runToEnd({ ENSEMBLE_DATA: data }, ['--dance']);
    assert.equal([unknown.code, /Unknown option "--dance"/.test(unknown.output)], [78, true]);
    const port = await runToEnd({ ENSEMBLE_DATA: data, ENSEMBLE_PORT: 'eighty' });
    assert.match(port.output, /^ENSEMBLE_PORT must be a number/);
    const lost = await runToEnd({ ENSEMBLE_DATA: data }, ['--administrator']);
    assert.equal([lost.code, /One-time administrator link.*\n\s+http.*\/invitation\/\S+/.test(lost.output)], [0, true]);
  } finally {
    rmSync(data, { recursive: true });
  }
});
test('a taken port is said in one sentence', async () => {
  const data = mkdtempSync(join(tmpdir(), 'ensemble-roles-'));
  try {
    const { code, output } = await runToEnd({ ENSEMBLE_DATA: data, ENSEMBLE_PORT: String(server.port) });
    assert.is(code === 0, false);
    assert.match(output, /Cannot listen on 127\.0\.0\.1:\d+: the port is taken/);
    assert.not.match(output, /\n\s+at /);
  } finally {
    rmSync(data, { recursive: true });
  }
});
test('SIGTERM answers what is open, tells the sockets to come again, and ends with 0 within seconds', async () => {
  const other = await startServer();
  try {
    await other.putFlow(flow);
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/api/v1/main/rpc`);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('open', resolve));
    const answers = Promise.all(Array.from({ length: 20 }, () => other.request('POST', '/api/v1/executions/roles/hello?wait=false').then((answer) => answer.status, () => 0)));
    const startedMs = performance.now();
    const code = await other.stop();
    assert.is(code, 0);
    assert.ok(performance.now() - startedMs < 8000);
    assert.is(await closed, 1012);
    for (const status of await answers) assert.ok(status === 200 || status === 0, String(status));
  } finally {
    await discard(other);
  }
});
test.run();
