import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flows } from '../../core/protocol/operations/index.ts';
import type { Timers } from '../ambient/contract.ts';
import { createConnection, type SocketLike } from './connection.ts';

/** A clock whose hand the test holds. */
function handHeldTime() {
  let nowMs = 1_000_000;
  const due: { atMs: number; call: () => void; everyMs?: number }[] = [];
  const add = (entry: { atMs: number; call: () => void; everyMs?: number }) => {
    due.push(entry);
    return () => {
      const index = due.indexOf(entry);
      if (index >= 0) due.splice(index, 1);
    };
  };
  const timers: Timers = {
    after: (delayMs, call) => add({ atMs: nowMs + delayMs, call }),
    every: (everyMs, call) => add({ atMs: nowMs + everyMs, call, everyMs }),
  };
  return {
    timers,
    clock: { nowMs: () => nowMs },
    advance(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        const next = due.filter((entry) => entry.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        nowMs = next.atMs;
        if (next.everyMs === undefined) due.splice(due.indexOf(next), 1);
        else next.atMs += next.everyMs;
        next.call();
      }
      nowMs = untilMs;
    },
  };
}

interface Sent { readonly id: number; readonly method: string; readonly params: Record<string, unknown> }

class FakeSocket implements SocketLike {
  readonly sent: Sent[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
  send(text: string) { this.sent.push(JSON.parse(text)); }
  close() { this.closed = true; }
  push(message: unknown) { this.onmessage?.({ data: JSON.stringify(message) }); }
  answer(method: string, result: unknown) {
    const request = this.sent.filter((one) => one.method === method).at(-1);
    if (request === undefined) throw new Error(`nothing asked for ${method}`);
    this.push({ jsonrpc: '2.0', id: request.id, result });
  }
}

function setup() {
  const time = handHeldTime();
  const sockets: FakeSocket[] = [];
  const connection = createConnection({
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    clock: time.clock, timers: time.timers, chance: () => 0.5,
  });
  const socket = (index: number): FakeSocket => {
    const found = sockets[index];
    if (found === undefined) throw new Error(`socket ${index} was not opened`);
    return found;
  };
  return { time, sockets, socket, connection };
}
const settled = () => new Promise<void>((resolve) => { setImmediate(resolve); });

test('a call waits two seconds for the first socket, then fails with a clear sentence', async () => {
  const { connection, time } = setup();
  const call = connection.call(flows.flowsNamespaces, {}).then(() => undefined, (reason: unknown) => reason);
  time.advance(2000);
  assert.match(String(await call), /Not sent: flows.namespaces/);
});

test('after "come again" a call waits for the next socket and is sent on it', async () => {
  const { connection, socket, time } = setup();
  socket(0).onopen?.();
  socket(0).onclose?.({ code: 1012, reason: 'Your name or role has changed' });
  void connection.call(flows.flowsNamespaces, {}).catch(() => undefined);
  time.advance(250);
  assert.not(socket(1).sent.some((one) => one.method === 'flows.namespaces'));
  socket(1).onopen?.();
  await settled();
  assert.ok(socket(1).sent.some((one) => one.method === 'flows.namespaces'));
});

test('a call fails at once, with a clear sentence, while there is no socket', async () => {
  const { connection, socket, time } = setup();
  socket(0).onopen?.();
  time.advance(3000);
  socket(0).onclose?.({ code: 1006, reason: '' });
  const error = await connection.call(flows.flowsNamespaces, {}).then(() => undefined, (reason: unknown) => reason);
  assert.match(String(error), /Not sent: flows.namespaces/);
});

test('a refusal carries the message, the status and the places', async () => {
  const { connection, socket } = setup();
  socket(0).onopen?.();
  const answer = connection.call(flows.flowsGet, { namespace: 'a', id: 'b' }).then(() => undefined, (reason: unknown) => reason);
  const request = socket(0).sent.find((one) => one.method === 'flows.get');
  socket(0).push({ jsonrpc: '2.0', id: request?.id, error: { code: -32000, message: 'x', data: { problem: { status: 404, message: 'Not Found: flow a.b', errors: [{ message: 'm', path: 'p' }] } } } });
  const error = await answer;
  assert.is(String(error), 'CallError: Not Found: flow a.b');
  assert.equal(error instanceof Error && 'status' in error ? error.status : 0, 404);
});

test('a watched topic is its state plus all patches, and a gap asks for a fresh state', async () => {
  const { connection, socket } = setup();
  const seen: unknown[] = [];
  connection.watch('stats', { changed: (state) => seen.push(state) });
  socket(0).onopen?.();
  socket(0).answer('watch', { topic: 'stats', epoch: 'e', seq: 3, type: 'state', state: { flows: 1 } });
  await settled();
  socket(0).push({ jsonrpc: '2.0', method: 'patch', params: { topic: 'stats', epoch: 'e', from: 3, seq: 4, at: 1, patch: [{ op: 'replace', path: '/flows', value: 2 }] } });
  assert.equal(seen, [{ flows: 1 }, { flows: 2 }]);
  const asked = socket(0).sent.filter((one) => one.method === 'watch').length;
  socket(0).push({ jsonrpc: '2.0', method: 'patch', params: { topic: 'stats', epoch: 'e', from: 6, seq: 7, at: 1, patch: [] } });
  assert.is(socket(0).sent.filter((one) => one.method === 'watch').length, asked + 1);
  assert.is(connection.status().state === 'live', false);
});

test('a patch that overtakes the answer of its watch is applied after it', async () => {
  const { connection, socket } = setup();
  const seen: unknown[] = [];
  connection.watch('stats', { changed: (state) => seen.push(state) });
  socket(0).onopen?.();
  socket(0).push({ jsonrpc: '2.0', method: 'patch', params: { topic: 'stats', epoch: 'e', from: 3, seq: 4, at: 1, patch: [{ op: 'replace', path: '/flows', value: 2 }] } });
  socket(0).answer('watch', { topic: 'stats', epoch: 'e', seq: 3, type: 'state', state: { flows: 1 } });
  await settled();
  assert.equal(seen, [{ flows: 1 }, { flows: 2 }]);
});

test('after a broken connection a topic resumes where it was, and the badge says offline meanwhile', async () => {
  const { connection, socket, sockets, time } = setup();
  const seen: unknown[] = [];
  connection.watch('stats', { changed: (state) => seen.push(state) });
  socket(0).onopen?.();
  socket(0).answer('watch', { topic: 'stats', epoch: 'e', seq: 3, type: 'state', state: { flows: 1 } });
  socket(0).answer('ping', {});
  await settled();
  assert.is(connection.status().state, 'live');
  socket(0).onclose?.({ code: 1006, reason: '' });
  assert.is(connection.status().state, 'offline');
  time.advance(500);
  assert.is(sockets.length, 2);
  socket(1).onopen?.();
  const resumed = socket(1).sent.find((one) => one.method === 'watch');
  assert.equal(resumed?.params, { topic: 'stats', since: { epoch: 'e', seq: 3 } });
  assert.is(connection.status().state, 'catching-up');
  socket(1).answer('watch', { topic: 'stats', epoch: 'e', seq: 4, type: 'patches', patches: [{ topic: 'stats', epoch: 'e', from: 3, seq: 4, at: 1, patch: [{ op: 'replace', path: '/flows', value: 9 }] }] });
  socket(1).answer('ping', {});
  await settled();
  assert.equal(seen.at(-1), { flows: 9 });
  assert.is(connection.status().state, 'live');
});

test('a server that is silent after a ping is called offline within seconds', async () => {
  const { connection, socket, time } = setup();
  socket(0).onopen?.();
  socket(0).answer('ping', {});
  await settled();
  time.advance(5000);
  assert.is(connection.status().state, 'live');
  time.advance(4000);
  assert.is(connection.status().state, 'offline');
  assert.ok(socket(0).closed);
});

test('waits between tries grow, with chance in them, up to the longest', () => {
  const { socket, sockets, time } = setup();
  socket(0).onclose?.({ code: 1006, reason: '' });
  time.advance(190);
  assert.is(sockets.length, 2);
  socket(1).onclose?.({ code: 1006, reason: '' });
  time.advance(190);
  assert.is(sockets.length, 2);
  time.advance(190);
  assert.is(sockets.length, 3);
});

test('a second listener of a topic gets the state that is there, and the last one to go unwatches', async () => {
  const { connection, socket } = setup();
  const first = connection.watch('stats', { changed: () => undefined });
  socket(0).onopen?.();
  socket(0).answer('watch', { topic: 'stats', epoch: 'e', seq: 3, type: 'state', state: { flows: 1 } });
  await settled();
  const seen: unknown[] = [];
  const second = connection.watch('stats', { changed: (state) => seen.push(state) });
  assert.equal(seen, [{ flows: 1 }]);
  first();
  assert.is(socket(0).sent.some((one) => one.method === 'unwatch'), false);
  second();
  assert.is(socket(0).sent.some((one) => one.method === 'unwatch'), true);
});

test('a patch that arrives late says catching up, whatever the two clocks show', async () => {
  const { connection, socket, time } = setup();
  connection.watch('stats', { changed: () => undefined });
  socket(0).onopen?.();
  socket(0).answer('watch', { topic: 'stats', epoch: 'e', seq: 0, type: 'state', state: { flows: 0 } });
  socket(0).answer('ping', {});
  await settled();
  const serverAheadMs = 3_600_000;
  const patch = (seq: number, lateMs: number) => socket(0).push({ jsonrpc: '2.0', method: 'patch', params: { topic: 'stats', epoch: 'e', from: seq - 1, seq, at: time.clock.nowMs() + serverAheadMs - lateMs, patch: [{ op: 'replace', path: '/flows', value: seq }] } });
  patch(1, 10);
  assert.is(connection.status().state, 'live');
  patch(2, 3000);
  assert.is(connection.status().state, 'catching-up');
  patch(3, 12);
  assert.is(connection.status().state, 'live');
});

test.run();
