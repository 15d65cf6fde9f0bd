/**
 * Who is where in a room, relayed and never stored. An entry belongs to the participant who first announced its client id; entries
 * for somebody else are dropped and counted, their sender stays (stock clients repeat what they know of others). The server writes
 * `user` itself and owns one entry, which tells diagnostics.
 */
import type { Participant } from '../../core/protocol/entities/participant.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { AwarenessEntry } from './sync-frames.ts';

/** An entry of a closed socket waits this long: a short reconnect neither flickers nor hides anybody. */
export const awayGraceMs = 4000;
/** A client may say more often; what is relayed is merged to this. */
export const awarenessIntervalMs = 50;

interface Entry {
  /** What the client said. */
  clock: number;
  /** What others are told; never behind it. */
  shownClock: number;
  json: string;
  /** What the client said last, not yet looked at. */
  heard: string | undefined;
  participant: Participant;
  socketId: number;
  leftAtMs: number | undefined;
}

/** The room's table of client ids: the same one binds Yjs structs. */
export interface ClientIds {
  ownerOf(clientId: number): string | undefined;
  bind(clientId: number, participantId: string): void;
}

export class RoomAwareness {
  readonly #entries = new Map<number, Entry>();
  readonly #changed = new Set<number>();
  readonly #gone: AwarenessEntry[] = [];
  readonly #idsOfSocket = new Map<number, Set<number>>();
  readonly #clientIds: ClientIds;
  #serverEntry: { readonly clientId: number; clock: number; json: string } | undefined;
  #serverChanged = false;
  dropped = 0;

  constructor(clientIds: ClientIds) {
    this.#clientIds = clientIds;
  }

  /** Answers whether there is something to relay. */
  hear(socketId: number, participant: Participant, entries: readonly AwarenessEntry[]): boolean {
    for (const entry of entries) if (!this.#hearOne(socketId, participant, entry)) this.dropped += 1;
    return this.#changed.size > 0 || this.#gone.length > 0;
  }

  #hearOne(socketId: number, participant: Participant, { clientId, clock, json }: AwarenessEntry): boolean {
    if (clientId === this.#serverEntry?.clientId) return clock <= this.#serverEntry.clock && json !== 'null';
    const owner = this.#clientIds.ownerOf(clientId);
    const known = this.#entries.get(clientId);
    // Stock clients repeat what they hear of others: a repetition that would change nothing is dropped without a count.
    if (owner !== undefined && owner !== participant.id) return known !== undefined && clock <= known.shownClock && json !== 'null';
    if (Buffer.byteLength(json) > limits.awarenessBytesMax) return false;
    if (known === undefined && json === 'null') return true;
    if (owner === undefined || known === undefined) {
      const ids = this.#idsOfSocket.get(socketId) ?? new Set<number>();
      if (!ids.has(clientId) && ids.size >= limits.awarenessIdsPerSocketMax) return false;
      ids.add(clientId);
      this.#idsOfSocket.set(socketId, ids);
      if (owner === undefined) this.#clientIds.bind(clientId, participant.id);
    }
    if (known === undefined) {
      this.#entries.set(clientId, { clock, shownClock: Math.max(1, clock), json: '', heard: json, participant, socketId, leftAtMs: undefined });
      this.#changed.add(clientId);
      return true;
    }
    // A reconnected client repeats its clock: it is back, and there is nothing new to tell.
    if (known.leftAtMs !== undefined && clock >= known.clock && json !== 'null') {
      known.leftAtMs = undefined;
      known.socketId = socketId;
      if (!sameUser(known.participant, participant)) {
        // Back with another name or role: others have to be told, under a number that they do not know yet.
        known.participant = participant;
        known.heard = json;
        known.shownClock += 1;
        this.#changed.add(clientId);
      }
    }
    if (json === 'null' && clock >= known.clock) {
      this.#remove(clientId, Math.max(clock, known.shownClock));
      return true;
    }
    // The sender relies on an echo, also when it says nothing new; another tab of the same person only repeats.
    if (clock > known.clock || known.socketId === socketId) this.#changed.add(clientId);
    if (clock <= known.clock) return true;
    // Stock clients ignore a first state with clock 0, which is what a fresh client says, so it is shown as 1. Until the sender has
    // adopted that from its echo, what it says next must not be shown under a number that others know already.
    known.shownClock = known.json === '' || json === known.json ? Math.max(1, clock, known.shownClock) : Math.max(clock, known.shownClock + 1);
    known.clock = clock;
    known.heard = json;
    known.participant = participant;
    known.socketId = socketId;
    return true;
  }

  #remove(clientId: number, clock: number): void {
    this.#entries.delete(clientId);
    this.#changed.delete(clientId);
    this.#gone.push({ clientId, clock, json: 'null' });
  }

  /** The server's own entry: the same for everybody, renewed before clients forget it. */
  announce(clientId: number, state: Readonly<Record<string, unknown>>): void {
    const json = JSON.stringify(state);
    if (this.#serverEntry === undefined) this.#serverEntry = { clientId, clock: 1, json };
    else {
      if (this.#serverEntry.json === json) return;
      this.#serverEntry.clock += 1;
      this.#serverEntry.json = json;
    }
    this.#serverChanged = true;
  }

  /** What a quiet room says so that nobody takes the server for dead: at least an empty list. */
  renewal(): readonly AwarenessEntry[] {
    if (this.#serverEntry === undefined) return [];
    this.#serverEntry.clock += 1;
    this.#serverChanged = false;
    return [{ ...this.#serverEntry }];
  }

  get waiting(): boolean {
    return this.#changed.size > 0 || this.#gone.length > 0 || this.#serverChanged;
  }

  /** What changed since the last call, as one frame's entries. */
  takeChanges(): readonly AwarenessEntry[] {
    const entries: AwarenessEntry[] = this.#gone.splice(0);
    for (const clientId of this.#changed) {
      const entry = this.#entries.get(clientId);
      if (entry !== undefined && this.#read(clientId, entry)) entries.push({ clientId, clock: entry.shownClock, json: entry.json });
    }
    this.#changed.clear();
    if (this.#serverChanged && this.#serverEntry !== undefined) entries.push({ ...this.#serverEntry });
    this.#serverChanged = false;
    return entries;
  }

  all(): readonly AwarenessEntry[] {
    const entries: AwarenessEntry[] = [];
    for (const [clientId, entry] of this.#entries) if (this.#read(clientId, entry)) entries.push({ clientId, clock: entry.shownClock, json: entry.json });
    if (this.#serverEntry !== undefined) entries.push({ ...this.#serverEntry });
    return entries;
  }

  /** Parses what was heard last, once, however often it was said; the parsed state carries the server's `user`. */
  #read(clientId: number, entry: Entry): boolean {
    if (entry.heard === undefined) return entry.json !== '';
    const state = parseState(entry.heard);
    entry.heard = undefined;
    if (state === undefined) {
      this.dropped += 1;
      if (entry.json === '') this.#entries.delete(clientId);
      return entry.json !== '';
    }
    const { id, name, color, kind, role } = entry.participant;
    // `server` would pass for the server's own entry.
    const { server: _server, diagnostics: _diagnostics, ...own } = state;
    entry.json = JSON.stringify({ ...own, user: { id, name, color, kind, role } });
    return true;
  }

  left(socketId: number, nowMs: number): void {
    this.#idsOfSocket.delete(socketId);
    for (const entry of this.#entries.values()) if (entry.socketId === socketId) entry.leftAtMs = nowMs;
  }

  /** Removes with the *same* clock: a client that is still there answers with a higher one. */
  removeAway(nowMs: number): void {
    for (const [clientId, entry] of this.#entries) {
      if (entry.leftAtMs !== undefined && nowMs - entry.leftAtMs >= awayGraceMs) this.#remove(clientId, entry.shownClock);
    }
  }

  get size(): number {
    return this.#entries.size;
  }
}

const sameUser = (left: Participant, right: Participant): boolean => left.name === right.name && left.role === right.role && left.color === right.color;

function parseState(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not JSON: the entry is dropped and counted by the caller.
    return undefined;
  }
}
