/**
 * Pages of executions, newest first. A filter of namespaces, flows and states is answered from index ranges and its total from
 * counters, whatever the history's size. Any further filter (labels, text, dates) reads candidate rows one by one within a bound, so
 * that one search never holds the loop: `listExecutions` stops at `scannedMax`, `searchExecutions` goes on in slices.
 */
import { currentState, type ExecutionRow, type Label } from '../../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import type { Key, Reader } from '../contract.ts';
import { enginePrefixes } from '../keys.ts';
import { loadFlowCounts, loadStateCounts } from './counters.ts';
import { loadExecution, loadExecutionByNumber, startedFromOf } from './executions.ts';

export interface ExecutionFilter {
  /** This namespace and all below it. */
  readonly namespace?: string;
  readonly flowId?: string;
  /** Empty or left out: all. */
  readonly states?: readonly StateType[];
  /** All of them must be there. */
  readonly labels?: readonly Label[];
  /** Part of the id, namespace or flow id; no matter of case. */
  readonly text?: string;
  /** Started at or after. */
  readonly startMs?: number;
  /** Started at or before. */
  readonly endMs?: number;
  readonly triggerExecutionId?: string;
  readonly childFilter?: 'CHILD' | 'MAIN';
  readonly ids?: readonly string[];
  /** Only namespaces for which this holds: the permission scope of the caller. */
  readonly allowed?: (namespace: string) => boolean;
}

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
  /** False when the scan met its bound: `total` and `rows` speak of the newest rows only. */
  readonly complete: boolean;
}

/** About 30 ms of the loop. */
const scannedMax = 10_000;
const slowScannedMax = 2_000_000;
const sliceRows = 500;
/** Above so many ranges merging costs more than reading rows. */
const mergedRangesMax = 400;
/** Numbers follow the clock of creation, which may be set back a little. */
const clockSlackMs = 3_600_000;

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

/** True when the filter needs nothing but namespace, flow and states: totals come from counters. */
export function isCovered(filter: ExecutionFilter): boolean {
  return (filter.labels?.length ?? 0) === 0 && (filter.text ?? '') === '' && filter.startMs === undefined && filter.endMs === undefined
    && filter.triggerExecutionId === undefined && filter.childFilter === undefined && filter.ids === undefined;
}

/** Does a row belong to the list? The watch room asks it for every changed row. */
export function matchesExecution(row: ExecutionRow, filter: ExecutionFilter): boolean {
  if (filter.allowed !== undefined && !filter.allowed(row.namespace)) return false;
  if (filter.namespace !== undefined && !isInNamespace(row.namespace, filter.namespace)) return false;
  if (filter.flowId !== undefined && row.flowId !== filter.flowId) return false;
  if (filter.states !== undefined && filter.states.length > 0 && !filter.states.includes(currentState(row.histories))) return false;
  if (filter.ids !== undefined && !filter.ids.includes(row.id)) return false;
  for (const label of filter.labels ?? []) if (!row.labels.some((own) => own.key === label.key && own.value === label.value)) return false;
  const startMs = row.histories[0]?.atMs ?? 0;
  if (filter.startMs !== undefined && startMs < filter.startMs) return false;
  if (filter.endMs !== undefined && startMs > filter.endMs) return false;
  if (filter.triggerExecutionId !== undefined && startedFromOf(row) !== filter.triggerExecutionId) return false;
  const isChild = startedFromOf(row) !== undefined;
  if (filter.childFilter === 'CHILD' && !isChild) return false;
  if (filter.childFilter === 'MAIN' && isChild) return false;
  const text = filter.text?.toLowerCase() ?? '';
  if (text !== '' && !`${row.id}\n${row.namespace}\n${row.flowId}`.toLowerCase().includes(text)) return false;
  return true;
}

export const isInNamespace = (namespace: string, parent: string): boolean => namespace === parent || namespace.startsWith(`${parent}.`);

function* scan(reader: Reader, tenant: string, filter: ExecutionFilter, page: ExecutionPage, bound: number): Generator<undefined, ExecutionList> {
  const size = Math.max(0, Math.floor(page.size));
  const offset = Math.max(0, Math.floor(page.page) - 1) * size;
  const field = page.sort?.field ?? 'state.startDate';
  const reverse = page.sort?.direction !== 'asc';
  const inOrder = field === 'state.startDate';
  const covered = isCovered(filter);
  const total = covered ? coveredTotal(reader, tenant, filter) : undefined;

  if (covered && inOrder && filter.allowed === undefined && filter.namespace === undefined && filter.flowId === undefined && (filter.states?.length ?? 0) === 0) {
    const rows: ExecutionRow[] = [];
    for (const { value } of reader.range<ExecutionRow>({ prefix: enginePrefixes.executions(tenant), reverse, offset, limit: size })) rows.push(value);
    return { rows, total: total ?? rows.length, complete: true };
  }

  const matching: ExecutionRow[] = [];
  let matched = 0;
  let scanned = 0;
  let complete = true;
  const wholePageBefore = total !== undefined && inOrder;
  for (const number of candidates(reader, tenant, filter, reverse)) {
    // An index range holds only matches, so rows before the page need not be read.
    if (wholePageBefore && candidatesAreExact(filter) && matched < offset) {
      matched += 1;
      continue;
    }
    if (wholePageBefore && matching.length >= size) break;
    scanned += 1;
    if (scanned > bound) {
      complete = false;
      break;
    }
    if (scanned % sliceRows === 0) yield undefined;
    const row = loadExecutionByNumber(reader, tenant, number);
    if (row === undefined) continue;
    const startMs = row.histories[0]?.atMs ?? 0;
    if (reverse && filter.startMs !== undefined && startMs < filter.startMs - clockSlackMs) break;
    if (!reverse && filter.endMs !== undefined && startMs > filter.endMs + clockSlackMs) break;
    if (!matchesExecution(row, filter)) continue;
    matched += 1;
    if (!inOrder || (matched > offset && matching.length < size)) matching.push(row);
  }
  if (inOrder) return { rows: matching, total: total ?? matched, complete };
  const compare = compareBy(field);
  matching.sort((a, b) => (reverse ? -1 : 1) * (compare(a, b) || a.number - b.number));
  return { rows: matching.slice(offset, offset + size), total: total ?? matched, complete };
}

function coveredTotal(reader: Reader, tenant: string, filter: ExecutionFilter): number {
  const states = filter.states ?? [];
  const has = (state: StateType): boolean => states.length === 0 || states.includes(state);
  let total = 0;
  if (filter.namespace === undefined && filter.flowId === undefined && filter.allowed === undefined) {
    for (const [state, count] of Object.entries(loadStateCounts(reader, tenant)) as [StateType, number][]) if (has(state)) total += count;
    return total;
  }
  for (const count of loadFlowCounts(reader, tenant)) if (has(count.state) && flowMatches(count, filter)) total += count.count;
  return total;
}

const flowMatches = (flow: { readonly namespace: string; readonly flowId: string }, filter: ExecutionFilter): boolean =>
  (filter.namespace === undefined || isInNamespace(flow.namespace, filter.namespace))
  && (filter.flowId === undefined || flow.flowId === filter.flowId)
  && (filter.allowed === undefined || filter.allowed(flow.namespace));

/** True when the chosen ranges hold exactly the matching executions. Must agree with `candidates`. */
function candidatesAreExact(filter: ExecutionFilter): boolean {
  return isCovered(filter);
}

/** Numbers of executions that may match, in order; a superset of those that do. */
function candidates(reader: Reader, tenant: string, filter: ExecutionFilter, reverse: boolean): Iterable<number> {
  if (filter.ids !== undefined) {
    const numbers = filter.ids.map((id) => loadExecution(reader, tenant, id)?.number).filter((number) => number !== undefined);
    return numbers.sort((a, b) => (reverse ? b - a : a - b));
  }
  if (filter.triggerExecutionId !== undefined) {
    const id = filter.triggerExecutionId;
    return id === '' || id.includes('\0') ? [] : numbersOf(reader, enginePrefixes.byTriggerExecution(tenant, id), reverse);
  }
  const states = filter.states ?? [];
  if (filter.namespace === undefined && filter.flowId === undefined && filter.allowed === undefined) {
    if (states.length === 0) return numbersOf(reader, enginePrefixes.executions(tenant), reverse);
    return merged([...new Set(states)].map((state) => numbersOf(reader, enginePrefixes.byState(tenant, state), reverse)), reverse);
  }
  const ranges = new Map<string, Key>();
  for (const count of loadFlowCounts(reader, tenant)) {
    if (!flowMatches(count, filter)) continue;
    if (states.length === 0) {
      ranges.set(`${count.namespace}/${count.flowId}`, enginePrefixes.byFlow(tenant, count.namespace, count.flowId));
    } else if (states.includes(count.state)) {
      ranges.set(`${count.namespace}/${count.flowId}/${count.state}`, enginePrefixes.byFlowState(tenant, count.namespace, count.flowId, count.state));
    }
  }
  if (ranges.size > mergedRangesMax) return exactOnly(reader, tenant, filter, reverse);
  return merged([...ranges.values()].map((prefix) => numbersOf(reader, prefix, reverse)), reverse);
}

/** For a namespace of very many flows: reads the rows instead of merging ranges, still answering only matches of namespace, flow, state. */
function* exactOnly(reader: Reader, tenant: string, filter: ExecutionFilter, reverse: boolean): Iterable<number> {
  const { namespace, flowId, states, allowed } = filter;
  const narrow: ExecutionFilter = {
    ...(namespace === undefined ? {} : { namespace }), ...(flowId === undefined ? {} : { flowId }),
    ...(states === undefined ? {} : { states }), ...(allowed === undefined ? {} : { allowed }),
  };
  for (const { value } of reader.range<ExecutionRow>({ prefix: enginePrefixes.executions(tenant), reverse })) if (matchesExecution(value, narrow)) yield value.number;
}

function* numbersOf(reader: Reader, prefix: Key, reverse: boolean): Generator<number> {
  for (const { key } of reader.range({ prefix, reverse })) {
    const number = key[key.length - 1];
    if (typeof number === 'number') yield number;
  }
}

/** Merges ordered ranges into one; few of them, so a linear look for the next is cheaper than a heap. */
function* merged(ranges: readonly Generator<number>[], reverse: boolean): Generator<number> {
  const heads: { value: number; readonly range: Generator<number> }[] = [];
  try {
    for (const range of ranges) {
      const first = range.next();
      if (first.done !== true) heads.push({ value: first.value, range });
    }
    while (heads.length > 0) {
      let best = 0;
      for (let index = 1; index < heads.length; index += 1) {
        const a = heads[index]?.value ?? 0;
        const b = heads[best]?.value ?? 0;
        if (reverse ? a > b : a < b) best = index;
      }
      const head = heads[best];
      if (head === undefined) return;
      yield head.value;
      const next = head.range.next();
      if (next.done === true) heads.splice(best, 1);
      else head.value = next.value;
    }
  } finally {
    // Open cursors hold a snapshot of the store.
    for (const range of ranges) range.return(undefined);
  }
}

function compareBy(field: ExecutionSortField): (a: ExecutionRow, b: ExecutionRow) => number {
  const text = (of: (row: ExecutionRow) => string) => (a: ExecutionRow, b: ExecutionRow): number => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0);
  const startMs = (row: ExecutionRow): number => row.histories[0]?.atMs ?? 0;
  const lastMs = (row: ExecutionRow): number => row.histories[row.histories.length - 1]?.atMs ?? 0;
  // What has not ended yet sorts after everything that has.
  const endMs = (row: ExecutionRow): number => (isTerminal(currentState(row.histories)) ? lastMs(row) : Number.MAX_SAFE_INTEGER);
  switch (field) {
    case 'id': return text((row) => row.id);
    case 'namespace': return text((row) => row.namespace);
    case 'flowId': return text((row) => row.flowId);
    case 'state.current': return text((row) => currentState(row.histories));
    case 'state.startDate': return (a, b) => startMs(a) - startMs(b);
    case 'state.endDate': return (a, b) => endMs(a) - endMs(b);
    case 'state.duration': return (a, b) => (lastMs(a) - startMs(a)) - (lastMs(b) - startMs(b));
    default: {
      const unknown: never = field;
      throw new Error(`cannot sort executions by ${String(unknown)}`);
    }
  }
}

/** The newest execution of a flow. */
export function latestExecution(reader: Reader, tenant: string, namespace: string, flowId: string): ExecutionRow | undefined {
  for (const number of numbersOf(reader, enginePrefixes.byFlow(tenant, namespace, flowId), true)) return loadExecutionByNumber(reader, tenant, number);
  return undefined;
}

export const executionsOfState = (reader: Reader, tenant: string, state: StateType): Iterable<number> => numbersOf(reader, enginePrefixes.byState(tenant, state), false);

/** All executions of a namespace (with those below it) or of one flow, the oldest first, row by row. */
export function* executionsInOrder(reader: Reader, tenant: string, owner: { readonly namespace?: string; readonly flowId?: string }): Generator<ExecutionRow> {
  if (owner.namespace !== undefined && owner.flowId !== undefined) {
    for (const number of numbersOf(reader, enginePrefixes.byFlow(tenant, owner.namespace, owner.flowId), false)) {
      const row = loadExecutionByNumber(reader, tenant, number);
      if (row !== undefined) yield row;
    }
    return;
  }
  for (const { value } of reader.range<ExecutionRow>({ prefix: enginePrefixes.executions(tenant) })) {
    if ((owner.namespace === undefined || isInNamespace(value.namespace, owner.namespace)) && (owner.flowId === undefined || value.flowId === owner.flowId)) yield value;
  }
}
