import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask, type Trial } from '../../sdk/testing.ts';
import { nameOf } from './name.ts';
import { plugin } from './task.ts';

let server: Server;
let base: string;
test.before(async () => {
  server = createServer((request, response) => {
    switch (request.url) {
      case '/named': response.writeHead(200, { 'content-disposition': 'attachment; filename="../../report 1.csv"' }).end('a,b'); return;
      case '/empty': response.end(); return;
      case '/missing': response.writeHead(404).end('nothing here'); return;
      case '/moved': response.writeHead(302, { location: '/data/all.json?x=1' }).end(); return;
      case '/broken': response.writeHead(200, { 'content-length': '100' }); response.write('half'); response.socket?.destroySoon(); return;
      default: response.end(`${request.method} ${request.url}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after(() => {
  server.closeAllConnections();
  server.close();
});

const run = (properties: Readonly<Record<string, unknown>>, stored: Readonly<Record<string, string>> = {}): Promise<Trial> => tryTask(plugin, { properties, stored });
const failure = ({ outcome }: Trial): string => (outcome.type === 'failed' ? outcome.message : `succeeded ${JSON.stringify(outcome.outputs)}`);
const fileOf = (trial: Trial): readonly [string, string | undefined] => {
  const uri = String(trial.outcome.outputs?.['uri']);
  return [uri.slice(uri.indexOf('taskrun/') + 8), trial.stored[uri]];
};

test('the answer becomes a stored file, named by the address', async () => {
  const trial = await run({ uri: `${base}/moved` });
  assert.equal(fileOf(trial), ['all.json', 'GET /data/all.json?x=1']);
  assert.equal([trial.outcome.outputs?.['code'], trial.outcome.outputs?.['length']], [200, 22]);
  assert.equal(trial.metrics.map((metric) => metric.name), ['request.duration', 'response.length']);
});

test('the name that the answer gives, and the one that is asked for, win', async () => {
  assert.equal(fileOf(await run({ uri: `${base}/named` })), ['report 1.csv', 'a,b']);
  assert.equal(fileOf(await run({ uri: `${base}/named`, saveAs: 'in/mine.csv' })), ['in/mine.csv', 'a,b']);
});

for (const [disposition, path, name] of [
  ["attachment; filename=plain.txt", '/x', 'plain.txt'],
  ["attachment; filename=\"a \\\"b\\\".txt\"", '/x', 'a "b".txt'],
  ["attachment; filename=\"fallback.txt\"; filename*=UTF-8''%e2%82%ac%20rates.txt", '/x', '€ rates.txt'],
  ["attachment; filename*=iso-8859-1'en'%A3%20rates", '/x', '£ rates'],
  ['attachment; filename=".."', '/data.csv', 'data.csv'],
  ['attachment; filename="C:\\\\temp\\\\x.txt"', '/x', 'x.txt'],
  ['inline', '/a/b%20c.csv', 'b c.csv'],
  [undefined, '/a/%2e%2e%2fetc', 'etc'],
  [undefined, '/', 'download'],
  [undefined, `/${'n'.repeat(300)}.parquet`, `${'n'.repeat(192)}.parquet`],
] as const) {
  test(`with "${disposition ?? 'no header'}" and ${path.slice(0, 20)} the file is called ${name.slice(0, 20)}`, () => {
    assert.is(nameOf({ saveAs: undefined, disposition, path }), name);
  });
}

test('an empty answer fails unless it is allowed', async () => {
  assert.is(failure(await run({ uri: `${base}/empty` })), `Download of ${base}/empty failed: there is nothing in it. Set "failOnEmptyResponse: false" to take it as it is.`);
  const trial = await run({ uri: `${base}/empty`, failOnEmptyResponse: false });
  assert.equal([trial.outcome.outputs?.['length'], trial.logs.some((line) => line.level === 'WARN')], [0, true]);
});

test('a status from 400 on fails with what was said, and stores nothing', async () => {
  const trial = await run({ uri: `${base}/missing` });
  assert.is(failure(trial), `Download of ${base}/missing failed: status 404, "nothing here"`);
  assert.equal(trial.stored, {});
  assert.equal(fileOf(await run({ uri: `${base}/missing`, options: { allowFailed: true } }))[1], 'nothing here');
});

test('an answer that breaks off, or is longer than allowed, fails', async () => {
  assert.match(failure(await run({ uri: `${base}/broken` })), /failed while its answer was read/);
  assert.match(failure(await run({ uri: `${base}/long`, options: { maxContentLength: 3 } })), /more than 3 bytes/);
});

test('a stored file, or one of a namespace, is copied', async () => {
  const trial = await run({ uri: 'kestra:///x/data.csv' }, { 'kestra:///x/data.csv': '1,2' });
  assert.equal(fileOf(trial), ['data.csv', '1,2']);
  assert.is(trial.outcome.outputs?.['code'], undefined);
});

test.run();
