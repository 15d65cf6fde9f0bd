/** A watch room over real environments in one thread, with sockets that keep what a client would: the patched state of each topic. */
import * as assert from 'uvu/assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executionId, taskRunId } from '../../core/protocol/ids.ts';
import type { ExecutionRow, TaskRunRow } from '../../core/protocol/entities/execution.ts';
import type { StateType } from '../../core/protocol/states.ts';
import type { Cursor, PatchNotification, WatchAnswer } from '../../core/protocol/topics.ts';
import { applyPatch } from '../../core/protocol/patch.ts';
import type { Caller } from '../access/contract.ts';
import { fixedAmbient, type FixedAmbient } from '../ambient/index.ts';
import {
  createCounters, createFeed, createLogWriter, dayFormatter, deleteExecution, executionWrites, feedFrom, openEnvironment, taskRunWrite,
  type Counters, type Environment, type FlowRecord, type LogWriter, type Write,
} from '../store/index.ts';
import { frontKeys } from '../store/keys.ts';
import { createConsoleBoard, createWatch, readTopic, type ConsoleBoard, type PresenceSource, type Watch, type WatchSocket } from './index.ts';
import type { RoomParticipant } from './view.ts';

export const caller = (id: string, role: Caller['participant']['role'] = 'viewer'): Caller => ({
  participant: { id, name: id, kind: 'person', role, color: 1 }, tenant: 'main', door: 'rpc', credential: { type: 'session', id: `s-${id}` }, address: '127.0.0.1',
});

/** A client as the protocol asks for it: it checks `from`, applies patches, and holds nothing else. */
export class Client implements WatchSocket {
  readonly id: number;
  readonly caller: Caller;
  readonly subscribed = new Set<string>();
  readonly states = new Map<string, { value: unknown; cursor: Cursor }>();
  readonly frames: { readonly method: string; readonly topic: string; readonly seq?: number; readonly reason?: string }[] = [];
  buffered = 0;
  readonly #world: World;

  constructor(world: World, id: number, who: Caller) {
    this.#world = world;
    this.id = id;
    this.caller = who;
  }

  send(text: string): void {
    this.#receive(text);
  }

  bufferedBytes(): number {
    return this.buffered;
  }

  subscribe(topic: string): void {
    this.subscribed.add(topic);
  }

  unsubscribe(topic: string): void {
    this.subscribed.delete(topic);
  }

  published(topic: string, text: string): void {
    if (this.subscribed.has(topic)) this.#receive(text);
  }

  watch(topic: string, since?: Cursor): WatchAnswer {
    // Over the wire and back, as a client would have it.
    const answer: WatchAnswer = JSON.parse(JSON.stringify(this.#world.watch.watch(this, topic, since)));
    if (answer.type === 'state') this.states.set(topic, { value: answer.state, cursor: { epoch: answer.epoch, seq: answer.seq } });
    else for (const patch of answer.patches) this.#patch(patch);
    return answer;
  }

  cursor(topic: string): Cursor {
    return this.#entry(topic).cursor;
  }

  state<State>(topic: string): State {
    return this.#entry(topic).value as State;
  }

  /** The line breaks: nothing is received any more, what is known stays. */
  cut(): void {
    this.subscribed.clear();
    this.#world.watch.closed(this);
  }

  #entry(topic: string): { value: unknown; cursor: Cursor } {
    const entry = this.states.get(topic);
    if (entry === undefined) throw new Error(`${topic} is not watched`);
    return entry;
  }

  #receive(text: string): void {
    const { method, params } = JSON.parse(text);
    this.frames.push({ method, topic: params.topic, ...(params.seq === undefined ? {} : { seq: params.seq }), ...(params.reason === undefined ? {} : { reason: params.reason }) });
    if (method === 'patch') this.#patch(params);
    if (method === 'state') this.states.set(params.topic, { value: params.state, cursor: { epoch: params.epoch, seq: params.seq } });
  }

  #patch(patch: PatchNotification): void {
    const entry = this.#entry(patch.topic);
    assert.is(patch.epoch, entry.cursor.epoch, `${patch.topic}: a patch of another epoch`);
    assert.is(patch.from, entry.cursor.seq, `${patch.topic}: a gap`);
    assert.ok(patch.patch.length > 0, `${patch.topic}: an empty patch`);
    this.states.set(patch.topic, { value: applyPatch(entry.value, patch.patch), cursor: { epoch: patch.epoch, seq: patch.seq } });
  }
}

export interface World {
  readonly ambient: FixedAmbient;
  readonly front: Environment;
  readonly engine: Environment;
  readonly watch: Watch;
  readonly consoles: ConsoleBoard;
  readonly counters: Counters;
  readonly logs: LogWriter;
  readonly folder: string;
  /** Texts given to the publisher. */
  readonly published: string[];
  readonly rooms: ReturnType<PresenceSource['present']>[number][];
  /** `PARTICIPANT RESOURCE`, or `PARTICIPANT RESOURCE NAMESPACE` for one namespace alone -> why not. */
  readonly refusals: Map<string, string>;
  client(who?: Caller): Client;
  presenceChanged(room: string): void;
  revoke(participantId: string): void;
  commit(environment: 'front' | 'engine', writes: readonly Write[]): Promise<void>;
  fresh<State>(topic: string): State;
  close(): Promise<void>;
}

export async function createWorld(seed = 1): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'ensemble-watch-'));
  const ambient = fixedAmbient({ seed });
  const front = openEnvironment({ name: 'front', path: join(folder, 'front'), mode: 'write' });
  const engine = openEnvironment({ name: 'engine', path: join(folder, 'engine'), mode: 'write' });
  const logsFolder = join(folder, 'logs');
  const feed = createFeed();
  feedFrom(front, feed);
  feedFrom(engine, feed);
  const published: string[] = [];
  const clients: Client[] = [];
  const rooms: World['rooms'] = [];
  const refusals = new Map<string, string>();
  const presenceListeners = new Set<(room: string) => void>();
  let onRevoked: (revoked: { readonly participantId: string }) => void = () => {};
  const present = {
    present: () => rooms,
    onPresence: (listener: (room: string) => void) => {
      presenceListeners.add(listener);
      return () => void presenceListeners.delete(listener);
    },
  };
  const consoles = createConsoleBoard({ present, timers: ambient.timers });
  const sources = { front, engine, logs: logsFolder, ambient, present, consoles };
  const watch = createWatch({
    ...sources, feed,
    publisher: {
      publish: (topic, text) => {
        published.push(text);
        for (const client of clients) client.published(topic, text);
      },
    },
    access: {
      refusal: (who, permission, namespace) => {
        const what = `${who.participant.id} ${permission === 'open' ? 'open' : permission.resource}`;
        // Who is refused in one namespace may not everywhere, but in each of the others.
        const narrow = [...refusals].find(([refused]) => refused.startsWith(`${what} `));
        return refusals.get(what) ?? (namespace === undefined ? narrow?.[1] : refusals.get(`${what} ${namespace}`));
      },
      onRevoked: (listener) => {
        onRevoked = listener;
        return () => {};
      },
    },
  });
  const world: World = {
    ambient, front, engine, watch, consoles, folder: logsFolder, published, rooms, refusals,
    counters: createCounters(engine, { dayOf: dayFormatter('UTC') }),
    logs: createLogWriter(engine, logsFolder),
    client: (who = caller('ana')) => {
      const client = new Client(world, clients.length + 1, who);
      clients.push(client);
      return client;
    },
    presenceChanged: (room) => { for (const listener of presenceListeners) listener(room); },
    revoke: (participantId) => onRevoked({ participantId }),
    commit: async (environment, writes) => {
      await (environment === 'front' ? front : engine).write(writes).committed;
    },
    fresh: <State>(topic: string) => JSON.parse(JSON.stringify(readTopic(sources, 'main', topic))) as State,
    close: async () => {
      watch.close();
      consoles.close();
      world.logs.close();
      await front.close();
      await engine.close();
      assert.is(ambient.pending(), 0, 'the watch room left timers behind');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

export const present = (name: string, over: Partial<RoomParticipant> = {}): RoomParticipant => ({ id: name.toLowerCase(), name, kind: 'person', color: 3, enteredAtMs: 1, ...over });
export const execution = (number: number, over: Partial<ExecutionRow> = {}): ExecutionRow => ({
  number, id: executionId(`exec${number}`), tenant: 'main', namespace: 'company', flowId: 'hello', flowRevision: 1, labels: [],
  histories: [{ state: 'CREATED', atMs: Date.UTC(2026, 0, 1) + number }], originalId: executionId(`exec${number}`),
  metadata: { attemptNumber: 1, originalCreatedAtMs: Date.UTC(2026, 0, 1) }, ...over,
});
export const moved = <Row extends ExecutionRow | TaskRunRow>(row: Row, state: StateType): Row => ({ ...row, histories: [...row.histories, { state, atMs: (row.histories.at(-1)?.atMs ?? 0) + 1000 }] });
export const taskRun = (execution: ExecutionRow, position: number, over: Partial<TaskRunRow> = {}): TaskRunRow => ({
  id: taskRunId(`${execution.id}-t${position}`), position, taskId: `task${position}`, histories: [{ state: 'CREATED', atMs: 1 }], ...over,
});
export const flow = (id: string, over: Partial<FlowRecord> = {}): FlowRecord => ({
  tenant: 'main', namespace: 'company', id, birth: `b-${id}`, revision: 1, deleted: false, disabled: false, labels: [], triggers: [], inputCount: 0, taskTypes: [], draft: false,
  updatedAtMs: 1, authors: [], ...over,
});
export const flowWrite = (record: FlowRecord): Write => ({ type: 'put', key: frontKeys.flow('main', record.namespace, record.id), value: record });

/** The writes of an execution's change as the engine's writer makes them, counters included. */
export function changeWrites(world: World, before: ExecutionRow | undefined, after: ExecutionRow): Write[] {
  world.counters.moved(before, after);
  return [...executionWrites(before, after), ...world.counters.take()];
}
export function deletionWrites(world: World, row: ExecutionRow): Write[] {
  world.counters.moved(row, undefined);
  return [...deleteExecution(world.engine, row, { logs: true, metrics: true }), ...world.counters.take()];
}
export { taskRunWrite };
