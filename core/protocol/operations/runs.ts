/** Logs and metrics: what runs leave behind. */
import { Type } from 'typebox';
import type { LogEntry, LogMap, MetricEntry } from '../entities/log-entry.ts';
import { operation, type Download, type EventStream, type Page } from '../operation.ts';
import { pageInput } from './parts.ts';

const readLog = { resource: 'log', action: 'read' } as const;
const logFilter = {
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
export const logsSearch = operation<Page<LogEntry> & { readonly type: 'OFFSET' }>()({
  name: 'logs.search', doc: 'Log lines of all executions, newest first.', permission: readLog, audited: false,
  input: Type.Object({ ...pageInput, q: Type.Optional(Type.String()), namespace: Type.Optional(Type.String()), flowId: Type.Optional(Type.String()), minLevel: Type.Optional(Type.String()), startDate: Type.Optional(Type.String()), endDate: Type.Optional(Type.String()), timeRange: Type.Optional(Type.String()), triggerId: Type.Optional(Type.String()) }),
  rest: [{ method: 'GET', path: '/logs/search', lists: ['sort'] }],
});
export const metricsOfExecution = operation<Page<MetricEntry>>()({
  name: 'metrics.ofExecution', doc: 'Metrics of an execution.', permission: { resource: 'execution', action: 'read' }, audited: false,
  input: Type.Object({ executionId: Type.String(), ...pageInput, taskRunId: Type.Optional(Type.String()), taskId: Type.Optional(Type.String()) }),
  rest: [{ method: 'GET', path: '/metrics/{executionId}', lists: ['sort'] }],
});
