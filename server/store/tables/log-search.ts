/** Lines of all logs, newest execution first, read in slices so that a search never holds the loop. */
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { enginePrefixes } from '../keys.ts';
import { isInNamespace } from './execution-filter.ts';
import { loadLogHead, scanLogBackwards, type LogFilter, type LogSource } from './logs.ts';

export interface LogSearch extends LogFilter {
  /** This namespace and all below it. */
  readonly namespace?: string;
  readonly flowId?: string;
  readonly allowed?: (namespace: string) => boolean;
}

export interface LogSearchPage {
  readonly entries: readonly LogEntry[];
  /** Counted up to `countedMax`, then at least so many. */
  readonly total: number;
  readonly complete: boolean;
}

const countedMax = 10_000;
const scannedLinesMax = 1_000_000;
const sliceSteps = 1000;
/** A line is written after its execution began, perhaps long after. */
export async function searchLogs(source: LogSource, tenant: string, search: LogSearch, page: { readonly page: number; readonly size: number }): Promise<LogSearchPage> {
  const offset = Math.max(0, page.page - 1) * page.size;
  const entries: LogEntry[] = [];
  let total = 0;
  let steps = 0;
  for (const { value: execution } of source.reader.range<ExecutionRow>({ prefix: enginePrefixes.executions(tenant), reverse: true })) {
    steps += 1;
    if (steps % sliceSteps === 0) await nextTurn();
    if (search.namespace !== undefined && !isInNamespace(execution.namespace, search.namespace)) continue;
    if (search.flowId !== undefined && execution.flowId !== search.flowId) continue;
    if (search.allowed !== undefined && !search.allowed(execution.namespace)) continue;
    if (search.endMs !== undefined && (execution.histories[0]?.atMs ?? 0) > search.endMs) continue;
    if (search.startMs !== undefined && (execution.histories[execution.histories.length - 1]?.atMs ?? 0) < search.startMs - 60_000) continue;
    if (loadLogHead(source, execution).total === 0) continue;
    for (const entry of scanLogBackwards(source, execution, search)) {
      steps += 1;
      if (steps % sliceSteps === 0) await nextTurn();
      if (total >= offset && entries.length < page.size) entries.push(entry);
      total += 1;
      if (total >= countedMax + offset || steps >= scannedLinesMax) return { entries, total, complete: false };
    }
  }
  return { entries, total, complete: true };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
