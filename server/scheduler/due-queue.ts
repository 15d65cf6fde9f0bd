/** Which trigger is due next: a heap, so that ten thousand triggers cost a look at the first one. */

interface Entry {
  readonly atMs: number;
  readonly name: string;
}

export class DueQueue {
  /** A heap by time. An entry that is not the present one of its name is stale, and dropped when it comes up. */
  readonly #heap: Entry[] = [];
  readonly #present = new Map<string, number>();

  /** Undefined: it is not due any more. Costs a logarithm. */
  set(name: string, atMs: number | undefined): void {
    if (atMs === undefined) {
      this.#present.delete(name);
      return;
    }
    if (this.#present.get(name) === atMs) return;
    this.#present.set(name, atMs);
    this.#push({ atMs, name });
    // Rows that are moved without ever coming up must not fill the memory.
    if (this.#heap.length > 2 * this.#present.size + 1000) this.#rebuild();
  }

  get size(): number {
    return this.#present.size;
  }

  nextMs(): number | undefined {
    this.#drop();
    return this.#heap[0]?.atMs;
  }

  /** Takes the first one that is due. It is not due again until it is set again. */
  take(nowMs: number): string | undefined {
    this.#drop();
    const first = this.#heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    this.#pop();
    this.#present.delete(first.name);
    return first.name;
  }

  #drop(): void {
    for (let first = this.#heap[0]; first !== undefined && this.#present.get(first.name) !== first.atMs; first = this.#heap[0]) this.#pop();
  }

  #rebuild(): void {
    this.#heap.length = 0;
    for (const [name, atMs] of this.#present) this.#push({ atMs, name });
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    heap.push(entry);
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.atMs <= entry.atMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && right.atMs < left.atMs) child += 1;
      const lower = heap[child];
      if (lower === undefined || lower.atMs >= last.atMs) break;
      heap[at] = lower;
      at = child;
    }
    heap[at] = last;
  }
}
