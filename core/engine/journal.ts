/**
 * The journal of an execution: how it was born, then every event with what its step read of the world. The same events over the same
 * readings give the same rows, so `replay` needs nothing else. A step that read a secret keeps its decision (the rows) instead of what
 * it read: a secret's value never reaches the journal.
 */
import type { ExecutionRow, TaskRunRow } from '../protocol/entities/execution.ts';
import type { World } from '../expression/index.ts';
import type { Advance, EngineEvent } from './events.ts';
import { ExecutionState } from './execution-state.ts';
import type { FlowIndex } from './flow-index.ts';
import type { Lookup } from './lookup.ts';
import { step } from './step.ts';

/** What a reading is of: a function of the world by its name, or a new id. */
type Source = Exclude<keyof World, 'defaultTimeZone' | 'kvErrorOnMissing' | 'secret' | 'decrypt'> | 'newId';

export type Reading =
  | { readonly type: Source; readonly value: unknown }
  | { readonly type: Source; readonly error: string };

export type JournalEntry =
  | { readonly type: 'born'; readonly header: ExecutionRow; readonly rows: readonly TaskRunRow[]; readonly settings: Settings }
  /** Taken up from its rows, by a server that may be configured otherwise. */
  | { readonly type: 'configured'; readonly settings: Settings }
  /** A step was undone (it has asked the world): the state was made again from its rows. */
  | { readonly type: 'rebuilt' }
  | { readonly type: 'stepped'; readonly event: EngineEvent; readonly readings?: readonly Reading[] }
  | { readonly type: 'sealed'; readonly event: EngineEvent; readonly header?: ExecutionRow; readonly rows: readonly TaskRunRow[]; readonly removed: readonly string[] };

/** What expressions see of the server's configuration. `envs` and `globals` only for flows that speak of them. */
export interface Settings {
  readonly timeZone?: string;
  readonly kvErrorOnMissing?: boolean;
  readonly envs?: Readonly<Record<string, string>>;
  readonly globals?: Readonly<Record<string, unknown>>;
}

/** A longer text (of a file, of KV) is not copied into the journal: the decision is. */
const readingCharsMax = 16 * 1024;

export interface Recorder {
  /** The same lookup, listened to. */
  readonly lookup: Lookup;
  /** The entry of the step that has just been made, and a clean slate for the next. */
  entry(event: EngineEvent, advance: Extract<Advance, { type: 'advanced' }>, header: ExecutionRow): JournalEntry;
  /** Nothing of the last step is kept (it was ignored). */
  forget(): void;
}

export function settingsOf(lookup: Lookup, index: FlowIndex): Settings {
  const { defaultTimeZone, kvErrorOnMissing } = lookup.world;
  return {
    ...(defaultTimeZone === undefined ? {} : { timeZone: defaultTimeZone }),
    ...(kvErrorOnMissing === undefined ? {} : { kvErrorOnMissing }),
    ...(index.speaksOfSettings ? { envs: lookup.envs, globals: lookup.globals } : {}),
  };
}

export function createRecorder(lookup: Lookup): Recorder {
  let readings: Reading[] = [];
  let sealed = false;
  const seal = <Args extends readonly unknown[], Result>(call: (...args: Args) => Result) => (...args: Args): Result => {
    sealed = true;
    return call(...args);
  };
  const listen = <Args extends readonly unknown[], Result>(type: Source, call: (...args: Args) => Result) => (...args: Args): Result => {
    try {
      const value = call(...args);
      if (typeof value === 'string' ? value.length > readingCharsMax : typeof value === 'object' && value !== null && JSON.stringify(value).length > readingCharsMax) sealed = true;
      else if (!sealed) readings.push({ type, value });
      return value;
    } catch (error) {
      readings.push({ type, error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };
  const { world } = lookup;
  const listened: World = {
    nowMs: listen('nowMs', world.nowMs), random: listen('random', world.random), uuid: listen('uuid', world.uuid),
    ...(world.id === undefined ? {} : { id: listen('id', world.id) }),
    ...(world.defaultTimeZone === undefined ? {} : { defaultTimeZone: world.defaultTimeZone }),
    ...(world.kvErrorOnMissing === undefined ? {} : { kvErrorOnMissing: world.kvErrorOnMissing }),
    ...(world.secret === undefined ? {} : { secret: seal(world.secret) }),
    ...(world.decrypt === undefined ? {} : { decrypt: seal(world.decrypt) }),
    ...(world.kv === undefined ? {} : { kv: listen('kv', world.kv) }),
    ...(world.read === undefined ? {} : { read: listen('read', world.read) }),
    ...(world.fileSize === undefined ? {} : { fileSize: listen('fileSize', world.fileSize) }),
    ...(world.fileExists === undefined ? {} : { fileExists: listen('fileExists', world.fileExists) }),
    ...(world.fileURI === undefined ? {} : { fileURI: listen('fileURI', world.fileURI) }),
    ...(world.errorLogs === undefined ? {} : { errorLogs: listen('errorLogs', world.errorLogs) }),
    ...(world.encrypt === undefined ? {} : { encrypt: listen('encrypt', world.encrypt) }),
    ...(world.hash === undefined ? {} : { hash: listen('hash', world.hash) }),
    ...(world.http === undefined ? {} : { http: listen('http', world.http) }),
    ...(world.subflow === undefined ? {} : { subflow: listen('subflow', world.subflow) }),
  };
  return {
    lookup: {
      ...lookup, world: listened, newId: listen('newId', lookup.newId),
      decrypted: (value) => {
        const opened = lookup.decrypted(value);
        if (opened !== value) sealed = true;
        return opened;
      },
    },
    entry(event, advance, header) {
      const entry: JournalEntry = sealed
        ? { type: 'sealed', event, ...(advance.headerChanged ? { header } : {}), rows: advance.changed, removed: advance.removed.map((row) => row.id) }
        : { type: 'stepped', event, ...(readings.length === 0 ? {} : { readings }) };
      readings = [];
      sealed = false;
      return entry;
    },
    forget() {
      readings = [];
      sealed = false;
    },
  };
}

/** The journal does not tell of the same steps: another version of the engine, or a fault. */
export class ReplayError extends Error {}

/** The execution as it stood after these entries: the same rows, without a world. The first entry is its birth. */
export function replay(index: FlowIndex, entries: Iterable<JournalEntry>, code: Pick<Lookup, 'startOutputs' | 'limits'>): ExecutionState {
  let state: ExecutionState | undefined;
  let settings: Settings = {};
  let position = 0;
  for (const entry of entries) {
    if (entry.type === 'born') {
      state = new ExecutionState(index, entry.header, entry.rows);
      settings = entry.settings;
      position += 1;
      continue;
    }
    if (state === undefined) throw new ReplayError('a journal begins with the birth of its execution');
    switch (entry.type) {
      case 'configured':
        settings = entry.settings;
        state = fromRows(index, state);
        break;
      case 'rebuilt': state = fromRows(index, state); break;
      case 'sealed': {
        for (const id of entry.removed) state.remove(id);
        for (const row of entry.rows) state.put(row);
        if (entry.header !== undefined) state.header = entry.header;
        break;
      }
      case 'stepped': {
        const left = [...(entry.readings ?? [])];
        const advance = step(state, entry.event, toldLookup(left, settings, code));
        if (advance.type === 'ignored') throw new ReplayError(`entry ${position} (${entry.event.type}) is ignored: ${advance.reason}`);
        if (left.length > 0) throw new ReplayError(`entry ${position} (${entry.event.type}) has ${left.length} readings that its step did not ask for`);
        break;
      }
    }
    position += 1;
  }
  if (state === undefined) throw new ReplayError('the journal is empty');
  return state;
}

/** What a state remembers beside its rows (hints where to look next) was gone then, too. */
const fromRows = (index: FlowIndex, state: ExecutionState): ExecutionState => new ExecutionState(index, state.header, state.ordered());

/** A lookup that answers what was read then, in the same order. */
function toldLookup(left: Reading[], settings: Settings, code: Pick<Lookup, 'startOutputs' | 'limits'>): Lookup {
  /** What was recorded was read through a function of the same type. */
  const told = <Result>(type: Source) => (): Result => {
    const next = left.shift();
    if (next?.type !== type) throw new ReplayError(`the step asks for \`${type}\`, the journal has \`${next?.type ?? 'nothing'}\``);
    if ('error' in next) throw new Error(next.error);
    return next.value as Result;
  };
  return {
    world: {
      nowMs: told('nowMs'), random: told('random'), uuid: told('uuid'), id: told('id'), kv: told('kv'), read: told('read'), fileSize: told('fileSize'),
      fileExists: told('fileExists'), fileURI: told('fileURI'), encrypt: told('encrypt'), hash: told('hash'), http: told('http'), subflow: told('subflow'),
      errorLogs: told('errorLogs'),
      ...(settings.timeZone === undefined ? {} : { defaultTimeZone: settings.timeZone }),
      ...(settings.kvErrorOnMissing === undefined ? {} : { kvErrorOnMissing: settings.kvErrorOnMissing }),
    },
    envs: settings.envs ?? {}, globals: settings.globals ?? {}, newId: told('newId'), decrypted: (value) => value, ...code,
  };
}
