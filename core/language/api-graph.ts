/** The graph in the JSON of the API (`GET …/flows/{ns}/{id}/graph`), as existing clients parse it. */
import { graphOfFlow } from './graph.ts';
import type { FlowGraphModel, FlowModel, GraphNode, TaskModel } from './model.ts';
import { never } from './source-node.ts';
import { walkTasks } from './task-walk.ts';

export interface ApiFlowGraph {
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly edges: readonly { readonly source: string; readonly target: string; readonly relation: { readonly relationType?: string; readonly value?: string } }[];
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, unknown>>; readonly nodes: readonly string[]; readonly parents: readonly string[]; readonly start: string; readonly end: string }[];
  readonly flowables: readonly string[];
}

const className = (name: string): string => `io.kestra.core.models.hierarchies.${name}`;

export function apiGraphOf(flow: FlowModel): ApiFlowGraph {
  const graph = graphOfFlow(flow);
  const written = writtenObjects(flow.data);
  const models = new Map<string, TaskModel>();
  walkTasks([...flow.tasks, ...flow.errors, ...flow.finally, ...flow.afterExecution], (task) => void models.set(task.id, task));
  const relations = relationsInto(graph);
  const nodes = graph.nodes.map((node) => nodeOf(node, written, models, relations));
  return {
    nodes,
    edges: graph.edges.map((edge) => ({
      source: edge.from,
      target: edge.to,
      relation: edge.relation === 'SEQUENTIAL' && edge.label === undefined ? {} : { relationType: edge.relation, ...(edge.label === undefined ? {} : { value: edge.label }) },
    })),
    clusters: graph.clusters.map((cluster) => clusterOf(cluster, graph, nodes)),
    flowables: [...models.values()].filter((task) => task.kind === 'flowable').map((task) => task.id),
  };
}

/** How each node was reached, which the API repeats on the node. */
const relationsInto = (graph: FlowGraphModel): ReadonlyMap<string, string> => new Map(graph.edges.map((edge) => [edge.to, edge.relation]));

function nodeOf(node: GraphNode, written: ReadonlyMap<string, unknown>, models: ReadonlyMap<string, TaskModel>, relations: ReadonlyMap<string, string>): Readonly<Record<string, unknown>> {
  switch (node.type) {
    case 'start':
    case 'end':
      return { uid: node.id, type: className(node.type === 'start' ? 'GraphClusterRoot' : 'GraphClusterEnd'), error: false };
    case 'trigger':
      return { uid: node.id, type: className('GraphTrigger'), error: false, triggerDeclaration: written.get(`trigger ${node.triggerId}`) ?? { id: node.triggerId, type: node.triggerType } };
    case 'task': {
      const error = node.branch === 'error';
      return {
        uid: node.id,
        type: className(models.get(node.taskId)?.kind === 'subflow' ? 'SubflowGraphTask' : 'GraphTask'),
        error,
        ...(error ? { branchType: 'ERROR' } : {}),
        relationType: relations.get(node.id) ?? 'SEQUENTIAL',
        task: written.get(`task ${node.taskId}`) ?? { id: node.taskId, type: node.taskType },
      };
    }
    default:
      return never(node);
  }
}

function clusterOf(cluster: FlowGraphModel['clusters'][number], graph: FlowGraphModel, nodes: readonly Readonly<Record<string, unknown>>[]): ApiFlowGraph['clusters'][number] {
  const parents: string[] = [];
  for (let parent = cluster.parent; parent !== undefined; parent = graph.clusters.find((other) => other.id === parent)?.parent) parents.unshift(parent);
  const members = new Set(cluster.nodes);
  const borders = graph.nodes.filter((node) => members.has(node.id) && (node.type === 'start' || node.type === 'end'));
  const taskUid = cluster.id.replace(/^cluster_/, '');
  const taskNode = nodes.find((node) => node['uid'] === taskUid);
  return {
    cluster: { uid: cluster.id, type: className('GraphCluster'), error: false, relationType: cluster.relation, ...(taskNode === undefined ? {} : { taskNode }) },
    nodes: cluster.nodes,
    parents,
    start: borders.find((node) => node.type === 'start')?.id ?? taskUid,
    end: borders.findLast((node) => node.type === 'end')?.id ?? taskUid,
  };
}

/** Tasks and triggers as they were written, by kind and id. */
function writtenObjects(data: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (value: unknown, kind: 'task' | 'trigger'): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, kind);
    else if (typeof value === 'object' && value !== null) {
      const { id, type } = value as { readonly id?: unknown; readonly type?: unknown };
      if (typeof id === 'string' && typeof type === 'string' && !found.has(`${kind} ${id}`)) found.set(`${kind} ${id}`, value);
      if (kind === 'task') for (const item of Object.values(value)) visit(item, kind);
    }
  };
  for (const key of ['tasks', 'errors', 'finally', 'afterExecution']) visit(data[key], 'task');
  visit(data['triggers'], 'trigger');
  return found;
}
