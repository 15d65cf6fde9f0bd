/** The figures that clients of 0.20 ask for. All are POSTs whose body may be left out. */
import { Type } from 'typebox';
import type { Execution } from '../entities/execution.ts';
import type { StateType } from '../states.ts';
import type { LogLevel } from '../entities/log-entry.ts';
import { operation } from '../operation.ts';

const read = { resource: 'execution', action: 'read' } as const;
const flows = Type.Array(Type.Object({ namespace: Type.String(), id: Type.String() }));
const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const texts = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String()), Type.Null()]));
const filter = { q: text, scope: texts, namespace: text, flowId: text, startDate: text, endDate: text, state: texts };
const body = Type.Optional(Type.Object(filter));
const ofFlows = Type.Optional(Type.Object({ ...filter, flows: Type.Optional(flows), namespaceOnly: Type.Optional(Type.Boolean()) }));

/** One day of executions, or of task runs. Durations in seconds, of those that have ended. */
export interface DailyFigures {
  readonly startDate: string;
  readonly groupBy: 'day';
  readonly duration: { readonly min: number; readonly max: number; readonly sum: number; readonly count: number; readonly avg: number };
  readonly executionCounts: Readonly<Record<StateType, number>>;
}

export const statsSummary = operation<{ readonly flows: number; readonly triggers: number }>()({
  name: 'stats.summary', doc: 'How many flows and triggers there are.', permission: { resource: 'flow', action: 'read' }, audited: false,
  input: Type.Object({ body: Type.Optional(Type.Object({ namespace: text })) }), rest: [{ method: 'POST', path: '/stats/summary', body: 'json' }],
});
export const statsExecutionsDaily = operation<readonly DailyFigures[]>()({
  name: 'stats.executionsDaily', doc: 'Executions by day and state; the last 30 days unless given.', permission: read, audited: false,
  input: Type.Object({ body }), rest: [{ method: 'POST', path: '/stats/executions/daily', body: 'json' }],
});
export const statsTaskRunsDaily = operation<readonly DailyFigures[]>()({
  name: 'stats.taskRunsDaily', doc: 'Task runs by day and state, of the newest ten thousand executions.', permission: read, audited: false,
  input: Type.Object({ body }), rest: [{ method: 'POST', path: '/stats/taskruns/daily', body: 'json' }],
});
export const statsExecutionsByFlow = operation<Readonly<Record<string, Readonly<Record<string, readonly DailyFigures[]>>>>>()({
  name: 'stats.executionsByFlow', doc: 'Executions by day, for each flow, or with namespaceOnly for each namespace (its member `*`).', permission: read, audited: false,
  input: Type.Object({ body: ofFlows }), rest: [{ method: 'POST', path: '/stats/executions/daily/group-by-flow', body: 'json' }],
});
export const statsExecutionsByNamespace = operation<Readonly<Record<string, { readonly counts: Readonly<Partial<Record<StateType, number>>>; readonly total: number }>>>()({
  name: 'stats.executionsByNamespace', doc: 'Executions by namespace and state.', permission: read, audited: false,
  input: Type.Object({ body }), rest: [{ method: 'POST', path: '/stats/executions/daily/group-by-namespace', body: 'json' }],
});
export const statsLatestByFlow = operation<readonly Execution[]>()({
  name: 'stats.latestByFlow', doc: 'The last execution of each named flow.', permission: read, audited: false,
  input: Type.Object({ body: Type.Optional(Type.Object({ flows: Type.Optional(flows) })) }), rest: [{ method: 'POST', path: '/stats/executions/latest/group-by-flow', body: 'json' }],
});
export const statsLogsDaily = operation<readonly { readonly timestamp: string; readonly groupBy: string; readonly counts: Readonly<Record<LogLevel, number>> }[]>()({
  name: 'stats.logsDaily', doc: 'Log lines by day and level.', permission: { resource: 'log', action: 'read' }, audited: false,
  input: Type.Object({ body: Type.Optional(Type.Object({ ...filter, logLevel: text, triggerId: text })) }), rest: [{ method: 'POST', path: '/stats/logs/daily', body: 'json' }],
});
