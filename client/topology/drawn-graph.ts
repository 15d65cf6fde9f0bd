/**
 * The graph as it is drawn: start and end points of the flow and of clusters are no things that a person knows, so edges go straight
 * from task to task. Pure.
 */
import type { FlowGraphModel, GraphNode, GraphRelation } from '../../core/language/model.ts';

type Edge = FlowGraphModel['edges'][number];

export interface DrawnGraph {
  readonly nodes: readonly Exclude<GraphNode, { readonly type: 'start' | 'end' }>[];
  readonly edges: readonly Edge[];
  readonly clusters: FlowGraphModel['clusters'];
}

const isPoint = (node: GraphNode): node is Extract<GraphNode, { readonly type: 'start' | 'end' }> => node.type === 'start' || node.type === 'end';

export function drawnGraph(graph: FlowGraphModel): DrawnGraph {
  const points = graph.nodes.filter(isPoint);
  const pointIds = new Set(points.map((point) => point.id));
  const errorIds = new Set(graph.nodes.flatMap((node) => (node.type === 'task' && node.branch === 'error' ? [node.id] : [])));
  // The error branch of the flow begins where the flow ends well: that is where a reader looks for it.
  const last = lastOf(graph, pointIds, errorIds);
  let edges: readonly Edge[] = graph.edges.flatMap((edge): readonly Edge[] => {
    if (edge.relation === 'ERROR' && pointIds.has(edge.from)) return last === undefined ? [] : [{ ...edge, from: last }];
    // What an error branch leads to is the end of a failed run, not the next task.
    return errorIds.has(edge.from) && pointIds.has(edge.to) && !inErrorBranch(graph, edge.to, errorIds) ? [] : [edge];
  });
  for (const point of points) edges = without(edges, point.id);
  const seen = new Set<string>();
  return {
    nodes: graph.nodes.filter((node): node is DrawnGraph['nodes'][number] => !isPoint(node)),
    edges: edges.filter((edge) => {
      const key = JSON.stringify([edge.from, edge.to, edge.label]);
      const fresh = edge.from !== edge.to && !seen.has(key);
      seen.add(key);
      return fresh;
    }),
    clusters: graph.clusters.map((cluster) => ({ ...cluster, nodes: cluster.nodes.filter((id) => !pointIds.has(id)) })),
  };
}

/** A point inside a flowable that itself is part of an error branch. */
function inErrorBranch(graph: FlowGraphModel, pointId: string, errorIds: ReadonlySet<string>): boolean {
  const point = graph.nodes.find((node) => node.id === pointId);
  const owner = point?.cluster === undefined ? undefined : ownerOf(point.cluster);
  return owner !== undefined && errorIds.has(owner);
}

/** The task whose cluster it is, also inside of another task (`holder::cluster_root.side`, `cluster_holder::`). */
const ownerOf = (clusterId: string): string => clusterId.replace(/(^|::)cluster_/, '$1').replace(/::$/, '');

/** The last visible task before the end of the flow. */
function lastOf(graph: FlowGraphModel, pointIds: ReadonlySet<string>, errorIds: ReadonlySet<string>): string | undefined {
  const seen = new Set<string>();
  let front = ['root.end'];
  while (front.length > 0) {
    const before = front.flatMap((id) => graph.edges.filter((edge) => edge.to === id && !errorIds.has(edge.from)).map((edge) => edge.from)).filter((id) => !seen.has(id));
    const visible = before.filter((id) => !pointIds.has(id)).at(-1);
    if (visible !== undefined) return visible;
    for (const id of before) seen.add(id);
    front = before;
  }
  return undefined;
}

/** Takes a point out: whoever led to it leads to what came after it. */
function without(edges: readonly Edge[], id: string): readonly Edge[] {
  const into = edges.filter((edge) => edge.to === id && edge.from !== id);
  const out = edges.filter((edge) => edge.from === id && edge.to !== id);
  const through = into.flatMap((first) => out.map((second): Edge => {
    const relation: GraphRelation = first.relation === 'SEQUENTIAL' ? second.relation : first.relation;
    const label = first.label ?? second.label;
    return { from: first.from, to: second.to, relation, ...(label === undefined ? {} : { label }) };
  }));
  return [...edges.filter((edge) => edge.to !== id && edge.from !== id), ...through];
}
