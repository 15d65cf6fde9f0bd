/** For the kill test: documents behind real sockets in a process of their own. `node --import tsx testing-server.ts FOLDER`; prints its port. */
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { testingCatalog } from '../../core/language/testing-catalog.ts';
import type { Access, Caller } from '../access/contract.ts';
import { createAmbient, silentLogger } from '../ambient/index.ts';
import { loadFlowRecord, openAppendLog, openEnvironment } from '../store/index.ts';
import type { RoomSeat } from './contract.ts';
import { createDocuments } from './documents.ts';
import { validSource } from './testing-world.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('expected the data folder');
const front = openEnvironment({ name: 'front', path: join(folder, 'front'), mode: 'write' });
const caller = (name: string): Caller => ({
  participant: { id: `p-${name}`, name, kind: 'person', role: 'editor', color: 1 }, tenant: 'main', door: 'sync', credential: { type: 'session', id: name }, address: '',
});
const access: Access = {
  identify: () => ({ type: 'unknown', reason: '' }), refusal: () => undefined, mayWrite: () => true, roleOf: () => 'editor', current: (who) => who, onRevoked: () => () => {},
};
const rooms = new Map<string, Map<number, (frame: Uint8Array) => void>>();
const documents = createDocuments({
  front, typing: openAppendLog(join(folder, 'front', 'typing.log')), access, catalog: testingCatalog(), level: '1.x', globalDefaults: [], ambient: { ...createAmbient({ logLevel: 'error' }), logger: silentLogger },
  publishSync: (room, frame, except) => {
    for (const [id, send] of rooms.get(room) ?? []) if (id !== except) send(frame);
  },
  audit: () => {}, onFlowCommitted: () => {},
  fatal: (error) => {
    throw error;
  },
});
if (loadFlowRecord(front, 'main', 'team.a', 'a') === undefined) await documents.create(caller('ada'), validSource('a'), { draft: false });

let ids = 0;
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (socket, request) => {
  const url = new URL(request.url ?? '', 'ws://x');
  ids += 1;
  const id = ids;
  const send = (frame: Uint8Array): void => socket.send(frame);
  const joined = documents.join(url.pathname, { id, caller: caller(url.searchParams.get('as') ?? ''), send, close: (code, reason) => socket.close(code, reason) }, undefined);
  if (joined.type === 'refused') return socket.close(joined.code, joined.reason);
  const seat: RoomSeat = joined.seat;
  const sends = rooms.get(joined.room) ?? new Map<number, (frame: Uint8Array) => void>();
  rooms.set(joined.room, sends.set(id, send));
  socket.on('message', (data) => seat.receive(new Uint8Array(data instanceof ArrayBuffer ? data : Array.isArray(data) ? Buffer.concat(data) : data)));
  socket.on('close', () => {
    sends.delete(id);
    seat.leave();
  });
});
server.on('listening', () => {
  const at = server.address();
  process.stdout.write(`${typeof at === 'object' && at !== null ? at.port : 0}\n`);
});
