/** Opens and unloads rooms, ticks for all of them, and puts publishing beside them. */
import type { LanguageLevel, PluginDefault, TypeCatalog } from '../../core/language/model.ts';
import type { AuditEntry } from '../../core/protocol/entities/participant.ts';
import { notFound } from '../../core/protocol/errors.ts';
import type { Access } from '../access/contract.ts';
import type { Ambient, Cancel } from '../ambient/index.ts';
import type { Environment } from '../store/contract.ts';
import type { AppendLog } from '../store/index.ts';
import { loadFlowRecord, loadRevision, type FlowRecord } from '../store/tables/flows.ts';
import { blame } from './blame.ts';
import { awarenessIntervalMs } from './awareness.ts';
import { Commits } from './commits.ts';
import type { Documents, FlowAddress, Joined, SyncSocket } from './contract.ts';
import { createFlowParser, type FlowParser } from './flow-parser.ts';
import { FlowRoom } from './flow-room.ts';
import { PresenceRoom } from './presence-room.ts';
import { Publishing, flowWrite, type Committed } from './publishing.ts';
import { withoutCarriageReturns } from './ranges.ts';
import type { Refusal, Room, RoomHouse } from './room.ts';
import { openTypingLog } from './typing-log.ts';

export interface DocumentsOptions {
  readonly front: Environment;
  /** Beside the front's environment; closed by `close`. */
  readonly typing: AppendLog;
  readonly access: Access & {
    /** Somebody has another name or role: their sockets open anew, so that what others see of them is true. */
    readonly onChanged?: (listener: (changed: { readonly participantId: string }) => void) => () => void;
  };
  readonly catalog: TypeCatalog;
  readonly level: LanguageLevel;
  readonly globalDefaults: readonly PluginDefault[];
  readonly ambient: Ambient;
  /** The transport's own publish to everybody who is subscribed to the room's name: one frame, encoded once. */
  readonly publishSync: (room: string, frame: Uint8Array, exceptSocketId?: number) => void;
  readonly audit: (entry: Omit<AuditEntry, 'id' | 'at'>) => void;
  /** A flow's header or revision is on the disk. */
  readonly onFlowCommitted: (change: Committed) => void;
  /** A document is ahead of a disk that failed: the process has to end. */
  readonly fatal: (error: unknown) => void;
  /** Tests put their own here. */
  readonly parser?: FlowParser;
}

/** Diagnostics follow the first keystroke by this much, so a burst is checked once and everybody knows within 300 ms. */
const checkDelayMs = 160;
const tickMs = 1000;
/** A room without sockets is unloaded after this. */
const unloadMs = 10_000;
/** What awareness carries: more helps nobody, and stock clients hold it for each tab. */
const announcedDiagnosticsMax = 50;
const pageNameCharsMax = 300;

type RoomAddress =
  | { readonly type: 'flow'; readonly name: string; readonly address: FlowAddress }
  | { readonly type: 'presence'; readonly name: string; readonly tenant: string };

/** `[/sync/]{tenant}/flow/{namespace}/{id}` and `[/sync/]{tenant}/presence/{page}`. */
function parseRoom(room: string): RoomAddress | undefined {
  const path = room.replace(/^\/?(?:sync\/)?/, '');
  const parts = path.split('/');
  try {
    const [tenant, kind, ...rest] = parts.map((part) => decodeURIComponent(part));
    if (tenant === undefined || tenant === '' || kind === undefined) return undefined;
    if (kind === 'flow') {
      const [namespace, id, more] = rest;
      if (namespace === undefined || id === undefined || id === '' || more !== undefined) return undefined;
      return { type: 'flow', name: `${tenant}/flow/${namespace}/${id}`, address: { tenant, namespace, id } };
    }
    const page = rest.join('/');
    if (kind !== 'presence' || page === '' || page.length > pageNameCharsMax) return undefined;
    return { type: 'presence', name: `${tenant}/presence/${page}`, tenant };
  } catch {
    // A broken percent sign: there is no such room.
    return undefined;
  }
}

export function createDocuments(options: DocumentsOptions): Documents {
  const { front, access, ambient } = options;
  const parser = options.parser ?? createFlowParser({ catalog: options.catalog, level: options.level, globalDefaults: options.globalDefaults, logger: ambient.logger });
  const rooms = new Map<string, Room>();
  const presenceListeners = new Set<(room: string) => void>();
  const awarenessWaiting = new Set<Room>();
  const checksWaiting = new Set<FlowRoom>();
  const checksRunning = new Set<FlowRoom>();
  const announcers = new WeakMap<FlowRoom, number>();
  const typing = openTypingLog(options.typing, front);
  const commits = new Commits({ front, typing, ambient, fatal: options.fatal });
  let lastAwarenessMs = 0;
  let cancelAwareness: Cancel | undefined;
  let cancelCheck: Cancel | undefined;
  let closed = false;
  let refusedUpdates = 0;
  let updates = 0;
  let deliveries = 0;
  let droppedByUnloaded = 0;

  // ---- awareness: one timer for all rooms

  const relayAwareness = (): void => {
    cancelAwareness = undefined;
    lastAwarenessMs = ambient.clock.nowMs();
    const waiting = [...awarenessWaiting];
    awarenessWaiting.clear();
    for (const room of waiting) room.relayAwareness();
  };
  const awarenessWaits = (room: Room): void => {
    awarenessWaiting.add(room);
    cancelAwareness ??= ambient.timers.after(Math.max(0, lastAwarenessMs + awarenessIntervalMs - ambient.clock.nowMs()), relayAwareness);
  };

  const house: RoomHouse = {
    access, ambient, publishSync: options.publishSync, awarenessWaits,
    refused: ({ caller, room, code, reason }: Refusal) => {
      refusedUpdates += 1;
      ambient.logger.warn('A sync socket was refused', { room, participant: caller.participant.id, code, reason });
      const { id, name, kind } = caller.participant;
      options.audit({ participant: { id, name, kind }, operation: 'documents.refused', door: 'sync', subject: { room }, outcome: 'refused', reason: `${code}: ${reason}`, address: caller.address });
    },
    presenceChanged: (room) => {
      for (const listener of presenceListeners) listener(room);
    },
    delivered: (count) => {
      deliveries += count;
    },
  };

  // ---- diagnostics: one timer for all rooms

  const changed = (room: FlowRoom): void => {
    checksWaiting.add(room);
    cancelCheck ??= ambient.timers.after(checkDelayMs, runChecks);
  };
  const runChecks = (): void => {
    cancelCheck = undefined;
    const waiting = [...checksWaiting];
    checksWaiting.clear();
    for (const room of waiting) {
      // A long text may still be with the thread: its next check follows that one.
      if (checksRunning.has(room)) changed(room);
      else void check(room).catch((error: unknown) => ambient.logger.error('A draft could not be checked', { room: room.name, error }));
    }
  };
  const check = async (room: FlowRoom): Promise<void> => {
    if (closed || rooms.get(room.name) !== room) return;
    checksRunning.add(room);
    room.uses += 1;
    try {
      const { source, ranges, changes } = await room.whenCommitted(() => room.snapshot());
      room.diagnostics = blame(await parser.diagnose(source), ranges, changes);
      announce(room);
      const differs = room.record.revision === 0 || source !== room.baseSource;
      // While it waits for its turn a publish may have written the header anew: only the flag is taken from here.
      if (!room.record.deleted && differs !== room.record.draft && source === room.source()) {
        room.record = { ...room.record, draft: differs };
        await room.commit([flowWrite(room.record)]);
        options.onFlowCommitted({ record: room.record, revision: undefined, commit: commits.lastNumber });
      }
    } finally {
      room.uses -= 1;
      checksRunning.delete(room);
    }
  };
  /** The server's own entry among the awareness states: stock clients ignore the fields that they do not know. */
  const announce = (room: FlowRoom): void => {
    let clientId = announcers.get(room);
    if (clientId === undefined) {
      const bytes = ambient.ids.bytes(4);
      clientId = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0);
      announcers.set(room, clientId);
    }
    const differs = room.record.revision === 0 || room.source() !== room.baseSource;
    room.awareness.announce(clientId, {
      server: true,
      diagnostics: room.diagnostics.slice(0, announcedDiagnosticsMax),
      revision: room.record.revision,
      differs,
      hunkCount: differs ? room.hunks().length : 0,
    });
    awarenessWaits(room);
  };

  // ---- rooms

  const loadedRoom = ({ tenant, namespace, id }: FlowAddress): FlowRoom | undefined => {
    const room = rooms.get(`${tenant}/flow/${namespace}/${id}`);
    return room instanceof FlowRoom ? room : undefined;
  };
  const openFlowRoom = (record: FlowRecord, fresh: boolean): FlowRoom => {
    const loaded = loadedRoom(record);
    if (loaded !== undefined && loaded.record.birth === record.birth) return loaded;
    if (loaded !== undefined) forget(loaded);
    const latest = record.revision === 0 ? undefined : loadRevision(front, record.tenant, record.namespace, record.id, record.revision);
    const room = new FlowRoom({
      name: `${record.tenant}/flow/${record.namespace}/${record.id}`, house, commits, reader: front, record,
      baseSource: withoutCarriageReturns(latest?.source ?? ''),
      changed,
      updated: () => {
        updates += 1;
      },
    });
    rooms.set(room.name, room);
    if (!fresh) changed(room);
    return room;
  };
  const forget = (room: Room): void => {
    if (rooms.get(room.name) === room) rooms.delete(room.name);
    awarenessWaiting.delete(room);
    droppedByUnloaded += room.awareness.dropped;
    if (room instanceof FlowRoom) {
      checksWaiting.delete(room);
      room.destroy();
    }
  };

  const tick = (): void => {
    const nowMs = ambient.clock.nowMs();
    for (const room of [...rooms.values()]) {
      room.tick(nowMs);
      if (room.emptyMs(nowMs) < unloadMs) continue;
      if (room instanceof FlowRoom) {
        if (!room.idle) continue;
        if (room.worthCompacting) {
          room.compact();
          continue;
        }
      }
      forget(room);
    }
  };
  const cancelTick = ambient.timers.every(tickMs, tick);

  const publishing = new Publishing({
    reader: front, access, ambient, parser, commits, room: openFlowRoom, loadedRoom, forget, announce,
    committed: options.onFlowCommitted,
  });

  const releaseRevoked = access.onRevoked(({ participantId, credentialId }) => {
    for (const room of rooms.values()) {
      const seats = room.seatsOf((caller) => caller.participant.id === participantId && (credentialId === undefined || caller.credential.id === credentialId));
      for (const seat of seats) room.close(seat, 4401, 'You are signed out here: sign in again to go on');
    }
  });

  const releaseChanged = access.onChanged?.(({ participantId }) => {
    for (const room of rooms.values()) for (const seat of room.seatsOf((caller) => caller.participant.id === participantId)) room.close(seat, 1012, 'Your name or role has changed');
  });

  const recordOf = (address: FlowAddress): FlowRecord => {
    const record = loadedRoom(address)?.record ?? loadFlowRecord(front, address.tenant, address.namespace, address.id);
    if (record === undefined || record.deleted) throw notFound(`flow ${address.namespace}.${address.id}`);
    return record;
  };

  const join = (path: string, socket: SyncSocket, birth: string | undefined): Joined => {
    const refused = (code: number, reason: string): Joined => ({ type: 'refused', code, reason });
    if (closed) return refused(1012, 'The server is restarting');
    if (commits.failure !== undefined) return refused(4503, 'The server cannot write to its disk');
    const address = parseRoom(path);
    if (address === undefined) return refused(4404, `There is no document at ${path.slice(0, 200)}`);
    let room: Room;
    if (address.type === 'flow') {
      const { tenant, namespace, id } = address.address;
      if (socket.caller.tenant !== tenant) return refused(4403, `You are signed in to "${socket.caller.tenant}", not to "${tenant}"`);
      const reason = access.refusal(socket.caller, { resource: 'flow', action: 'read' }, namespace);
      if (reason !== undefined) return refused(4403, reason);
      const record = loadedRoom(address.address)?.record ?? loadFlowRecord(front, tenant, namespace, id);
      if (record === undefined || record.deleted) return refused(4404, `There is no flow ${namespace}.${id}`);
      // A deleted flow that was created anew is another document: an old offline copy must not merge into it.
      if (birth !== undefined && birth !== '' && birth !== record.birth) return refused(4404, `Flow ${namespace}.${id} was deleted and created anew: this copy belongs to the old one`);
      room = openFlowRoom(record, false);
    } else {
      if (socket.caller.tenant !== address.tenant) return refused(4403, `You are signed in to "${socket.caller.tenant}", not to "${address.tenant}"`);
      const reason = access.refusal(socket.caller, 'open');
      if (reason !== undefined) return refused(4403, reason);
      const known = rooms.get(address.name);
      room = known ?? new PresenceRoom(address.name, house);
      if (known === undefined) rooms.set(address.name, room);
    }
    const seat = room.enter(socket);
    return {
      type: 'joined',
      room: room.name,
      seat: {
        receive: (frame) => room.receive(seat, frame),
        drained: () => {},
        leave: () => room.leave(seat),
      },
    };
  };

  return {
    join,
    create: (caller, source, createOptions) => publishing.create(caller, source, createOptions),
    replace: (caller, address, source, replaceOptions) => publishing.replace(caller, address, source, replaceOptions),
    publish: (caller, request) => publishing.publish(caller, request),
    discardDraft: (caller, request) => publishing.discardDraft(caller, request),
    restore: (caller, address, revision) => publishing.restore(caller, address, revision),
    setDisabled: (caller, address, disabled) => publishing.setDisabled(caller, address, disabled),
    remove: (caller, address) => publishing.remove(caller, address),
    draft: async (address) => {
      const room = openFlowRoom(recordOf(address), false);
      room.uses += 1;
      try {
        const read = await room.whenCommitted(() => ({
          snapshot: room.snapshot(), base: room.record.revision, baseSource: room.baseSource,
          hunks: room.hunks().map(({ baseFrom: _a, baseTo: _b, draftFrom: _c, draftTo: _d, ...hunk }) => hunk),
          differs: room.record.revision === 0 || room.source() !== room.baseSource, birth: room.record.birth,
        }));
        const { snapshot: { source, ranges, changes }, ...rest } = read;
        return { ...rest, source, ranges, diagnostics: blame(await parser.diagnose(source), ranges, changes) };
      } finally {
        room.uses -= 1;
      }
    },
    parse: (source) => parser.parse(source),
    lastCommit: () => commits.lastNumber,
    present: () => [...rooms.values()].map((room) => ({
      room: room.name,
      participants: room.present().map(({ participant: { id, name, kind, color }, enteredAtMs }) => ({ id, name, kind, color, enteredAtMs })),
    })).filter((entry) => entry.participants.length > 0),
    onPresence: (listener) => {
      presenceListeners.add(listener);
      return () => void presenceListeners.delete(listener);
    },
    figures: () => {
      let sockets = 0;
      let droppedAwareness = droppedByUnloaded;
      for (const room of rooms.values()) {
        sockets += room.socketCount;
        droppedAwareness += room.awareness.dropped;
      }
      return { rooms: rooms.size, sockets, droppedAwareness, refusedUpdates, updates, deliveries };
    },
    close: async () => {
      if (closed) return;
      closed = true;
      releaseRevoked();
      releaseChanged?.();
      cancelTick();
      cancelAwareness?.();
      cancelCheck?.();
      for (const room of rooms.values()) room.closeAll(1012, 'The server is restarting');
      await commits.drained();
      for (const room of [...rooms.values()]) forget(room);
      typing.close();
      await parser.close();
    },
  };
}
