/** A small table (flows, triggers) held in memory while a topic needs it, in key order; a commit re-reads the rows that it names. */
import type { Key, Reader } from '../store/index.ts';

export class TableIndex<Row> {
  readonly #reader: Reader;
  readonly #prefix: Key;
  readonly #keep: (row: Row) => boolean;
  readonly #rows = new Map<string, Row>();
  #sorted: readonly Row[] | undefined;

  constructor(reader: Reader, prefix: Key, keep: (row: Row) => boolean) {
    this.#reader = reader;
    this.#prefix = prefix;
    this.#keep = keep;
    this.reload();
  }

  reload(): void {
    this.#rows.clear();
    this.#sorted = undefined;
    for (const { key, value } of this.#reader.range<Row>({ prefix: this.#prefix })) {
      if (this.#keep(value)) this.#rows.set(key.slice(this.#prefix.length).join('\0'), value);
    }
  }

  /** `key` without the prefix. */
  refresh(key: Key): void {
    const row = this.#reader.get<Row>([...this.#prefix, ...key]);
    this.#sorted = undefined;
    if (row === undefined || !this.#keep(row)) this.#rows.delete(key.join('\0'));
    else this.#rows.set(key.join('\0'), row);
  }

  get(...key: readonly string[]): Row | undefined {
    return this.#rows.get(key.join('\0'));
  }

  rows(): readonly Row[] {
    this.#sorted ??= [...this.#rows.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
    return this.#sorted;
  }
}
