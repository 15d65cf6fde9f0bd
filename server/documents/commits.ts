/**
 * Group commit: all rooms that changed in one turn of the loop share one transaction. What arrives while it runs is the next
 * batch. Whoever wants to show something waits here: a broadcast for `committed`, an answer for `flushed`.
 */
import type { Ambient } from '../ambient/index.ts';
import type { Environment, Write } from '../store/contract.ts';

/** What one room puts into a commit, taken at the moment when its document is exactly what the rows say. */
export interface Batch {
  readonly writes: readonly Write[];
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

export class Commits {
  readonly #front: Environment;
  readonly #ambient: Ambient;
  readonly #fatal: (error: unknown) => void;
  readonly #dirty = new Set<Committing>();
  #scheduled = false;
  #running = false;
  #idle: (() => void)[] = [];
  #unflushed = 0;
  lastNumber = 0;
  /** Why nothing is committed any more. */
  failure: unknown;

  constructor(front: Environment, ambient: Ambient, fatal: (error: unknown) => void) {
    this.#front = front;
    this.#ambient = ambient;
    this.#fatal = fatal;
  }

  mark(room: Committing): void {
    this.#dirty.add(room);
    if (this.#scheduled || this.#running || this.failure !== undefined) return;
    this.#scheduled = true;
    this.#ambient.timers.soon(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  isDirty(room: Committing): boolean {
    return this.#dirty.has(room);
  }

  #run(): void {
    const batches = [...this.#dirty].map((room) => room.take());
    this.#dirty.clear();
    const writes = batches.flatMap((batch) => batch.writes);
    this.#running = true;
    this.#unflushed += 1;
    // A failed commit is the end: the documents in memory hold what the disk does not. Whoever waits is told, nobody is shown.
    const fail = (error: unknown): void => {
      if (this.failure !== undefined) return;
      this.failure = error ?? new Error('a commit failed without a reason');
      for (const batch of batches) batch.failed(error);
      for (const room of [...this.#dirty]) room.take().failed(error);
      this.#dirty.clear();
      for (const wake of this.#idle.splice(0)) wake();
      this.#fatal(error);
    };
    let written: ReturnType<Environment['write']>;
    try {
      written = this.#front.write(writes);
    } catch (error) {
      fail(error);
      return;
    }
    written.committed.then((commit) => {
      this.lastNumber = commit.number;
      this.#running = false;
      for (const batch of batches) batch.committed();
      if (this.#dirty.size > 0) this.#run();
      else this.#wakeIdle();
    }).catch(fail);
    written.flushed.then(() => {
      this.#unflushed -= 1;
      for (const batch of batches) batch.flushed();
      this.#wakeIdle();
    }).catch(fail);
  }

  #wakeIdle(): void {
    if (this.failure === undefined && (this.#running || this.#scheduled || this.#dirty.size > 0 || this.#unflushed > 0)) return;
    for (const wake of this.#idle.splice(0)) wake();
  }

  /** Resolves when nothing waits for the disk. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#wakeIdle();
    });
  }
}
