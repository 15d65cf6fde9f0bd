/** Files of items: read on in pieces, and the outputs of the items written line by line. */
import { Buffer } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { FileStorage } from '../store/index.ts';
import { assertReadable } from '../worker/index.ts';

/** A longer line is no item that an expression could hold. */
const lineBytesMax = 1024 * 1024;

export interface ReadOn {
  readonly items: readonly string[];
  /** Known with the last item of the file. */
  readonly total?: number;
}

/** Where one file has been read to; the next piece goes on there. */
export class ItemFile {
  readonly #lines: AsyncIterator<string>;
  #next = 0;

  constructor(storage: FileStorage, uri: string, execution: ExecutionRow) {
    assertReadable(uri, execution);
    if (storage.sizeBytes(uri) === undefined) throw new Error(`There is no file "${uri.slice(0, 300)}" in the internal storage.`);
    this.#lines = linesOf(storage.stream(uri), uri)[Symbol.asyncIterator]();
  }

  get next(): number {
    return this.#next;
  }

  async read(countMax: number): Promise<ReadOn> {
    const items: string[] = [];
    while (items.length < countMax) {
      const next = await this.#lines.next();
      if (next.done === true) return { items, total: this.#next };
      items.push(next.value);
      this.#next += 1;
    }
    return { items };
  }

  async close(): Promise<void> {
    await this.#lines.return?.();
  }
}

/** Lines without their ends; empty ones are left out. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>, uri: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line.endsWith('\r') ? line.slice(0, -1) : line;
    if (rest.length > lineBytesMax) throw new Error(`A line of the file "${uri.slice(0, 300)}" has more than ${lineBytesMax} characters; an item may not be longer.`);
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest;
}

/** Writes each line as it comes; the file is there only when all of them were written. Answers how many there were. */
export async function writeLines(storage: FileStorage, uri: string, lines: Iterable<string>): Promise<number> {
  const path = storage.uploadPath();
  const stream = createWriteStream(path, { mode: 0o600 });
  let count = 0;
  for (const line of lines) {
    count += 1;
    if (!stream.write(Buffer.from(`${line}\n`))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  await storage.take(uri, path);
  return count;
}
