/** What lists show beside their rows: figures over time, counted in slots by the filters of the list, and what a row alone does not know. */
import { Type } from 'typebox';
import type { LogLevel } from '../entities/log-entry.ts';
import type { StateType } from '../states.ts';
import { operation } from '../operation.ts';
import { executionFilterInput } from './parts.ts';

/** One slot of time: from its start, inclusive, to the start of the next one. */
export interface ChartSlot {
  readonly start: string;
  readonly end: string;
}

export interface ExecutionChartSlot extends ChartSlot {
  readonly counts: Readonly<Partial<Record<StateType, number>>>;
  /** The mean duration of those that have ended, milliseconds; left out when none has. */
  readonly durationMs?: number;
}

export interface LogChartSlot extends ChartSlot {
  readonly counts: Readonly<Partial<Record<LogLevel, number>>>;
}

export interface Chart<Slot> {
  readonly slot: 'minute' | 'hour' | 'day' | 'week';
  readonly slots: readonly Slot[];
  /** False when there was too much to count: the figures speak of the newest only. */
  readonly complete: boolean;
}

export const executionsChart = operation<Chart<ExecutionChartSlot>>()({
  name: 'executions.chart', doc: 'Executions per slot of time by state, with their mean duration.', permission: { resource: 'execution', action: 'read' }, audited: false,
  input: Type.Object({ ...executionFilterInput }), rest: [{ method: 'GET', path: '/executions/chart', lists: ['state', 'labels', 'scope'] }],
});
export const logsChart = operation<Chart<LogChartSlot>>()({
  name: 'logs.chart', doc: 'Log lines per slot of time by level.', permission: { resource: 'log', action: 'read' }, audited: false,
  input: Type.Object({
    q: Type.Optional(Type.String()), namespace: Type.Optional(Type.String()), flowId: Type.Optional(Type.String()), minLevel: Type.Optional(Type.String()), triggerId: Type.Optional(Type.String()),
    startDate: Type.Optional(Type.String()), endDate: Type.Optional(Type.String()), timeRange: Type.Optional(Type.String()),
  }),
  rest: [{ method: 'GET', path: '/logs/chart' }],
});
/** The column "Task": a row of the list is an execution without its task runs. */
export const executionsLastTasks = operation<Readonly<Record<string, { readonly taskId: string; readonly attempts: number }>>>()({
  name: 'executions.lastTasks', doc: 'The newest task run of each execution and how often it was tried.', permission: { resource: 'execution', action: 'read' }, audited: false,
  input: Type.Object({ ids: Type.Array(Type.String(), { maxItems: 100 }) }), rest: [],
});

export interface MetricChartSlot extends ChartSlot {
  /** The aggregated value; left out when the metric was not reported in this slot. */
  readonly value?: number;
  /** How often it was reported. */
  readonly reports: number;
}

export interface MetricChart extends Chart<MetricChartSlot> {
  /** Tasks of the flow that reported metrics in this time, and the names of these (of the chosen task's when one is chosen), sorted. */
  readonly tasks: readonly string[];
  readonly metrics: readonly string[];
  /** A timer's values are milliseconds. */
  readonly isTimer: boolean;
}

/** The Metrics tab of a flow: what can be chosen, and the figures of what is chosen. */
export const metricsChart = operation<MetricChart>()({
  name: 'metrics.chart', doc: 'A metric of a flow\'s executions per slot of time.', permission: { resource: 'execution', action: 'read' }, audited: false,
  input: Type.Object({
    namespace: Type.String(), flowId: Type.String(), taskId: Type.Optional(Type.String()), metric: Type.Optional(Type.String()), aggregation: Type.Optional(Type.String({ description: 'SUM, AVG, MIN or MAX' })),
    startDate: Type.Optional(Type.String()), endDate: Type.Optional(Type.String()), timeRange: Type.Optional(Type.String()),
  }),
  rest: [],
});
