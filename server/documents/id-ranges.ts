/** What is known of characters by their Yjs ids: sorted runs `[clock, clock + length)` per client, each with a value. */
export interface IdRun<Value> {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
  readonly value: Value;
}

interface Run<Value> {
  clock: number;
  length: number;
  value: Value;
}

export class IdRanges<Value> {
  readonly #clients = new Map<number, Run<Value>[]>();
  readonly #same: (left: Value, right: Value) => boolean;

  constructor(same: (left: Value, right: Value) => boolean) {
    this.#same = same;
  }

  /** Runs that are known already keep their value. */
  add({ client, clock, length, value }: IdRun<Value>): void {
    for (const piece of [...this.pieces(client, clock, length)]) {
      if (piece.value === undefined) this.#insert(client, { clock: piece.clock, length: piece.length, value });
    }
  }

  #insert(client: number, run: Run<Value>): void {
    const runs = this.#clients.get(client) ?? [];
    this.#clients.set(client, runs);
    const index = firstAfter(runs, run.clock);
    const before = runs[index - 1];
    const after = runs[index];
    const joinsBefore = before !== undefined && before.clock + before.length === run.clock && this.#same(before.value, run.value);
    const joinsAfter = after !== undefined && run.clock + run.length === after.clock && this.#same(after.value, run.value);
    if (joinsBefore && joinsAfter) {
      before.length += run.length + after.length;
      runs.splice(index, 1);
    } else if (joinsBefore) before.length += run.length;
    else if (joinsAfter) {
      after.clock = run.clock;
      after.length += run.length;
    } else runs.splice(index, 0, run);
  }

  /** Cuts `[clock, clock + length)` where values change; a piece without a value is unknown. */
  *pieces(client: number, clock: number, length: number): Iterable<{ readonly clock: number; readonly length: number; readonly value: Value | undefined }> {
    const end = clock + length;
    const runs = this.#clients.get(client);
    if (runs === undefined) {
      yield { clock, length, value: undefined };
      return;
    }
    let at = clock;
    for (let index = Math.max(0, firstAfter(runs, clock) - 1); index < runs.length && at < end; index += 1) {
      const run = runs[index];
      if (run === undefined || run.clock >= end) break;
      const runEnd = run.clock + run.length;
      if (runEnd <= at) continue;
      if (run.clock > at) {
        yield { clock: at, length: run.clock - at, value: undefined };
        at = run.clock;
      }
      const to = Math.min(end, runEnd);
      yield { clock: at, length: to - at, value: run.value };
      at = to;
    }
    if (at < end) yield { clock: at, length: end - at, value: undefined };
  }

  /** Keeps only runs that a test likes. */
  keep(test: (run: IdRun<Value>) => boolean): void {
    for (const [client, runs] of this.#clients) {
      const kept = runs.filter((run) => test({ client, ...run }));
      if (kept.length === 0) this.#clients.delete(client);
      else this.#clients.set(client, kept);
    }
  }

  clear(): void {
    this.#clients.clear();
  }

  *runs(): Iterable<IdRun<Value>> {
    for (const [client, runs] of this.#clients) for (const run of runs) yield { client, ...run };
  }
}

function firstAfter<Value>(runs: readonly Run<Value>[], clock: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle]?.clock ?? 0) <= clock) low = middle + 1;
    else high = middle;
  }
  return low;
}
