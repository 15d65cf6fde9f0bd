/**
 * Logs: lines in order of arrival, per execution. A short log lives in rows of the engine environment (one row per append, in the
 * commit that carries the state, and no file at all); from `inlineBytesMax` on, its further lines go to a file of its own under
 * `logs/`, and the rows only say where. So the rows are the index of the file: any page of a 1 GB log is one key look-up and one read,
 * bytes that no row names (a crash before the commit) do not exist, and removing the file gives the disk back.
 */
import { closeSync, constants, existsSync, fdatasyncSync, mkdirSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { logLevels, passesLevel, type LogEntry, type LogLevel, type LogMap } from '../../../core/protocol/entities/log-entry.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { Reader, Write } from '../contract.ts';
import { StoreError } from '../errors.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';

export interface LogRow {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly taskId?: string;
  readonly taskRunId?: string;
  readonly attemptNumber?: number;
  readonly triggerId?: string;
}

export type LogOwner = Pick<ExecutionRow, 'tenant' | 'number' | 'id' | 'namespace' | 'flowId'>;

/** Lines per level, in the order of `logLevels`. */
type LevelCounts = readonly number[];

/** What a row holds. `count`, `counts` and `bytes` are running totals up to and with this row, so the last row is the log's head. */
export interface LogChunk {
  readonly first: number;
  readonly count: number;
  readonly counts: LevelCounts;
  readonly bytes: number;
  /** The lines themselves, in a short log. */
  readonly lines?: readonly LogRow[];
  /** Or the bytes of the file that hold them, one JSON text a line. */
  readonly segment?: { readonly offset: number; readonly bytes: number; /** The file's, 0 when left out: a log that lost lines was written anew. */ readonly generation?: number };
}

export interface LogHead {
  readonly total: number;
  readonly bytes: number;
  readonly counts: Readonly<Record<LogLevel, number>>;
}

export const inlineBytesMax = 64 * 1024;
/** One row names at most so much of a file, so that a page never reads more than this for one line. */
export const segmentBytesMax = 256 * 1024;
const openFilesMax = 64;

export const emptyChunk: LogChunk = { first: 0, count: 0, counts: logLevels.map(() => 0), bytes: 0 };

/** `logs/<tenant>/<thousand>/<number>.log`, so that no folder holds more than a thousand files. */
export const logFilePath = (folder: string, tenant: string, number: number, generation = 0): string =>
  join(folder, tenant, String(Math.floor(number / 1000)), generation === 0 ? `${number}.log` : `${number}.${generation}.log`);

export interface LogWriter {
  /** Appends lines; the writes belong into the commit of this moment. Files are written before, so a row never names missing bytes. */
  append(owner: LogOwner, lines: readonly LogRow[]): Write[];
  /** Forgets what is kept in memory for an execution that has ended. */
  settle(owner: Pick<LogOwner, 'tenant' | 'number'>): void;
  /** After the commit of a deletion: gives the file's disk space back. */
  removeFile(owner: Pick<LogOwner, 'tenant' | 'number'>): void;
  close(): void;
}

/** The engine thread's writer. `folder` is the data folder's `logs`. */
export function createLogWriter(reader: Reader, folder: string): LogWriter {
  const heads = new Map<string, LogChunk>();
  const files = new Map<string, number>();
  const nameOf = (owner: Pick<LogOwner, 'tenant' | 'number'>): string => `${owner.tenant}/${owner.number}`;

  const fileOf = (owner: LogOwner, generation: number): number => {
    const name = nameOf(owner);
    const known = files.get(name);
    if (known !== undefined) return known;
    if (files.size >= openFilesMax) {
      const oldest = files.entries().next().value;
      if (oldest !== undefined) closeFile(oldest[0], oldest[1]);
    }
    const path = logFilePath(folder, owner.tenant, owner.number, generation);
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    files.set(name, file);
    return file;
  };
  const closeFile = (name: string, file: number): void => {
    files.delete(name);
    try {
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
  };

  return {
    append: (owner, lines) => {
      const name = nameOf(owner);
      let head = heads.get(name) ?? lastChunk(reader, owner);
      const writes: Write[] = [];
      let run: LogRow[] = [];
      let texts: string[] = [];
      let runBytes = 0;
      const put = (): void => {
        if (run.length === 0) return;
        const counts = [...head.counts];
        for (const line of run) {
          const level = logLevels.indexOf(line.level);
          counts[level] = (counts[level] ?? 0) + 1;
        }
        const total = { first: head.count, count: head.count + run.length, counts, bytes: head.bytes + runBytes };
        // Once in the file, always in the file: its offset is what came after the inline part.
        if (head.segment === undefined && head.bytes + runBytes <= inlineBytesMax) {
          head = { ...total, lines: run };
        } else {
          const offset = head.segment === undefined ? 0 : head.segment.offset + head.segment.bytes;
          const bytes = Buffer.from(texts.join(''));
          const generation = head.segment?.generation ?? 0;
          try {
            writeAll(fileOf(owner, generation), bytes, offset);
          } catch (error) {
            throw unwritten(folder, error);
          }
          head = { ...total, segment: { offset, bytes: bytes.length, ...(generation === 0 ? {} : { generation }) } };
        }
        writes.push({ type: 'put', key: engineKeys.log(owner.tenant, owner.number, head.first), value: head });
        run = [];
        texts = [];
        runBytes = 0;
      };
      for (const line of lines) {
        const text = `${JSON.stringify(line)}\n`;
        const bytes = Buffer.byteLength(text);
        if (runBytes + bytes > segmentBytesMax) put();
        run.push(line);
        texts.push(text);
        runBytes += bytes;
      }
      put();
      heads.set(name, head);
      return writes;
    },
    settle: (owner) => {
      const name = nameOf(owner);
      heads.delete(name);
      const file = files.get(name);
      if (file !== undefined) closeFile(name, file);
    },
    removeFile: (owner) => {
      const name = nameOf(owner);
      heads.delete(name);
      const file = files.get(name);
      if (file !== undefined) {
        files.delete(name);
        closeSync(file);
      }
      removeLogFile(folder, owner);
    },
    close: () => {
      for (const [name, file] of [...files]) closeFile(name, file);
    },
  };
}

/** With those of earlier generations, which a crash may have left. */
export function removeLogFile(folder: string, owner: Pick<LogOwner, 'tenant' | 'number'>): void {
  const parent = dirname(logFilePath(folder, owner.tenant, owner.number));
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) if (name === `${owner.number}.log` || (name.startsWith(`${owner.number}.`) && name.endsWith('.log'))) rmSync(join(parent, name), { force: true });
}

export function writeAll(file: number, bytes: Uint8Array, offset: number): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, offset + written);
}

export function lastChunk(reader: Reader, owner: Pick<LogOwner, 'tenant' | 'number'>): LogChunk {
  for (const { value } of reader.range<LogChunk>({ prefix: enginePrefixes.log(owner.tenant, owner.number), reverse: true, limit: 1 })) return value;
  return emptyChunk;
}

/** Files of logs are part of a commit: what can not be written to them is as bad as a store that can not be written. */
function unwritten(folder: string, error: unknown): StoreError {
  const full = typeof error === 'object' && error !== null && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return full
    ? new StoreError('diskFull', `The disk of "${folder}" is full: a log could not be written. The workspace is served read-only; free some space, then restart.`, { cause: error })
    : new StoreError('failed', `A log in "${folder}" could not be written: ${error instanceof Error ? error.message : String(error)}. The workspace is served read-only until a restart.`, { cause: error });
}

/** Where logs are read: any thread, with its own reader of the engine environment. */
export interface LogSource {
  readonly reader: Reader;
  /** The data folder's `logs`. */
  readonly folder: string;
}

/** How many lines there are, in all and per level; one look-up. */
export function loadLogHead(source: Pick<LogSource, 'reader'>, owner: Pick<LogOwner, 'tenant' | 'number'>): LogHead {
  const chunk = lastChunk(source.reader, owner);
  const at = (level: LogLevel): number => chunk.counts[logLevels.indexOf(level)] ?? 0;
  return { total: chunk.count, bytes: chunk.bytes, counts: { TRACE: at('TRACE'), DEBUG: at('DEBUG'), INFO: at('INFO'), WARN: at('WARN'), ERROR: at('ERROR') } };
}

/**
 * The log in `partsMax` equal parts with its loud lines. The running totals of the rows tell them: one look-up a part, whatever the length;
 * a part's borders are those of the rows that hold them.
 */
export function loadLogMap(source: Pick<LogSource, 'reader'>, owner: Pick<LogOwner, 'tenant' | 'number'>, partsMax: number): LogMap {
  const { count: total } = lastChunk(source.reader, owner);
  const parts: LogMap['parts'][number][] = [];
  let before: LogChunk = emptyChunk;
  for (let part = 1; part <= partsMax && before.count < total; part += 1) {
    // The row that holds the last line of the part.
    const end = Math.max(before.count + 1, Math.ceil((total * part) / partsMax));
    let row = before;
    for (const { value } of source.reader.range<LogChunk>({ prefix: enginePrefixes.log(owner.tenant, owner.number), reverse: true, after: engineKeys.log(owner.tenant, owner.number, end), limit: 1 })) row = value;
    if (row.count <= before.count) continue;
    const of = (level: LogLevel): number => (row.counts[logLevels.indexOf(level)] ?? 0) - (before.counts[logLevels.indexOf(level)] ?? 0);
    parts.push({ first: before.count, lines: row.count - before.count, warnings: of('WARN'), errors: of('ERROR') });
    before = row;
  }
  return { total, parts };
}

/** Lines `from` to `from + size - 1` by position: reads only the rows (or the part of the file) that hold them. */
export function loadLogLines(source: LogSource, owner: LogOwner, from: number, size: number): LogEntry[] {
  const entries: LogEntry[] = [];
  for (const { position, row } of rowsFrom(source, owner, Math.max(0, from))) {
    if (entries.length >= size) break;
    entries.push(logEntryOf(row, owner, position));
  }
  return entries;
}

export interface LogFilter {
  readonly minLevel?: LogLevel;
  readonly taskRunId?: string;
  readonly taskId?: string;
  readonly attempt?: number;
  /** Part of the message; no matter of case. */
  readonly text?: string;
  readonly triggerId?: string;
  readonly startMs?: number;
  readonly endMs?: number;
}

/** Streams the matching lines of one log in order; nothing is held but one row's worth. */
export function* scanLog(source: LogSource, owner: LogOwner, filter: LogFilter = {}, from = 0): Generator<LogEntry> {
  for (const { position, row } of rowsFrom(source, owner, from, filter.minLevel)) if (matchesLog(row, filter)) yield logEntryOf(row, owner, position);
}

/** The same from the end, or from the line below position `before`, to the beginning. */
export function* scanLogBackwards(source: LogSource, owner: LogOwner, filter: LogFilter = {}, before = Number.MAX_SAFE_INTEGER): Generator<LogEntry> {
  const file = openSegment(source, owner);
  const wanted = filter.minLevel === undefined ? 0 : logLevels.indexOf(filter.minLevel);
  const passingOf = (chunk: LogChunk): number => chunk.counts.slice(wanted).reduce((sum, count) => sum + count, 0);
  const read = function* (chunk: LogChunk): Generator<LogEntry> {
    const rows = rowsOf(chunk, file);
    for (let index = Math.min(rows.length, before - chunk.first) - 1; index >= 0; index -= 1) {
      const row = rows[index];
      if (row !== undefined && matchesLog(row, filter)) yield logEntryOf(row, owner, chunk.first + index);
    }
  };
  try {
    // Totals are running, so whether a row holds anything wanted is known only from the row before it: one is held back.
    let held: LogChunk | undefined;
    const after = before === Number.MAX_SAFE_INTEGER ? {} : { after: engineKeys.log(owner.tenant, owner.number, before) };
    for (const { value } of source.reader.range<LogChunk>({ prefix: enginePrefixes.log(owner.tenant, owner.number), reverse: true, ...after })) {
      if (held !== undefined && passingOf(held) > passingOf(value)) yield* read(held);
      held = value;
    }
    if (held !== undefined) yield* read(held);
  } finally {
    file.close();
  }
}

export function matchesLog(row: LogRow, filter: LogFilter): boolean {
  if (filter.minLevel !== undefined && !passesLevel(row.level, filter.minLevel)) return false;
  if (filter.taskRunId !== undefined && row.taskRunId !== filter.taskRunId) return false;
  if (filter.taskId !== undefined && row.taskId !== filter.taskId) return false;
  if (filter.attempt !== undefined && (row.attemptNumber ?? 0) !== filter.attempt) return false;
  if (filter.triggerId !== undefined && row.triggerId !== filter.triggerId) return false;
  if (filter.startMs !== undefined && row.atMs < filter.startMs) return false;
  if (filter.endMs !== undefined && row.atMs > filter.endMs) return false;
  return filter.text === undefined || filter.text === '' || row.message.toLowerCase().includes(filter.text.toLowerCase());
}

export function logEntryOf(row: LogRow, owner: LogOwner, position: number): LogEntry {
  return {
    namespace: owner.namespace,
    flowId: owner.flowId,
    ...(row.taskId === undefined ? {} : { taskId: row.taskId }),
    executionId: owner.id,
    ...(row.taskRunId === undefined ? {} : { taskRunId: row.taskRunId }),
    ...(row.attemptNumber === undefined ? {} : { attemptNumber: row.attemptNumber }),
    ...(row.triggerId === undefined ? {} : { triggerId: row.triggerId }),
    timestamp: isoText(row.atMs),
    level: row.level,
    message: row.message,
    deleted: false,
    position,
  };
}

/** Rows as they are stored, with their positions. */
export function* rowsFrom(source: LogSource, owner: Pick<LogOwner, 'tenant' | 'number'>, from: number, minLevel?: LogLevel): Generator<{ readonly position: number; readonly row: LogRow }> {
  const prefix = enginePrefixes.log(owner.tenant, owner.number);
  // The row that holds `from` is the last one that begins at or before it; ranges begin after a key, hence its predecessor.
  let before: number | undefined;
  for (const { key } of source.reader.range({ prefix, reverse: true, after: engineKeys.log(owner.tenant, owner.number, from + 1), limit: 1 })) {
    const first = key[3];
    if (typeof first === 'number') before = first - 1;
  }
  const file = openSegment(source, owner);
  const wanted = minLevel === undefined ? 0 : logLevels.indexOf(minLevel);
  let passed: number | undefined;
  try {
    for (const { value } of source.reader.range<LogChunk>({ prefix, ...(before === undefined ? {} : { after: engineKeys.log(owner.tenant, owner.number, before) }) })) {
      // Running totals per level tell whether a row holds anything wanted, without reading the file.
      const passing = value.counts.slice(wanted).reduce((sum, count) => sum + count, 0);
      const skip = passed !== undefined && passing === passed;
      passed = passing;
      if (skip) continue;
      const rows = rowsOf(value, file);
      for (let index = Math.max(0, from - value.first); index < rows.length; index += 1) {
        const row = rows[index];
        if (row !== undefined) yield { position: value.first + index, row };
      }
    }
  } finally {
    file.close();
  }
}

interface Segment {
  /** All rows of one log name one generation. */
  read(offset: number, bytes: number, generation: number): string;
  close(): void;
}

/** Opens the file when the first row asks for it, for a scan's length. */
function openSegment(source: LogSource, owner: Pick<LogOwner, 'tenant' | 'number'>): Segment {
  let file: number | undefined;
  return {
    read: (offset, bytes, generation) => {
      file ??= openSync(logFilePath(source.folder, owner.tenant, owner.number, generation), constants.O_RDONLY | constants.O_NOFOLLOW);
      const buffer = Buffer.allocUnsafe(bytes);
      let filled = 0;
      while (filled < bytes) {
        const count = readSync(file, buffer, filled, bytes - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return buffer.toString('utf8', 0, filled);
    },
    close: () => {
      if (file !== undefined) closeSync(file);
    },
  };
}

function rowsOf(chunk: LogChunk, file: Segment): readonly LogRow[] {
  if (chunk.lines !== undefined) return chunk.lines;
  if (chunk.segment === undefined) return [];
  const expected = chunk.count - chunk.first;
  let text: string;
  try {
    text = file.read(chunk.segment.offset, chunk.segment.bytes, chunk.segment.generation ?? 0);
  } catch {
    // Deleted by retention between the row and the read, or lost: positions must stay what they are.
    text = '';
  }
  const rows: LogRow[] = [];
  for (const line of text.split('\n')) if (line !== '' && rows.length < expected) rows.push(parseRow(line));
  while (rows.length < expected) rows.push(lostRow);
  return rows;
}

const lostRow: LogRow = { atMs: 0, level: 'WARN', message: '(this line is missing in the log\'s file: it was deleted, or lost in a power cut)' };

/** After a power cut a tail of zeros may stand where lines were. */
function parseRow(line: string): LogRow {
  try {
    return JSON.parse(line) as LogRow;
  } catch {
    return lostRow;
  }
}
