/** The network alone, without the house behind it. */
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { openTransport, type HttpAnswer, type Socket, type SocketHandler, type Transport, type TransportOptions } from './index.ts';

const nothing: SocketHandler = { message: () => {}, drained: () => {}, closed: () => {} };
const text = (body: string): HttpAnswer => ({ status: 200, headers: {}, body: { type: 'bytes', bytes: body } });
async function inTransport(options: Partial<TransportOptions>, story: (transport: Transport, faults: unknown[]) => Promise<void>): Promise<void> {
  const faults: unknown[] = [];
  const transport = await openTransport({
    host: '127.0.0.1', port: 0, tls: undefined, trustedProxies: [], frameBytesMax: 1024 * 1024, backpressureBytesMax: 1024 * 1024, socketIdleSeconds: 8,
    http: () => text('hello'), upgrade: () => ({ type: 'accepted', protocol: undefined, open: () => nothing }), onFault: (error) => faults.push(error), ...options,
  });
  try {
    await story(transport, faults);
  } finally {
    transport.close();
  }
}
const until = async (holds: () => boolean, timeoutMs = 5000): Promise<void> => {
  const end = performance.now() + timeoutMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

test('a stream is sent whole to a slow reader, with its length when that is known', async () => {
  const piece = new Uint8Array(256 * 1024).map((_, index) => index % 251);
  const pieces = 40;
  async function* chunks(): AsyncGenerator<Uint8Array> { for (let n = 0; n < pieces; n += 1) yield piece; }
  for (const sizeBytes of [undefined, piece.byteLength * pieces]) {
    await inTransport({ http: () => ({ status: 200, headers: {}, body: { type: 'stream', chunks: chunks(), ...(sizeBytes === undefined ? {} : { sizeBytes }) } }) }, async (transport) => {
      const response = await fetch(`http://127.0.0.1:${transport.port}/`);
      assert.is(response.headers.get('content-length'), sizeBytes === undefined ? null : String(sizeBytes));
      let count = 0;
      for await (const part of response.body ?? []) {
        for (const byte of [part[0], part[part.length - 1]]) assert.type(byte, 'number');
        if (count === 0) await new Promise((resolve) => setTimeout(resolve, 50));
        count += part.byteLength;
      }
      assert.is(count, piece.byteLength * pieces);
      assert.is(transport.figures().pendingRequests, 0);
    });
  }
});
test('a reader who leaves ends the stream that was made for them', async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(64 * 1024);
    } finally {
      ended = true;
    }
  }
  await inTransport({ http: () => ({ status: 200, headers: {}, body: { type: 'stream', chunks: endless() } }) }, async (transport) => {
    const controller = new AbortController();
    const response = await fetch(`http://127.0.0.1:${transport.port}/`, { signal: controller.signal });
    await response.body?.getReader().read();
    controller.abort();
    await until(() => ended && transport.figures().pendingRequests === 0);
  });
});
test('a source that fails half way cuts the connection, so that a part is not taken for the whole', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1000);
    throw new Error('the disk is gone');
  }
  await inTransport({ http: () => ({ status: 200, headers: {}, body: { type: 'stream', chunks: failing() } }) }, async (transport) => {
    const outcome = await fetch(`http://127.0.0.1:${transport.port}/`).then((response) => response.arrayBuffer()).then(() => 'whole', () => 'cut');
    assert.is(outcome, 'cut');
  });
});
test('a handler that throws is a fault: 500 without its text, and the next request is answered', async () => {
  let first = true;
  await inTransport({ http: () => { if (first) { first = false; throw new Error('secret detail'); } return text('fine'); } }, async (transport, faults) => {
    const broken = await fetch(`http://127.0.0.1:${transport.port}/`);
    assert.is(broken.status, 500);
    assert.not.match(await broken.text(), /secret detail/);
    assert.is(await (await fetch(`http://127.0.0.1:${transport.port}/`)).text(), 'fine');
    assert.is(faults.length, 1);
  });
});
test('a line break in a header\'s value makes no second header', async () => {
  await inTransport({ http: () => ({ status: 200, headers: { 'x-name': 'a\r\nset-cookie: evil=1' }, body: { type: 'empty' } }) }, async (transport) => {
    const { headers } = await fetch(`http://127.0.0.1:${transport.port}/`);
    assert.equal([headers.get('set-cookie'), headers.get('x-name')], [null, 'a set-cookie: evil=1']);
  });
});
test('an answer that takes longer than the network\'s patience with silence still arrives', async () => {
  await inTransport({ http: () => new Promise((resolve) => setTimeout(() => resolve(text('late')), 12_500)) }, async (transport) => {
    assert.is(await (await fetch(`http://127.0.0.1:${transport.port}/`)).text(), 'late');
  });
});
test('only a trusted proxy is believed about who is behind it, and only its own word', async () => {
  const seen: string[] = [];
  const http: TransportOptions['http'] = (request) => { seen.push(request.address); return text(''); };
  const headers = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' };
  await inTransport({ http }, async (transport) => void await fetch(`http://127.0.0.1:${transport.port}/`, { headers }));
  await inTransport({ http, trustedProxies: ['127.0.0.1'] }, async (transport) => void await fetch(`http://127.0.0.1:${transport.port}/`, { headers }));
  assert.equal(seen, ['127.0.0.1', '198.51.100.7']);
});
test('a socket that is refused while it opens is told and forgotten', async () => {
  const closed: number[] = [];
  const open = (socket: Socket): SocketHandler => {
    socket.sendBytes(Uint8Array.from([2, 0]));
    socket.close(4403, 'no');
    return { ...nothing, closed: (code) => closed.push(code) };
  };
  await inTransport({ upgrade: () => ({ type: 'accepted', protocol: undefined, open }) }, async (transport) => {
    const socket = new WebSocket(`ws://127.0.0.1:${transport.port}/`);
    const frames: Buffer[] = [];
    socket.on('message', (bytes: Buffer) => frames.push(bytes));
    assert.is(await new Promise((resolve) => socket.once('close', resolve)), 4403);
    assert.equal([...frames[0] ?? []], [2, 0]);
    assert.is(closed.length, 1, 'its handler heard of it');
    assert.is(transport.figures().sockets, 0);
  });
});
test('a published frame reaches all subscribers but the one that is left out', async () => {
  const sockets: Socket[] = [];
  await inTransport({ upgrade: () => ({ type: 'accepted', protocol: undefined, open: (socket) => { sockets.push(socket); socket.subscribe('room'); return nothing; } }) }, async (transport) => {
    const clients = await Promise.all([0, 1, 2].map(async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${transport.port}/`);
      const got: string[] = [];
      socket.on('message', (bytes: Buffer) => got.push(bytes.toString('utf8')));
      await new Promise((resolve) => socket.once('open', resolve));
      return { socket, got };
    }));
    transport.publish('room', 'all');
    transport.publish('room', 'others', sockets[1]?.id);
    transport.publish('room', 'end');
    await until(() => clients.every((client) => client.got.includes('end')));
    const without = clients.filter((client) => !client.got.includes('others'));
    assert.is(without.length, 1);
    for (const { socket } of clients) socket.terminate();
  });
});
test('a reader that takes nothing is closed at the limit, and memory does not grow with it', async () => {
  let slow: Socket | undefined;
  let gone = false;
  await inTransport({ upgrade: () => ({ type: 'accepted', protocol: undefined, open: (socket) => { slow = socket; return { ...nothing, closed: () => { gone = true; } }; } }) }, async (transport) => {
    const raw = connect(transport.port, '127.0.0.1');
    raw.on('error', () => undefined);
    raw.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    await new Promise((resolve) => raw.once('data', resolve));
    raw.pause();
    const frame = new Uint8Array(64 * 1024);
    for (let n = 0; n < 2000 && !gone; n += 1) {
      slow?.sendBytes(frame);
      if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => gone);
    assert.is(transport.figures().sockets, 0);
    slow?.sendBytes(frame);
    assert.is(slow?.bufferedBytes(), 0, 'a socket that is gone takes calls without effect');
    raw.destroy();
  });
});
test('a half-open socket, that answers no ping, is closed', async () => {
  await inTransport({}, async (transport) => {
    const raw = connect(transport.port, '127.0.0.1');
    raw.on('error', () => undefined);
    raw.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    await until(() => transport.figures().sockets === 1);
    await until(() => transport.figures().sockets === 0, 25_000);
    raw.destroy();
  });
});
test('stopping tells sockets and event streams, and takes nobody new', async () => {
  let released = false;
  await inTransport({ http: () => ({ status: 200, headers: {}, body: { type: 'events', open: () => () => { released = true; } } }) }, async (transport) => {
    const events = await fetch(`http://127.0.0.1:${transport.port}/`);
    const socket = new WebSocket(`ws://127.0.0.1:${transport.port}/`);
    await new Promise((resolve) => socket.once('open', resolve));
    transport.stopListening();
    assert.is(await new Promise((resolve) => socket.once('close', resolve)), 1012);
    await events.text();
    assert.ok(released);
    assert.is(transport.figures().pendingRequests, 0);
    const newcomer = connect(transport.port, '127.0.0.1');
    assert.is(await new Promise((resolve) => { newcomer.once('connect', () => resolve('in')); newcomer.once('error', () => resolve('refused')); }), 'refused');
    newcomer.destroy();
  });
});
test('a port that is taken is a sentence with the way out', async () => {
  await inTransport({}, async (transport) => {
    await inTransport({ port: transport.port }, async () => assert.unreachable('it listened twice')).then(() => assert.unreachable(), (error: unknown) => {
      assert.match(error instanceof Error ? error.message : '', /Cannot listen on 127\.0\.0\.1:\d+: the port is taken.*ENSEMBLE_PORT/);
    });
  });
});
test.run();
