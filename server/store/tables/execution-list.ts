/**
 * Pages of executions, newest first. Pages and totals of namespaces, flows, states, times, one label, or what one execution started come
 * from index ranges and counting, whatever the history's size (`isCountable`). Any further filter (a label and a state, several labels,
 * a condition of one's own) reads the rows of the narrowest index, and a sort by end or duration reads all that match: those are
 * bounded, so that one search never holds the loop. `listExecutions` stops at `scannedMax`, `searchExecutions` goes on in slices.
 */
import { currentState, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import type { Key, Reader } from '../contract.ts';
import { enginePrefixes } from '../keys.ts';
import { isInNamespace, matchesExecution, type ExecutionFilter } from './execution-filter.ts';
import { candidateRows, candidates, countExecutions, everything, flowStateRanges, mergedNumbers, numbersOf, planOf, type Plan } from './execution-ranges.ts';
import { loadExecutionByNumber } from './executions.ts';

export type ExecutionSortField = 'id' | 'namespace' | 'flowId' | 'state.current' | 'state.startDate' | 'state.endDate' | 'state.duration';
export interface ExecutionPage {
  /** From 1. */
  readonly page: number;
  readonly size: number;
  /** Default: newest first. */
  readonly sort?: { readonly field: ExecutionSortField; readonly direction: 'asc' | 'desc' };
}

export interface ExecutionList {
  readonly rows: readonly ExecutionRow[];
  readonly total: number;
  /** False when the scan met its bound: `total` and `rows` speak of the rows that were read only. */
  readonly complete: boolean;
}

/** About 30 ms of the loop. */
const scannedMax = 10_000;
const slowScannedMax = 2_000_000;
const sliceRows = 1000;

export function listExecutions(reader: Reader, tenant: string, filter: ExecutionFilter, page: ExecutionPage): ExecutionList {
  const work = scan(reader, tenant, filter, page, scannedMax);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** The same over the whole history: gives the loop back after each slice. */
export async function searchExecutions(reader: Reader, tenant: string, filter: ExecutionFilter, page: ExecutionPage): Promise<ExecutionList> {
  const work = scan(reader, tenant, filter, page, slowScannedMax);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}

/** Numbers of all that may match, newest first; ask each row. */
export const newestNumbers = (reader: Reader, tenant: string, filter: ExecutionFilter): Iterable<number> => candidates(reader, tenant, planOf(reader, tenant, filter), true);

/** Numbers of all that match, oldest first, above a number: for work on many executions, a batch at a time. */
export function* matchingNumbers(reader: Reader, tenant: string, filter: ExecutionFilter, above = 0): Generator<number | undefined> {
  const plan = planOf(reader, tenant, filter);
  let scanned = 0;
  for (const number of candidates(reader, tenant, plan, false)) {
    if (number <= above) continue;
    scanned += 1;
    if (scanned % sliceRows === 0) yield undefined;
    const row = loadExecutionByNumber(reader, tenant, number);
    if (row !== undefined && matchesExecution(row, filter)) yield number;
  }
}

function* scan(reader: Reader, tenant: string, filter: ExecutionFilter, page: ExecutionPage, bound: number): Generator<undefined, ExecutionList> {
  const size = Math.max(0, Math.floor(page.size));
  const offset = Math.max(0, Math.floor(page.page) - 1) * size;
  const field = page.sort?.field ?? 'state.startDate';
  const reverse = page.sort?.direction !== 'asc';
  const plan = planOf(reader, tenant, filter);
  const counted = countExecutions(reader, tenant, plan);
  const hasWindow = filter.startMs !== undefined || filter.endMs !== undefined;
  if (counted !== undefined && size === 0) return { rows: [], total: counted, complete: true };

  // One range that holds nothing but matches, in its own order: the page is read and nothing else.
  if (field === 'state.startDate' && plan.isExact && !hasWindow && plan.singles.length === 0 && counted !== undefined && (plan.ranges?.length ?? 1) === 1) {
    const rows: ExecutionRow[] = [];
    for (const number of numbersOf(reader, { prefix: plan.ranges?.[0] ?? enginePrefixes.executions(tenant), reverse, offset, limit: size })) {
      const row = loadExecutionByNumber(reader, tenant, number);
      if (row !== undefined) rows.push(row);
    }
    return { rows, total: counted, complete: true };
  }

  const byKey = field === 'state.startDate' ? undefined : rangesInOrder(reader, tenant, plan, field, reverse);
  const inOrder = field === 'state.startDate' || byKey !== undefined;
  const rows: ExecutionRow[] = [];
  const top = new TopRows(offset + size, field, reverse);
  let matched = 0;
  let scanned = 0;
  let complete = true;
  // Ranges that hold only matches: rows before the page need not be read.
  const isExact = counted !== undefined && !hasWindow && (byKey !== undefined || (plan.isExact && inOrder));
  const order = isExact ? skipped(reader, tenant, byKey ?? candidates(reader, tenant, plan, reverse), offset) : byKey === undefined ? candidateRows(reader, tenant, plan, reverse) : skipped(reader, tenant, byKey, 0);
  if (isExact) matched = offset;
  for (const row of order) {
    if (inOrder && counted !== undefined && rows.length >= size) break;
    scanned += 1;
    if (scanned > bound) {
      complete = false;
      break;
    }
    if (scanned % sliceRows === 0) yield undefined;
    if (!matchesExecution(row, filter)) continue;
    matched += 1;
    if (!inOrder) top.add(row);
    else if (matched > offset && rows.length < size) rows.push(row);
  }
  const total = counted ?? matched;
  if (inOrder) return { rows, total, complete };
  const sorted = top.take().slice(offset, offset + size).map((number) => loadExecutionByNumber(reader, tenant, number));
  return { rows: sorted.filter((row) => row !== undefined), total, complete };
}

function* skipped(reader: Reader, tenant: string, numbers: Iterable<number>, offset: number): Generator<ExecutionRow> {
  let passed = 0;
  for (const number of numbers) {
    passed += 1;
    if (passed <= offset) continue;
    const row = loadExecutionByNumber(reader, tenant, number);
    if (row !== undefined) yield row;
  }
}

// ------------------------------------------------------------------ other orders

/** Namespace, flow and state are parts of an index's keys: ranges of one value stand together, so the page is found without reading all. */
function rangesInOrder(reader: Reader, tenant: string, plan: Plan, field: ExecutionSortField, reverse: boolean): Iterable<number> | undefined {
  const part = field === 'namespace' ? 2 : field === 'flowId' ? 3 : field === 'state.current' ? 4 : undefined;
  const ranges = part === undefined ? undefined : flowStateRanges(reader, tenant, plan);
  if (part === undefined || ranges === undefined) return undefined;
  const groups = new Map<string, Key[]>();
  for (const prefix of ranges) {
    const value = String(prefix[part]);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [prefix]);
    else group.push(prefix);
  }
  const sign = reverse ? -1 : 1;
  const sorted = [...groups].sort(([a], [b]) => sign * (a < b ? -1 : a > b ? 1 : 0));
  return (function* () { for (const [, group] of sorted) yield* mergedNumbers(reader, group, plan.window, reverse); })();
}

/** The first so many of a sort, of rows that come in any order: only their keys are kept. */
class TopRows {
  readonly #max: number;
  readonly #keyOf: (row: ExecutionRow) => string | number;
  readonly #sign: number;
  #kept: { readonly key: string | number; readonly number: number }[] = [];

  constructor(max: number, field: ExecutionSortField, reverse: boolean) {
    this.#max = max;
    this.#keyOf = sortKeyOf(field);
    this.#sign = reverse ? -1 : 1;
  }

  add(row: ExecutionRow): void {
    this.#kept.push({ key: this.#keyOf(row), number: row.number });
    if (this.#kept.length > 2 * this.#max + 1000) this.#trim();
  }

  take(): readonly number[] {
    this.#trim();
    return this.#kept.map(({ number }) => number);
  }

  #trim(): void {
    this.#kept.sort((a, b) => this.#sign * ((a.key < b.key ? -1 : a.key > b.key ? 1 : 0) || a.number - b.number));
    this.#kept.length = Math.min(this.#kept.length, this.#max);
  }
}

function sortKeyOf(field: ExecutionSortField): (row: ExecutionRow) => string | number {
  const startMs = (row: ExecutionRow): number => row.histories[0]?.atMs ?? 0;
  const lastMs = (row: ExecutionRow): number => row.histories[row.histories.length - 1]?.atMs ?? 0;
  switch (field) {
    case 'id': return (row) => row.id;
    case 'namespace': return (row) => row.namespace;
    case 'flowId': return (row) => row.flowId;
    case 'state.current': return (row) => currentState(row.histories);
    case 'state.startDate': return startMs;
    // What has not ended yet sorts after everything that has.
    case 'state.endDate': return (row) => (isTerminal(currentState(row.histories)) ? lastMs(row) : Number.MAX_SAFE_INTEGER);
    case 'state.duration': return (row) => lastMs(row) - startMs(row);
    default: {
      const unknown: never = field;
      throw new Error(`cannot sort executions by ${String(unknown)}`);
    }
  }
}

/** The newest execution of a flow. */
export function latestExecution(reader: Reader, tenant: string, namespace: string, flowId: string): ExecutionRow | undefined {
  for (const number of numbersOf(reader, { prefix: enginePrefixes.byFlow(tenant, namespace, flowId), reverse: true, limit: 1 })) return loadExecutionByNumber(reader, tenant, number);
  return undefined;
}

/** Of every kind, oldest first: what the engine goes on with. */
export const executionsOfState = (reader: Reader, tenant: string, state: StateType): Iterable<number> =>
  mergedNumbers(reader, [enginePrefixes.byState(tenant, state), enginePrefixes.byKindState(tenant, state)], everything, false);

const inOrderPageRows = 200;

/**
 * All executions of a namespace (with those below it) or of one flow, the oldest first. Read page by page: between two rows the caller may
 * wait, and delete what it has seen.
 */
export function* executionsInOrder(reader: Reader, tenant: string, owner: { readonly namespace?: string; readonly flowId?: string }): Generator<ExecutionRow> {
  const { namespace, flowId } = owner;
  const prefix = namespace !== undefined && flowId !== undefined ? enginePrefixes.byFlow(tenant, namespace, flowId) : enginePrefixes.executions(tenant);
  for (let after: Key | undefined; ;) {
    const keys = [...reader.range({ prefix, limit: inOrderPageRows, ...(after === undefined ? {} : { after }) })].map(({ key }) => key);
    for (const key of keys) {
      const number = key[key.length - 1];
      const row = typeof number === 'number' ? loadExecutionByNumber(reader, tenant, number) : undefined;
      if (row !== undefined && (namespace === undefined || isInNamespace(row.namespace, namespace)) && (flowId === undefined || row.flowId === flowId)) yield row;
    }
    after = keys[keys.length - 1];
    if (after === undefined || keys.length < inOrderPageRows) return;
  }
}
