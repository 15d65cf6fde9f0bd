/** For tests: documents over a real store, and sockets in memory that stock y-websocket clients take for real ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Participant, Role } from '../../core/protocol/entities/participant.ts';
import { testingCatalog } from '../../core/language/testing-catalog.ts';
import type { Access, Caller } from '../access/contract.ts';
import { createAmbient, seededRandom, silentLogger } from '../ambient/index.ts';
import { openAppendLog, openEnvironment, type AppendLog, type Environment } from '../store/index.ts';
import type { Documents, RoomSeat, SyncSocket } from './contract.ts';
import { createDocuments } from './documents.ts';
import type { Committed } from './publishing.ts';
import { deniedFrame } from './sync-frames.ts';

export const validSource = (id: string, message = 'hello'): string => `id: ${id}\nnamespace: team.a\ntasks:\n  - id: say\n    type: io.kestra.plugin.core.log.Log\n    message: ${message}\n`;

export interface World {
  readonly documents: Documents;
  readonly front: Environment;
  readonly access: Access;
  readonly roles: Map<string, Role>;
  readonly commits: Committed[];
  readonly refusals: { readonly reason: string; readonly participant: string }[];
  readonly fatal: unknown[];
  /** Records that the typing log was given. */
  readonly appended: number;
  caller(name: string): Caller;
  /** A stock client. */
  client(name: string, flowId: string, options?: { readonly birth?: string; readonly room?: string; readonly doc?: Y.Doc }): Client;
  /** The class of sockets that a client of this person opens. */
  socketOf(name: string): typeof WebSocket;
  /** Breaks every connection without a word. */
  cutAll(): void;
  /** A socket without a client behind it. */
  raw(name: string, flowId: string, birth?: string): RawSocket;
  revoke(name: string): void;
  /** The person has another role, and the sockets that they have carry the old one. */
  changeRole(name: string, role: Role): void;
  /** From now on each commit fails. */
  breakDisk(): void;
  /** LMDB does not answer until the release is called; answers how often it was asked meanwhile. */
  holdDisk(): { readonly asked: () => number; release(): void };
  /** Closes the documents and opens them again on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface Client {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly provider: WebsocketProvider;
  readonly closed: { readonly code: number; readonly reason: string }[];
  /** Breaks the connection without a word, as a network does. */
  cut(): void;
  destroy(): void;
}

export interface RawSocket {
  readonly received: Uint8Array[];
  readonly closedWith: { readonly code: number; readonly reason: string }[];
  send(frame: Uint8Array): void;
  leave(): void;
}

export async function until(condition: () => boolean, what = 'the condition', withinMs = 5000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${withinMs} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function openWorld(options: { readonly path?: string; readonly seed?: number } = {}): World {
  const path = options.path ?? mkdtempSync(join(tmpdir(), 'ensemble-documents-'));
  const random = seededRandom(options.seed ?? 1);
  const roles = new Map<string, Role>();
  const revokedListeners = new Set<(revoked: { readonly participantId: string; readonly credentialId?: string }) => void>();
  const commits: Committed[] = [];
  const refusals: { reason: string; participant: string }[] = [];
  const fatal: unknown[] = [];
  const subscribers = new Map<string, Map<number, SyncSocket>>();
  const openSockets = new Set<FakeWebSocket>();
  let socketIds = 0;

  const participant = (name: string): Participant => ({ id: `p-${name}`, name, kind: name.startsWith('bot') ? 'bot' : 'person', role: roles.get(name) ?? 'editor', color: (name.charCodeAt(0) % 12) + 1 });
  const caller = (name: string): Caller => ({ participant: participant(name), tenant: 'main', door: 'sync', credential: { type: 'session', id: `s-${name}` }, address: '127.0.0.1' });
  const access: Access = {
    identify: () => ({ type: 'unknown', reason: 'not in this test' }),
    refusal: (who, permission) => (permission !== 'open' && permission.action !== 'read' && (roles.get(who.participant.name) ?? 'editor') === 'viewer' ? `${who.participant.name} is a viewer` : undefined),
    mayWrite: (who) => (roles.get(who.participant.name) ?? 'editor') !== 'viewer',
    roleOf: () => undefined,
    current: (who) => who,
    onRevoked: (listener) => {
      revokedListeners.add(listener);
      return () => void revokedListeners.delete(listener);
    },
  };
  let front = openEnvironment({ name: 'front', path: join(path, 'front'), mode: 'write' });
  let broken = false;
  let appended = 0;
  let held: Promise<void> | undefined;
  let heldCount = 0;
  const changedListeners = new Set<(changed: { readonly participantId: string }) => void>();
  const typing = (): AppendLog => {
    const log = openAppendLog(join(path, 'front', 'typing.log'));
    return { ...log, append: (sequence, payload) => {
      if (broken) throw new Error('the disk is full');
      appended += 1;
      return log.append(sequence, payload);
    } };
  };
  const open = (): Documents => createDocuments({
    typing: typing(),
    front: { ...methodsOf(front), write: (batch) => {
      if (held !== undefined) {
        heldCount += 1;
        const written = held.then(() => front.write(batch));
        return { committed: written.then((one) => one.committed), flushed: written.then((one) => one.flushed) };
      }
      if (!broken) return front.write(batch);
      const failed = Promise.reject(new Error('the disk is full'));
      failed.catch(() => {});
      return { committed: failed, flushed: failed };
    } },
    access: { ...access, onChanged: (listener) => {
      changedListeners.add(listener);
      return () => void changedListeners.delete(listener);
    } }, catalog: testingCatalog(), level: '1.x', globalDefaults: [],
    ambient: { ...createAmbient({ logLevel: 'error' }), logger: silentLogger },
    publishSync: (room, frame, except) => {
      for (const [id, socket] of subscribers.get(room) ?? []) if (id !== except) socket.send(frame);
    },
    audit: (entry) => refusals.push({ reason: entry.reason ?? '', participant: entry.participant.name }),
    onFlowCommitted: (change) => commits.push(change),
    fatal: (error) => fatal.push(error),
  });
  let documents = open();

  /** What the edge does: joins, subscribes, hands frames over. */
  const connect = (name: string, room: string, birth: string | undefined, send: (frame: Uint8Array) => void, close: (code: number, reason: string) => void): { receive(frame: Uint8Array): void; leave(): void } => {
    socketIds += 1;
    const id = socketIds;
    let subscribed: string | undefined;
    let seat: RoomSeat | undefined;
    const leave = (): void => {
      if (subscribed !== undefined) subscribers.get(subscribed)?.delete(id);
      seat?.leave();
    };
    const socket: SyncSocket = { id, caller: caller(name), send: (frame) => send(frame.slice()), close: (code, reason) => { leave(); close(code, reason); } };
    const joined = documents.join(room, socket, birth);
    if (joined.type === 'refused') {
      send(deniedFrame(joined.reason));
      close(joined.code, joined.reason);
      return { receive: () => {}, leave: () => {} };
    }
    seat = joined.seat;
    subscribed = joined.room;
    const sockets = subscribers.get(joined.room) ?? new Map<number, SyncSocket>();
    subscribers.set(joined.room, sockets.set(id, socket));
    return {
      // The bytes are only valid during the call: a copy that is wiped afterwards finds whoever keeps them.
      receive: (frame) => {
        const lent = frame.slice();
        joined.seat.receive(lent);
        lent.fill(0xff);
      },
      leave,
    };
  };

  class FakeWebSocket {
    static readonly OPEN = 1;
    readonly OPEN = 1;
    readyState = 0;
    binaryType = 'arraybuffer';
    onopen: (() => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
    onerror: (() => void) | null = null;
    readonly toServer: Uint8Array[] = [];
    readonly toClient: (Uint8Array | { readonly code: number; readonly reason: string })[] = [];
    server: { receive(frame: Uint8Array): void; leave(): void } | undefined;

    constructor(address: string | URL) {
      openSockets.add(this);
      const url = new URL(address);
      setImmediate(() => {
        if (this.readyState !== 0) return;
        this.readyState = 1;
        this.server = connect(url.searchParams.get('as') ?? '', url.pathname, url.searchParams.get('birth') ?? undefined, (frame) => {
          this.toClient.push(frame);
          this.#pump();
        }, (code, reason) => {
          this.toClient.push({ code, reason });
          this.#pump();
        });
        this.onopen?.();
      });
    }

    #pumping = false;
    /** Moves a random number of frames a turn, so that the two directions interleave differently each time. */
    #pump(): void {
      if (this.#pumping) return;
      this.#pumping = true;
      setImmediate(() => {
        this.#pumping = false;
        if (this.readyState !== 1) return;
        for (let left = Math.floor(random() * 4); left > 0 && this.toServer.length > 0; left -= 1) {
          const frame = this.toServer.shift();
          if (frame !== undefined) this.server?.receive(frame);
        }
        for (let left = Math.floor(random() * 4); left > 0 && this.toClient.length > 0; left -= 1) {
          const frame = this.toClient.shift();
          if (frame instanceof Uint8Array) this.onmessage?.({ data: frame.slice().buffer });
          else if (frame !== undefined) this.end(frame.code, frame.reason);
        }
        if (this.toServer.length + this.toClient.length > 0) this.#pump();
      });
    }

    send(data: Uint8Array): void {
      this.toServer.push(new Uint8Array(data));
      this.#pump();
    }

    end(code: number, reason: string): void {
      if (this.readyState === 3) return;
      this.readyState = 3;
      openSockets.delete(this);
      this.server?.leave();
      this.onclose?.({ code, reason });
    }

    close(): void {
      this.end(1000, '');
    }
  }

  const clients = new Set<Client>();
  return {
    get documents() {
      return documents;
    },
    get front() {
      return front;
    },
    get appended() {
      return appended;
    },
    access, roles, commits, refusals, fatal, caller,
    client: (name, flowId, clientOptions = {}) => {
      const doc = clientOptions.doc ?? new Y.Doc();
      const closed: { code: number; reason: string }[] = [];
      const provider = new WebsocketProvider('ws://test/sync/main', clientOptions.room ?? `flow/team.a/${flowId}`, doc, {
        WebSocketPolyfill: FakeWebSocket as unknown as typeof WebSocket, disableBc: true, maxBackoffTime: 30,
        params: { as: name, ...(clientOptions.birth === undefined ? {} : { birth: clientOptions.birth }) },
      });
      provider.on('closed', (event) => closed.push({ code: event.code, reason: event.reason }));
      const client: Client = {
        doc, text: doc.getText('source'), provider, closed,
        cut: () => {
          if (provider.ws instanceof FakeWebSocket) (provider.ws as FakeWebSocket).end(1006, '');
        },
        destroy: () => {
          clients.delete(client);
          provider.destroy();
          doc.destroy();
        },
      };
      clients.add(client);
      return client;
    },
    socketOf: (name) => class extends FakeWebSocket {
      constructor(address: string | URL) {
        const url = new URL(address);
        url.searchParams.set('as', name);
        super(url);
      }
    } as unknown as typeof WebSocket,
    cutAll: () => {
      for (const socket of [...openSockets]) socket.end(1006, '');
    },
    raw: (name, flowId, birth) => {
      const received: Uint8Array[] = [];
      const closedWith: { code: number; reason: string }[] = [];
      const side = connect(name, `/sync/main/flow/team.a/${flowId}`, birth, (frame) => received.push(frame), (code, reason) => closedWith.push({ code, reason }));
      return { received, closedWith, send: (frame) => side.receive(frame), leave: () => side.leave() };
    },
    revoke: (name) => {
      for (const listener of revokedListeners) listener({ participantId: `p-${name}` });
    },
    changeRole: (name, role) => {
      roles.set(name, role);
      for (const listener of changedListeners) listener({ participantId: `p-${name}` });
    },
    breakDisk: () => {
      broken = true;
    },
    holdDisk: () => {
      heldCount = 0;
      let free = (): void => {};
      held = new Promise((resolve) => { free = resolve; });
      return { asked: () => heldCount, release: () => { held = undefined; free(); } };
    },
    restart: async () => {
      await documents.close();
      await front.close();
      front = openEnvironment({ name: 'front', path: join(path, 'front'), mode: 'write' });
      documents = open();
    },
    close: async () => {
      for (const client of [...clients]) client.destroy();
      for (const socket of [...openSockets]) socket.end(1006, '');
      await documents.close();
      await front.close();
      if (options.path === undefined) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** The environment as plain methods, so that a test can put another one in the place of one. */
function methodsOf(environment: Environment): Environment {
  return {
    name: environment.name,
    get: (key) => environment.get(key), range: (options) => environment.range(options), count: (options) => environment.count(options), refresh: () => environment.refresh(),
    write: (batch) => environment.write(batch), writeNow: (batch) => environment.writeNow(batch), flush: () => environment.flush(), onCommit: (listener) => environment.onCommit(listener),
    health: () => environment.health(), close: () => environment.close(),
  };
}
