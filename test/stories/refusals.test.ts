/**
 * Who may not, and how they are told. Lines of "What must hold": updates under somebody else's id, a viewer's update and writes over REST
 * and RPC, a foreign Origin, a wrong Host, a foreign awareness entry; and that rights which end take open sockets with them.
 */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import * as encoding from 'lib0/encoding';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as Y from 'yjs';
import { allOperations } from '../../core/protocol/operations/index.ts';
import { accept, startSharedServer, type Member, type SharedServer } from '../harness/people.ts';
import { discard, until } from '../harness/server.ts';
import { closeSockets, joinDocument, openRpc, openSocket, syncAddress } from '../harness/sockets.ts';

const source = (id: string): string => `id: ${id}\nnamespace: refusals\ntasks:\n  - id: hello\n    type: io.kestra.plugin.core.log.Log\n    message: hello\n`;

let server: SharedServer;
let ada: Member;
let edo: Member;
let vera: Member;

// No `before`: uvu passes silently when one fails.
test('a shared server with an administrator, an editor and a viewer stands', async () => {
  server = await startSharedServer();
  ada = server.admin;
  edo = await server.invite('Edo', 'editor');
  vera = await server.invite('Vera', 'viewer');
});
test.after(async () => {
  closeSockets();
  await discard(server);
});

const publish = async (id: string): Promise<void> => {
  const answer = await ada.request('POST', '/api/v1/flows', { body: source(id), headers: { 'content-type': 'application/x-yaml' } });
  assert.is(answer.status, 200, answer.text);
};
const frame = (write: (encoder: encoding.Encoder) => void): Uint8Array => {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
};
const updateFrame = (update: Uint8Array): Uint8Array => frame((to) => { encoding.writeVarUint(to, 0); encoding.writeVarUint(to, 2); encoding.writeVarUint8Array(to, update); });
const awarenessFrame = (clientId: number, clock: number, state: unknown): Uint8Array => frame((to) => {
  encoding.writeVarUint(to, 1);
  encoding.writeVarUint8Array(to, frame((inner) => { encoding.writeVarUint(inner, 1); encoding.writeVarUint(inner, clientId); encoding.writeVarUint(inner, clock); encoding.writeVarString(inner, JSON.stringify(state)); }));
});
const metric = async (name: string): Promise<number> => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec((await server.request('GET', '/metrics')).text)?.[1] ?? Number.NaN);
/** The last frame that says "permission denied" in the words of y-protocols: 2 0 reason. */
const deniedReason = (frames: readonly (string | Uint8Array)[]): string => {
  const denied = frames.filter((one): one is Uint8Array => typeof one !== 'string' && one[0] === 2 && one[1] === 0).at(-1);
  return denied === undefined ? '' : new TextDecoder().decode(denied.subarray(3));
};
const editorOf = async (member: Member, id: string): Promise<{ readonly doc: Y.Doc; readonly text: Y.Text; readonly provider: ReturnType<typeof joinDocument>; typed(words: string): void }> => {
  const doc = new Y.Doc();
  const provider = joinDocument(server.port, `refusals/${id}`, doc, { cookie: member.cookie });
  await until(`${member.name} is synced`, () => provider.synced);
  const text = doc.getText('source');
  return { doc, text, provider, typed: (words) => text.insert(text.length, words) };
};
/** What a client sends that types one character as somebody with this id. */
const forgedUpdate = (document: Y.Doc, clientId: number, characters: string): Uint8Array => {
  const forged = new Y.Doc();
  Y.applyUpdate(forged, Y.encodeStateAsUpdate(document));
  forged.clientID = clientId;
  const before = Y.encodeStateVector(forged);
  forged.getText('source').insert(0, characters);
  return Y.encodeStateAsUpdate(forged, before);
};

test('an update with new structs under somebody else\'s client id is refused with 4403 and the reason, and nobody else is disturbed', async () => {
  await publish('forged');
  const one = await editorOf(ada, 'forged');
  const two = await editorOf(edo, 'forged');
  one.typed('# by Ada\n');
  await until('Edo sees Ada type', () => two.text.toString().includes('# by Ada'));

  const eve = await openSocket(syncAddress(server.port, 'flow/refusals/forged'), { headers: { cookie: edo.cookie } });
  eve.socket.send(updateFrame(forgedUpdate(one.doc, one.doc.clientID, 'MALLORY')));
  const end = await eve.ended();
  assert.is(end.code, 4403);
  assert.match(end.reason, /client id of somebody else/);
  assert.match(deniedReason(eve.frames), /client id of somebody else/);

  one.typed('# and on\n');
  await until('Edo still sees Ada type', () => two.text.toString().includes('# and on'));
  assert.not.match(two.text.toString(), /MALLORY/);
  const draft = await ada.request('GET', '/api/v1/flows/refusals/forged/draft');
  assert.not.match(draft.text, /MALLORY/);
  assert.ok(one.provider.wsconnected && two.provider.wsconnected, 'the others stay connected');
  const audit = await ada.request('GET', '/api/v1/audit?q=client%20id');
  assert.match(audit.text, /"outcome":"refused"/);
  one.provider.destroy();
  two.provider.destroy();
});

test('a viewer\'s update is refused with 4403 and the reason, a viewer reads on, and nobody else is disturbed', async () => {
  await publish('viewed');
  const one = await editorOf(ada, 'viewed');
  const reader = await editorOf(vera, 'viewed');
  one.typed('# read me\n');
  await until('Vera reads along', () => reader.text.toString().includes('# read me'));

  const raw = await openSocket(syncAddress(server.port, 'flow/refusals/viewed'), { headers: { cookie: vera.cookie } });
  raw.socket.send(updateFrame(forgedUpdate(one.doc, 424_242, 'VERA')));
  const end = await raw.ended();
  assert.is(end.code, 4403);
  assert.match(end.reason, /Vera may read this flow, not change it/);

  one.typed('# go on\n');
  await until('Vera still reads along', () => reader.text.toString().includes('# go on'));
  assert.not.match(one.text.toString(), /VERA/);
  one.provider.destroy();
  reader.provider.destroy();
});

test('a viewer\'s write over REST is refused with 403 and what to do, and changes nothing', async () => {
  await publish('kept');
  const yaml = { 'content-type': 'application/x-yaml' };
  const attempts = [
    await vera.request('PUT', '/api/v1/flows/refusals/kept', { body: source('kept').replace('hello\n', 'changed\n'), headers: yaml }),
    await vera.request('POST', '/api/v1/flows', { body: source('new'), headers: yaml }),
    await vera.request('DELETE', '/api/v1/flows/refusals/kept'),
    await vera.request('POST', '/api/v1/executions/refusals/kept'),
    await vera.request('PUT', '/api/v1/namespaces/refusals/kv/key', { body: '"value"', headers: { 'content-type': 'text/plain' } }),
    await vera.request('POST', '/api/v1/people/invitations', { body: '{"role":"admin"}' }),
    await vera.request('GET', '/api/v1/audit'),
  ];
  for (const answer of attempts) {
    assert.is(answer.status, 403, answer.text);
    assert.match((answer.json as { readonly message: string }).message, /the role viewer may not .+; ask an administrator/);
  }
  assert.is((await vera.request('GET', '/api/v1/flows/refusals/kept?source=true')).status, 200);
  assert.match((await ada.request('GET', '/api/v1/flows/refusals/kept?source=true')).text, /"revision":1/);
  assert.is((await ada.request('GET', '/api/v1/flows/refusals/new')).status, 404);
  assert.match((await ada.request('GET', '/api/v1/executions/search?namespace=refusals&flowId=kept')).text, /"total":0/);
});

test('each operation that a viewer may not do is refused over RPC with 403, whatever it is given', async () => {
  const rpc = await openRpc(server.port, { headers: { cookie: vera.cookie } });
  const reads = new Set(['flow', 'execution', 'trigger', 'log', 'namespace', 'plugin', 'people', 'workspace', 'file']);
  let refused = 0;
  for (const operation of allOperations) {
    const { permission } = operation;
    if (permission === 'open' || permission.resource === 'token' || (permission.action === 'read' && reads.has(permission.resource))) continue;
    if (operation.rest.some((binding) => binding.answer === 'download' || binding.answer === 'events')) continue;
    const answer = await rpc.call(operation.name, {});
    assert.is(answer.error?.data?.problem?.status, 403, `${operation.name}: ${JSON.stringify(answer)}`);
    assert.match(answer.error?.message ?? '', /the role viewer may not/, operation.name);
    refused += 1;
  }
  assert.ok(refused > 25, `only ${refused} operations were tried`);
  const watched = await rpc.call('watch', { topic: 'audit' });
  assert.is(watched.error?.data?.problem?.status, 403);
  assert.is((await rpc.call('flows.search', {})).error, undefined, 'reading goes on');
  rpc.close();
});

/** Node's own client: fetch does not let a test write Host and Origin. */
const rawRequest = (headers: Readonly<Record<string, string>>, path = '/api/v1/flows/search', method = 'GET'): Promise<{ readonly status: number; readonly text: string; readonly headers: IncomingHttpHeaders }> => new Promise((resolve, reject) => {
  const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers, setHost: headers['host'] === undefined }, (response) => {
    let text = '';
    response.on('data', (part: Buffer) => { text += part.toString('utf8'); });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
  });
  request.on('error', reject);
  request.end();
});
const refusedUpgrade = (address: string, options: Parameters<typeof openSocket>[1]): Promise<string> => openSocket(address, options).then((open) => { open.close(); return 'it opened'; }, (error: unknown) => String(error));

test('a foreign Origin is refused with 403 and the reason, over REST, pages, RPC and documents', async () => {
  for (const origin of ['https://evil.example', 'http://127.0.0.1:1', 'null', `http://127.0.0.1.evil.example:${server.port}`, 'file://']) {
    for (const [path, method] of [['/api/v1/flows/search', 'GET'], ['/api/v1/flows', 'POST'], ['/ui/main/flows', 'GET'], ['/login', 'POST'], ['/api/v1/executions/webhook/a/b/c', 'POST']] as const) {
      const answer = await rawRequest({ origin, cookie: ada.cookie }, path, method);
      assert.is(answer.status, 403, `${method} ${path} from ${origin}: ${answer.text}`);
      assert.match(answer.text, /Foreign Origin/);
    }
    for (const address of [`ws://127.0.0.1:${server.port}/api/v1/main/rpc`, syncAddress(server.port, 'flow/refusals/kept')]) {
      assert.match(await refusedUpgrade(address, { headers: { cookie: ada.cookie }, origin }), /the upgrade was refused: 403 .*Foreign Origin/);
    }
  }
  const own = await openSocket(`ws://127.0.0.1:${server.port}/api/v1/main/rpc`, { headers: { cookie: ada.cookie }, origin: `http://127.0.0.1:${server.port}` });
  own.close();
  // A form or an image of another site carries no Origin; its browser says where it comes from.
  const image = await rawRequest({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', cookie: ada.cookie });
  assert.is(image.status, 403);
});

test('a wrong Host is refused with 403 and the reason, so that no name pointed at this machine drives it', async () => {
  for (const host of ['evil.example', `evil.example:${server.port}`, '127.0.0.1:1', `127.0.0.1.evil.example:${server.port}`, '']) {
    const answer = await rawRequest({ host, cookie: ada.cookie });
    // An empty Host is no HTTP/1.1 at all: the parser may say so itself.
    if (host !== '') assert.match(answer.text, /Wrong Host .*ENSEMBLE_PUBLIC_URL/, host);
    assert.ok(answer.status === 403 || (host === '' && answer.status === 400), `${host}: ${answer.status}`);
  }
  for (const address of [`ws://127.0.0.1:${server.port}/api/v1/main/rpc`, syncAddress(server.port, 'flow/refusals/kept')]) {
    assert.match(await refusedUpgrade(address, { headers: { cookie: ada.cookie, host: 'evil.example' } }), /the upgrade was refused: 403 .*Wrong Host/);
  }
  assert.is((await rawRequest({ host: `LOCALHOST:${server.port}`, cookie: ada.cookie })).status, 200, 'names are compared without case');
});

test('an awareness entry for somebody else is dropped and counted, and its sender stays connected', async () => {
  await publish('aware');
  const one = await editorOf(ada, 'aware');
  const two = await editorOf(edo, 'aware');
  one.provider.awareness.setLocalState({ cursor: 1 });
  two.provider.awareness.setLocalState({ cursor: 2 });
  const nameOf = (id: number): unknown => (two.provider.awareness.getStates().get(id) as { readonly user?: { readonly name?: string } } | undefined)?.user?.name;
  await until('Edo sees Ada', () => nameOf(one.doc.clientID) === 'Ada');
  const dropped = await metric('ensemble_documents_dropped_awareness');

  const eve = await openSocket(syncAddress(server.port, 'flow/refusals/aware'), { headers: { cookie: edo.cookie } });
  eve.socket.send(awarenessFrame(one.doc.clientID, 1000, { cursor: 666, user: { name: 'Mallory' } }));
  // Removing somebody is speaking for them, too.
  eve.socket.send(awarenessFrame(one.doc.clientID, 1001, null));
  await until('both are counted', async () => await metric('ensemble_documents_dropped_awareness'), (count) => count >= dropped + 2);
  // Whoever says another name is shown with their own.
  eve.socket.send(awarenessFrame(777, 1, { cursor: 5, user: { name: 'Ada', role: 'admin' } }));
  await until('Edo sees his own second tab', () => nameOf(777) === 'Edo');
  assert.is(eve.end(), undefined, 'the sender stays connected');
  assert.is(nameOf(one.doc.clientID), 'Ada');
  assert.equal((two.provider.awareness.getStates().get(one.doc.clientID) as { readonly cursor?: number }).cursor, 1);
  eve.close();
  one.provider.destroy();
  two.provider.destroy();
});

test('nobody known: 401 over REST with the way to sign in, 401 for an RPC upgrade, 4401 for a document, the login page for a page', async () => {
  const rest = await server.request('GET', '/api/v1/flows/search');
  assert.is(rest.status, 401);
  assert.match((rest.json as { readonly message: string }).message, /nobody is signed in/i);
  // A browser's fetch says so and gets none, or its password dialog would cover the page.
  assert.match((await rawRequest({})).headers['www-authenticate'] ?? '', /^Basic realm=/);
  assert.match(await refusedUpgrade(`ws://127.0.0.1:${server.port}/api/v1/main/rpc`, {}), /refused: 401/);
  const sync = await openSocket(syncAddress(server.port, 'flow/refusals/kept'));
  assert.is((await sync.ended()).code, 4401);
  const page = await fetch(`${server.url}/ui/main/flows?q=a`, { redirect: 'manual' });
  assert.is(page.status, 302);
  assert.is(page.headers.get('location'), `/ui/main/login?from=${encodeURIComponent('/ui/main/flows?q=a')}`);
  for (const forged of ['ensemble-session=wrong', `ensemble-session=${'a'.repeat(43)}`, 'ensemble-visitor=visitor-local.AAAA', '=;;;===', `${ada.cookie.slice(0, -1)}!`]) {
    assert.is((await server.request('GET', '/api/v1/flows/search', { headers: { cookie: forged } })).status, 401, forged);
  }
});

test('a one-time link is good once, and a refused acceptance does not use it up', async () => {
  const invited = await ada.request('POST', '/api/v1/people/invitations', { body: '{"role":"viewer"}' });
  const token = (invited.json as { readonly url: string }).url.split('/').at(-1) ?? '';
  const weak = await server.request('POST', '/invitations/accept', { body: JSON.stringify({ token, name: 'Olaf', email: 'olaf@example.com', password: 'short' }) });
  assert.is(weak.status, 422);
  assert.match(weak.text, /"path":"password"/);
  const taken = await server.request('POST', '/invitations/accept', { body: JSON.stringify({ token, name: 'ADA', email: '', password: 'long enough for all' }) });
  assert.is(taken.status, 422);
  await accept(server, token, 'Olaf');
  const again = await server.request('POST', '/invitations/accept', { body: JSON.stringify({ token, name: 'Two', email: '', password: 'long enough for all' }) });
  assert.is(again.status, 410);
  assert.match(again.text, /ask an administrator for a new one/);
});

test('basic authentication and bearer tokens open the API; a token is shown once, and its role never exceeds its owner\'s', async () => {
  const basic = (name: string, password: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` });
  assert.is((await server.request('GET', '/api/v1/me', { headers: basic(edo.email, edo.password) })).status, 200);
  assert.match((await server.request('GET', '/api/v1/me', { headers: basic(edo.name, edo.password) })).text, /"name":"Edo"/);
  const wrong = await server.request('GET', '/api/v1/me', { headers: basic(edo.email, 'wrong') });
  assert.is(wrong.status, 401);
  const unknown = await server.request('GET', '/api/v1/me', { headers: basic('nobody@example.com', 'wrong') });
  assert.is((unknown.json as { readonly message: string }).message, (wrong.json as { readonly message: string }).message, 'an unknown name is not told apart');
  assert.is((await server.request('GET', '/api/v1/me', { headers: { authorization: 'Basic !!!' } })).status, 401);
  assert.is((await server.request('GET', '/api/v1/me', { headers: { authorization: 'Digest a=b' } })).status, 401);

  const made = await edo.request('POST', '/api/v1/tokens', { body: '{"name":"ci","bot":true}' });
  assert.is(made.status, 201, made.text);
  const { fullToken, id } = made.json as { readonly fullToken: string; readonly id: string };
  const listed = await edo.request('GET', '/api/v1/tokens');
  assert.not.ok(listed.text.includes(fullToken), 'shown once');
  assert.match(listed.text, new RegExp(`"id":"${id}"`));
  assert.not.ok(server.output().includes(fullToken), 'and never in the log');
  const bearer = { authorization: `Bearer ${fullToken}` };
  assert.match((await server.request('GET', '/api/v1/me', { headers: bearer })).text, /"kind":"bot"/);
  assert.is((await server.request('POST', '/api/v1/flows', { body: source('by-token'), headers: { ...bearer, 'content-type': 'application/x-yaml' } })).status, 200);
  assert.is((await edo.request('POST', '/api/v1/tokens', { body: '{"name":"up","role":"admin"}' })).status, 403);
  assert.is((await server.request('GET', '/api/v1/me', { headers: { ...bearer, ...{ cookie: ada.cookie } } })).status, 200);
  // A client given both sends the bearer, and a wrong one is not excused by a good cookie.
  assert.is((await server.request('GET', '/api/v1/me', { headers: { authorization: 'Bearer wrong', cookie: ada.cookie } })).status, 401);

  // A socket by the protocol argument, and by a ticket that is good once.
  const rpc = await openRpc(server.port, { protocols: [`bearer.${fullToken}`] });
  assert.match(JSON.stringify(await rpc.call('me.get')), /"kind":"bot"/);
  const { ticket } = (await server.request('POST', '/api/v1/tickets', { headers: bearer })).json as { readonly ticket: string };
  const byTicket = await openSocket(`${syncAddress(server.port, 'flow/refusals/kept')}?ticket=${ticket}`);
  await until('the document greets', () => byTicket.frames.length > 0);
  const twice = await openSocket(`${syncAddress(server.port, 'flow/refusals/kept')}?ticket=${ticket}`);
  assert.is((await twice.ended()).code, 4401);

  // Revoked: the open sockets end, the next call is refused.
  assert.is((await edo.request('DELETE', `/api/v1/tokens/${id}`)).status, 204);
  assert.is((await rpc.ended()).code, 4401);
  assert.is((await byTicket.ended()).code, 4401);
  assert.is((await server.request('GET', '/api/v1/me', { headers: bearer })).status, 401);
});

test('a logout ends that session and its sockets at once, and only those', async () => {
  const login = await server.request('POST', '/login', { body: JSON.stringify({ username: edo.email, password: edo.password }) });
  assert.is(login.status, 200, login.text);
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  assert.match(login.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Lax/);
  const here = await openRpc(server.port, { headers: { cookie } });
  const elsewhere = await openRpc(server.port, { headers: { cookie: edo.cookie } });
  const document = await openSocket(syncAddress(server.port, 'flow/refusals/kept'), { headers: { cookie } });
  assert.is((await server.request('POST', '/logout', { headers: { cookie } })).status, 204);
  assert.is((await here.ended()).code, 4401);
  assert.is((await document.ended()).code, 4401);
  assert.is((await server.request('GET', '/api/v1/me', { headers: { cookie } })).status, 401);
  assert.is((await elsewhere.call('me.get')).error, undefined);
  elsewhere.close();
});

test('a password change needs the old one, ends the person\'s other sessions and basic logins, and keeps this one', async () => {
  const paula = await server.invite('Paula', 'editor');
  const other = await server.request('POST', '/login', { body: JSON.stringify({ username: 'Paula', password: paula.password }) });
  const otherCookie = (other.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const basic = (password: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(`Paula:${password}`).toString('base64')}` });
  assert.is((await server.request('GET', '/api/v1/me', { headers: basic(paula.password) })).status, 200);
  const open = await openRpc(server.port, { headers: { cookie: otherCookie } });
  const wrong = await paula.request('PUT', '/api/v1/me/password', { body: JSON.stringify({ oldPassword: 'wrong', newPassword: 'a new long one' }) });
  assert.is(wrong.status, 422);
  assert.match(wrong.text, /"path":"oldPassword"/);
  assert.is((await paula.request('PUT', '/api/v1/me/password', { body: JSON.stringify({ oldPassword: paula.password, newPassword: 'a new long one' }) })).status, 204);
  assert.is((await open.ended()).code, 4401);
  assert.is((await paula.request('GET', '/api/v1/me')).status, 200);
  assert.is((await server.request('GET', '/api/v1/me', { headers: { cookie: otherCookie } })).status, 401);
  assert.is((await server.request('GET', '/api/v1/me', { headers: basic(paula.password) })).status, 401);
  assert.is((await server.request('GET', '/api/v1/me', { headers: basic('a new long one') })).status, 200);
});

test('removing a person, and revoking sessions, closes their sockets with 4401 at once and refuses every further call', async () => {
  const mia = await server.invite('Mia', 'editor');
  const token = ((await mia.request('POST', '/api/v1/tokens', { body: '{"name":"mine"}' })).json as { readonly fullToken: string }).fullToken;
  const bot = ((await mia.request('POST', '/api/v1/tokens', { body: '{"name":"Mia\'s bot","bot":true}' })).json as { readonly fullToken: string }).fullToken;

  const first = await openRpc(server.port, { headers: { cookie: mia.cookie } });
  const revoked = await ada.request('DELETE', `/api/v1/people/${mia.id}/sessions`);
  assert.is(revoked.status, 200);
  assert.is((await first.ended()).code, 4401);
  assert.is((await mia.request('GET', '/api/v1/me')).status, 401);

  const login = await server.request('POST', '/login', { body: JSON.stringify({ username: 'Mia', password: mia.password }) });
  const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const sockets = [
    await openRpc(server.port, { headers: { cookie } }),
    await openRpc(server.port, { headers: { authorization: `Bearer ${token}` } }),
    await openRpc(server.port, { headers: { authorization: `Bearer ${bot}` } }),
    await openSocket(syncAddress(server.port, 'flow/refusals/kept'), { headers: { cookie } }),
    await openSocket(syncAddress(server.port, 'flow/refusals/kept'), { headers: { authorization: `Bearer ${bot}` } }),
    await openSocket(syncAddress(server.port, 'presence/flows'), { headers: { cookie } }),
  ];
  assert.is((await ada.request('DELETE', `/api/v1/people/${mia.id}`)).status, 204);
  for (const [index, socket] of sockets.entries()) assert.is((await socket.ended()).code, 4401, `socket ${index}`);
  for (const headers of [{ cookie }, { authorization: `Bearer ${token}` }, { authorization: `Bearer ${bot}` }, { authorization: `Basic ${Buffer.from(`Mia:${mia.password}`).toString('base64')}` }]) {
    assert.is((await server.request('GET', '/api/v1/me', { headers })).status, 401);
  }
  const last = await ada.request('DELETE', `/api/v1/people/${ada.id}`);
  assert.is(last.status, 409, 'the last administrator stays');
});

test('a role that is taken away holds at once, in an open document and in an open socket', async () => {
  const noa = await server.invite('Noa', 'editor');
  const rpc = await openRpc(server.port, { headers: { cookie: noa.cookie } });
  const document = await openSocket(syncAddress(server.port, 'flow/refusals/kept'), { headers: { cookie: noa.cookie } });
  assert.is((await ada.request('PATCH', `/api/v1/people/${noa.id}`, { body: '{"role":"viewer"}' })).status, 200);
  assert.is((await rpc.ended()).code, 1012, 'asked to come again');
  assert.is((await document.ended()).code, 1012);
  assert.is((await noa.request('POST', '/api/v1/executions/refusals/kept')).status, 403);
});

test('the list of who did what names the doer, the door and the outcome, refusals too, and holds no secret', async () => {
  await vera.request('DELETE', '/api/v1/flows/refusals/kept');
  await server.request('POST', '/login', { body: JSON.stringify({ username: 'Edo', password: 'wrong password of Edo' }) });
  const page = await ada.request('GET', '/api/v1/audit?size=1000');
  const rows = (page.json as { readonly results: readonly { readonly participant: { readonly name: string }; readonly operation: string; readonly outcome: string; readonly door: string; readonly reason?: string; readonly subject: Record<string, string>; readonly at: string }[] }).results;
  const find = (name: string, operation: string, outcome: string): (typeof rows)[number] | undefined => rows.find((row) => row.participant.name === name && row.operation === operation && row.outcome === outcome);
  assert.equal(find('Vera', 'flows.delete', 'refused')?.subject, { namespace: 'refusals', id: 'kept' });
  assert.ok(find('Ada', 'flows.create', 'done'));
  assert.ok(find('Ada', 'people.remove', 'done'));
  assert.ok(find('Ada', 'people.invite', 'done'));
  assert.ok(find('Edo', 'tokens.create', 'done'));
  assert.ok(find('Edo', 'tokens.revoke', 'done'));
  assert.ok(find('Paula', 'me.password', 'done'));
  assert.ok(find('Edo', 'access.login', 'done'));
  assert.is(find('Unknown', 'access.login', 'refused')?.reason, 'wrong name or password');
  for (const secret of [ada.password, edo.password, 'a new long one', 'wrong password of Edo', 'ens_', ada.cookie.split('=')[1] ?? 'x']) assert.not.ok(page.text.includes(secret), `the audit holds ${secret.slice(0, 4)}…`);
  for (const secret of [ada.password, edo.password, 'a new long one', 'wrong password of Edo']) assert.not.ok(server.output().includes(secret), 'the log holds a password');
});

// Last: it closes the door of this address for the name.
test('a login is throttled per name: after ten failures 429 with Retry-After, also for the right password, and others still get in', async () => {
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) statuses.push((await server.request('POST', '/login', { body: JSON.stringify({ username: 'vera@example.com', password: `guess ${attempt}` }) })).status);
  assert.equal(statuses, [...new Array<number>(10).fill(401), 429, 429]);
  const right = await server.request('POST', '/login', { body: JSON.stringify({ username: 'vera@example.com', password: vera.password }) });
  assert.is(right.status, 429);
  const waitSeconds = Number(right.headers.get('retry-after'));
  assert.ok(waitSeconds > 600 && waitSeconds <= 900, `Retry-After ${waitSeconds}`);
  assert.match(right.text, /try again in \d+ minutes/);
  assert.is((await vera.request('GET', '/api/v1/me')).status, 200, 'an open session goes on');
  assert.is((await server.request('POST', '/login', { body: JSON.stringify({ username: 'Edo', password: edo.password }) })).status, 200);
});

test.run();
