/** A metric of a flow over time. Metrics lie with their executions, so the newest of these are read, within a bound. */
import { metricAggregations, type MetricAggregation } from '../../../core/protocol/entities/log-entry.ts';
import type { metricsChart } from '../../../core/protocol/operations/charts.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import { dayFormatter, loadMetrics, searchExecutions } from '../../store/index.ts';
import { executionFilter } from '../executions/filter.ts';
import type { Handler } from '../handler.ts';
import { shownSlots, slotAt, slotsOf } from './slots.ts';

const rangeDefaultMs = 30 * 86_400_000;
const executionsMax = 20_000;
const rowsPerTurn = 200;

interface Figures { reports: number; sum: number; least: number; most: number }

const given = (text: string | undefined): text is string => text !== undefined && text !== '';

export const metrics: Handler<typeof metricsChart> = async ({ rooms, input, caller }) => {
  const nowMs = rooms.ambient.clock.nowMs();
  const { namespace, flowId, taskId, metric, aggregation, ...time } = input;
  const asked = given(aggregation) ? aggregationOf(aggregation) : 'SUM';
  // Exactly this namespace: a flow of the same id below it is another one.
  const filter = executionFilter(rooms, caller, { ...time, flowId, filters: [{ field: 'namespace', operation: 'EQUALS', value: namespace }] });
  const startMs = filter.startMs ?? (filter.endMs ?? nowMs) - rangeDefaultMs;
  const endMs = Math.max(startMs, filter.endMs ?? nowMs);
  const slots = slotsOf(startMs, endMs, dayFormatter(rooms.ambient.clock.timeZone()));
  const figures: Figures[] = slots.bounds.slice(1).map(() => ({ reports: 0, sum: 0, least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY }));
  const tasks = new Set<string>();
  const names = new Set<string>();
  let isTimer = false;
  const found = await searchExecutions(rooms.engine, caller.tenant, { ...filter, startMs, endMs }, { page: 1, size: executionsMax });
  for (const [index, row] of found.rows.entries()) {
    if (index % rowsPerTurn === rowsPerTurn - 1) await new Promise<void>((resolve) => void setImmediate(resolve));
    for (const entry of loadMetrics(rooms.engine, row)) {
      tasks.add(entry.taskId);
      if (given(taskId) && entry.taskId !== taskId) continue;
      names.add(entry.name);
      if (entry.name !== metric) continue;
      const figure = figures[slotAt(slots, Date.parse(entry.timestamp)) ?? -1];
      if (figure === undefined) continue;
      isTimer ||= entry.type === 'timer';
      figure.reports += 1;
      figure.sum += entry.value;
      figure.least = Math.min(figure.least, entry.value);
      figure.most = Math.max(figure.most, entry.value);
    }
  }
  return {
    slot: slots.unit, complete: found.complete && found.rows.length >= found.total, tasks: [...tasks].sort(), metrics: [...names].sort(), isTimer,
    slots: shownSlots(slots, (index) => {
      const figure = figures[index];
      return figure === undefined || figure.reports === 0 ? { reports: 0 } : { reports: figure.reports, value: aggregated(figure, asked) };
    }),
  };
};

function aggregationOf(text: string): MetricAggregation {
  const aggregation = metricAggregations.find((one) => one === text.toUpperCase());
  if (aggregation === undefined) throw illegalArgument(`aggregation "${text}" is none of ${metricAggregations.join(', ')}`);
  return aggregation;
}

function aggregated(figure: Figures, aggregation: MetricAggregation): number {
  switch (aggregation) {
    case 'SUM': return figure.sum;
    case 'AVG': return figure.sum / figure.reports;
    case 'MIN': return figure.least;
    case 'MAX': return figure.most;
    default: return aggregation satisfies never;
  }
}
