// HTTP tasks in the real worker: what needs the expression language, a real storage, or a certificate.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openBench, type Bench, type TaskResult } from './testing.ts';

const core = 'io.kestra.plugin.core.http';
const largeBytes = 200_000_000;
const openssl = spawnSync('openssl', ['version']).status === 0;
const failure = ({ ended }: TaskResult): string => (ended.outcome.type === 'failed' ? ended.outcome.message : `succeeded ${JSON.stringify(ended.outcome.outputs)}`);

let bench: Bench;
let base: string;
const servers: Server[] = [];
const sockets = new Set<Socket>();
async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test.before(async () => {
  bench = await openBench({ heapBytesMax: 64 * 1024 * 1024 });
  base = `http://127.0.0.1:${await listen(createServer((request, response) => {
    if (request.url === '/chat') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.end(['{"choices":[{"delta":{"content":"Hel"}}]}', '{"choices":[{"delta":{"content":"lo"}}]}', '{"choices":[{"delta":{}}]}', '[DONE]'].map((data) => `data: ${data}\n\n`).join(''));
    }
    let left = largeBytes;
    const piece = Buffer.alloc(64 * 1024, 'x');
    const more = (): void => {
      while (left > 0) {
        const chunk = piece.subarray(0, Math.min(left, piece.byteLength));
        left -= chunk.byteLength;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  }))}`;
});
test.after(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await bench.close();
});

test('the pieces of a streamed answer are put together by a jq expression', async () => {
  const properties = { uri: `${base}/chat`, concatJqExpression: '.choices[0].delta.content' };
  const result = await bench.run(`${core}.SseRequest`, properties);
  assert.equal([result.ended.outcome.outputs?.['size'], result.ended.outcome.outputs?.['result']], [4, 'Hello'], failure(result));
  assert.match(failure(await bench.run(`${core}.SseRequest`, { ...properties, failedOnMissingJq: true })), /^Event 3 has nothing for "\.choices\[0\]\.delta\.content": its data is/);
});

test('a download of 200 MB goes through a thread of 64 MB', async () => {
  const result = await bench.run(`${core}.Download`, { uri: `${base}/large.bin` });
  assert.is(result.ended.outcome.outputs?.['length'], largeBytes, failure(result));
  assert.is(bench.storage.sizeBytes(String(result.ended.outcome.outputs?.['uri'])), largeBytes);
});

test('a file of the namespace is downloaded, and sent in a form', async () => {
  await bench.storage.put('kestra:///io/tests/_files/data/one.csv', 'from the namespace');
  const result = await bench.run(`${core}.Download`, { uri: 'nsfile:///data/one.csv' });
  assert.is(Buffer.from(await bench.storage.read(String(result.ended.outcome.outputs?.['uri']))).toString(), 'from the namespace', failure(result));
  let body = '';
  const port = await listen(createServer((request, response) => void request.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => response.end())));
  await bench.run(`${core}.Request`, { uri: `http://127.0.0.1:${port}/`, method: 'POST', contentType: 'multipart/form-data', formData: { file: 'nsfile:///data/one.csv' } });
  assert.ok(body.includes('filename="one.csv"') && body.includes('from the namespace'), body);
});

(openssl ? test : test.skip)(`a secure address is reached through a proxy; its certificate is looked at unless told otherwise${openssl ? '' : ': skipped, there is no openssl on this machine'}`, async () => {
  const [key, cert] = [join(bench.path, 'key.pem'), join(bench.path, 'cert.pem')];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'], { stdio: 'ignore' });
  const port = await listen(createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => void response.end(`secure ${request.url}`)));
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket, head) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.byteLength > 0) upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    for (const one of [upstream, socket]) one.on('error', () => {});
    sockets.add(upstream);
  });
  const options = { proxy: { type: 'HTTP', address: '127.0.0.1', port: await listen(proxy), username: 'u', password: 'p' } };
  const uri = `https://localhost:${port}/x`;
  const trusting = await bench.run(`${core}.Request`, { uri, options: { ...options, ssl: { insecureTrustAllCertificates: true } } });
  assert.is(trusting.ended.outcome.outputs?.['body'], 'secure /x', failure(trusting));
  assert.match(failure(await bench.run(`${core}.Request`, { uri, options })), /self-signed certificate/);
  assert.is(asked[0], `localhost:${port} Basic ${Buffer.from('u:p').toString('base64')}`);
  const direct = await bench.run(`${core}.Request`, { uri, sslOptions: { insecureTrustAllCertificates: true } });
  assert.is(direct.ended.outcome.outputs?.['body'], 'secure /x', failure(direct));
});

test.run();
