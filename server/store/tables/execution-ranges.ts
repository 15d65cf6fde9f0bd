/**
 * Which index ranges hold the executions of a filter, in order of their numbers, and how many there are. Of several conditions the one
 * with the fewest executions gives the candidates; the rest is asked of their rows. `isExact` says that there is nothing left to ask.
 */
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { isTerminal, stateTypes, type StateType } from '../../../core/protocol/states.ts';
import type { Key, Reader } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';
import { loadFlowCounts, loadStateCounts } from './counters.ts';
import { flowMatches, isIdBeginning, isInFlowName, matchesExecution, textWords, type ExecutionFilter, type FlowName } from './execution-filter.ts';
import { clockSlackMs, isIndexedLabel, madeMsOf } from './execution-indexes.ts';
import { loadExecution, loadExecutionByNumber } from './executions.ts';

/** Above so many ranges merging costs more than reading rows. */
const mergedRangesMax = 400;
/** Ids that begin with a word, and copies of old executions, that are looked at one by one. */
const singlesMax = 10_000;

export interface Plan {
  /** What remains to be asked of a row; of an exact plan nothing but the window's edges. */
  readonly filter: ExecutionFilter;
  /** Index prefixes whose keys end with the number; disjoint. Left out: the rows themselves. */
  readonly ranges: readonly Key[] | undefined;
  /** Numbers outside of the ranges or the window that match, checked; in no order. */
  readonly singles: readonly number[];
  /** How many of them came by the beginning of their id, which the plan's filter does not ask for any more. */
  readonly byId: number;
  readonly window: Window;
  readonly isExact: boolean;
}

/** Numbers between which an execution can have started in the filter's time; in the inner part each has. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly innerFrom: number;
  readonly innerTo: number;
}
/** No time is asked for. */
export const everything: Window = { from: 0, to: Number.MAX_SAFE_INTEGER, innerFrom: 0, innerTo: Number.MAX_SAFE_INTEGER };

const hasFlows = (filter: ExecutionFilter): boolean => filter.namespace !== undefined || filter.flowId !== undefined || filter.flows !== undefined || filter.allowed !== undefined;
const hasStates = (filter: ExecutionFilter): boolean => (filter.states?.length ?? 0) > 0;
/** Nothing indexes the special kinds: all rows are asked. */
const hasKinds = ({ kinds }: ExecutionFilter): boolean => kinds !== undefined && kinds.some((kind) => kind !== 'NORMAL');
const hasWindow = (filter: ExecutionFilter): boolean => filter.startMs !== undefined || filter.endMs !== undefined;

/** True when totals come from counters or from counting keys: at most one kind of index is needed, and no row has to be read. */
export function isCountable(filter: ExecutionFilter): boolean {
  if (filter.where !== undefined || filter.ids !== undefined || filter.triggerExecutionId !== undefined || hasKinds(filter)) return false;
  const flows = hasFlows(filter) || textWords(filter.text).length > 0;
  const labels = filter.labels?.length ?? 0;
  const others = labels + (filter.childFilter === undefined ? 0 : 1);
  if (others === 0) return true;
  if (others > 1 || hasStates(filter)) return false;
  return filter.childFilter !== undefined || (!flows && (filter.labels ?? []).every(isIndexedLabel));
}

export function planOf(reader: Reader, tenant: string, asked: ExecutionFilter): Plan {
  if (asked.ids !== undefined) {
    const rows = [...new Set(asked.ids)].map((id) => loadExecution(reader, tenant, id)).filter((row) => row !== undefined);
    return { filter: asked, ranges: [], singles: rows.filter((row) => matchesExecution(row, asked)).map((row) => row.number), byId: 0, window: everything, isExact: true };
  }
  const { filter, byId } = withoutText(reader, tenant, asked);
  const window = windowOf(reader, tenant, filter);
  const copies = hasWindow(filter) ? copiesOutside(reader, tenant, filter, window) : [];
  const singles = [...byId, ...copies];
  const plan = (ranges: readonly Key[] | undefined, isExact: boolean): Plan => ({ filter, ranges, singles: [...new Set(singles)], byId: byId.length, window, isExact });
  if (hasKinds(filter)) return plan(undefined, false);
  const isAlone = isCountable(filter);
  const candidates: { readonly ranges: readonly Key[] | undefined; readonly count: number }[] = [];
  if (filter.triggerExecutionId !== undefined) {
    const id = filter.triggerExecutionId;
    const ranges = id === '' || id.length > 200 || id.includes('\0') ? [] : [enginePrefixes.byTriggerExecution(tenant, id)];
    candidates.push({ ranges, count: countOf(reader, ranges) });
  }
  for (const label of filter.labels ?? []) {
    if (!isIndexedLabel(label)) continue;
    const own = label.key === 'system.correlationId' ? loadExecution(reader, tenant, label.value) : undefined;
    // The execution whose id the label names carries it too, and the index leaves it out.
    if (own !== undefined && matchesExecution(own, filter)) singles.push(own.number);
    const ranges = [enginePrefixes.byLabel(tenant, label.key, label.value)];
    candidates.push({ ranges, count: countOf(reader, ranges) });
  }
  if (filter.childFilter === 'CHILD') {
    const ranges = flowRanges(reader, tenant, { ...filter, states: [] }, (flow) => enginePrefixes.byChild(tenant, flow.namespace, flow.flowId));
    candidates.push({ ranges, count: countOf(reader, ranges) });
  }
  if (candidates.length === 0 || hasStates(filter) || hasFlows(filter)) candidates.push({ ranges: stateRanges(reader, tenant, filter), count: countedTotal(reader, tenant, filter) });
  const fewest = candidates.reduce((best, next) => (next.count < best.count ? next : best));
  // MAIN has no index of its own, and too many ranges are not merged: the rows are asked.
  return plan(fewest.ranges, isAlone && filter.childFilter !== 'MAIN' && (fewest.ranges?.length ?? 0) <= mergedRangesMax);
}

/** Ranges of flows and states, or undefined for all executions. */
function stateRanges(reader: Reader, tenant: string, filter: ExecutionFilter): readonly Key[] | undefined {
  const states = filter.states ?? [];
  if (!hasFlows(filter)) {
    // Among all rows there may be special ones; among those of the states there are none.
    if (states.length === 0 && !hasSpecial(reader, tenant)) return undefined;
    return [...new Set(states.length === 0 ? stateTypes : states)].map((state) => enginePrefixes.byState(tenant, state));
  }
  if (states.length === 0) return flowRanges(reader, tenant, filter, (flow) => enginePrefixes.byFlow(tenant, flow.namespace, flow.flowId));
  return loadFlowCounts(reader, tenant).filter((count) => states.includes(count.state) && flowMatches(count, filter)).map((count) => enginePrefixes.byFlowState(tenant, count.namespace, count.flowId, count.state));
}

function hasSpecial(reader: Reader, tenant: string): boolean {
  for (const _ of reader.range({ prefix: enginePrefixes.byKindState(tenant), limit: 1 })) return true;
  return false;
}

function flowRanges(reader: Reader, tenant: string, filter: ExecutionFilter, prefixOf: (flow: FlowName) => Key): readonly Key[] {
  const ranges = new Map<string, Key>();
  for (const count of loadFlowCounts(reader, tenant)) if (flowMatches(count, filter)) ranges.set(`${count.namespace}/${count.flowId}`, prefixOf(count));
  return [...ranges.values()];
}

const countOf = (reader: Reader, ranges: readonly Key[]): number => ranges.reduce((sum, prefix) => sum + reader.count({ prefix }), 0);

/** Of flows and states, from counters, whatever the history's size. */
function countedTotal(reader: Reader, tenant: string, filter: ExecutionFilter): number {
  const states = filter.states ?? [];
  const has = (state: StateType): boolean => states.length === 0 || states.includes(state);
  let total = 0;
  if (!hasFlows(filter)) {
    for (const [state, count] of Object.entries(loadStateCounts(reader, tenant)) as [StateType, number][]) if (has(state)) total += count;
    return total;
  }
  for (const count of loadFlowCounts(reader, tenant)) if (has(count.state) && flowMatches(count, filter)) total += count.count;
  return total;
}

/** How many there are, without reading more rows than those at the window's edges; undefined when rows have to be read. */
export function countExecutions(reader: Reader, tenant: string, plan: Plan): number | undefined {
  const { filter, window } = plan;
  if (filter.ids !== undefined) return plan.singles.length;
  if (!isCountable(filter)) return undefined;
  if (filter.childFilter === 'MAIN') {
    const { childFilter: _main, ...all } = filter;
    const [whole, children] = [countExecutions(reader, tenant, planOf(reader, tenant, all)), countExecutions(reader, tenant, planOf(reader, tenant, { ...all, childFilter: 'CHILD' }))];
    return whole === undefined || children === undefined ? undefined : whole - children + plan.byId;
  }
  const single = plan.singles.length;
  const others = (filter.labels?.length ?? 0) > 0 || filter.childFilter !== undefined;
  if (!hasWindow(filter)) return single + (others ? countOf(reader, plan.ranges ?? []) : countedTotal(reader, tenant, filter));
  let total = single;
  for (const prefix of plan.ranges ?? [enginePrefixes.executions(tenant)]) if (window.innerFrom <= window.innerTo) total += reader.count({ prefix, ...between(prefix, window.innerFrom, window.innerTo, false) });
  // Copies inside have an old start; at the edges the clock's slack makes each row a question.
  for (const { key } of reader.range({ prefix: enginePrefixes.outOfOrder(tenant), ...between(enginePrefixes.outOfOrder(tenant), window.innerFrom, window.innerTo, false) })) {
    const row = loadExecutionByNumber(reader, tenant, Number(key[2]));
    if (row !== undefined && matchesExecution(row, timeless(filter)) && !matchesExecution(row, filter)) total -= 1;
  }
  const edges = window.innerFrom > window.innerTo ? [[window.from, window.to]] : [[window.from, window.innerFrom - 1], [window.innerTo + 1, window.to]];
  for (const [from = 0, to = -1] of edges) {
    if (from > to) continue;
    for (const { value } of reader.range<ExecutionRow>({ prefix: enginePrefixes.executions(tenant), ...between(enginePrefixes.executions(tenant), from, to, false) })) if (matchesExecution(value, filter)) total += 1;
  }
  return total;
}

function timeless({ startMs: _start, endMs: _end, ...filter }: ExecutionFilter): ExecutionFilter {
  return filter;
}

/** The part of a range between two numbers, inclusive. */
function between(prefix: Key, from: number, to: number, reverse: boolean): { readonly after?: Key; readonly until?: Key } {
  const low = from > 0 ? [...prefix, from - 1] : undefined;
  const high = to < Number.MAX_SAFE_INTEGER ? [...prefix, to + 1] : undefined;
  const [after, until] = reverse ? [high, low] : [low, high];
  return { ...(after === undefined ? {} : { after }), ...(until === undefined ? {} : { until }) };
}

// ------------------------------------------------------------------ time

function windowOf(reader: Reader, tenant: string, filter: ExecutionFilter): Window {
  const { startMs, endMs } = filter;
  if (startMs === undefined && endMs === undefined) return everything;
  const at = (ms: number): number => firstMadeAt(reader, tenant, ms);
  return {
    from: startMs === undefined ? 0 : at(startMs - clockSlackMs),
    innerFrom: startMs === undefined ? 0 : at(startMs + clockSlackMs),
    to: endMs === undefined ? Number.MAX_SAFE_INTEGER : at(endMs + clockSlackMs) - 1,
    innerTo: endMs === undefined ? Number.MAX_SAFE_INTEGER : at(endMs - clockSlackMs) - 1,
  };
}

/** The lowest number that was made at or after a moment; one above the highest when there is none. By halving. */
function firstMadeAt(reader: Reader, tenant: string, ms: number): number {
  const prefix = enginePrefixes.executions(tenant);
  const rowFrom = (number: number): ExecutionRow | undefined => {
    for (const { value } of reader.range<ExecutionRow>({ prefix, limit: 1, ...between(prefix, number, Number.MAX_SAFE_INTEGER, false) })) return value;
    return undefined;
  };
  let high = 1;
  for (const { key } of reader.range({ prefix, reverse: true, limit: 1 })) high = Number(key[2]) + 1;
  let low = 0;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = rowFrom(middle);
    if (row === undefined || madeMsOf(reader, row) >= ms) high = middle;
    else low = row.number + 1;
  }
  return low;
}

/** Copies that started in the time but were made at another: their numbers lie elsewhere. */
function copiesOutside(reader: Reader, tenant: string, filter: ExecutionFilter, window: Window): readonly number[] {
  const found: number[] = [];
  for (const { key } of reader.range({ prefix: enginePrefixes.outOfOrder(tenant), reverse: true, limit: singlesMax })) {
    const number = Number(key[2]);
    if (number >= window.from && number <= window.to) continue;
    const row = loadExecutionByNumber(reader, tenant, number);
    if (row !== undefined && matchesExecution(row, filter)) found.push(number);
  }
  return found;
}

// ------------------------------------------------------------------ text

/** A text as a question to flows, and the executions whose ids begin with one of its words. */
function withoutText(reader: Reader, tenant: string, asked: ExecutionFilter): { readonly filter: ExecutionFilter; readonly byId: readonly number[] } {
  const words = textWords(asked.text);
  const { text: _text, ...rest } = asked;
  if (words.length === 0) return { filter: rest, byId: [] };
  const inName = (flow: FlowName): boolean => words.every((word) => isInFlowName(flow, word));
  const { flows } = rest;
  const byId = new Set<number>();
  for (const word of words) {
    if (!isIdBeginning(word)) continue;
    // The exact id, and whatever begins with it: ids are ASCII.
    const own = loadExecution(reader, tenant, word);
    const numbers = own === undefined ? [] : [own.number];
    for (const { value } of reader.range<number>({ prefix: enginePrefixes.executionNumbers(tenant), after: engineKeys.executionNumber(tenant, word), until: engineKeys.executionNumber(tenant, `${word}\u007f`), limit: singlesMax })) numbers.push(value);
    for (const number of numbers) {
      const row = loadExecutionByNumber(reader, tenant, number);
      if (row !== undefined && !inName(row) && matchesExecution(row, asked)) byId.add(number);
    }
  }
  return { filter: { ...rest, flows: flows === undefined ? inName : (flow) => flows(flow) && inName(flow) }, byId: [...byId] };
}

// ------------------------------------------------------------------ candidates

/** Ranges of one flow in one state each, for a sort by a part of their keys; undefined when the filter asks for more than these. */
export function flowStateRanges(reader: Reader, tenant: string, { filter, singles }: Plan): readonly Key[] | undefined {
  if (singles.length > 0 || !isCountable(filter) || (filter.labels?.length ?? 0) > 0 || filter.childFilter !== undefined) return undefined;
  return loadFlowCounts(reader, tenant).filter((count) => (!hasStates(filter) || filter.states?.includes(count.state) === true) && flowMatches(count, filter))
    .map((count) => enginePrefixes.byFlowState(tenant, count.namespace, count.flowId, count.state));
}

/** Rows that may match, in order. */
export function* candidateRows(reader: Reader, tenant: string, plan: Plan, reverse: boolean): Generator<ExecutionRow> {
  if (plan.singles.length === 0 && !isMerged(plan)) {
    const prefix = enginePrefixes.executions(tenant);
    for (const { value } of reader.range<ExecutionRow>({ prefix, reverse, ...between(prefix, plan.window.from, plan.window.to, reverse) })) yield value;
    return;
  }
  for (const number of candidates(reader, tenant, plan, reverse)) {
    const row = loadExecutionByNumber(reader, tenant, number);
    if (row !== undefined) yield row;
  }
}

const isMerged = ({ ranges }: Plan): boolean => ranges !== undefined && ranges.length <= mergedRangesMax;

/** Their numbers; of an exact plan without a window all match. */
export function candidates(reader: Reader, tenant: string, plan: Plan, reverse: boolean): Iterable<number> {
  const { window } = plan;
  const numbersIn = (prefix: Key): Generator<number> => numbersOf(reader, { prefix, reverse, ...between(prefix, window.from, window.to, reverse) });
  const ranges = (isMerged(plan) ? plan.ranges ?? [] : [enginePrefixes.executions(tenant)]).map(numbersIn);
  if (plan.singles.length === 0) return ranges.length === 1 && ranges[0] !== undefined ? ranges[0] : merged(ranges, reverse);
  const singles = [...plan.singles].sort((a, b) => (reverse ? b - a : a - b));
  return distinct(merged([...ranges, (function* () { yield* singles; })()], reverse));
}

export interface NumberCursor {
  readonly oldestFirst: boolean;
  /** Begin with this number. */
  readonly from?: number;
}

/**
 * Numbers of executions of every kind that may belong to a filter of flows and times, in order: a superset, for what hangs on executions
 * (their logs). Those that have not ended are there whenever they began.
 */
export function numbersBackwards(reader: Reader, tenant: string, filter: Pick<ExecutionFilter, 'namespace' | 'flowId' | 'flows' | 'allowed' | 'ids' | 'startMs' | 'endMs'>, cursor: NumberCursor): Iterable<number> {
  const { ids, startMs, endMs } = filter;
  const reverse = !cursor.oldestFirst;
  if (ids !== undefined) {
    const numbers = ids.map((id) => loadExecution(reader, tenant, id)?.number).filter((number) => number !== undefined);
    return numbers.filter((number) => cursor.from === undefined || (reverse ? number <= cursor.from : number >= cursor.from)).sort((a, b) => (reverse ? b - a : a - b));
  }
  const window = windowOf(reader, tenant, { ...(startMs === undefined ? {} : { startMs }), ...(endMs === undefined ? {} : { endMs }) });
  const from = !reverse && cursor.from !== undefined ? Math.max(window.from, cursor.from) : window.from;
  const to = reverse && cursor.from !== undefined ? Math.min(window.to, cursor.from) : window.to;
  const part = (prefix: Key, low: number, high: number): Generator<number> => numbersOf(reader, { prefix, reverse, ...between(prefix, low, high, reverse) });
  const flows = hasFlows(filter) ? [
    ...flowRanges(reader, tenant, filter, (flow) => enginePrefixes.byFlow(tenant, flow.namespace, flow.flowId)),
    ...flowRanges(reader, tenant, filter, (flow) => enginePrefixes.byKindFlow(tenant, flow.namespace, flow.flowId)),
  ] : [];
  const ranges = flows.length > 0 && flows.length <= mergedRangesMax ? flows : hasFlows(filter) && flows.length === 0 ? [] : [enginePrefixes.executions(tenant)];
  const open = window.from === 0 ? [] : stateTypes.filter((state) => !isTerminal(state)).flatMap((state) => [enginePrefixes.byState(tenant, state), enginePrefixes.byKindState(tenant, state)]);
  const begin = !reverse && cursor.from !== undefined ? cursor.from : 0;
  return distinct(merged([...ranges.map((prefix) => part(prefix, from, to)), ...open.map((prefix) => part(prefix, begin, Math.min(window.from - 1, to)))], reverse));
}

function* distinct(numbers: Iterable<number>): Generator<number> {
  let last: number | undefined;
  for (const number of numbers) {
    if (number !== last) yield number;
    last = number;
  }
}

export function* numbersOf(reader: Reader, options: Parameters<Reader['range']>[0]): Generator<number> {
  for (const { key } of reader.range(options)) {
    const number = key[key.length - 1];
    if (typeof number === 'number') yield number;
  }
}

/** Numbers of several ranges in one order, of ranges that are all wanted whatever their number. */
export function mergedNumbers(reader: Reader, ranges: readonly Key[], window: Window, reverse: boolean): Generator<number> {
  return merged(ranges.map((prefix) => numbersOf(reader, { prefix, reverse, ...between(prefix, window.from, window.to, reverse) })), reverse);
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
