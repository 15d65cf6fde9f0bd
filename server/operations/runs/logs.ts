/** Logs of executions. Reading the end of a long one costs a page. */
import type { logsDownload, logsMap, logsOfExecution, logsPage, logsSearch } from '../../../core/protocol/operations/runs.ts';
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { isLogLevel, logLevels, passesLevel, type LogEntry, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import { loadExecution, loadLogHead, loadLogLines, loadLogMap, matchesLog, scanLog, scanLogBackwards, searchLogs, searchTriggerLogs, type LogFilter, type LogSource } from '../../store/index.ts';
import { rangeMs } from '../executions/filter.ts';
import type { OutputOf } from '../../../core/protocol/operation.ts';
import type { Caller } from '../../access/contract.ts';
import type { Handler, Rooms } from '../handler.ts';
import { pageOf, parseDateMs, parseSort } from '../rooms.ts';

/** A whole log as one JSON answer; the rest is for `logs.page` and the download. */
const wholeLogLinesMax = 100_000;
const pageLinesDefault = 500;

export interface LogFilterInput {
  readonly minLevel?: string | undefined;
  readonly taskRunId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly attempt?: number | undefined;
  readonly q?: string | undefined;
}
const given = (text: string | undefined): text is string => text !== undefined && text !== '';

export function parseLevel(text: string): LogLevel {
  const level = text.toUpperCase();
  if (!isLogLevel(level)) throw illegalArgument(`minLevel "${text}" is none of TRACE, DEBUG, INFO, WARN, ERROR`);
  return level;
}
export const parseLogFilter = (input: LogFilterInput): LogFilter => ({
  ...(given(input.minLevel) ? { minLevel: parseLevel(input.minLevel) } : {}),
  ...(given(input.taskRunId) ? { taskRunId: input.taskRunId } : {}),
  ...(given(input.taskId) ? { taskId: input.taskId } : {}),
  ...(input.attempt === undefined ? {} : { attempt: input.attempt }),
  ...(given(input.q) ? { text: input.q } : {}),
});
export const logSource = (rooms: Rooms): LogSource => ({ reader: rooms.engine, folder: rooms.logsPath });

export const ofExecution: Handler<typeof logsOfExecution> = ({ rooms, input, caller }) => {
  const execution = loadExecution(rooms.engine, caller.tenant, input.executionId);
  if (execution === undefined) return [];
  const entries: LogEntry[] = [];
  for (const entry of scanLog(logSource(rooms), execution, parseLogFilter(input))) {
    entries.push(entry);
    if (entries.length >= wholeLogLinesMax) break;
  }
  return entries;
};

/** Lines read between two turns of the loop: a search for something rare in a long log holds nobody up. */
const linesPerTurn = 2000;

export const page: Handler<typeof logsPage> = async ({ rooms, input, caller }) => {
  const execution = loadExecution(rooms.engine, caller.tenant, input.executionId);
  if (execution === undefined) return { total: 0, first: 0, lines: [] };
  const source = logSource(rooms);
  const size = input.size ?? pageLinesDefault;
  const filter: LogFilter = { ...parseLogFilter(input), ...(input.endMs === undefined ? {} : { endMs: input.endMs }) };
  const { total, counts } = loadLogHead(source, execution);
  if (input.from !== undefined && input.before !== undefined) throw illegalArgument('from and before exclude each other; give one of them');
  const end = Math.min(input.before ?? total, input.endMs === undefined ? total : writtenBy(source, execution, total, input.endMs));
  const first = input.from ?? Math.max(0, end - size);
  if (Object.keys(filter).length === 0) return { total, first, lines: loadLogLines(source, execution, first, input.from === undefined ? end - first : size) };
  // The head knows without a scan that there is nothing to find.
  if (filter.minLevel !== undefined && !logLevels.some((level) => passesLevel(level, filter.minLevel ?? 'TRACE') && counts[level] > 0)) return { total, first, lines: [] };
  const lines: LogEntry[] = [];
  const forwards = input.from !== undefined;
  let scanned = 0;
  // The scan yields every line, so that a long stretch without a match gives the loop its turns as well.
  const { minLevel } = filter;
  const all = minLevel === undefined ? {} : { minLevel };
  for (const entry of forwards ? scanLog(source, execution, all, first) : scanLogBackwards(source, execution, all, end)) {
    scanned += 1;
    if (scanned % linesPerTurn === 0) await nextTurn();
    if (!matchesEntry(entry, filter)) continue;
    lines.push(entry);
    if (lines.length >= size) break;
  }
  if (!forwards) lines.reverse();
  return { total, first: lines[0]?.position ?? first, lines };
};

const matchesEntry = (entry: LogEntry, filter: LogFilter): boolean => matchesLog({
  atMs: filter.endMs === undefined ? 0 : Date.parse(entry.timestamp), level: entry.level, message: entry.message,
  ...(entry.taskId === undefined ? {} : { taskId: entry.taskId }), ...(entry.taskRunId === undefined ? {} : { taskRunId: entry.taskRunId }),
  ...(entry.attemptNumber === undefined ? {} : { attemptNumber: entry.attemptNumber }),
}, filter);
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
  const execution = loadExecution(rooms.engine, caller.tenant, input.executionId);
  return execution === undefined ? { total: 0, parts: [] } : loadLogMap(logSource(rooms), execution, input.buckets ?? mapPartsDefault);
};

export const download: Handler<typeof logsDownload> = ({ rooms, input, caller }) => {
  const execution = loadExecution(rooms.engine, caller.tenant, input.executionId);
  const filter = parseLogFilter(input);
  return { filename: `${input.executionId.replace(/[^A-Za-z0-9]/g, '')}.log`, contentType: 'text/plain; charset=utf-8', body: execution === undefined ? '' : textOf(scanLog(logSource(rooms), execution, filter)) };
};

const chunkChars = 64 * 1024;
/** In pieces, each in a turn of its own: a long log is sent while it is read, and holds nothing up. */
async function* textOf(entries: Iterable<LogEntry>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = '';
  let first = true;
  for (const { timestamp, level, message } of entries) {
    text += `${first ? '' : '\n'}${timestamp} ${level} ${message}`;
    first = false;
    if (text.length > chunkChars) {
      yield encoder.encode(text);
      text = '';
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  }
  if (text !== '') yield encoder.encode(text);
}

export const search: Handler<typeof logsSearch> = async ({ rooms, input, caller }) => {
  parseSort(input.sort, ['timestamp', 'level', 'taskId']);
  if (given(input.timeRange) && given(input.startDate)) throw illegalArgument('timeRange and startDate exclude each other; give one of them');
  const startMs = given(input.startDate) ? parseDateMs('startDate', input.startDate) : given(input.timeRange) ? rooms.ambient.clock.nowMs() - rangeMs(input.timeRange) : undefined;
  if (given(input.triggerId)) return ofTrigger(rooms, caller, input.triggerId, input, startMs);
  const found = await searchLogs(logSource(rooms), caller.tenant, {
    ...parseLogFilter(input),
    ...(given(input.namespace) ? { namespace: input.namespace } : {}),
    ...(given(input.flowId) ? { flowId: input.flowId } : {}),
    ...(startMs === undefined ? {} : { startMs }),
    ...(given(input.endDate) ? { endMs: parseDateMs('endDate', input.endDate) } : {}),
  }, { page: input.page ?? 1, size: input.size ?? 10 });
  return { results: found.entries, total: found.total, type: 'OFFSET' };
};

interface TriggerSearch extends LogFilterInput {
  readonly namespace?: string | undefined;
  readonly flowId?: string | undefined;
  readonly endDate?: string | undefined;
  readonly page?: number | undefined;
  readonly size?: number | undefined;
}

/** Only a trigger's own lines name it; they are few, and kept apart from those of executions. */
function ofTrigger(rooms: Rooms, caller: Caller, triggerId: string, input: TriggerSearch, startMs: number | undefined): OutputOf<typeof logsSearch> {
  const { minLevel, text } = parseLogFilter(input);
  const all = searchTriggerLogs(rooms.engine, caller.tenant, {
    triggerId, ...(minLevel === undefined ? {} : { minLevel }), ...(text === undefined ? {} : { text }), ...(startMs === undefined ? {} : { startMs }),
    ...(given(input.endDate) ? { endMs: parseDateMs('endDate', input.endDate) } : {}),
    ...(given(input.namespace) ? { namespace: input.namespace } : {}), ...(given(input.flowId) ? { flowId: input.flowId } : {}),
    allowed: (namespace) => rooms.access.refusal(caller, { resource: 'log', action: 'read' }, namespace) === undefined,
  });
  const { results, total } = pageOf(all, input);
  return { results, total, type: 'OFFSET' };
}
