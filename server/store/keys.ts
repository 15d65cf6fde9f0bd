/**
 * Every key of both environments, in one place. Rows of executions are keyed by a time-ordered number, never by the random id
 * (engine-performance: a third of the speed otherwise). The tenant comes first, so that later tenants change no data.
 */
import type { Key } from './contract.ts';

export const engineKeys = {
  /** id -> number */
  executionNumber: (tenant: string, id: string): Key => [tenant, 'xi', id],
  execution: (tenant: string, number: number): Key => [tenant, 'x', number],
  taskRun: (tenant: string, number: number, position: number): Key => [tenant, 't', number, position],
  journal: (tenant: string, number: number, position: number): Key => [tenant, 'j', number, position],
  /** Index: all executions of a state, newest last. Value: nothing but true. */
  byState: (tenant: string, state: string, number: number): Key => [tenant, 'xs', state, number],
  byFlow: (tenant: string, namespace: string, flowId: string, number: number): Key => [tenant, 'xf', namespace, flowId, number],
  byFlowState: (tenant: string, namespace: string, flowId: string, state: string, number: number): Key => [tenant, 'xfs', namespace, flowId, state, number],
  byParent: (tenant: string, parentNumber: number, number: number): Key => [tenant, 'xp', parentNumber, number],
  /** Index: executions that another one started (a subflow's children), by the parent's id. */
  byTriggerExecution: (tenant: string, executionId: string, number: number): Key => [tenant, 'xt', executionId, number],
  /** The same two of executions of a special kind (tests, iterations of a Loop): lists leave them out, and nothing counts them. */
  byKindState: (tenant: string, state: string, number: number): Key => [tenant, 'ks', state, number],
  byKindFlow: (tenant: string, namespace: string, flowId: string, number: number): Key => [tenant, 'kf', namespace, flowId, number],
  /** Index: executions by a label, but for the correlation id that is their own id. */
  byLabel: (tenant: string, key: string, value: string, number: number): Key => [tenant, 'xl', key, value, number],
  /** Index: executions that another one started, by their own flow. */
  byChild: (tenant: string, namespace: string, flowId: string, number: number): Key => [tenant, 'xc', namespace, flowId, number],
  /** Index: executions that began with an old history (a replay from a task). Value: when they were made, epoch ms. */
  outOfOrder: (tenant: string, number: number): Key => [tenant, 'xo', number],
  /** A run of log lines: its key names the position of its first line, its value holds them or says where in the log's file they are. */
  log: (tenant: string, number: number, first: number): Key => [tenant, 'l', number, first],
  /** Whose the log and metrics are that stayed when their execution was deleted. */
  keptLog: (tenant: string, number: number): Key => [tenant, 'lk', number],
  metric: (tenant: string, number: number, position: number): Key => [tenant, 'm', number, position],
  /** Counters per (namespace, flow, state) and per (day, state). */
  counter: (tenant: string, kind: string, ...rest: readonly string[]): Key => [tenant, 'n', kind, ...rest],
  trigger: (tenant: string, namespace: string, flowId: string, triggerId: string): Key => [tenant, 'tr', namespace, flowId, triggerId],
  /** What a flow trigger has gathered in one stretch of time. */
  triggerWindow: (tenant: string, namespace: string, flowId: string, triggerId: string, windowId: string): Key => [tenant, 'trw', namespace, flowId, triggerId, windowId],
  triggerLog: (tenant: string, namespace: string, flowId: string, triggerId: string, sequence: number): Key => [tenant, 'trl', namespace, flowId, triggerId, sequence],
  kv: (tenant: string, namespace: string, key: string): Key => [tenant, 'kv', namespace, key],
  taskCache: (tenant: string, namespace: string, flowId: string, taskId: string, hash: string): Key => [tenant, 'tc', namespace, flowId, taskId, hash],
  /** Ended executions whose `afterExecution` still runs: a start has to take them up. */
  afterExecution: (tenant: string, number: number): Key => [tenant, 'xa', number],
  /** A state that tasks keep between executions: of one flow, or with an empty flow id of a namespace. */
  state: (tenant: string, namespace: string, flowId: string, name: string): Key => [tenant, 'st', namespace, flowId, name],
  /** Things due at a time: retries, pauses, schedules. */
  due: (atMs: number, tenant: string, number: number, what: string): Key => ['due', atMs, tenant, number, what],
  meta: (name: string): Key => ['meta', name],
} as const;

export const frontKeys = {
  flow: (tenant: string, namespace: string, id: string): Key => [tenant, 'flow', namespace, id],
  revision: (tenant: string, namespace: string, id: string, revision: number): Key => [tenant, 'rev', namespace, id, revision],
  /** A document's rows: 's' its compacted state, 'u' the updates after it, 'c' its bound client ids, 'd' deletions by author. */
  document: (tenant: string, birth: string, kind: 's' | 'u' | 'c' | 'd', ...rest: readonly (string | number)[]): Key => [tenant, 'doc', birth, kind, ...rest],
  person: (tenant: string, id: string): Key => [tenant, 'person', id],
  /** Name and colour of a visitor of an open workspace. */
  visitor: (tenant: string, id: string): Key => [tenant, 'visitor', id],
  token: (hash: string): Key => ['token', hash],
  session: (hash: string): Key => ['session', hash],
  invitation: (hash: string): Key => ['invite', hash],
  audit: (tenant: string, atMs: number, sequence: number): Key => [tenant, 'audit', atMs, sequence],
  /** A value that a participant has chosen for themselves. */
  preference: (tenant: string, participantId: string, name: string): Key => [tenant, 'pref', participantId, name],
  savedSearch: (tenant: string, id: string): Key => [tenant, 'search', id],
  namespaceFile: (tenant: string, namespace: string, path: string): Key => [tenant, 'nsfile', namespace, path],
  meta: (name: string): Key => ['meta', name],
} as const;

/** Beginnings of keys, for range scans. */
export const enginePrefixes = {
  executions: (tenant: string): Key => [tenant, 'x'],
  taskRuns: (tenant: string, number: number): Key => [tenant, 't', number],
  journal: (tenant: string, number: number): Key => [tenant, 'j', number],
  log: (tenant: string, number: number): Key => [tenant, 'l', number],
  metrics: (tenant: string, number: number): Key => [tenant, 'm', number],
  keptLogs: (tenant: string): Key => [tenant, 'lk'],
  byState: (tenant: string, state: string): Key => [tenant, 'xs', state],
  byFlow: (tenant: string, namespace: string, flowId: string): Key => [tenant, 'xf', namespace, flowId],
  byFlowState: (tenant: string, namespace: string, flowId: string, state: string): Key => [tenant, 'xfs', namespace, flowId, state],
  byTriggerExecution: (tenant: string, executionId: string): Key => [tenant, 'xt', executionId],
  byKindState: (tenant: string, ...rest: readonly string[]): Key => [tenant, 'ks', ...rest],
  byKindFlow: (tenant: string, namespace: string, flowId: string): Key => [tenant, 'kf', namespace, flowId],
  byLabel: (tenant: string, key: string, value: string): Key => [tenant, 'xl', key, value],
  byChild: (tenant: string, namespace: string, flowId: string): Key => [tenant, 'xc', namespace, flowId],
  outOfOrder: (tenant: string): Key => [tenant, 'xo'],
  executionNumbers: (tenant: string): Key => [tenant, 'xi'],
  triggers: (tenant: string, ...rest: readonly string[]): Key => [tenant, 'tr', ...rest],
  triggerWindows: (tenant: string, ...rest: readonly string[]): Key => [tenant, 'trw', ...rest],
  triggerLogs: (tenant: string, ...rest: readonly string[]): Key => [tenant, 'trl', ...rest],
  kv: (tenant: string, ...rest: readonly string[]): Key => [tenant, 'kv', ...rest],
  afterExecution: (tenant: string): Key => [tenant, 'xa'],
} as const;

export const frontPrefixes = {
  flows: (tenant: string, ...rest: readonly string[]): Key => [tenant, 'flow', ...rest],
  revisions: (tenant: string, namespace: string, id: string): Key => [tenant, 'rev', namespace, id],
  audit: (tenant: string): Key => [tenant, 'audit'],
  preferences: (tenant: string, participantId: string): Key => [tenant, 'pref', participantId],
  savedSearches: (tenant: string): Key => [tenant, 'search'],
} as const;
