/**
 * Lines of all logs, newest execution first, read in slices so that a search never holds the loop. A flow or namespace is found by its
 * index, a log without lines of the level is passed over by one look at its head. Executions that had ended and had begun more than
 * `reachMs` before the time that is asked for are not looked at: a line is written while its execution runs.
 */
import { currentState, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { logLevels, passesLevel, type LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { Reader } from '../contract.ts';
import { isInNamespace, type FlowName } from './execution-filter.ts';
import { numbersBackwards, type NumberCursor } from './execution-ranges.ts';
import { loadExecutionByNumber } from './executions.ts';
import { loadLogHead, scanLog, scanLogBackwards, type LogFilter, type LogSource } from './logs.ts';

export interface LogSearch extends LogFilter {
  /** This namespace and all below it. */
  readonly namespace?: string;
  readonly flowId?: string;
  readonly flows?: (flow: FlowName) => boolean;
  readonly executionId?: string;
  readonly allowed?: (namespace: string) => boolean;
  /** Any further condition on a line. */
  readonly where?: (entry: LogEntry) => boolean;
}

/** The line that a page ended with: the next page begins after it. */
export interface LogCursor {
  readonly number: number;
  readonly position: number;
}

export interface LogSearchPage {
  readonly entries: readonly LogEntry[];
  /** Counted up to `countedMax`, then at least so many. */
  readonly total: number;
  readonly complete: boolean;
  /** Left out at the end. */
  readonly next?: LogCursor;
}

export interface LogSearchOptions {
  readonly page: number;
  readonly size: number;
  /** Read on from here, without counting what comes after the page; `page` says nothing then. */
  readonly cursor?: LogCursor | 'start';
  readonly oldestFirst?: boolean;
}

const countedMax = 10_000;
const scannedLinesMax = 1_000_000;
const sliceSteps = 1000;
const reachMs = 7 * 86_400_000;

export async function searchLogs(source: LogSource, tenant: string, search: LogSearch, options: LogSearchOptions): Promise<LogSearchPage> {
  const { size, cursor, oldestFirst = false } = options;
  const offset = cursor === undefined ? Math.max(0, options.page - 1) * size : 0;
  const from = cursor === undefined || cursor === 'start' ? undefined : cursor;
  const entries: LogEntry[] = [];
  let next: LogCursor | undefined;
  let total = 0;
  let steps = 0;
  for (const number of executionsOf(source.reader, tenant, search, oldestFirst, from)) {
    steps += 1;
    if (steps % sliceSteps === 0) await nextTurn();
    const execution = loadExecutionByNumber(source.reader, tenant, number);
    if (execution === undefined || !mayHold(source, execution, search)) continue;
    const isFirst = from !== undefined && number === from.number;
    const lines = oldestFirst
      ? scanLog(source, execution, levelOf(search), isFirst ? from.position + 1 : 0)
      : scanLogBackwards(source, execution, levelOf(search), isFirst ? from.position : undefined);
    for (const entry of lines) {
      steps += 1;
      if (steps % sliceSteps === 0) await nextTurn();
      if (matches(entry, search)) {
        if (total >= offset && entries.length < size) {
          entries.push(entry);
          next = { number, position: entry.position ?? 0 };
        } else if (cursor !== undefined) return { entries, total: entries.length, complete: false, ...(next === undefined ? {} : { next }) };
        total += 1;
      }
      if (total >= countedMax + offset || steps >= scannedLinesMax) return { entries, total, complete: false, ...(next === undefined ? {} : { next }) };
    }
  }
  return { entries, total, complete: true, ...(next === undefined || total <= offset + entries.length ? {} : { next }) };
}

function executionsOf(reader: Reader, tenant: string, search: LogSearch, oldestFirst: boolean, from: LogCursor | undefined): Iterable<number> {
  const cursor: NumberCursor = { oldestFirst, ...(from === undefined ? {} : { from: from.number }) };
  return numbersBackwards(reader, tenant, {
    ...(search.namespace === undefined ? {} : { namespace: search.namespace }), ...(search.flowId === undefined ? {} : { flowId: search.flowId }),
    ...(search.flows === undefined ? {} : { flows: search.flows }), ...(search.executionId === undefined ? {} : { ids: [search.executionId] }),
    ...(search.allowed === undefined ? {} : { allowed: search.allowed }), ...(search.endMs === undefined ? {} : { endMs: search.endMs }),
    ...(search.startMs === undefined ? {} : { startMs: search.startMs - reachMs }),
  }, cursor);
}

function mayHold(source: LogSource, execution: ExecutionRow, search: LogSearch): boolean {
  if (search.namespace !== undefined && !isInNamespace(execution.namespace, search.namespace)) return false;
  if (search.flowId !== undefined && execution.flowId !== search.flowId) return false;
  if (search.executionId !== undefined && execution.id !== search.executionId) return false;
  if (search.flows?.(execution) === false || search.allowed?.(execution.namespace) === false) return false;
  if (search.endMs !== undefined && (execution.histories[0]?.atMs ?? 0) > search.endMs) return false;
  const lastMs = execution.histories[execution.histories.length - 1]?.atMs ?? 0;
  if (search.startMs !== undefined && isTerminal(currentState(execution.histories)) && lastMs < search.startMs - 60_000) return false;
  const { total, counts } = loadLogHead(source, execution);
  const { minLevel } = search;
  return total > 0 && (minLevel === undefined || logLevels.some((level) => passesLevel(level, minLevel) && counts[level] > 0));
}

/** What the scan itself can pass over; every line that it yields is counted as a step. */
const levelOf = ({ minLevel }: LogSearch): LogFilter => (minLevel === undefined ? {} : { minLevel });

function matches(entry: LogEntry, search: LogSearch): boolean {
  if (search.minLevel !== undefined && !passesLevel(entry.level, search.minLevel)) return false;
  if (search.taskRunId !== undefined && entry.taskRunId !== search.taskRunId) return false;
  if (search.taskId !== undefined && entry.taskId !== search.taskId) return false;
  if (search.attempt !== undefined && (entry.attemptNumber ?? 0) !== search.attempt) return false;
  if (search.triggerId !== undefined && entry.triggerId !== search.triggerId) return false;
  if (search.startMs !== undefined || search.endMs !== undefined) {
    const atMs = Date.parse(entry.timestamp);
    if ((search.startMs !== undefined && atMs < search.startMs) || (search.endMs !== undefined && atMs > search.endMs)) return false;
  }
  if (search.text !== undefined && search.text !== '' && !entry.message.toLowerCase().includes(search.text.toLowerCase())) return false;
  return search.where === undefined || search.where(entry);
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
