/**
 * Rows of executions and task runs, and their indexes. The engine's writer makes the writes of a commit here (last state wins: call it
 * once per execution and commit, with the row as it was committed before); everybody else reads.
 */
import { currentState, type ExecutionRow, type TaskRunRow } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionId } from '../../../core/protocol/ids.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';
import { furtherIndexRemovals, furtherIndexWrites, startedFromOf } from './execution-indexes.ts';

/** The writes that bring the row and its index rows from `before` (undefined: it is new) to `after`. */
export function executionWrites(before: ExecutionRow | undefined, after: ExecutionRow): Write[] {
  const { tenant, namespace, flowId, number } = after;
  const state = currentState(after.histories);
  const writes: Write[] = [{ type: 'put', key: engineKeys.execution(tenant, number), value: after }];
  if (before === undefined) {
    writes.push(
      { type: 'put', key: engineKeys.executionNumber(tenant, after.id), value: number },
      { type: 'put', key: after.kind === undefined ? engineKeys.byFlow(tenant, namespace, flowId, number) : engineKeys.byKindFlow(tenant, namespace, flowId, number), value: true },
    );
    const startedFrom = startedFromOf(after);
    if (startedFrom !== undefined) writes.push({ type: 'put', key: engineKeys.byTriggerExecution(tenant, startedFrom, number), value: true });
  }
  writes.push(...furtherIndexWrites(before, after));
  const oldState = before === undefined ? undefined : currentState(before.histories);
  if (oldState === state) return writes;
  if (after.kind !== undefined) {
    if (oldState !== undefined) writes.push({ type: 'remove', key: engineKeys.byKindState(tenant, oldState, number) });
    writes.push({ type: 'put', key: engineKeys.byKindState(tenant, state, number), value: true });
    return writes;
  }
  if (oldState !== undefined) {
    writes.push(
      { type: 'remove', key: engineKeys.byState(tenant, oldState, number) },
      { type: 'remove', key: engineKeys.byFlowState(tenant, namespace, flowId, oldState, number) },
    );
  }
  writes.push(
    { type: 'put', key: engineKeys.byState(tenant, state, number), value: true },
    { type: 'put', key: engineKeys.byFlowState(tenant, namespace, flowId, state, number), value: true },
  );
  return writes;
}

export const taskRunWrite = (execution: Pick<ExecutionRow, 'tenant' | 'number'>, taskRun: TaskRunRow): Write =>
  ({ type: 'put', key: engineKeys.taskRun(execution.tenant, execution.number, taskRun.position), value: taskRun });

export const loadExecutionNumber = (reader: Reader, tenant: string, id: string): number | undefined => {
  // An id comes from an address: whatever is no id is simply not there.
  if (id === '' || id.length > 100 || id.includes('\0')) return undefined;
  return reader.get<number>(engineKeys.executionNumber(tenant, id));
};

export function loadExecution(reader: Reader, tenant: string, id: string): ExecutionRow | undefined {
  const number = loadExecutionNumber(reader, tenant, id);
  return number === undefined ? undefined : loadExecutionByNumber(reader, tenant, number);
}

export const loadExecutionByNumber = (reader: Reader, tenant: string, number: number): ExecutionRow | undefined =>
  reader.get<ExecutionRow>(engineKeys.execution(tenant, number));

/** By position, which is the order of creation. */
export function loadTaskRuns(reader: Reader, execution: Pick<ExecutionRow, 'tenant' | 'number'>): TaskRunRow[] {
  const taskRuns: TaskRunRow[] = [];
  for (const { value } of reader.range<TaskRunRow>({ prefix: enginePrefixes.taskRuns(execution.tenant, execution.number) })) taskRuns.push(value);
  return taskRuns;
}

export const loadTaskRun = (reader: Reader, execution: Pick<ExecutionRow, 'tenant' | 'number'>, position: number): TaskRunRow | undefined =>
  reader.get<TaskRunRow>(engineKeys.taskRun(execution.tenant, execution.number, position));

/** The newest task run of an execution. */
export function loadLastTaskRun(reader: Reader, execution: Pick<ExecutionRow, 'tenant' | 'number'>): TaskRunRow | undefined {
  for (const { value } of reader.range<TaskRunRow>({ prefix: enginePrefixes.taskRuns(execution.tenant, execution.number), reverse: true, limit: 1 })) return value;
  return undefined;
}

/** The highest number given so far in a tenant, 0 when there is none: the next execution gets a higher one. */
export function lastExecutionNumber(reader: Reader, tenant: string): number {
  for (const { key } of reader.range({ prefix: enginePrefixes.executions(tenant), reverse: true, limit: 1 })) {
    const number = key[2];
    if (typeof number === 'number') return number;
  }
  return 0;
}

export interface DeleteOptions {
  readonly logs: boolean;
  readonly metrics: boolean;
}

/**
 * The writes that make an execution disappear with its task runs, journal and index rows. Tell the counters (`moved(row, undefined)`)
 * in the same commit; files of its log go with `removeLogFile` after it.
 */
export function deleteExecution(reader: Reader, row: ExecutionRow, options: DeleteOptions): Write[] {
  const { tenant, namespace, flowId, number } = row;
  const state = currentState(row.histories);
  const startedFrom = startedFromOf(row);
  const writes: Write[] = [
    { type: 'remove', key: engineKeys.execution(tenant, number) },
    { type: 'remove', key: engineKeys.executionNumber(tenant, row.id) },
    ...(row.kind !== undefined
      ? [engineKeys.byKindState(tenant, state, number), engineKeys.byKindFlow(tenant, namespace, flowId, number)]
      : [engineKeys.byState(tenant, state, number), engineKeys.byFlow(tenant, namespace, flowId, number), engineKeys.byFlowState(tenant, namespace, flowId, state, number)]
    ).map((key) => ({ type: 'remove', key } as const)),
    ...(startedFrom === undefined ? [] : [{ type: 'remove', key: engineKeys.byTriggerExecution(tenant, startedFrom, number) } as const]),
    ...furtherIndexRemovals(row),
  ];
  const prefixes = [
    enginePrefixes.taskRuns(tenant, number),
    enginePrefixes.journal(tenant, number),
    ...(options.logs ? [enginePrefixes.log(tenant, number)] : []),
    ...(options.metrics ? [enginePrefixes.metrics(tenant, number)] : []),
  ];
  // Without this nobody could ever find what stays.
  if (!options.logs || !options.metrics) writes.push({ type: 'put', key: engineKeys.keptLog(tenant, number), value: { tenant, number, id: row.id, namespace, flowId, endedAtMs: row.histories[row.histories.length - 1]?.atMs ?? 0 } satisfies KeptLog });
  for (const prefix of prefixes) for (const { key } of reader.range({ prefix })) writes.push({ type: 'remove', key });
  return writes;
}

/** Whose the log and metrics are that stayed when their execution was deleted. */
export interface KeptLog {
  readonly tenant: string;
  readonly number: number;
  readonly id: ExecutionId;
  readonly namespace: string;
  readonly flowId: string;
  readonly endedAtMs: number;
}

export function* listKeptLogs(reader: Reader, tenant: string): Generator<KeptLog> {
  for (const { value } of reader.range<KeptLog>({ prefix: enginePrefixes.keptLogs(tenant) })) yield value;
}

export const keptLogRemoval = (kept: Pick<KeptLog, 'tenant' | 'number'>): Write => ({ type: 'remove', key: engineKeys.keptLog(kept.tenant, kept.number) });
