import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

let server: Server;
let base: string;
const seen: { readonly method: string; readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
  switch (request.url) {
    case '/redirect': response.writeHead(302, { location: '/echo' }).end(); return;
    case '/away': response.writeHead(302, { location: `${base.replace('127.0.0.1', 'localhost')}/echo` }).end(); return;
    case '/round': response.writeHead(307, { location: '/round' }).end(); return;
    case '/missing': response.writeHead(404).end('nothing here'); return;
    case '/zip': response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('unzipped')); return;
    case '/bomb': response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('0'.repeat(5_000_000))); return;
    case '/silent': return;
    case '/latin': response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from([0xe9])); return;
    default: response.writeHead(200, { 'content-type': 'text/plain', 'x-two': ['a', 'b'], constructor: 'c' }).end(`${request.method} ${body}`);
  }
}

test.before(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    }).on('end', () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  base = `http://127.0.0.1:${address.port}`;
});
test.after(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
test.before.each(() => void seen.splice(0));

test('the answer becomes outputs', async () => {
  const trial = await tryTask(plugin, { properties: { uri: `${base}/{{ path }}` }, variables: { path: 'echo' } });
  assert.is(trial.outcome.type, 'succeeded');
  assert.is(trial.outcome.outputs?.['code'], 200);
  assert.is(trial.outcome.outputs?.['body'], 'GET ');
  assert.is(trial.outcome.outputs?.['uri'], `${base}/echo`);
  assert.equal(Object.entries(trial.outcome.outputs?.['headers'] ?? {}).find(([name]) => name === 'x-two')?.[1], ['a', 'b']);
  assert.equal(Object.entries(trial.outcome.outputs?.['headers'] ?? {}).find(([name]) => name === 'constructor')?.[1], ['c']);
});

test('a map as body is sent as JSON, with headers and authentication', async () => {
  await tryTask(plugin, { properties: { uri: `${base}/echo`, method: 'post', body: { a: '{{ x }}' }, headers: { 'X-One': '{{ x }}' }, options: { auth: { type: 'BASIC', username: 'u', password: 'p' } } }, variables: { x: 'y' } });
  assert.is(seen[0]?.method, 'POST');
  assert.is(seen[0]?.body, '{"a":"y"}');
  assert.is(seen[0]?.headers['content-type'], 'application/json');
  assert.is(seen[0]?.headers['x-one'], 'y');
  assert.is(seen[0]?.headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
});

test('a form is sent encoded, and with files as multipart', async () => {
  await tryTask(plugin, { properties: { uri: `${base}/echo`, method: 'POST', formData: { a: 'b c', d: '&' } } });
  assert.is(seen[0]?.body, 'a=b+c&d=%26');
  await tryTask(plugin, {
    properties: { uri: `${base}/echo`, method: 'POST', contentType: 'multipart/form-data', formData: { note: 'n', file: 'kestra:///x/data.csv', other: { name: 'o.txt', content: 'oh' } } },
    stored: { 'kestra:///x/data.csv': 'one,two' },
  });
  assert.match(seen[1]?.headers['content-type'] ?? '', /^multipart\/form-data; boundary=/);
  for (const piece of ['filename="data.csv"', 'one,two', 'filename="o.txt"', 'name="note"']) assert.ok(seen[1]?.body.includes(piece), piece);
});

test('a status from 400 on fails with what was answered, unless it is allowed', async () => {
  const failed = await tryTask(plugin, { properties: { uri: `${base}/missing` } });
  assert.is(failed.outcome.type === 'failed' ? failed.outcome.message : '', `Request to ${base}/missing failed: status 404, "nothing here"`);
  assert.is(failed.outcome.outputs?.['code'], 404);
  for (const properties of [{ allowFailed: true }, { options: { allowFailed: true } }, { options: { allowedResponseCodes: [404] } }]) {
    assert.is((await tryTask(plugin, { properties: { uri: `${base}/missing`, ...properties } })).outcome.type, 'succeeded');
  }
});

test('redirects are followed, not for ever, and without credentials to another host', async () => {
  const trial = await tryTask(plugin, { properties: { uri: `${base}/redirect`, method: 'POST', body: 'x' } });
  assert.is(trial.outcome.outputs?.['body'], 'GET ');
  const round = await tryTask(plugin, { properties: { uri: `${base}/round` } });
  assert.match(round.outcome.type === 'failed' ? round.outcome.message : '', /more than 10 redirects/);
  seen.splice(0);
  await tryTask(plugin, { properties: { uri: `${base}/away`, headers: { authorization: 'Bearer secret' } } });
  assert.equal(seen.map((request) => [request.url, request.headers.authorization]), [['/away', 'Bearer secret'], ['/echo', undefined]]);
  const stays = await tryTask(plugin, { properties: { uri: `${base}/redirect`, options: { followRedirects: false } } });
  assert.is(stays.outcome.outputs?.['code'], 302);
});

test('a packed answer is unpacked, and its size is that of the unpacked text', async () => {
  assert.is((await tryTask(plugin, { properties: { uri: `${base}/zip` } })).outcome.outputs?.['body'], 'unzipped');
  const bomb = await tryTask(plugin, { properties: { uri: `${base}/bomb` } });
  assert.match(bomb.outcome.type === 'failed' ? bomb.outcome.message : '', /more than 1048576 bytes/);
});

test('the charset of the answer is respected', async () => {
  assert.is((await tryTask(plugin, { properties: { uri: `${base}/latin` } })).outcome.outputs?.['body'], 'é');
});

test('an encrypted body is no readable output', async () => {
  const trial = await tryTask(plugin, { properties: { uri: `${base}/echo`, encryptBody: true } });
  assert.is(trial.outcome.outputs?.['body'], undefined);
  assert.ok(trial.outcome.outputs?.['encryptedBody']);
});

test('a server that says nothing ends the call after the read timeout', async () => {
  const trial = await tryTask(plugin, { properties: { uri: `${base}/silent`, options: { timeout: { readIdleTimeout: 'PT0.05S' } } } });
  assert.is(trial.outcome.type === 'failed' ? trial.outcome.message : '', `Request to ${base}/silent failed: no byte of the answer within 50 ms`);
});

test('a kill ends the call', async () => {
  const abort = new AbortController();
  const running = tryTask(plugin, { properties: { uri: `${base}/silent` }, signal: abort.signal });
  abort.abort();
  assert.is((await running).outcome.type, 'failed');
});

test('an address of another kind is refused', async () => {
  const trial = await tryTask(plugin, { properties: { uri: 'file:///etc/passwd' } });
  assert.is(trial.outcome.type === 'failed' ? trial.outcome.message : '', 'The property "uri" is "file:///etc/passwd": expected an address that begins with http:// or https://.');
});

test('a host that does not answer fails with the reason', async () => {
  const trial = await tryTask(plugin, { properties: { uri: 'http://127.0.0.1:1/x' } });
  assert.match(trial.outcome.type === 'failed' ? trial.outcome.message : '', /ECONNREFUSED/);
});

test.run();
