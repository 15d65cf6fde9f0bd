/** Lines that leave a log: all of them at once, or those of some levels and times, for which the rest is written anew. */
import { closeSync, constants, fdatasyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { logLevels } from '../../../core/protocol/entities/log-entry.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';
import { emptyChunk, inlineBytesMax, lastChunk, logFilePath, rowsFrom, segmentBytesMax, writeAll, type LogChunk, type LogOwner, type LogRow, type LogSource } from './logs.ts';

type Owner = Pick<LogOwner, 'tenant' | 'number'>;

/** The writes that remove a whole log; its file goes with `removeLogFile` after the commit. */
export const logRemovals = (reader: Reader, owner: Owner): Write[] => keysOf(reader, owner).map((key) => ({ type: 'remove', key }));

/** The writes that remove an execution's metrics. */
export function metricRemovals(reader: Reader, owner: Owner): Write[] {
  const writes: Write[] = [];
  for (const { key } of reader.range({ prefix: enginePrefixes.metrics(owner.tenant, owner.number) })) writes.push({ type: 'remove', key });
  return writes;
}

export interface RewrittenLog {
  readonly removed: number;
  /** For one commit; empty when nothing was removed. */
  readonly writes: readonly Write[];
  /** The file that no row names after the commit. */
  readonly oldFile?: string;
}

/**
 * Writes the lines that stay into a new file beside the old one (a crash before the commit leaves the old log whole). Only of an execution
 * that has ended: nobody may append meanwhile. Yields after each slice of lines, so that the caller gives its loop back.
 */
export function* rewriteLog(source: LogSource, owner: Owner, stays: (row: LogRow) => boolean): Generator<undefined, RewrittenLog> {
  const last = lastChunk(source.reader, owner);
  const generation = (last.segment?.generation ?? 0) + 1;
  const path = logFilePath(source.folder, owner.tenant, owner.number, generation);
  const chunks: LogChunk[] = [];
  let head = emptyChunk;
  let file: number | undefined;
  let run: LogRow[] = [];
  let texts: string[] = [];
  let runBytes = 0;
  let removed = 0;
  let seen = 0;
  const put = (): void => {
    if (run.length === 0) return;
    const counts = [...head.counts];
    for (const line of run) counts[logLevels.indexOf(line.level)] = (counts[logLevels.indexOf(line.level)] ?? 0) + 1;
    const total = { first: head.count, count: head.count + run.length, counts, bytes: head.bytes + runBytes };
    if (head.segment === undefined && head.bytes + runBytes <= inlineBytesMax) head = { ...total, lines: run };
    else {
      if (file === undefined) {
        mkdirSync(dirname(path), { recursive: true });
        file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o600);
      }
      const offset = head.segment === undefined ? 0 : head.segment.offset + head.segment.bytes;
      const bytes = Buffer.from(texts.join(''));
      writeAll(file, bytes, offset);
      head = { ...total, segment: { offset, bytes: bytes.length, generation } };
    }
    chunks.push(head);
    run = [];
    texts = [];
    runBytes = 0;
  };
  try {
    for (const { row } of rowsFrom(source, owner, 0)) {
      seen += 1;
      if (seen % sliceLines === 0) yield undefined;
      if (!stays(row)) {
        removed += 1;
        continue;
      }
      const text = `${JSON.stringify(row)}\n`;
      const bytes = Buffer.byteLength(text);
      if (runBytes + bytes > (chunks.length === 0 ? inlineBytesMax : segmentBytesMax)) put();
      run.push(row);
      texts.push(text);
      runBytes += bytes;
    }
    put();
    if (file !== undefined) fdatasyncSync(file);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  if (removed === 0) return { removed, writes: [], ...(file === undefined ? {} : { oldFile: path }) };
  const kept = new Set(chunks.map((chunk) => chunk.first));
  const writes: Write[] = [];
  for (const key of keysOf(source.reader, owner)) {
    const first = key[3];
    if (typeof first !== 'number' || !kept.has(first)) writes.push({ type: 'remove', key });
  }
  for (const chunk of chunks) writes.push({ type: 'put', key: engineKeys.log(owner.tenant, owner.number, chunk.first), value: chunk });
  return { removed, writes, ...(last.segment === undefined ? {} : { oldFile: logFilePath(source.folder, owner.tenant, owner.number, generation - 1) }) };
}

const sliceLines = 2000;

function keysOf(reader: Reader, owner: Owner) {
  return [...reader.range({ prefix: enginePrefixes.log(owner.tenant, owner.number) })].map(({ key }) => key);
}
