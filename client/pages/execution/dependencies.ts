/** Related executions as a graph: who has started whom. Pure. */
import type { FlowGraphModel } from '../../../core/language/index.ts';
import type { ExecutionDependencies, RelatedExecution } from '../../../core/protocol/operations/execution-facts.ts';
import { spanText } from '../../gantt/index.ts';
import type { NodeState } from '../../topology/index.ts';

/** Unique, and what people know it by: the flow and the beginning of the id. */
export const relatedName = (one: RelatedExecution): string => `${one.flowId} ${one.executionId.slice(0, 8)}`;

export function graphOfRelated(related: ExecutionDependencies): FlowGraphModel {
  const known = new Set(related.nodes.map((one) => one.executionId));
  const byTrigger = new Set(related.edges.filter((edge) => edge.relation === 'FLOW_TRIGGER').map((edge) => edge.target));
  return {
    // The type decides the drawing: a subflow, or what a Flow trigger has started.
    nodes: related.nodes.map((one) => ({ type: 'task', id: one.executionId, taskId: relatedName(one), taskType: byTrigger.has(one.executionId) ? `${one.namespace}.trigger.Flow` : `${one.namespace}.Subflow`, flowable: false, branch: 'nominal' })),
    edges: related.edges.filter((edge) => known.has(edge.source) && known.has(edge.target)).map((edge) => ({ from: edge.source, to: edge.target, relation: edge.relation === 'FLOW_TRIGGER' ? 'DYNAMIC' : 'SEQUENTIAL', ...(edge.relation === 'FLOW_TRIGGER' ? { label: 'trigger' } : {}) })),
    clusters: [],
  };
}

export function statesOfRelated(related: ExecutionDependencies, nowMs: number): ReadonlyMap<string, NodeState> {
  return new Map(related.nodes.map((one) => {
    const endMs = one.state.endDate === undefined ? nowMs : Date.parse(one.state.endDate);
    return [relatedName(one), { state: one.state.current, duration: spanText(endMs - Date.parse(one.state.startDate)) }] as const;
  }));
}

/** The same with another state of one of them; undefined when it is not among them. */
export function withState(related: ExecutionDependencies, change: RelatedExecution): ExecutionDependencies | undefined {
  if (!related.nodes.some((one) => one.executionId === change.executionId)) return undefined;
  return { ...related, nodes: related.nodes.map((one) => (one.executionId === change.executionId ? change : one)) };
}

/** What an event of the stream says, read with care. */
export function relatedOf(data: unknown): RelatedExecution | undefined {
  if (typeof data !== 'object' || data === null || !('executionId' in data) || !('state' in data)) return undefined;
  const { executionId, state } = data;
  return typeof executionId === 'string' && typeof state === 'object' && state !== null && 'current' in state ? data as RelatedExecution : undefined;
}
