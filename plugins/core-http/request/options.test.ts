// The options of the connection, against real servers: digest, proxies, logs, codes, charset, times.
import { createHash } from 'node:crypto';
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf, tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

const open: { close(): unknown }[] = [];
const sockets = new Set<Socket>();
let base: string;
const seen: { readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];

async function listen<Kind extends Server | TcpServer>(server: Kind): Promise<number> {
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

function answer(request: IncomingMessage, response: ServerResponse): void {
  seen.push({ url: request.url ?? '', headers: request.headers });
  const { authorization = '' } = request.headers;
  if (request.url === '/digest?a=1') {
    const field = (name: string): string => new RegExp(`${name}="?([^",]+)`).exec(authorization)?.[1] ?? '';
    const expected = md5(`${md5('ann:house:open sesame')}:n0nce:${field('nc')}:${field('cnonce')}:auth:${md5(`GET:/digest?a=1`)}`);
    if (authorization.startsWith('Digest ') && field('response') === expected && field('opaque') === 'o' && field('uri') === '/digest?a=1') response.end('welcome');
    else response.writeHead(401, { 'www-authenticate': ['Basic realm="x"', 'Digest realm="house", qop="auth,auth-int", nonce="n0nce", opaque="o", algorithm=MD5'] }).end('who?');
  } else if (request.url === '/no-charset') response.writeHead(200, { 'content-type': 'text/plain' }).end(Buffer.from([0xe9]));
  else if (request.url === '/gone') response.writeHead(410).end('gone');
  else response.writeHead(200, { 'set-cookie': 'session=hidden', 'x-kind': 'plain' }).end(`${request.method} ${request.url}`);
}

test.before(async () => {
  base = `http://127.0.0.1:${await listen(createServer(answer))}`;
});
test.after(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of open) server.close();
});
test.before.each(() => void seen.splice(0));

const body = async (properties: Readonly<Record<string, unknown>>): Promise<unknown> => (await tryTask(plugin, { properties })).outcome.outputs?.['body'];
const failure = async (properties: Readonly<Record<string, unknown>>): Promise<string> => {
  const { outcome } = await tryTask(plugin, { properties });
  return outcome.type === 'failed' ? outcome.message : 'succeeded';
};

test('a digest challenge is answered, and the password never crosses the wire', async () => {
  const auth = { type: 'DIGEST', username: 'ann', password: 'open sesame' };
  assert.is(await body({ uri: `${base}/digest?a=1`, options: { auth } }), 'welcome');
  assert.equal(seen.length, 2);
  assert.not.match(JSON.stringify(seen), /sesame/);
  seen.splice(0);
  assert.match(await failure({ uri: `${base}/digest?a=1`, options: { auth: { ...auth, password: 'wrong' } } }), /status 401/);
  assert.equal(seen.length, 2, 'a refused answer is not tried for ever');
});

test('every spelling of the options is accepted', () => {
  assert.equal(problemsOf(plugin, {
    uri: 'http://x', options: { connectTimeout: 'PT1S', readTimeout: 'PT1S', connectionPoolIdleTimeout: 'PT0S', proxyType: 'HTTP', proxyAddress: 'p', proxyPort: 1, basicAuthUser: 'u', basicAuthPassword: 'p', logLevel: 'TRACE', maxContentLength: 52_428_800, followRedirects: false },
  }), []);
  assert.equal(problemsOf(plugin, {
    uri: 'http://x', params: { q: 'a' }, allowFailed: true, options: { timeout: { connectTimeout: 'PT1S', readIdleTimeout: 'PT1S' }, auth: { type: 'DIGEST' }, proxy: { type: 'SOCKS', address: 'p', port: 1080 }, logs: ['REQUEST_HEADERS'], ssl: { insecureTrustAllCertificates: true }, allowedResponseCodes: [404], defaultCharset: 'UTF-8' },
  }), []);
});

test('a plain request goes through an HTTP proxy with its login', async () => {
  const asked: string[] = [];
  const port = await listen(createServer((request, response) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization']} ${request.headers.host}`);
    httpRequest(request.url ?? '', (real) => void real.pipe(response)).end();
  }));
  const proxy = { type: 'HTTP', address: '127.0.0.1', port, username: 'p', password: 'q' };
  assert.is(await body({ uri: `${base}/through`, options: { proxy } }), 'GET /through');
  assert.is(await body({ uri: `${base}/through`, options: { proxyType: 'HTTP', proxyAddress: '127.0.0.1', proxyPort: port } }), 'GET /through');
  assert.equal(asked, [`${base}/through Basic ${Buffer.from('p:q').toString('base64')} ${base.slice(7)}`, `${base}/through undefined ${base.slice(7)}`]);
  assert.is(seen[0]?.headers['proxy-authorization'], undefined);
});

test('a secure request asks the HTTP proxy for a tunnel; one that refuses is named', async () => {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  });
  const port = await listen(server);
  assert.is(await failure({ uri: 'https://service.invalid/x', options: { proxy: { type: 'HTTP', address: '127.0.0.1', port } } }), `The proxy 127.0.0.1:${port} (HTTP) cannot be used: it answered CONNECT with status 407. See "options.proxy".`);
  assert.equal(asked, ['service.invalid:443']);
});

test('a request goes through a SOCKS 5 proxy with its login', async () => {
  const logins: string[] = [];
  const port = await listen(createTcpServer((socket) => {
    let step = 0;
    socket.on('error', () => {});
    const onData = (chunk: Buffer): void => {
      step += 1;
      if (step === 1) socket.write(Buffer.from([5, 2]));
      else if (step === 2) {
        const userLength = chunk[1] ?? 0;
        logins.push(`${chunk.subarray(2, 2 + userLength)}:${chunk.subarray(3 + userLength)}`);
        socket.write(Buffer.from([1, 0]));
      } else {
        const hostLength = chunk[4] ?? 0;
        const upstream = connect(chunk.readUInt16BE(5 + hostLength), chunk.subarray(5, 5 + hostLength).toString());
        upstream.on('error', () => void socket.destroy());
        sockets.add(upstream);
        socket.off('data', onData);
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]));
        socket.pipe(upstream).pipe(socket);
      }
    };
    socket.on('data', onData);
  }));
  assert.is(await body({ uri: `${base}/socks`, options: { proxy: { type: 'SOCKS', address: '127.0.0.1', port, username: 'me', password: 'secret' } } }), 'GET /socks');
  assert.equal(logins, ['me:secret']);
});

test('a proxy that is not whole, or not there, is a failure that names it', async () => {
  assert.match(await failure({ uri: base, options: { proxy: { type: 'HTTP', address: 'x' } } }), /expected "address" \(a host\) and "port"/);
  assert.match(await failure({ uri: base, options: { proxy: { type: 'SOCKS', address: '127.0.0.1', port: 1 } } }), /The proxy 127\.0\.0\.1:1 \(SOCKS\) cannot be used: .*ECONNREFUSED/);
});

test('what is sent and answered is logged on wish, credentials as stars', async () => {
  const trial = await tryTask(plugin, { properties: { uri: `${base}/x`, method: 'POST', body: 'hello', headers: { authorization: 'Bearer t0ken', 'x-mine': 'a' }, options: { logs: ['REQUEST_HEADERS', 'REQUEST_BODY', 'RESPONSE_HEADERS', 'RESPONSE_BODY'] } } });
  const log = trial.logs.filter((line) => line.level === 'INFO').map((line) => line.message).join('\n');
  for (const piece of ['POST ', 'x-mine: a', 'authorization: ***', 'set-cookie: ***', 'x-kind: plain', '5 bytes:\nhello', 'POST /x']) assert.ok(log.includes(piece), piece);
  assert.not.match(log, /t0ken|hidden/);
});

test('codes that are allowed may come from an expression', async () => {
  assert.is(await failure({ uri: `${base}/gone`, options: { allowedResponseCodes: [404] } }), `Request to ${base}/gone failed: status 410, "gone"`);
  assert.is((await tryTask(plugin, { properties: { uri: `${base}/gone`, options: { allowedResponseCodes: '{{ codes }}' } }, variables: { codes: [404, 410] } })).outcome.type, 'succeeded');
  assert.is((await tryTask(plugin, { properties: { uri: `${base}/gone`, options: { allowedResponseCodes: ['{{ code }}'] } }, variables: { code: 410 } })).outcome.type, 'succeeded');
});

test('an answer that names no charset has the default one, and at most the length that is allowed', async () => {
  assert.is(await body({ uri: `${base}/no-charset`, options: { defaultCharset: 'iso-8859-1' } }), 'é');
  assert.match(await failure({ uri: `${base}/a-long-one`, options: { maxContentLength: 5 } }), /more than 5 bytes/);
});

test('query parameters are added to the address', async () => {
  assert.is(await body({ uri: `${base}/q?a=1`, params: { b: ['2', 'c d'] } }), 'GET /q?a=1&b=2&b=c+d');
});

test.run();
