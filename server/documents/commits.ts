/**
 * Group commit: all rooms that changed in one turn of the loop share one transaction. What arrives while it runs is the next
 * batch. Whoever wants to show something waits here: a broadcast for `committed`, an answer for `flushed`. Typing, which nobody waits
 * for, goes through the typing log and is in LMDB a moment later.
 */
import type { Ambient } from '../ambient/index.ts';
import type { Environment, Write } from '../store/contract.ts';
import { commitKey } from '../store/index.ts';
import type { TypingLog } from './typing-log.ts';

/** What one room puts into a commit, taken at the moment when its document is exactly what the rows say. */
export interface Batch {
  readonly writes: readonly Write[];
  /** Nothing but a few rows of a document, which are read when it is loaded; nobody waits for the disk. */
  readonly typing: boolean;
  /** Readers see it: broadcast. */
  committed(): void;
  /** It is on the disk: answer. */
  flushed(): void;
  /** It never will be. */
  failed(error: unknown): void;
}

export interface Committing {
  take(): Batch;
}

/** What was typed is given to LMDB after this: a few rows at a time hold up no key. */
const settleMs = 250;
/** The disk is asked for typing so often at most: a loss of power takes no more from a room that nobody comes back to. */
const syncMs = 100;

export interface CommitsOptions {
  readonly front: Environment;
  readonly typing: TypingLog;
  readonly ambient: Ambient;
  readonly fatal: (error: unknown) => void;
}

export class Commits {
  readonly #front: Environment;
  readonly #typing: TypingLog;
  readonly #ambient: Ambient;
  readonly #fatal: (error: unknown) => void;
  readonly #dirty = new Set<Committing>();
  /** Rooms with rows that LMDB does not have yet. */
  #unsettled = new Set<Committing>();
  /** The rooms of each commit that is under way. */
  readonly #onTheirWay = new Set<ReadonlySet<Committing>>();
  #scheduled = false;
  /** A commit is under way that later rows stand on. */
  #running = false;
  /** LMDB takes what the typing log has: nothing waits for that. */
  #settling = false;
  #settleDue = false;
  #settleArmed = false;
  #syncing = false;
  #syncAgain = false;
  #idle: (() => void)[] = [];
  #unflushed = 0;
  lastNumber = 0;
  /** The newest commit with rows that the typing log never had. */
  #standsOn: number;
  /** Why nothing is committed any more. */
  failure: unknown;

  constructor(options: CommitsOptions) {
    this.#front = options.front;
    this.#typing = options.typing;
    this.#ambient = options.ambient;
    this.#fatal = options.fatal;
    this.#standsOn = options.front.get<number>(commitKey) ?? 0;
  }

  mark(room: Committing): void {
    this.#dirty.add(room);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running || this.failure !== undefined) return;
    this.#scheduled = true;
    this.#ambient.timers.soon(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  /** Whether something of the room is on its way, or LMDB has it not yet. */
  isDirty(room: Committing): boolean {
    return this.#dirty.has(room) || this.#unsettled.has(room) || [...this.#onTheirWay].some((rooms) => rooms.has(room));
  }

  #run(): void {
    const rooms = [...this.#dirty];
    const batches = rooms.map((room) => room.take());
    this.#dirty.clear();
    // A failed commit is the end: the documents in memory hold what the disk does not. Whoever waits is told, nobody is shown.
    const fail = (error: unknown): void => {
      if (this.failure !== undefined) return;
      for (const batch of batches) batch.failed(error);
      this.#end(error);
    };
    try {
      if (!batches.every((batch) => batch.typing) || !this.#append(rooms, batches)) this.#commit(rooms, batches, fail);
      else if (this.#settleDue && !this.#settling) this.#commit([], [], fail);
    } catch (error) {
      fail(error);
    }
  }

  #end(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = error ?? new Error('a commit failed without a reason');
    for (const room of [...this.#dirty]) room.take().failed(error);
    this.#dirty.clear();
    for (const wake of this.#idle.splice(0)) wake();
    this.#fatal(error);
  }

  /** False: there is no room for it. */
  #append(rooms: readonly Committing[], batches: readonly Batch[]): boolean {
    const writes = batches.flatMap((batch) => batch.writes);
    if (writes.length > 0) {
      if (!this.#typing.append(writes, this.#standsOn)) return false;
      for (const room of rooms) this.#unsettled.add(room);
      this.#settleLater();
      this.#sync();
    }
    for (const batch of batches) batch.committed();
    this.#wakeIdle();
    return true;
  }

  #commit(rooms: readonly Committing[], batches: readonly Batch[], fail: (error: unknown) => void): void {
    this.#settleDue = false;
    const settling = this.#unsettled;
    this.#unsettled = new Set();
    const onTheirWay = new Set([...rooms, ...settling]);
    this.#onTheirWay.add(onTheirWay);
    // Older rows first.
    const unsettled = this.#typing.takeUnsettled();
    const writes = [...unsettled.writes, ...batches.flatMap((batch) => batch.writes)];
    const settlesOnly = rooms.length === 0;
    if (settlesOnly) this.#settling = true;
    else this.#running = true;
    this.#unflushed += 1;
    const written = this.#front.write(writes);
    written.committed.then((commit) => {
      this.lastNumber = commit.number;
      if (settlesOnly) this.#settling = false;
      else this.#running = false;
      for (const batch of batches) batch.committed();
      this.#onTheirWay.delete(onTheirWay);
      if (!settlesOnly) this.#standsOn = commit.number;
      if (!this.#running && (this.#dirty.size > 0 || this.#settleDue)) this.#run();
      else this.#wakeIdle();
    }).catch(fail);
    written.flushed.then(() => {
      this.#unflushed -= 1;
      this.#typing.settled(unsettled.upTo);
      for (const batch of batches) batch.flushed();
      this.#wakeIdle();
    }).catch(fail);
  }

  #settleLater(): void {
    if (this.#settleArmed) return;
    this.#settleArmed = true;
    this.#ambient.timers.after(settleMs, () => {
      this.#settleArmed = false;
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#typing.unsettledCount === 0 || this.failure !== undefined) return;
    this.#settleDue = true;
    this.#schedule();
  }

  /** One at a time, and not for each key: the disk is asked at once, then again when it has answered. */
  #sync(): void {
    if (this.#syncing) {
      this.#syncAgain = true;
      return;
    }
    this.#syncing = true;
    this.#typing.sync().then(() => {
      this.#ambient.timers.after(syncMs, () => {
        this.#syncing = false;
        if (!this.#syncAgain) return;
        this.#syncAgain = false;
        this.#sync();
      });
    }, (error: unknown) => this.#end(error));
  }

  #wakeIdle(): void {
    if (this.failure === undefined && (this.#running || this.#scheduled || this.#dirty.size > 0 || this.#unflushed > 0 || this.#typing.unsettledCount > 0)) return;
    for (const wake of this.#idle.splice(0)) wake();
  }

  /** Resolves when nothing waits for the disk, and LMDB has all. */
  drained(): Promise<void> {
    this.#settle();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#wakeIdle();
    });
  }
}
