/**
 * Indexes that only some executions have: labels, children, and those whose start is older than their number says. An execution of a
 * flow without labels that nobody else started costs none of them.
 */
import type { ExecutionRow, Label } from '../../../core/protocol/entities/execution.ts';
import type { Environment, Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';

/** The execution that started this one through a subflow or a flow trigger: what `triggerExecutionId` asks for. */
export function startedFromOf(row: ExecutionRow): string | undefined {
  const named = row.trigger?.variables['executionId'];
  return typeof named === 'string' && named !== '' ? named : row.parentId;
}

/** Numbers follow the clock of creation, which may be set back by so much. */
export const clockSlackMs = 2000;
const correlationId = 'system.correlationId';
/** Of a key's bytes, so that the key fits whatever the alphabet. */
const indexedCharsMax = 400;

/** A label that the index has: every execution carries its own id as correlation id, which is what the table of ids is for. */
export const isIndexedLabel = ({ key, value }: Label): boolean => key !== '' && value !== '' && key.length + value.length <= indexedCharsMax && !key.includes('\0') && !value.includes('\0');
const isOwnId = (row: ExecutionRow, { key, value }: Label): boolean => key === correlationId && value === row.id;
const indexedLabels = (row: ExecutionRow): readonly Label[] => row.labels.filter((label) => isIndexedLabel(label) && !isOwnId(row, label));

export function furtherIndexWrites(before: ExecutionRow | undefined, after: ExecutionRow): Write[] {
  const { tenant, namespace, flowId, number } = after;
  const writes: Write[] = [];
  if (after.kind !== undefined) return writes;
  if (before?.labels !== after.labels) {
    const now = indexedLabels(after);
    const old = before === undefined ? [] : indexedLabels(before);
    const isIn = (labels: readonly Label[], { key, value }: Label): boolean => labels.some((label) => label.key === key && label.value === value);
    for (const label of old) if (!isIn(now, label)) writes.push({ type: 'remove', key: engineKeys.byLabel(tenant, label.key, label.value, number) });
    for (const label of now) if (!isIn(old, label)) writes.push({ type: 'put', key: engineKeys.byLabel(tenant, label.key, label.value, number), value: true });
  }
  if (before !== undefined) return writes;
  if (startedFromOf(after) !== undefined) writes.push({ type: 'put', key: engineKeys.byChild(tenant, namespace, flowId, number), value: true });
  const firstMs = after.histories[0]?.atMs ?? 0;
  const madeMs = after.histories[after.histories.length - 1]?.atMs ?? 0;
  if (madeMs - firstMs > clockSlackMs) writes.push({ type: 'put', key: engineKeys.outOfOrder(tenant, number), value: madeMs });
  return writes;
}

export function furtherIndexRemovals(row: ExecutionRow): Write[] {
  const { tenant, namespace, flowId, number } = row;
  if (row.kind !== undefined) return [];
  return [
    ...indexedLabels(row).map((label) => ({ type: 'remove', key: engineKeys.byLabel(tenant, label.key, label.value, number) } as const)),
    ...(startedFromOf(row) === undefined ? [] : [{ type: 'remove', key: engineKeys.byChild(tenant, namespace, flowId, number) } as const]),
    { type: 'remove', key: engineKeys.outOfOrder(tenant, number) },
  ];
}

const indexVersion = 1;
const rowsPerCommit = 2000;

/** Rows that were written before these indexes existed get them, once. Called by the writer before it does anything else. */
export function ensureExecutionIndexes(engine: Environment, tenant: string): number {
  const versionKey = engineKeys.meta(`execution-indexes-${tenant}`);
  if ((engine.get<number>(versionKey) ?? 0) >= indexVersion) return 0;
  let rows = 0;
  let writes: Write[] = [];
  let after: number | undefined;
  for (;;) {
    let last: number | undefined;
    for (const { value } of engine.range<ExecutionRow>({ prefix: enginePrefixes.executions(tenant), limit: rowsPerCommit, ...(after === undefined ? {} : { after: engineKeys.execution(tenant, after) }) })) {
      // A row as it was at its birth: a copy has its old history, everything else had one entry.
      writes.push(...furtherIndexWrites(undefined, { ...value, histories: bornWith(value) }));
      last = value.number;
      rows += 1;
    }
    if (last === undefined) break;
    after = last;
    engine.writeNow(writes);
    writes = [];
  }
  engine.writeNow([{ type: 'put', key: versionKey, value: indexVersion }]);
  return rows;
}

/** A replay from a task carries the history of what it was made from, up to its own RESTARTED. */
function bornWith({ parentId, histories }: ExecutionRow): ExecutionRow['histories'] {
  const restarted = parentId === undefined ? -1 : histories.findLastIndex(({ state }) => state === 'RESTARTED');
  return restarted === -1 ? histories.slice(0, 1) : histories.slice(0, restarted + 1);
}

/** When an execution was made, which its number follows; of most it is their start. */
export const madeMsOf = (reader: Reader, row: ExecutionRow): number => reader.get<number>(engineKeys.outOfOrder(row.tenant, row.number)) ?? row.histories[0]?.atMs ?? 0;
