import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocketServer, type WebSocket as NodeWebSocket } from 'ws';
import { openWorld, until, validSource, type World } from '../../server/documents/testing-world.ts';
import { joinFlow } from './index.ts';

/** What a server answers a bot: the real documents, and an RPC of five methods. The whole path is a story of its own. */
async function serve(world: World): Promise<{ readonly url: string; readonly seen: string[]; close(): void }> {
  const seen: string[] = [];
  const http = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => response.end(request.method === 'POST' ? JSON.stringify({ id: 't1', name: 'botty', fullToken: 'secret' }) : ''));
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (socket: NodeWebSocket, request) => {
    if (request.headers.authorization !== 'Bearer secret') return socket.close(4401, 'no token');
    const path = new URL(request.url ?? '', 'http://x').pathname;
    if (path.startsWith('/sync/')) return bridge(world, socket, path);
    socket.on('message', async (data) => {
      const { id, method, params } = JSON.parse(String(data)) as { id: number; method: string; params: { topic?: string } };
      seen.push(method);
      const answer = (result: unknown): void => socket.send(JSON.stringify({ jsonrpc: '2.0', id, result }));
      if (method === 'flows.publish') {
        const { revision } = await world.documents.publish(world.caller('botty'), { tenant: 'main', namespace: 'team.a', id: 'a', without: [] });
        answer({ revision: revision.revision, source: revision.source });
      } else if (method === 'executions.create') answer({ id: 'e1' });
      else if (method === 'watch') {
        const state = (current: string) => ({ execution: { id: 'e1', state: { current } }, taskRuns: { t: { id: 't', taskId: 'say', state: { current } } }, order: ['t'], metrics: [] });
        answer({ topic: params.topic, epoch: 'x', seq: 1, type: 'state', state: state('RUNNING') });
        socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'patch', params: { topic: params.topic, epoch: 'x', from: 1, seq: 2, at: 0, patch: [{ op: 'replace', path: '/execution/state/current', value: 'SUCCESS' }] } }));
      } else answer({});
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`, seen,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
    },
  };
}

let ids = 100_000;
function bridge(world: World, socket: NodeWebSocket, path: string): void {
  ids += 1;
  const joined = world.documents.join(path, { id: ids, caller: world.caller('botty'), send: (frame) => socket.send(frame), close: (code, reason) => socket.close(code, reason) }, undefined);
  if (joined.type === 'refused') {
    socket.close(joined.code, joined.reason);
    return;
  }
  socket.on('message', (data) => joined.seat.receive(new Uint8Array(data as Buffer)));
  socket.on('close', () => joined.seat.leave());
}

test('a bot joins with a name, its edit appears, it publishes, starts the flow and watches it to its end', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const ada = world.client('ada', 'a');
  await until(() => ada.provider.synced);
  const server = await serve(world);
  const bot = await joinFlow({ url: server.url, namespace: 'team.a', id: 'a', name: 'botty' });
  await until(() => [...ada.provider.awareness.getStates().values()].some((state) => state['user']?.kind === 'bot' && state['user'].name === 'botty'));
  assert.is(bot.replace('hello', 'hello from a bot'), true);
  assert.is(bot.replace('nowhere', 'x'), false);
  await until(() => ada.text.toString().includes('hello from a bot'));
  const flow = await bot.publish();
  assert.is(flow.revision, 2);
  assert.is(flow.source, validSource('a', 'hello from a bot'));
  const states: string[] = [];
  const started = await bot.execute();
  const ended = await bot.watchExecution(started.id, ({ execution }) => states.push(execution.state.current));
  assert.is(ended.execution.state.current, 'SUCCESS');
  assert.equal(states, ['RUNNING', 'SUCCESS']);
  await bot.leave();
  assert.ok(server.seen.includes('POST /api/v1/main/tokens') && server.seen.includes('DELETE /api/v1/main/tokens/t1'));
  server.close();
  await world.close();
});

test('a bot that may not join says why', async () => {
  const world = openWorld();
  await world.documents.create(world.caller('ada'), validSource('a'), { draft: false });
  const server = await serve(world);
  for (const [options, expected] of [[{ id: 'none', token: 'secret' }, /refused the document \(4404\): There is no flow team\.a\.none/], [{ id: 'a', token: 'wrong' }, /refused the document \(4401\)/]] as const) {
    const message = await joinFlow({ url: server.url, namespace: 'team.a', name: 'botty', waitMs: 3000, ...options }).then(() => '', (error: unknown) => String(error));
    assert.match(message, expected);
  }
  server.close();
  await world.close();
});

test.run();
