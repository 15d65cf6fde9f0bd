import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask, type Trial } from '../../sdk/testing.ts';
import { serverEvents, type ServerEvent } from './events.ts';
import { plugin } from './task.ts';

let server: Server;
let base: string;
let closed: Promise<void>;
test.before(async () => {
  server = createServer((request, response) => {
    closed = new Promise((resolve) => response.on('close', resolve));
    if (request.url === '/missing') return void response.writeHead(404).end('no');
    response.writeHead(200, { 'content-type': request.url === '/plain' ? 'text/plain' : 'text/event-stream' });
    if (request.url === '/ends') return void response.end(`: hello\n\nid: 1\nevent: greeting\ndata: {"text":"hi ${request.headers.accept}"}\n\ndata: two\ndata: lines\n\ndata: cut off`);
    // One event after the other, for as long as somebody listens.
    const timer = setInterval(() => response.write('data: {"n":1}\n\n'), 5);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after(() => {
  server.closeAllConnections();
  server.close();
});

const failure = ({ outcome }: Trial): string => (outcome.type === 'failed' ? outcome.message : `succeeded ${JSON.stringify(outcome.outputs)}`);
async function read(text: string, size: number): Promise<readonly ServerEvent[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
  }
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(chunks())) events.push(event);
  return events;
}

for (const size of [1, 2, 3, 7, 1000]) {
  test(`a stream that comes in pieces of ${size} bytes is read as the standard says`, async () => {
    const events = await read(': note\r\ndata: a\r\ndata:  b\rretry: 100\nid: ü\n\nevent:x\ndata\n\ndata:{"a":\ndata:1}\n\n: ping\n\nid: lost\n\ndata: last without end\n', size);
    assert.equal(events, [{ data: 'a\n b', id: 'ü', comment: 'note', retry: 100 }, { data: '', name: 'x' }, { data: '{"a":\n1}' }]);
  });
}

test('the events become outputs when the server ends', async () => {
  const trial = await tryTask(plugin, { properties: { uri: `${base}/ends` } });
  const outputs = trial.outcome.outputs ?? {};
  assert.equal(outputs['events'], [{ data: '{"text":"hi text/event-stream"}', id: '1', name: 'greeting', comment: undefined }, { data: 'two\nlines' }].map((event) => JSON.parse(JSON.stringify(event))));
  assert.equal([outputs['size'], outputs['code'], outputs['uri'], outputs['result']], [2, 200, `${base}/ends`, undefined]);
});

test('after enough events the connection is closed', async () => {
  const trial = await tryTask(plugin, { properties: { uri: base, maxEvents: '{{ n }}' }, variables: { n: 3 } });
  assert.is(trial.outcome.outputs?.['size'], 3, failure(trial));
  await closed;
});

test('a kill ends a stream that never does', async () => {
  const abort = new AbortController();
  const running = tryTask(plugin, { properties: { uri: base }, signal: abort.signal });
  await new Promise((resolve) => server.once('request', resolve));
  abort.abort();
  assert.is((await running).outcome.type, 'failed');
});

test('a status from 400 on fails; another type than that of events is said', async () => {
  assert.is(failure(await tryTask(plugin, { properties: { uri: `${base}/missing` } })), `Request to ${base}/missing failed: status 404`);
  const trial = await tryTask(plugin, { properties: { uri: `${base}/plain`, maxEvents: 1 } });
  assert.match(trial.logs.find((line) => line.level === 'WARN')?.message ?? '', /the type "text\/plain", expected text\/event-stream/);
});

test.run();
