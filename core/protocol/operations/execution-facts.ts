/** What is asked about executions beside themselves: flows that can run, values to filter by, outputs, task runs, who started whom. */
import { Type } from 'typebox';
import type { State, TaskRun } from '../entities/execution.ts';
import type { Flow } from '../entities/flow.ts';
import { operation, type EventStream, type Page } from '../operation.ts';
import { executionFilterInput, executionIdInput, pageInput } from './parts.ts';

const read = { resource: 'execution', action: 'read' } as const;
const one = executionIdInput.properties;
const lists = ['state', 'labels', 'scope', 'sort'] as const;

export const executionsNamespaces = operation<readonly string[]>()({
  name: 'executions.namespaces', doc: 'Namespaces with flows that can be run.', permission: read, audited: false,
  input: Type.Object({}), rest: [{ method: 'GET', path: '/executions/namespaces' }],
});
export const executionsFlowsOfNamespace = operation<readonly Flow[]>()({
  name: 'executions.flowsOfNamespace', doc: 'The flows of a namespace that can be run: their inputs, and of their tasks only id and type.', permission: read, audited: false,
  input: Type.Object({ namespace: Type.String() }), rest: [{ method: 'GET', path: '/executions/namespaces/{namespace}/flows' }],
});
export const executionsFlowToRun = operation<Flow>()({
  name: 'executions.flowToRun', doc: 'A flow as somebody who runs it sees it.', permission: read, audited: false,
  input: Type.Object({ namespace: Type.String(), flowId: Type.String(), revision: Type.Optional(Type.Integer()) }), rest: [{ method: 'GET', path: '/executions/flows/{namespace}/{flowId}' }],
});
export const executionsDistinctValues = operation<readonly string[]>()({
  name: 'executions.distinctValues', doc: 'Values that a field has among the executions that match: of namespaces, flows and states all of them, of other fields those of the newest ten thousand.', permission: read, audited: false,
  input: Type.Object({ field: Type.String(), size: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })), ...executionFilterInput }),
  rest: [{ method: 'GET', path: '/executions/distinct-field-values', lists }],
});

export interface TaskRunOutputs {
  readonly taskId: string;
  readonly taskRunId: string;
  readonly value?: string;
  readonly iteration?: number;
  readonly inline: Readonly<Record<string, unknown>>;
}
export const executionsOutputs = operation<readonly TaskRunOutputs[]>()({
  name: 'executions.outputs', doc: 'The outputs of each task run that has some.', permission: read, audited: false,
  input: executionIdInput, rest: [{ method: 'GET', path: '/executions/outputs/{executionId}' }],
});
export const executionsOutputsOfTaskRun = operation<Readonly<Record<string, unknown>>>()({
  name: 'executions.outputsOfTaskRun', doc: 'The outputs of one task run.', permission: read, audited: false,
  input: Type.Object({ ...one, taskRunId: Type.String() }), rest: [{ method: 'GET', path: '/executions/outputs/{executionId}/{taskRunId}' }],
});
/** `state` is the task run's own; the other filters are about its execution. */
export const taskRunsSearch = operation<Page<TaskRun>>()({
  name: 'taskruns.search', doc: 'A page of task runs, those of the newest executions first; counted up to ten thousand.', permission: read, audited: false,
  input: Type.Object({ ...pageInput, ...executionFilterInput }), rest: [{ method: 'GET', path: '/taskruns/search', lists }],
});

export interface ConcurrencyLimit {
  readonly tenantId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly running: number;
}
export const concurrencyLimitsSearch = operation<Page<ConcurrencyLimit>>()({
  name: 'concurrencyLimits.search', doc: 'How many executions of each flow with a limit are at work.', permission: read, audited: false,
  input: Type.Object({ ...pageInput }), rest: [{ method: 'GET', path: '/concurrency-limit/search', lists: ['sort'] }],
});
/** Elsewhere this repairs a number that has gone wrong. Here it is counted from the executions, so there is nothing to set. */
export const concurrencyLimitsUpdate = operation<ConcurrencyLimit>()({
  name: 'concurrencyLimits.update', doc: 'Answers the true number: it is counted, never kept.', permission: { resource: 'execution', action: 'update' }, audited: false,
  input: Type.Object({ namespace: Type.String(), flowId: Type.String() }), rest: [{ method: 'PUT', path: '/concurrency-limit/{namespace}/{flowId}' }],
});

export interface RelatedExecution {
  readonly executionId: string;
  readonly tenantId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly state: State;
}
export interface ExecutionDependencies {
  readonly nodes: readonly RelatedExecution[];
  /** By execution ids: the source has started the target, as a subflow or through a Flow trigger. */
  readonly edges: readonly { readonly source: string; readonly target: string; readonly relation: 'FLOW_TASK' | 'FLOW_TRIGGER' }[];
  /** False when there are more than are answered. */
  readonly complete: boolean;
}
const dependencies = {
  ...one,
  destinationOnly: Type.Optional(Type.Boolean({ description: 'Only what this one has started' })),
  expandAll: Type.Optional(Type.Boolean({ description: 'Also what those have started, and so on' })),
};
export const executionsDependencies = operation<ExecutionDependencies>()({
  name: 'executions.dependencies', doc: 'Executions that started this one or were started by it.', permission: read, audited: false,
  input: Type.Object(dependencies), rest: [{ method: 'GET', path: '/executions/{executionId}/dependencies' }],
});
/** SSE: `start`, `progress` for each change, `end` when one of them has ended, `end-all` when all have. */
export const executionsFollowDependencies = operation<EventStream>()({
  name: 'executions.followDependencies', doc: 'Follows the states of related executions until all have ended.', permission: read, audited: false,
  input: Type.Object(dependencies), rest: [{ method: 'GET', path: '/executions/{executionId}/follow-dependencies', answer: 'events' }],
});
