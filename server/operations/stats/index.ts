/** The figures of 0.20: rows of a window, read newest first within a bound, and put into days of the server's zone. */
import type { stats } from '../../../core/protocol/operations/index.ts';
import type { DailyFigures, statsExecutionsByFlow, statsExecutionsByNamespace, statsExecutionsDaily, statsLatestByFlow, statsLogsDaily, statsSummary, statsTaskRunsDaily } from '../../../core/protocol/operations/stats.ts';
import { currentState, executionOf, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { OldFilters } from '../../../core/protocol/filters/syntax.ts';
import { isTerminal, type StateChange } from '../../../core/protocol/states.ts';
import { isoText } from '../../../core/protocol/time.ts';
import { dayFormatter, flowMatches, latestExecution, listTriggers, loadExecutionByNumber, loadFlowCounts, loadTaskRuns, matchesExecution, newestNumbers, type ExecutionFilter } from '../../store/index.ts';
import { slotAt, slotsOf, type Slots } from '../charts/slots.ts';
import { logs as logsChart } from '../charts/logs.ts';
import { executionFilter, stateOfText } from '../executions/filter.ts';
import { filteredFlows } from '../flows/flow-list.ts';
import type { Call, Handler, HandlersOf } from '../handler.ts';

const rangeDefaultMs = 30 * 86_400_000;
const rowsMax = 200_000;
const taskRunExecutionsMax = 10_000;
const rowsPerTurn = 1000;

type Texts = string | readonly string[] | null | undefined;
interface Body {
  readonly q?: string | null;
  readonly scope?: Texts;
  readonly namespace?: string | null;
  readonly flowId?: string | null;
  readonly startDate?: string | null;
  readonly endDate?: string | null;
  readonly state?: Texts;
}
const listed = (value: Texts): readonly string[] => (value === null || value === undefined ? [] : typeof value === 'string' ? value.split(',') : value);
const given = <T>(value: T | null | undefined): T | undefined => value ?? undefined;
const filtersOf = (body: Body | undefined): OldFilters => ({
  q: given(body?.q), scope: listed(body?.scope), namespace: given(body?.namespace), flowId: given(body?.flowId), startDate: given(body?.startDate), endDate: given(body?.endDate), state: listed(body?.state),
});

interface Window {
  readonly filter: ExecutionFilter;
  readonly days: Slots;
}
function windowOf({ rooms, caller }: Pick<Call<typeof statsExecutionsDaily>, 'rooms' | 'caller'>, body: Body | undefined): Window {
  const filter = executionFilter(rooms, caller, filtersOf(body));
  const endMs = filter.endMs ?? rooms.ambient.clock.nowMs();
  const startMs = filter.startMs ?? endMs - rangeDefaultMs;
  return { filter: { ...filter, startMs, endMs }, days: daysOf(startMs, endMs, dayFormatter(rooms.ambient.clock.timeZone())) };
}

/** Whole days, however short or long the range. */
function daysOf(startMs: number, endMs: number, dayOf: (atMs: number) => string): Slots {
  const bounds: number[] = [];
  const slotMs = 30 * 86_400_000;
  for (let from = startMs; from <= endMs; from += slotMs) {
    // A range of more than three days and at most sixty is cut into days.
    const part = slotsOf(from, from + slotMs, dayOf).bounds;
    for (const bound of part) if (bound > (bounds[bounds.length - 1] ?? 0)) bounds.push(bound);
  }
  const last = bounds.findIndex((bound) => bound > endMs);
  return { unit: 'day', bounds: last === -1 ? bounds : bounds.slice(0, last + 1) };
}

class Days {
  readonly #days: Slots;
  readonly #figures: { readonly counts: Map<string, number>; min: number; max: number; sum: number; count: number }[];

  constructor(days: Slots) {
    this.#days = days;
    this.#figures = days.bounds.slice(1).map(() => ({ counts: new Map(), min: Number.POSITIVE_INFINITY, max: 0, sum: 0, count: 0 }));
  }

  add(histories: readonly StateChange[]): void {
    const startMs = histories[0]?.atMs ?? 0;
    const day = this.#figures[slotAt(this.#days, startMs) ?? -1];
    if (day === undefined) return;
    const state = currentState(histories);
    day.counts.set(state, (day.counts.get(state) ?? 0) + 1);
    if (!isTerminal(state)) return;
    const seconds = ((histories[histories.length - 1]?.atMs ?? startMs) - startMs) / 1000;
    day.min = Math.min(day.min, seconds);
    day.max = Math.max(day.max, seconds);
    day.sum += seconds;
    day.count += 1;
  }

  take(): readonly DailyFigures[] {
    return this.#figures.map(({ counts, min, max, sum, count }, index) => ({
      startDate: isoText(this.#days.bounds[index] ?? 0), groupBy: 'day',
      duration: { min: count === 0 ? 0 : min, max, sum, count, avg: count === 0 ? 0 : sum / count },
      // Every state has its count: clients read them without asking whether they are there.
      executionCounts: countsOf(counts),
    }));
  }
}

function countsOf(counts: ReadonlyMap<string, number>): DailyFigures['executionCounts'] {
  const count = (state: string): number => counts.get(state) ?? 0;
  return {
    CREATED: count('CREATED'), QUEUED: count('QUEUED'), RUNNING: count('RUNNING'), PAUSED: count('PAUSED'), BREAKPOINT: count('BREAKPOINT'), RESTARTED: count('RESTARTED'), RETRYING: count('RETRYING'),
    RETRIED: count('RETRIED'), KILLING: count('KILLING'), KILLED: count('KILLED'), SUCCESS: count('SUCCESS'), WARNING: count('WARNING'), FAILED: count('FAILED'), CANCELLED: count('CANCELLED'), SKIPPED: count('SKIPPED'),
  };
}

async function eachRow({ rooms, caller }: Pick<Call<typeof statsExecutionsDaily>, 'rooms' | 'caller'>, filter: ExecutionFilter, max: number, take: (row: ExecutionRow) => void): Promise<void> {
  let looked = 0;
  for (const number of newestNumbers(rooms.engine, caller.tenant, filter)) {
    looked += 1;
    if (looked > max) return;
    if (looked % rowsPerTurn === 0) await new Promise<void>((resolve) => void setImmediate(resolve));
    const row = loadExecutionByNumber(rooms.engine, caller.tenant, number);
    if (row !== undefined && matchesExecution(row, filter)) take(row);
  }
}

const summary: Handler<typeof statsSummary> = ({ rooms, caller, input }) => {
  const namespace = given(input.body?.namespace);
  const flows = filteredFlows(rooms, caller, namespace === undefined ? {} : { namespace });
  const names = new Set(flows.map((flow) => `${flow.namespace}/${flow.id}`));
  let triggers = 0;
  for (const trigger of listTriggers(rooms.engine, caller.tenant)) if (names.has(`${trigger.namespace}/${trigger.flowId}`)) triggers += 1;
  return { flows: flows.length, triggers };
};

const daily: Handler<typeof statsExecutionsDaily> = async (call) => {
  const { filter, days } = windowOf(call, call.input.body);
  const figures = new Days(days);
  await eachRow(call, filter, rowsMax, (row) => figures.add(row.histories));
  return figures.take();
};

/** `state` is the task runs' own. */
const taskRunsDaily: Handler<typeof statsTaskRunsDaily> = async (call) => {
  const { state, ...body } = call.input.body ?? {};
  const states = listed(state).filter((text) => text !== '').map(stateOfText);
  const { filter, days } = windowOf(call, body);
  const figures = new Days(days);
  await eachRow(call, filter, taskRunExecutionsMax, (row) => {
    for (const { histories } of loadTaskRuns(call.rooms.engine, row)) if (states.length === 0 || states.includes(currentState(histories))) figures.add(histories);
  });
  return figures.take();
};

const byFlow: Handler<typeof statsExecutionsByFlow> = async (call) => {
  const { flows, namespaceOnly, ...body } = call.input.body ?? {};
  const { filter, days } = windowOf(call, body);
  const wanted = flows === undefined ? undefined : new Set(flows.map(({ namespace, id }) => `${namespace}/${id}`));
  const chosen = wanted === undefined ? filter : { ...filter, flows: (flow: { readonly namespace: string; readonly flowId: string }) => filter.flows?.(flow) !== false && wanted.has(`${flow.namespace}/${flow.flowId}`) };
  const figures = new Map<string, Map<string, Days>>();
  await eachRow(call, chosen, rowsMax, (row) => {
    const ofNamespace = figures.get(row.namespace) ?? new Map<string, Days>();
    figures.set(row.namespace, ofNamespace);
    const name = namespaceOnly === true ? '*' : row.flowId;
    const of = ofNamespace.get(name) ?? new Days(days);
    ofNamespace.set(name, of);
    of.add(row.histories);
  });
  return Object.fromEntries([...figures].map(([namespace, of]) => [namespace, Object.fromEntries([...of].map(([name, one]) => [name, one.take()]))]));
};

const byNamespace: Handler<typeof statsExecutionsByNamespace> = async (call) => {
  const { body } = call.input;
  const isOfAllTime = [body?.startDate, body?.endDate, body?.q].every((text) => text === undefined || text === null || text === '');
  const counts = new Map<string, Map<string, number>>();
  const add = (namespace: string, state: string, by: number): void => {
    const of = counts.get(namespace) ?? new Map<string, number>();
    counts.set(namespace, of);
    of.set(state, (of.get(state) ?? 0) + by);
  };
  const filter = isOfAllTime ? executionFilter(call.rooms, call.caller, filtersOf(body)) : windowOf(call, body).filter;
  // Without a time the counters know.
  if (isOfAllTime) {
    for (const count of loadFlowCounts(call.rooms.engine, call.caller.tenant)) {
      if (flowMatches(count, filter) && ((filter.states?.length ?? 0) === 0 || filter.states?.includes(count.state) === true)) add(count.namespace, count.state, count.count);
    }
  } else await eachRow(call, filter, rowsMax, (row) => add(row.namespace, currentState(row.histories), 1));
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([namespace, of]) => [namespace, { counts: Object.fromEntries(of), total: [...of.values()].reduce((sum, count) => sum + count, 0) }]));
};

const latestByFlow: Handler<typeof statsLatestByFlow> = ({ rooms, caller, input }) => (input.body?.flows ?? []).flatMap(({ namespace, id }) => {
  const row = rooms.access.refusal(caller, { resource: 'execution', action: 'read' }, namespace) === undefined ? latestExecution(rooms.engine, caller.tenant, namespace, id) : undefined;
  return row === undefined ? [] : [executionOf(row, loadTaskRuns(rooms.engine, row))];
});

const logsDaily: Handler<typeof statsLogsDaily> = async (call) => {
  const body = call.input.body ?? {};
  const texts = Object.fromEntries(Object.entries({ q: body.q, namespace: body.namespace, flowId: body.flowId, startDate: body.startDate, endDate: body.endDate, minLevel: body.logLevel, triggerId: body.triggerId }).flatMap(([name, value]) => (typeof value === 'string' && value !== '' ? [[name, value]] : [])));
  const chart = await logsChart({ ...call, input: { ...(texts['startDate'] === undefined && texts['endDate'] === undefined ? { timeRange: 'P30D' } : {}), ...texts } });
  return chart.slots.map(({ start, counts }) => ({
    timestamp: start, groupBy: chart.slot,
    counts: { TRACE: counts.TRACE ?? 0, DEBUG: counts.DEBUG ?? 0, INFO: counts.INFO ?? 0, WARN: counts.WARN ?? 0, ERROR: counts.ERROR ?? 0 },
  }));
};

export const statHandlers: HandlersOf<typeof stats> = {
  statsSummary: summary, statsExecutionsDaily: daily, statsTaskRunsDaily: taskRunsDaily, statsExecutionsByFlow: byFlow, statsExecutionsByNamespace: byNamespace, statsLatestByFlow: latestByFlow, statsLogsDaily: logsDaily,
};
