/** Logs and metrics: what runs leave behind. */
import { Type } from 'typebox';
import type { LogEntry, LogMap, MetricEntry } from '../entities/log-entry.ts';
import { operation, type Download, type EventStream, type Page } from '../operation.ts';
import { filterInput, pageInput } from './parts.ts';

const readLog = { resource: 'log', action: 'read' } as const;
const logFilter = {
  ...filterInput,
  minLevel: Type.Optional(Type.String()), taskRunId: Type.Optional(Type.String()), taskId: Type.Optional(Type.String()),
  attempt: Type.Optional(Type.Integer()), q: Type.Optional(Type.String()),
};

export const logsOfExecution = operation<readonly LogEntry[]>()({
  name: 'logs.ofExecution', doc: 'The log of an execution, oldest first.', permission: readLog, audited: false,
  input: Type.Object({ executionId: Type.String(), ...logFilter }), rest: [{ method: 'GET', path: '/logs/{executionId}' }],
});
/**
 * A page of positions, for the log view: reading the end of a 1 GB log is one page. `from` gives the lines at and after a position,
 * `before` the last ones below it, neither the end. `total` counts the whole log, whatever the filter.
 */
export const logsPage = operation<{ readonly total: number; readonly first: number; readonly lines: readonly LogEntry[] }>()({
  name: 'logs.page', doc: 'Lines of a log by position.', permission: readLog, audited: false,
  input: Type.Object({ executionId: Type.String(), from: Type.Optional(Type.Integer({ minimum: 0 })), before: Type.Optional(Type.Integer({ minimum: 0 })), size: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000 })), endMs: Type.Optional(Type.Integer({ description: 'Only lines that had been written by then' })), ...logFilter }), rest: [],
});
/** For the map beside a log of any length: `buckets` equal parts by position, each with its lines per level. Costs one look-up a bucket. */
export const logsMap = operation<LogMap>()({
  name: 'logs.map', doc: 'Where in a log its warnings and errors are.', permission: readLog, audited: false,
  input: Type.Object({ executionId: Type.String(), buckets: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }), rest: [],
});
export const logsDownload = operation<Download>()({
  name: 'logs.download', doc: 'The log of an execution as text.', permission: readLog, audited: false,
  input: Type.Object({ executionId: Type.String(), ...logFilter }), rest: [{ method: 'GET', path: '/logs/{executionId}/download', answer: 'download' }],
});
/** SSE: the stored lines first, then each as it is written; the reader leaves. */
export const logsFollow = operation<EventStream>()({
  name: 'logs.follow', doc: 'Follows the log of an execution.', permission: readLog, audited: false,
  input: Type.Object({ executionId: Type.String(), ...logFilter }), rest: [{ method: 'GET', path: '/logs/{executionId}/follow', answer: 'events' }],
});
/** Lines that have left a log are gone for good; a running execution's stay until it has ended. */
export const logsDelete = operation<{ readonly count: number }>()({
  name: 'logs.delete', doc: 'Deletes lines of an ended execution\'s log: all, or those that match.', permission: { resource: 'log', action: 'delete' }, audited: true,
  input: Type.Object({ executionId: Type.String(), ...logFilter }), rest: [{ method: 'DELETE', path: '/logs/{executionId}' }],
});
export const logsDeleteOfFlow = operation<{ readonly count: number }>()({
  name: 'logs.deleteOfFlow', doc: 'Deletes the lines of a flow\'s ended executions; with a trigger id only what that trigger said.', permission: { resource: 'log', action: 'delete' }, audited: true,
  input: Type.Object({ namespace: Type.String(), flowId: Type.String(), triggerId: Type.Optional(Type.String()) }), rest: [{ method: 'DELETE', path: '/logs/{namespace}/{flowId}' }],
});
/** `cursor` (also an empty one) reads on without counting: hand back `nextCursor` until there is none. */
export const logsSearch = operation<Page<LogEntry> & { readonly type: 'OFFSET' | 'CURSOR'; readonly nextCursor?: string }>()({
  name: 'logs.search', doc: 'Log lines of all executions, newest first.', permission: readLog, audited: false,
  input: Type.Object({ ...pageInput, ...logFilter, cursor: Type.Optional(Type.String({ maxLength: 100 })), scope: Type.Optional(Type.Array(Type.String())), namespace: Type.Optional(Type.String()), flowId: Type.Optional(Type.String()), startDate: Type.Optional(Type.String()), endDate: Type.Optional(Type.String()), timeRange: Type.Optional(Type.String()), triggerId: Type.Optional(Type.String()) }),
  rest: [{ method: 'GET', path: '/logs/search', lists: ['sort', 'scope'] }],
});
export const metricsOfExecution = operation<Page<MetricEntry>>()({
  name: 'metrics.ofExecution', doc: 'Metrics of an execution.', permission: { resource: 'execution', action: 'read' }, audited: false,
  input: Type.Object({ executionId: Type.String(), ...pageInput, ...filterInput, taskRunId: Type.Optional(Type.String()), taskId: Type.Optional(Type.String()) }),
  rest: [{ method: 'GET', path: '/metrics/{executionId}', lists: ['sort'] }],
});
const ofFlow = { namespace: Type.String(), flowId: Type.String() };
const readExecution = { resource: 'execution', action: 'read' } as const;
export const metricsNames = operation<readonly string[]>()({
  name: 'metrics.names', doc: 'Names of the metrics of a flow\'s newest executions, or of one of its tasks.', permission: readExecution, audited: false,
  input: Type.Object({ ...ofFlow, taskId: Type.Optional(Type.String()) }), rest: [{ method: 'GET', path: '/metrics/names/{namespace}/{flowId}', also: ['/metrics/names/{namespace}/{flowId}/{taskId}'] }],
});
export const metricsTasks = operation<readonly string[]>()({
  name: 'metrics.tasks', doc: 'Tasks of a flow that have reported metrics in its newest executions.', permission: readExecution, audited: false,
  input: Type.Object(ofFlow), rest: [{ method: 'GET', path: '/metrics/tasks/{namespace}/{flowId}' }],
});
export interface MetricAggregates {
  readonly groupBy: 'minute' | 'hour' | 'day' | 'week';
  /** Every slot; one that nothing was reported in has the value 0 and the count 0. */
  readonly aggregations: readonly { readonly name: string; readonly value: number; readonly date: string; readonly count: number }[];
  /** False when there were too many executions to read: the newest only. */
  readonly complete: boolean;
}
export const metricsAggregates = operation<MetricAggregates>()({
  name: 'metrics.aggregates', doc: 'A metric of a flow, or of one of its tasks, over time.', permission: readExecution, audited: false,
  input: Type.Object({
    ...ofFlow, metric: Type.String(), taskId: Type.Optional(Type.String()), startDate: Type.Optional(Type.String()), endDate: Type.Optional(Type.String()),
    aggregation: Type.Optional(Type.Union([Type.Literal('sum'), Type.Literal('avg'), Type.Literal('min'), Type.Literal('max')])),
  }),
  rest: [{ method: 'GET', path: '/metrics/aggregates/{namespace}/{flowId}/{metric}', also: ['/metrics/aggregates/{namespace}/{flowId}/{taskId}/{metric}'] }],
});
