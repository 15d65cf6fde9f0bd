import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { applyAwarenessUpdate, Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import type { Participant } from '../../core/protocol/entities/participant.ts';
import { seededRandom } from '../ambient/index.ts';
import { awayGraceMs, RoomAwareness } from './awareness.ts';
import { awarenessFrame, decodeFrame, type AwarenessEntry } from './sync-frames.ts';

const participant = (name: string): Participant => ({ id: name, name, kind: 'person', role: 'editor', color: 1 });
const room = (): RoomAwareness => {
  const owners = new Map<number, string>();
  return new RoomAwareness({ ownerOf: (id) => owners.get(id), bind: (id, who) => void owners.set(id, who) });
};
/** The bytes inside an awareness frame. */
const payload = (entries: readonly AwarenessEntry[]): Uint8Array => {
  const decoder = decoding.createDecoder(awarenessFrame(entries));
  decoding.readVarUint(decoder);
  return decoding.readVarUint8Array(decoder);
};
const entriesOf = (update: Uint8Array): readonly AwarenessEntry[] => {
  const frame = decodeFrame(Uint8Array.of(1, ...lengthOf(update), ...update));
  if (frame.type !== 'awareness') throw new Error(frame.type);
  return frame.entries;
};
const lengthOf = ({ length }: Uint8Array): number[] => (length < 128 ? [length] : [(length & 127) | 128, length >>> 7]);

test('however sets, relays and echoes interleave, everybody ends with what each said last, and the room falls silent', () => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`seed ${seed}`);
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round += 1) {
    const server = room();
    const names = ['ada', 'ben', 'cleo'];
    const clients = names.map((name, socketId) => {
      const awareness = new Awareness(new Y.Doc());
      const toServer: Uint8Array[] = [encodeAwarenessUpdate(awareness, [awareness.clientID])];
      const toClient: Uint8Array[] = [];
      // What the stock provider does: every change, also one that came from the server, goes out.
      awareness.on('update', ({ added, updated, removed }: { added: number[]; updated: number[]; removed: number[] }) => toServer.push(encodeAwarenessUpdate(awareness, [...added, ...updated, ...removed])));
      return { name, socketId, awareness, toServer, toClient };
    });
    const relay = (): void => {
      const entries = server.takeChanges();
      if (entries.length > 0) for (const client of clients) client.toClient.push(payload(entries));
    };
    const move = (client: (typeof clients)[number]): void => {
      const up = random() < 0.5 ? client.toServer.shift() : undefined;
      if (up !== undefined) server.hear(client.socketId, participant(client.name), entriesOf(up));
      const down = random() < 0.5 ? client.toClient.shift() : undefined;
      if (down !== undefined) applyAwarenessUpdate(client.awareness, down, 'server');
    };
    let sets = 0;
    for (let step = 0; step < 60; step += 1) {
      const client = clients[Math.floor(random() * clients.length)];
      if (client === undefined) throw new Error('no such client');
      if (random() < 0.2) {
        sets += 1;
        client.awareness.setLocalStateField('cursor', `${client.name} ${sets}`);
      }
      move(client);
      if (random() < 0.2) relay();
    }
    let quiet = 0;
    for (; clients.some((client) => client.toServer.length + client.toClient.length > 0) || server.waiting; quiet += 1) {
      assert.ok(quiet < 2000, `seed ${seed}, round ${round}: the room does not fall silent`);
      for (const client of clients) move(client);
      relay();
    }
    for (const client of clients) for (const other of clients) {
      const seen = other.awareness.getStates().get(client.awareness.clientID);
      assert.is(seen?.['cursor'], client.awareness.getLocalState()?.['cursor'], `seed ${seed}, round ${round}: ${other.name} of ${client.name}`);
      if (other !== client) assert.is(seen?.['user']?.name, client.name, `seed ${seed}, round ${round}`);
    }
    assert.is(server.dropped, 0, `seed ${seed}`);
    for (const client of clients) client.awareness.destroy();
  }
});

test('an entry of a closed socket goes after its grace, unless the client is back before', () => {
  const server = room();
  server.hear(1, participant('ada'), [{ clientId: 10, clock: 5, json: '{}' }]);
  server.hear(2, participant('ben'), [{ clientId: 20, clock: 5, json: '{}' }]);
  server.takeChanges();
  server.left(1, 1000);
  server.left(2, 1000);
  server.hear(3, participant('ada'), [{ clientId: 10, clock: 5, json: '{}' }]);
  server.removeAway(1000 + awayGraceMs - 1);
  assert.is(server.size, 2);
  server.removeAway(1000 + awayGraceMs);
  assert.equal(server.takeChanges().filter((entry) => entry.json === 'null'), [{ clientId: 20, clock: 5, json: 'null' }]);
  assert.is(server.size, 1);
});

test.run();
