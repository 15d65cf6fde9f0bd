/**
 * How many executions there are per state, per (namespace, flow, state) and per (day, state). The engine's writer keeps them in memory
 * and writes each changed one once per commit, with the rows that changed it, so that no list and no chart ever counts rows.
 */
import { currentState, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { isStateType, type StateType } from '../../../core/protocol/states.ts';
import type { Key, Reader, Write } from '../contract.ts';
import { engineKeys } from '../keys.ts';

export interface Counters {
  /** An execution came (before is undefined), changed, or went (after is undefined). */
  moved(before: ExecutionRow | undefined, after: ExecutionRow | undefined): void;
  /** The counters that changed since the last call, for the commit that carries the rows. */
  take(): Write[];
}

export interface CountersOptions {
  /** `yyyy-MM-dd` of a time in the server's zone: the execution's day is the one of its creation. */
  readonly dayOf: (atMs: number) => string;
}

export function createCounters(reader: Reader, options: CountersOptions): Counters {
  const counts = new Map<string, { readonly key: Key; count: number }>();
  const changed = new Set<string>();
  const add = (key: Key, by: number): void => {
    const name = key.join('\0');
    let entry = counts.get(name);
    if (entry === undefined) {
      entry = { key, count: reader.get<number>(key) ?? 0 };
      counts.set(name, entry);
    }
    entry.count += by;
    changed.add(name);
  };
  const count = (row: ExecutionRow, by: 1 | -1): void => {
    if (row.kind !== undefined) return;
    for (const key of counterKeys(row, options.dayOf)) add(key, by);
  };
  return {
    moved: (before, after) => {
      if (before !== undefined && after !== undefined && currentState(before.histories) === currentState(after.histories)) return;
      if (before !== undefined) count(before, -1);
      if (after !== undefined) count(after, 1);
    },
    take: () => {
      const writes: Write[] = [];
      for (const name of changed) {
        const entry = counts.get(name);
        if (entry === undefined) continue;
        if (entry.count < 0) throw new Error(`counter ${JSON.stringify(entry.key)} fell below zero: an execution was counted out twice`);
        // A counter stays in memory at zero: until this commit has landed, the store still says its old value.
        writes.push(entry.count === 0 ? { type: 'remove', key: entry.key } : { type: 'put', key: entry.key, value: entry.count });
      }
      changed.clear();
      return writes;
    },
  };
}

function counterKeys(row: ExecutionRow, dayOf: (atMs: number) => string): readonly Key[] {
  // Tests and the iterations of a Loop are in no list and no chart.
  if (row.kind !== undefined) return [];
  const state = currentState(row.histories);
  return [
    engineKeys.counter(row.tenant, 'state', state),
    engineKeys.counter(row.tenant, 'flow', row.namespace, row.flowId, state),
    engineKeys.counter(row.tenant, 'day', dayOf(row.histories[0]?.atMs ?? 0), state),
  ];
}

/** Formats days in a time zone; a formatter call costs microseconds, so the day of each quarter hour is remembered. */
export function dayFormatter(timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const known = new Map<number, string>();
  return (atMs) => {
    // Zones differ from UTC by multiples of a quarter hour, so no quarter hour holds a midnight inside.
    const quarter = Math.floor(atMs / 900_000);
    let day = known.get(quarter);
    if (day === undefined) {
      if (known.size > 5000) known.clear();
      day = format.format(atMs);
      known.set(quarter, day);
    }
    return day;
  };
}

export interface FlowCount {
  readonly namespace: string;
  readonly flowId: string;
  readonly state: StateType;
  readonly count: number;
}

/** All counters of flows, or of one namespace's, or of one flow's. */
export function loadFlowCounts(reader: Reader, tenant: string, namespace?: string, flowId?: string): readonly FlowCount[] {
  const rest = [namespace, flowId].filter((part) => part !== undefined);
  const counts: FlowCount[] = [];
  for (const { key, value } of reader.range<number>({ prefix: engineKeys.counter(tenant, 'flow', ...rest) })) {
    const [, , , ns, flow, state] = key;
    if (typeof ns === 'string' && typeof flow === 'string' && typeof state === 'string' && isStateType(state)) {
      counts.push({ namespace: ns, flowId: flow, state, count: value });
    }
  }
  return counts;
}

export function loadStateCounts(reader: Reader, tenant: string): Readonly<Partial<Record<StateType, number>>> {
  const counts: Partial<Record<StateType, number>> = {};
  for (const { key, value } of reader.range<number>({ prefix: engineKeys.counter(tenant, 'state') })) {
    const state = key[3];
    if (typeof state === 'string' && isStateType(state)) counts[state] = value;
  }
  return counts;
}

/** Per day (`yyyy-MM-dd`) and state, from a day on. */
export function loadDayCounts(reader: Reader, tenant: string, fromDay: string): Readonly<Record<string, Readonly<Partial<Record<StateType, number>>>>> {
  const days: Record<string, Partial<Record<StateType, number>>> = {};
  const prefix = engineKeys.counter(tenant, 'day');
  for (const { key, value } of reader.range<number>({ prefix, after: [...prefix, fromDay] })) {
    const [, , , day, state] = key;
    if (typeof day !== 'string' || typeof state !== 'string' || !isStateType(state)) continue;
    days[day] = { ...days[day], [state]: value };
  }
  return days;
}
