/**
 * One LMDB environment behind the store's contract. Architecture invariant: only this folder knows LMDB.
 *
 * Group commit: what is queued in one turn of the loop is one transaction, and while it is on its way the next one collects by
 * itself. A batch passes three states: collecting -> committing (at most one) -> committed, not yet flushed (a few). It is committed
 * as soon as readers see it, which lmdb tells before its fdatasync (docs/decisions/0001-commit-and-flush.md); flushed when lmdb's own
 * promises have settled, which is after the fdatasync. A failed commit leaves memory ahead of the disk, so the environment refuses
 * every later write with the same sentence and goes on reading.
 */
import { ABORT, asBinary, open, type Database, type RootDatabase } from 'lmdb';
import { existsSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Commit, Entry, Environment, Key, RangeOptions, Write } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { rowFields } from './row-fields.ts';

export interface EnvironmentOptions {
  readonly name: 'front' | 'engine';
  /** The environment's own folder. */
  readonly path: string;
  /** `write`: the one writing thread; it creates what is missing. `read`: another thread; the folder must be there. */
  readonly mode: 'write' | 'read';
  /** The file may not grow beyond this; what would pass it is refused. Default: as large as the disk. */
  readonly mapSizeBytes?: number;
  /**
   * Committed batches whose sync may be under way when the next one begins. Each holds one thread of libuv's pool, which all threads
   * of the process share. lmdb lets two overlap (decision 0001): one syncs, one is visible and waits for its turn. Default: 2 for
   * `front`, so that a keystroke does not wait for the sync of the one before; 1 for `engine`, whose answers wait for the sync anyway.
   */
  readonly unflushedBatchesMax?: number;
}

/** The commit number lives in the environment itself, in the same transaction as what it counts. */
export const commitKey: Key = ['meta', 'commit'];

/** Never written. */
const nothingKey: Key = ['meta', 'nothing'];
/** To wait a moment inside `writeNow`. */
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Address space for the map, not memory or disk: below it, growing needs no new map under running readers. */
const initialMapBytes = 1024 ** 3;
const keyBytesMax = 1978;
/** Above every element of a key, so that `[...prefix, highest]` ends a prefix. */
const highest = Buffer.from([0xff]);

type Stored = Database<unknown, (string | number | Buffer)[]>;

/** Encoded when it was queued: a value that cannot be encoded fails its own caller, and later changes of the object do not matter. */
interface EncodedWrite {
  readonly key: (string | number)[];
  /** Undefined: remove. */
  readonly bytes: Uint8Array | undefined;
}

interface Batch {
  readonly writes: EncodedWrite[];
  readonly keys: Key[];
  state: 'collecting' | 'committing' | 'committed' | 'flushed' | 'failed';
  readonly number: number;
  readonly committed: Deferred<Commit>;
  readonly flushed: Deferred<void>;
}

interface Deferred<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
  readonly reject: (error: Error) => void;
}

function deferred<Value>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<Value>((good, bad) => {
    resolve = good;
    reject = bad;
  });
  // Many callers wait for only one of a batch's two promises, or for none; the failure itself stays visible in `health`.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

export function openEnvironment(options: EnvironmentOptions): Environment {
  if (options.mode === 'read' && !existsSync(join(options.path, 'data.mdb'))) {
    throw new StoreError('failed', `The ${options.name} environment cannot be read: there is no data.mdb in "${options.path}". Its writer has to open it first.`);
  }
  let database: RootDatabase<unknown, (string | number | Buffer)[]>;
  const settings = {
    path: options.path,
    noSubdir: false,
    maxDbs: 1,
    maxReaders: 126,
    mapSize: initialMapBytes,
    encoding: 'msgpack',
    sharedStructuresKey: Symbol.for('structures'),
    // Our own queue batches a turn; lmdb's would add one more turn.
    eventTurnBatching: false,
    separateFlushed: true,
    commitDelay: 0,
    txnStartThreshold: 0.5,
    shouldShareStructure: (fields: readonly string[]): boolean => fields.every((field) => rowFields.has(field)),
  } as const;
  try {
    // overlappingSync is lmdb's own order of writes that never breaks the file on loss of power; a reader finds it set.
    database = open<unknown, (string | number | Buffer)[]>(options.mode === 'write' ? { ...settings, overlappingSync: true } : { ...settings, readOnly: true });
  } catch (error) {
    throw new StoreError('failed', `The ${options.name} environment in "${options.path}" cannot be opened: ${messageOf(error)}. Restore it from a backup, or move it away to begin anew.`, { cause: error });
  }
  return new LmdbEnvironment(options, database);
}

class LmdbEnvironment implements Environment {
  readonly name: 'front' | 'engine';
  readonly #options: EnvironmentOptions;
  readonly #database: Stored;
  readonly #unflushedMax: number;
  readonly #listeners = new Set<(commit: Commit) => void>();
  #number: number;
  #collecting: Batch | undefined;
  #committing: Batch | undefined;
  readonly #unflushed = new Set<Batch>();
  #scheduled = false;
  #failure: StoreError | undefined;
  #state: 'open' | 'closing' | 'closed' = 'open';

  constructor(options: EnvironmentOptions, database: Stored) {
    this.name = options.name;
    this.#options = options;
    this.#unflushedMax = options.unflushedBatchesMax ?? (options.name === 'front' ? 2 : 1);
    this.#database = database;
    this.#number = this.#storedNumber();
    if (options.mode === 'write') this.#listenForVisible();
  }

  get<Value>(key: Key): Value | undefined {
    // The table that reads a key is the one that wrote it: `tables/` gives the type.
    return this.#database.get([...key]) as Value | undefined;
  }

  range<Value>(options: RangeOptions): Iterable<Entry<Value>> {
    const found = this.#database.getRange(rangeOf(options));
    return found as unknown as Iterable<Entry<Value>>;
  }

  count(options: RangeOptions): number {
    return this.#database.getKeysCount(rangeOf(options));
  }

  refresh(): void {
    this.#database.resetReadTxn();
  }

  write(batch: readonly Write[]): { readonly committed: Promise<Commit>; readonly flushed: Promise<void> } {
    let encoded: readonly EncodedWrite[];
    try {
      encoded = this.#encode(batch);
    } catch (error) {
      const refused = deferred<never>();
      refused.reject(error instanceof Error ? error : new Error(String(error)));
      return { committed: refused.promise, flushed: refused.promise };
    }
    this.#collecting ??= this.#newBatch();
    const collecting = this.#collecting;
    for (const write of encoded) collecting.writes.push(write);
    for (const write of batch) collecting.keys.push(write.key);
    this.#schedule();
    return { committed: collecting.committed.promise, flushed: collecting.flushed.promise };
  }

  writeNow(batch: readonly Write[]): Commit {
    const encoded = this.#encode(batch);
    // What was queued before comes first: it would otherwise overwrite newer rows.
    const earlier = this.#collecting;
    this.#collecting = undefined;
    const committing = this.#committing;
    this.#number += 1;
    const commit: Commit = { number: this.#number, keys: [...(earlier?.keys ?? []), ...batch.map((write) => write.key)] };
    try {
      for (;;) {
        const done = this.#database.transactionSync(() => {
          // The batch that is on its way to the writer thread has an older number and must land first.
          if (committing !== undefined && this.#storedNumber() < committing.number) return ABORT;
          for (const write of earlier?.writes ?? []) this.#apply(write);
          for (const write of encoded) this.#apply(write);
          void this.#database.put([...commitKey], commit.number);
          return true;
        });
        if (done === true) break;
        Atomics.wait(pause, 0, 0, 0.2);
      }
    } catch (error) {
      const failure = this.#fail(error);
      if (earlier !== undefined) this.#settleFailed(earlier, failure);
      throw failure;
    }
    if (committing !== undefined) this.#becomeCommitted(committing);
    if (earlier !== undefined) {
      earlier.state = 'flushed';
      earlier.committed.resolve(commit);
      earlier.flushed.resolve();
    }
    this.#publish(commit);
    return commit;
  }

  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const waiting = [...this.#unflushed, this.#committing, this.#collecting];
    for (const batch of waiting) await batch?.flushed.promise;
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  health(): { readonly state: 'writable' } | { readonly state: 'readOnly'; readonly reason: string } {
    return this.#failure === undefined ? { state: 'writable' } : { state: 'readOnly', reason: this.#failure.message };
  }

  async close(): Promise<void> {
    if (this.#state !== 'open') throw new Error(`the ${this.name} environment was closed twice`);
    this.#state = 'closing';
    if (this.#failure !== undefined) {
      // lmdb's own close waits for the sync of the commit that failed, for ever. The file is whole; the process's end unmaps it.
      this.#state = 'closed';
      return;
    }
    try {
      await this.flush();
    } finally {
      this.#state = 'closed';
      if (this.health().state === 'writable') await this.#database.close();
    }
  }

  #storedNumber(): number {
    return this.get<number>(commitKey) ?? 0;
  }

  #encode(batch: readonly Write[]): readonly EncodedWrite[] {
    const refusal = this.#refusal() ?? refusalOfKeys(this.name, batch);
    if (refusal !== undefined) throw refusal;
    const encoder = encoderOf(this.#database);
    return batch.map((write) => ({ key: [...write.key], bytes: write.type === 'put' ? encoder.encode(write.value) : undefined }));
  }

  #refusal(): StoreError | undefined {
    if (this.#failure !== undefined) return this.#failure;
    if (this.#state !== 'open') return new StoreError('closed', `The ${this.name} environment is closed; nothing can be written any more.`);
    if (this.#options.mode === 'read') return new StoreError('failed', `The ${this.name} environment is open for reading in this thread; only its own thread writes.`);
    return undefined;
  }

  #newBatch(): Batch {
    return { writes: [], keys: [], state: 'collecting', number: 0, committed: deferred(), flushed: deferred() };
  }

  #schedule(): void {
    if (this.#scheduled || this.#committing !== undefined || this.#unflushed.size >= this.#unflushedMax) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#begin();
    });
  }

  #begin(): void {
    const collected = this.#collecting;
    if (collected === undefined || this.#committing !== undefined || this.#unflushed.size >= this.#unflushedMax) return;
    this.#collecting = undefined;
    this.#number += 1;
    const batch: Batch = { ...collected, state: 'committing', number: this.#number };
    const tooLarge = this.#mapRefusal();
    if (tooLarge !== undefined) {
      this.#settleFailed(batch, this.#failWith(tooLarge));
      return;
    }
    this.#committing = batch;
    let written: Promise<boolean> & { readonly flushed?: Promise<boolean> };
    try {
      written = this.#database.batch(() => {
        for (const write of batch.writes) this.#apply(write);
        void this.#database.put([...commitKey], batch.number);
      });
      // lmdb starts its writer a turn later, or at once when a second operation is queued: removing nothing is the cheapest one.
      void this.#database.remove([...nothingKey]);
    } catch (error) {
      this.#settleFailed(batch, this.#fail(error));
      return;
    }
    const flushed = written.flushed;
    void written.then(async () => {
      // Settles after lmdb's fdatasync; the commit signal came before, or was dropped because both happened within one poll.
      this.#becomeCommitted(batch);
      await flushed;
      this.#becomeFlushed(batch);
    }).catch(async (error: unknown) => {
      this.#settleFailed(batch, this.#fail(await causeOf(error)));
    });
  }

  #apply(write: EncodedWrite): void {
    if (write.bytes === undefined) void this.#database.remove(write.key);
    else void this.#database.put(write.key, asBinary(write.bytes));
  }

  /**
   * lmdb calls the writer's callback with status 1 when a transaction is visible to readers and not yet synced; its own promises
   * settle only after the sync. The callback belongs to the batch that was committing when its writing was started.
   */
  #listenForVisible(): void {
    const handle = envOf(this.#database);
    const startWriting = handle?.startWriting;
    if (handle === undefined || startWriting === undefined) return;
    Object.defineProperty(handle, 'startWriting', {
      configurable: true,
      value: (address: number, callback: (status: number) => unknown): unknown => {
        const batch = this.#committing;
        return startWriting.call(handle, address, (status: number): unknown => {
          const answer = callback(status);
          if (status === 1 && batch !== undefined) this.#becomeCommitted(batch);
          return answer;
        });
      },
    });
  }

  #becomeCommitted(batch: Batch): void {
    if (batch.state !== 'committing') return;
    batch.state = 'committed';
    this.#committing = undefined;
    this.#unflushed.add(batch);
    this.#database.resetReadTxn();
    const commit: Commit = { number: batch.number, keys: batch.keys };
    batch.committed.resolve(commit);
    this.#publish(commit);
    if (this.#collecting !== undefined) this.#schedule();
  }

  #becomeFlushed(batch: Batch): void {
    if (batch.state !== 'committed') return;
    batch.state = 'flushed';
    this.#unflushed.delete(batch);
    batch.flushed.resolve();
    if (this.#collecting !== undefined) this.#schedule();
  }

  #publish(commit: Commit): void {
    for (const listener of [...this.#listeners]) listener(commit);
  }

  #mapRefusal(): StoreError | undefined {
    const limitBytes = this.#options.mapSizeBytes;
    if (limitBytes === undefined) return undefined;
    const info = envOf(this.#database)?.info?.();
    const pageBytes = 4096;
    if (info === undefined || (info.lastPageNumber + 1) * pageBytes <= limitBytes) return undefined;
    return new StoreError('mapFull', `The ${this.name} environment in "${this.#options.path}" has reached its limit of ${limitBytes} bytes; raise the limit or delete old executions, then restart. It is served read-only until then.`);
  }

  #fail(error: unknown): StoreError {
    return this.#failWith(errorOf(this.name, this.#options.path, error));
  }

  #failWith(error: StoreError): StoreError {
    this.#failure ??= error;
    const failure = this.#failure;
    for (const batch of [this.#committing, this.#collecting, ...this.#unflushed]) if (batch !== undefined) this.#settleFailed(batch, failure);
    return failure;
  }

  #settleFailed(batch: Batch, failure: StoreError): void {
    if (batch === this.#committing) this.#committing = undefined;
    if (batch === this.#collecting) this.#collecting = undefined;
    this.#unflushed.delete(batch);
    batch.state = 'failed';
    batch.committed.reject(failure);
    batch.flushed.reject(failure);
  }
}

/** lmdb's native handle, which its types leave out. */
interface NativeHandle {
  readonly startWriting?: (address: number, callback: (status: number) => unknown) => unknown;
  readonly info?: () => { readonly lastPageNumber: number };
}

/** lmdb's msgpackr encoder with the shared structures of this environment. */
function encoderOf(database: Stored): { encode(value: unknown): Uint8Array } {
  return (database as unknown as { readonly encoder: { encode(value: unknown): Uint8Array } }).encoder;
}

function envOf(database: Stored): NativeHandle | undefined {
  return (database as unknown as { readonly env?: NativeHandle }).env;
}

function rangeOf(options: RangeOptions) {
  const low = [...options.prefix];
  const high = [...options.prefix, highest];
  const after = options.after === undefined ? undefined : [...options.after];
  const until = options.until === undefined ? undefined : [...options.until];
  return {
    ...(options.reverse === true
      ? { start: after ?? high, end: until ?? low, reverse: true, inclusiveEnd: until === undefined }
      : { start: after ?? low, end: until ?? high }),
    ...(after === undefined ? {} : { exclusiveStart: true }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.offset === undefined ? {} : { offset: options.offset }),
  };
}

/** Refused before anything is queued, so that one bad key never fails the rows of others in the same turn. */
function refusalOfKeys(name: string, batch: readonly Write[]): StoreError | undefined {
  for (const { key } of batch) {
    let bytes = 0;
    for (const part of key) {
      if (typeof part === 'number') {
        bytes += 10;
        if (Number.isFinite(part)) continue;
        return new StoreError('badKey', `A key of the ${name} environment holds the number ${part}; expected a finite one. Key: ${keyText(key)}`);
      }
      // A zero byte separates the parts of a key: with one inside, a text could reach into its neighbour's range.
      if (part.includes('\0')) return new StoreError('badKey', `A key of the ${name} environment holds a NUL character. Key: ${keyText(key)}`);
      bytes += part.length > 400 ? Buffer.byteLength(part) + 2 : part.length * 3 + 2;
    }
    if (key.length === 0 || bytes > keyBytesMax) {
      return new StoreError('badKey', `A key of the ${name} environment has ${bytes} bytes; expected 1 to ${keyBytesMax}. Key: ${keyText(key)}`);
    }
  }
  return undefined;
}

const keyText = (key: Key): string => JSON.stringify(key).slice(0, 200);

function errorOf(name: string, path: string, error: unknown): StoreError {
  const message = messageOf(error);
  if (/MDB_MAP_FULL/.test(message)) {
    return new StoreError('mapFull', `The ${name} environment in "${path}" cannot grow: ${message}. It is served read-only until a restart with more room.`, { cause: error });
  }
  // A write that the disk took only in part comes back from lmdb as an input/output error.
  if (/ENOSPC|No space left|EDQUOT|Disk quota/i.test(message) || isDiskFull(path)) {
    return new StoreError('diskFull', `The disk of "${path}" is full: the ${name} environment could not be written. It is served read-only; free some space, then restart.`, { cause: error });
  }
  return new StoreError('failed', `The ${name} environment in "${path}" could not be written: ${message}. It is served read-only until a restart.`, { cause: error });
}

function isDiskFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize < 1024 * 1024;
  } catch {
    return false;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** lmdb rejects with "Commit failed" and keeps the reason in a promise beside it. */
async function causeOf(error: unknown): Promise<unknown> {
  if (typeof error !== 'object' || error === null || !('commitError' in error)) return error;
  const { commitError } = error;
  if (!(commitError instanceof Promise)) return error;
  return commitError.then(() => error, (cause: unknown) => cause);
}
