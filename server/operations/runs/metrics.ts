/** Metrics of executions, and of a flow over time: read from the rows of its executions, within a bound. */
import type { MetricEntry } from '../../../core/protocol/entities/log-entry.ts';
import { currentState } from '../../../core/protocol/entities/execution.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import { compileFilters, type FilterFields } from '../../../core/protocol/filters/match.ts';
import { oldFilters, parseFilters } from '../../../core/protocol/filters/syntax.ts';
import type { metricsAggregates, metricsNames, metricsOfExecution, metricsTasks } from '../../../core/protocol/operations/runs.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { Caller } from '../../access/contract.ts';
import { dayFormatter, loadExecution, loadExecutionByNumber, loadMetrics, numbersBackwards } from '../../store/index.ts';
import { slotAt, slotsOf } from '../charts/slots.ts';
import type { Handler, Rooms } from '../handler.ts';
import { pageOf, parseDateMs, parseSort, sortRows } from '../rooms.ts';

const fields: FilterFields<MetricEntry> = {
  q: { type: 'search', of: (metric) => `${metric.name} ${metric.taskId}` },
  name: { type: 'text', of: (metric) => metric.name },
  taskId: { type: 'text', of: (metric) => metric.taskId },
  taskRunId: { type: 'text', of: (metric) => metric.taskRunId },
  executionId: { type: 'text', of: (metric) => metric.executionId },
  startDate: { type: 'date', of: (metric) => Date.parse(metric.timestamp) },
  endDate: { type: 'date', of: (metric) => Date.parse(metric.timestamp) },
};

/** An unknown execution has no metrics, as in Kestra. */
export const ofExecution: Handler<typeof metricsOfExecution> = ({ rooms, input, caller }) => {
  const execution = loadExecution(rooms.engine, caller.tenant, input.executionId);
  const sort = parseSort(input.sort, ['taskId', 'name', 'timestamp', 'value']);
  const { matches } = compileFilters([...oldFilters({ taskRunId: input.taskRunId, taskId: input.taskId }), ...parseFilters(input.filters)], fields, { what: 'metrics', nowMs: rooms.ambient.clock.nowMs() });
  const isHidden = execution === undefined || rooms.access.refusal(caller, readExecution, execution.namespace) !== undefined;
  return pageOf(sortRows(isHidden ? [] : loadMetrics(rooms.engine, execution).filter(matches), sort, (metric, field) => metric[field]), input);
};

const readExecution = { resource: 'execution', action: 'read' } as const;
const namedExecutionsMax = 10_000;
const aggregatedExecutionsMax = 200_000;
const executionsPerTurn = 200;
const rangeDefaultMs = 30 * 86_400_000;
/** A metric is reported while its execution runs: one that began so long before the range may still report inside it. */
const reachMs = 86_400_000;

interface Range {
  readonly startMs?: number;
  readonly endMs?: number;
}

/** Metrics of a flow's executions, the newest execution first. Undefined once in a while: give the loop back. */
function* metricsOfFlow(rooms: Rooms, caller: Caller, flow: { readonly namespace: string; readonly flowId: string }, range: Range, executionsMax: number): Generator<readonly MetricEntry[] | undefined, boolean> {
  const { startMs, endMs } = range;
  let read = 0;
  const numbers = numbersBackwards(rooms.engine, caller.tenant, {
    flows: (one) => one.namespace === flow.namespace && one.flowId === flow.flowId,
    ...(startMs === undefined ? {} : { startMs: startMs - reachMs }), ...(endMs === undefined ? {} : { endMs }),
  }, { oldestFirst: false });
  for (const number of numbers) {
    if (read >= executionsMax) return false;
    read += 1;
    if (read % executionsPerTurn === 0) yield undefined;
    const row = loadExecutionByNumber(rooms.engine, caller.tenant, number);
    if (row === undefined || row.namespace !== flow.namespace || row.flowId !== flow.flowId) continue;
    const lastMs = row.histories[row.histories.length - 1]?.atMs ?? 0;
    if (startMs !== undefined && isTerminal(currentState(row.histories)) && lastMs < startMs) continue;
    yield loadMetrics(rooms.engine, row);
  }
  return true;
}

async function each(work: Generator<readonly MetricEntry[] | undefined, boolean>, take: (metric: MetricEntry) => void): Promise<boolean> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (step.value === undefined) await new Promise<void>((resolve) => void setImmediate(resolve));
    else for (const metric of step.value) take(metric);
  }
}

export const names: Handler<typeof metricsNames> = async ({ rooms, input, caller }) => {
  const found = new Set<string>();
  await each(metricsOfFlow(rooms, caller, input, {}, namedExecutionsMax), (metric) => { if (input.taskId === undefined || metric.taskId === input.taskId) found.add(metric.name); });
  return [...found].sort();
};

export const tasks: Handler<typeof metricsTasks> = async ({ rooms, input, caller }) => {
  const found = new Set<string>();
  await each(metricsOfFlow(rooms, caller, input, {}, namedExecutionsMax), (metric) => found.add(metric.taskId));
  return [...found].sort();
};

export const aggregates: Handler<typeof metricsAggregates> = async ({ rooms, input, caller }) => {
  const nowMs = rooms.ambient.clock.nowMs();
  const endMs = input.endDate === undefined || input.endDate === '' ? nowMs : parseDateMs('endDate', input.endDate);
  const startMs = input.startDate === undefined || input.startDate === '' ? endMs - rangeDefaultMs : parseDateMs('startDate', input.startDate);
  if (startMs > endMs) throw illegalArgument('startDate is after endDate');
  const slots = slotsOf(startMs, endMs, dayFormatter(rooms.ambient.clock.timeZone()));
  const figures = slots.bounds.slice(1).map(() => ({ sum: 0, count: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY }));
  const complete = await each(metricsOfFlow(rooms, caller, input, { startMs, endMs }, aggregatedExecutionsMax), (metric) => {
    if (metric.name !== input.metric || (input.taskId !== undefined && metric.taskId !== input.taskId)) return;
    const atMs = Date.parse(metric.timestamp);
    const slot = atMs < startMs || atMs > endMs ? undefined : figures[slotAt(slots, atMs) ?? -1];
    if (slot === undefined) return;
    slot.sum += metric.value;
    slot.count += 1;
    slot.min = Math.min(slot.min, metric.value);
    slot.max = Math.max(slot.max, metric.value);
  });
  const figureOf = ({ sum, count, min, max }: (typeof figures)[number]): number => {
    if (count === 0) return 0;
    switch (input.aggregation ?? 'sum') {
      case 'sum': return sum;
      case 'avg': return sum / count;
      case 'min': return min;
      case 'max': return max;
    }
  };
  return { groupBy: slots.unit, complete, aggregations: figures.map((slot, index) => ({ name: input.metric, value: figureOf(slot), date: isoText(slots.bounds[index] ?? startMs), count: slot.count })) };
};
