/** Logs of executions. Reading the end of a long one costs a page. */
import type { logsDelete, logsDeleteOfFlow, logsDownload, logsMap, logsOfExecution, logsPage, logsSearch } from '../../../core/protocol/operations/runs.ts';
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { logLevels, passesLevel, type LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { forbidden, illegalArgument } from '../../../core/protocol/errors.ts';
import type { OutputOf } from '../../../core/protocol/operation.ts';
import type { Caller } from '../../access/contract.ts';
import { loadExecution, loadLogHead, loadLogLines, loadLogMap, scanLog, scanLogBackwards, searchLogs, searchTriggerLogs, type LogCursor, type LogSearch, type LogSource } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { parseSort, replied, sortRows } from '../rooms.ts';
import { lineTest, logFilterOf } from './log-filter.ts';

/** A whole log as one JSON answer; the rest is for `logs.page` and the download. */
const wholeLogLinesMax = 100_000;
const pageLinesDefault = 500;

export const logSource = (rooms: Rooms): LogSource => ({ reader: rooms.engine, folder: rooms.logsPath });

/** The execution whose log this is; where one may not read, there is none. */
export function readable(rooms: Rooms, caller: Caller, executionId: string): ExecutionRow | undefined {
  const execution = loadExecution(rooms.engine, caller.tenant, executionId);
  return execution === undefined || rooms.access.refusal(caller, { resource: 'log', action: 'read' }, execution.namespace) !== undefined ? undefined : execution;
}

export const ofExecution: Handler<typeof logsOfExecution> = async ({ rooms, input, caller }) => {
  const execution = readable(rooms, caller, input.executionId);
  const matches = lineTest(input, rooms.ambient.clock.nowMs());
  if (execution === undefined) return [];
  const entries: LogEntry[] = [];
  let scanned = 0;
  for (const entry of scanLog(logSource(rooms), execution, matches.scan)) {
    scanned += 1;
    if (scanned % linesPerTurn === 0) await nextTurn();
    if (!matches.holds(entry)) continue;
    entries.push(entry);
    if (entries.length >= wholeLogLinesMax) break;
  }
  return entries;
};

/** Lines read between two turns of the loop: a search for something rare in a long log holds nobody up. */
const linesPerTurn = 2000;

export const page: Handler<typeof logsPage> = async ({ rooms, input, caller }) => {
  const execution = readable(rooms, caller, input.executionId);
  const { filter, scan, holds } = lineTest(input, rooms.ambient.clock.nowMs());
  const { endMs } = input;
  if (execution === undefined) return { total: 0, first: 0, lines: [] };
  const source = logSource(rooms);
  const size = input.size ?? pageLinesDefault;
  const { total, counts } = loadLogHead(source, execution);
  if (input.from !== undefined && input.before !== undefined) throw illegalArgument('from and before exclude each other; give one of them');
  const end = Math.min(input.before ?? total, endMs === undefined ? total : writtenBy(source, execution, total, endMs));
  const first = input.from ?? Math.max(0, end - size);
  if (filter === undefined && endMs === undefined) return { total, first, lines: loadLogLines(source, execution, first, input.from === undefined ? end - first : size) };
  // The head knows without a scan that there is nothing to find.
  const { minLevel } = scan;
  if (minLevel !== undefined && !logLevels.some((level) => passesLevel(level, minLevel) && counts[level] > 0)) return { total, first, lines: [] };
  const lines: LogEntry[] = [];
  const forwards = input.from !== undefined;
  let scanned = 0;
  // The scan yields every line, so that a long stretch without a match gives the loop its turns as well.
  for (const entry of forwards ? scanLog(source, execution, scan, first) : scanLogBackwards(source, execution, scan, end)) {
    scanned += 1;
    if (scanned % linesPerTurn === 0) await nextTurn();
    if (endMs !== undefined && Date.parse(entry.timestamp) > endMs) {
      // Nearly in order: what comes later than the slack was not written by then.
      if (forwards && (entry.position ?? 0) >= end) break;
      continue;
    }
    if (!holds(entry)) continue;
    lines.push(entry);
    if (lines.length >= size) break;
  }
  if (!forwards) lines.reverse();
  return { total, first: lines[0]?.position ?? first, lines };
};

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Lines of several tasks are in order of their writing, which is nearly that of their times. */
const timeSlackLines = 2000;
/** How many lines there were at a moment, or some more: found by halving, so that a moment of a long log costs a few reads. */
function writtenBy(source: LogSource, execution: ExecutionRow, total: number, endMs: number): number {
  let low = 0;
  let high = total;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [line] = loadLogLines(source, execution, middle, 1);
    if (line !== undefined && Date.parse(line.timestamp) <= endMs) low = middle + 1;
    else high = middle;
  }
  return Math.min(total, low + timeSlackLines);
}

const mapPartsDefault = 200;
export const map: Handler<typeof logsMap> = ({ rooms, input, caller }) => {
  const execution = readable(rooms, caller, input.executionId);
  return execution === undefined ? { total: 0, parts: [] } : loadLogMap(logSource(rooms), execution, input.buckets ?? mapPartsDefault);
};

export const download: Handler<typeof logsDownload> = ({ rooms, input, caller }) => {
  const execution = readable(rooms, caller, input.executionId);
  const { scan, holds } = lineTest(input, rooms.ambient.clock.nowMs());
  return { filename: `${input.executionId.replace(/[^A-Za-z0-9]/g, '')}.log`, contentType: 'text/plain; charset=utf-8', body: execution === undefined ? '' : textOf(scanLog(logSource(rooms), execution, scan), holds) };
};

const chunkChars = 64 * 1024;
/** In pieces, each in a turn of its own: a long log is sent while it is read, and holds nothing up. */
async function* textOf(entries: Iterable<LogEntry>, holds: (entry: LogEntry) => boolean): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  let first = true;
  let scanned = 0;
  for (const entry of entries) {
    scanned += 1;
    if (scanned % linesPerTurn === 0) await nextTurn();
    if (!holds(entry)) continue;
    const { timestamp, level, message } = entry;
    text += `${first ? '' : '\n'}${timestamp} ${level} ${message}`;
    first = false;
    if (text.length > chunkChars) {
      yield encoder.encode(text);
      text = '';
      await nextTurn();
    }
  }
  if (text !== '') yield encoder.encode(text);
}

export const search: Handler<typeof logsSearch> = async ({ rooms, input, caller }) => {
  const sort = parseSort(input.sort, ['timestamp', 'level', 'taskId']);
  const { filter, where } = logFilterOf(input, rooms.ambient.clock.nowMs());
  const size = input.size ?? 10;
  const page = input.page ?? 1;
  const isByTime = sort === undefined || sort.field === 'timestamp';
  if (filter.triggerId !== undefined) return ofTrigger(rooms, caller, { ...filter, triggerId: filter.triggerId }, where, page, size);
  const found = await searchLogs(logSource(rooms), caller.tenant, { ...filter, ...(where === undefined ? {} : { where }), ...scopeOf(rooms, caller) }, {
    // Lines have no order but their time's: the newest ten thousand are put into another one.
    page: isByTime ? page : 1, size: isByTime ? size : sortedLinesMax, oldestFirst: sort?.direction === 'asc' && isByTime,
    ...(input.cursor === undefined || !isByTime ? {} : { cursor: cursorOf(input.cursor) }),
  });
  const results = isByTime ? found.entries : sortRows(found.entries, sort, (entry, field) => (field === 'level' ? logLevels.indexOf(entry.level) : field === 'taskId' ? entry.taskId ?? '' : entry.timestamp)).slice((page - 1) * size, page * size);
  return { results, total: found.total, type: input.cursor === undefined ? 'OFFSET' : 'CURSOR', ...(found.next === undefined || !isByTime ? {} : { nextCursor: `${found.next.number}.${found.next.position}` }) };
};

/** Only a trigger's own lines name it; they are few, and kept apart from those of executions. */
function ofTrigger(rooms: Rooms, caller: Caller, filter: Omit<LogSearch, 'where' | 'allowed'> & { readonly triggerId: string }, where: ((entry: LogEntry) => boolean) | undefined, page: number, size: number): OutputOf<typeof logsSearch> {
  const { triggerId, minLevel, text, startMs, endMs, namespace, flowId, flows } = filter;
  const all = searchTriggerLogs(rooms.engine, caller.tenant, {
    triggerId, ...scopeOf(rooms, caller),
    ...(minLevel === undefined ? {} : { minLevel }), ...(text === undefined ? {} : { text }), ...(startMs === undefined ? {} : { startMs }), ...(endMs === undefined ? {} : { endMs }),
    ...(namespace === undefined ? {} : { namespace }), ...(flowId === undefined ? {} : { flowId }),
  }).filter((entry) => (flows === undefined || flows(entry)) && (where === undefined || where(entry)));
  return { results: all.slice((page - 1) * size, page * size), total: all.length, type: 'OFFSET' };
}

const sortedLinesMax = 10_000;

function cursorOf(text: string): LogCursor | 'start' {
  if (text === '') return 'start';
  const match = /^(\d{1,15})\.(\d{1,15})$/.exec(text);
  if (match === null) throw illegalArgument(`cursor ${JSON.stringify(text)} is none; hand back the nextCursor of the page before, or an empty one to begin`);
  return { number: Number(match[1]), position: Number(match[2]) };
}

/** Nothing to say of who may read all. */
function scopeOf(rooms: Rooms, caller: Caller): { readonly allowed?: (namespace: string) => boolean } {
  const permission = { resource: 'log', action: 'read' } as const;
  return rooms.access.refusal(caller, permission) === undefined ? {} : { allowed: (namespace) => rooms.access.refusal(caller, permission, namespace) === undefined };
}

// ------------------------------------------------------------------ deleting

export const remove: Handler<typeof logsDelete> = async ({ rooms, input, caller }) => {
  const execution = readable(rooms, caller, input.executionId);
  if (execution === undefined) return { count: 0 };
  mayDelete(rooms, caller, execution.namespace);
  const { filter, where } = logFilterOf(input, rooms.ambient.clock.nowMs());
  const { minLevel, text, taskRunId, taskId, attempt, triggerId, ...others } = filter;
  if (where !== undefined || Object.keys(others).length > 0) throw illegalArgument('a log is deleted by level, task, task run, attempt and text only, each compared with EQUALS');
  const given = Object.fromEntries(Object.entries({ text, taskRunId, taskId, attempt, triggerId }).filter(([, value]) => value !== undefined));
  return { count: replied(await rooms.executor.deleteLogs(caller.tenant, { of: { executionId: execution.id }, ...given, ...(minLevel === undefined ? {} : { levels: logLevels.filter((level) => passesLevel(level, minLevel)) }) })) };
};

export const removeOfFlow: Handler<typeof logsDeleteOfFlow> = async ({ rooms, input, caller }) => {
  mayDelete(rooms, caller, input.namespace);
  const { namespace, flowId, triggerId } = input;
  return { count: replied(await rooms.executor.deleteLogs(caller.tenant, { of: { namespace, flowId }, ...(triggerId === undefined || triggerId === '' ? {} : { triggerId }) })) };
};

function mayDelete(rooms: Rooms, caller: Caller, namespace: string): void {
  const refusal = rooms.access.refusal(caller, { resource: 'log', action: 'delete' }, namespace);
  if (refusal !== undefined) throw forbidden(refusal);
}
