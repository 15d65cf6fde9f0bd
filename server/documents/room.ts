/** What every room has: seats, awareness, an end. Rooms have no timers: one clock of the house ticks for all of them. */
import type { Participant } from '../../core/protocol/entities/participant.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { Access, Caller } from '../access/contract.ts';
import type { Ambient } from '../ambient/index.ts';
import { awayGraceMs, RoomAwareness, type ClientIds } from './awareness.ts';
import type { SyncSocket } from './contract.ts';
import { awarenessFrame, decodeFrame, deniedFrame, type SyncFrame } from './sync-frames.ts';

/** A refusal that the list of who did what remembers. */
export interface Refusal {
  readonly caller: Caller;
  readonly room: string;
  readonly code: number;
  readonly reason: string;
}

/** What rooms need of the house. */
export interface RoomHouse {
  readonly access: Access;
  readonly ambient: Ambient;
  readonly publishSync: (room: string, frame: Uint8Array, exceptSocketId?: number) => void;
  readonly refused: (refusal: Refusal) => void;
  /** Something waits for the awareness tick. */
  readonly awarenessWaits: (room: Room) => void;
  readonly presenceChanged: (room: string) => void;
  readonly delivered: (count: number) => void;
}

export interface Seat {
  readonly socket: SyncSocket;
  readonly enteredAtMs: number;
  open: boolean;
  /** Its first answer to our state vector has come: from now on a gap is a fault. */
  answered: boolean;
}

/** Somebody in a room, and when they came (last, if they have it open more than once): of several rooms the newest is where they are. */
export interface Present {
  readonly participant: Participant;
  readonly enteredAtMs: number;
}

/** Nobody is told something for so long: below the 30 s after which stock clients take a server for dead. */
const quietMsMax = 20_000;

export abstract class Room implements ClientIds {
  readonly name: string;
  readonly awareness: RoomAwareness;
  protected readonly house: RoomHouse;
  protected readonly seats = new Map<number, Seat>();
  readonly #lingering = new Map<number, Present & { readonly leftAtMs: number }>();
  #lastFrameMs: number;
  #emptySinceMs: number;

  constructor(name: string, house: RoomHouse) {
    this.name = name;
    this.house = house;
    this.awareness = new RoomAwareness(this);
    this.#lastFrameMs = house.ambient.clock.nowMs();
    this.#emptySinceMs = this.#lastFrameMs;
  }

  abstract ownerOf(clientId: number): string | undefined;
  abstract bind(clientId: number, participantId: string): void;
  protected abstract receiveSync(seat: Seat, frame: Exclude<SyncFrame, { readonly type: 'awareness' | 'queryAwareness' | 'broken' }>): void;
  protected abstract welcome(seat: Seat): void;

  enter(socket: SyncSocket): Seat {
    const seat: Seat = { socket, enteredAtMs: this.house.ambient.clock.nowMs(), open: true, answered: false };
    this.seats.set(socket.id, seat);
    this.house.presenceChanged(this.name);
    this.welcome(seat);
    const states = this.awareness.all();
    if (states.length > 0) socket.send(awarenessFrame(states));
    return seat;
  }

  receive(seat: Seat, bytes: Uint8Array): void {
    if (!seat.open) return;
    if (bytes.byteLength > limits.frameBytesMax) {
      this.refuse(seat, 4413, `a frame may have ${limits.frameBytesMax} bytes; this one has ${bytes.byteLength}`);
      return;
    }
    const frame = decodeFrame(bytes);
    switch (frame.type) {
      case 'broken':
        this.refuse(seat, 4400, `broken frame: ${frame.reason}`);
        break;
      case 'awareness':
        if (this.awareness.hear(seat.socket.id, seat.socket.caller.participant, frame.entries)) this.house.awarenessWaits(this);
        break;
      case 'queryAwareness':
        seat.socket.send(awarenessFrame(this.awareness.all()));
        break;
      case 'stateVector':
      case 'difference':
      case 'update':
        this.receiveSync(seat, frame);
        break;
      default:
        frame satisfies never;
    }
  }

  leave(seat: Seat): void {
    if (this.seats.get(seat.socket.id) !== seat) return;
    seat.open = false;
    this.seats.delete(seat.socket.id);
    const nowMs = this.house.ambient.clock.nowMs();
    this.awareness.left(seat.socket.id, nowMs);
    this.#lingering.set(seat.socket.id, { participant: seat.socket.caller.participant, enteredAtMs: seat.enteredAtMs, leftAtMs: nowMs });
    if (this.seats.size === 0) this.#emptySinceMs = nowMs;
  }

  /** Says why, then closes for good; the refusal is logged. */
  protected refuse(seat: Seat, code: number, reason: string): void {
    this.house.refused({ caller: seat.socket.caller, room: this.name, code, reason });
    this.close(seat, code, reason);
  }

  close(seat: Seat, code: number, reason: string): void {
    if (!seat.open) return;
    // A final code says no; others say "again", and nothing was denied.
    if (code >= 4400 && code < 4500) seat.socket.send(deniedFrame(reason));
    this.leave(seat);
    // A close frame's reason has at most 123 bytes.
    seat.socket.close(code, Buffer.from(reason).subarray(0, 120).toString('utf8').replace(/\uFFFD+$/, ''));
  }

  closeAll(code: number, reason: string): void {
    for (const seat of [...this.seats.values()]) this.close(seat, code, reason);
  }

  seatsOf(test: (caller: Caller) => boolean): Seat[] {
    return [...this.seats.values()].filter((seat) => test(seat.socket.caller));
  }

  protected broadcast(frame: Uint8Array, exceptSocketId?: number): void {
    if (this.seats.size === 0) return;
    if (exceptSocketId !== undefined && this.seats.has(exceptSocketId)) {
      if (this.seats.size === 1) return;
      // The excepted one hears nothing: the room does not count as heard.
      this.house.publishSync(this.name, frame, exceptSocketId);
      this.house.delivered(this.seats.size - 1);
      return;
    }
    this.#lastFrameMs = this.house.ambient.clock.nowMs();
    this.house.publishSync(this.name, frame);
    this.house.delivered(this.seats.size);
  }

  /** Relays what changed among the states, as one frame for all: the sender relies on its echo. */
  relayAwareness(): void {
    const entries = this.awareness.takeChanges();
    if (entries.length > 0) this.broadcast(awarenessFrame(entries));
  }

  /** Once a second. */
  tick(nowMs: number): void {
    for (const [socketId, { leftAtMs }] of this.#lingering) {
      if (nowMs - leftAtMs < awayGraceMs) continue;
      this.#lingering.delete(socketId);
      this.house.presenceChanged(this.name);
    }
    this.awareness.removeAway(nowMs);
    if (this.awareness.waiting) this.house.awarenessWaits(this);
    if (this.seats.size > 0 && nowMs - this.#lastFrameMs >= quietMsMax) this.broadcast(awarenessFrame(this.awareness.renewal()));
  }

  get socketCount(): number {
    return this.seats.size;
  }

  /** How long nobody has been here; 0 while somebody is, or may just be reconnecting. */
  emptyMs(nowMs: number): number {
    return this.seats.size > 0 || this.#lingering.size > 0 ? 0 : nowMs - this.#emptySinceMs;
  }

  present(): readonly Present[] {
    const byId = new Map<string, Present>();
    const add = (participant: Participant, enteredAtMs: number): void => {
      byId.set(participant.id, { participant, enteredAtMs: Math.max(enteredAtMs, byId.get(participant.id)?.enteredAtMs ?? 0) });
    };
    for (const { participant, enteredAtMs } of this.#lingering.values()) add(participant, enteredAtMs);
    // Seats last: they carry today's name.
    for (const seat of this.seats.values()) add(seat.socket.caller.participant, seat.enteredAtMs);
    return [...byId.values()];
  }
}
