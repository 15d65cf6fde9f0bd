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
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  /** A task of an error branch, or a point inside a flowable that is one. */
  const isOfError = (id: string): boolean => {
    const cluster = pointIds.has(id) ? byId.get(id)?.cluster : undefined;
    return errorIds.has(cluster === undefined ? id : ownerOf(cluster));
  };
  // The error branch of the flow begins where its tasks end well: that is where a reader looks for it.
  const last = lastOf(graph, byId, isOfError);
  let edges: readonly Edge[] = graph.edges.flatMap((edge): readonly Edge[] => {
    if (edge.relation === 'ERROR' && pointIds.has(edge.from)) return last === undefined ? [] : [{ ...edge, from: last }];
    if (!isOfError(edge.from) || isOfError(edge.to)) return [edge];
    // What an error branch leads to is what runs in any case (`finally`, `afterExecution`), or the end of a failed run: not the next task.
    const followUp = followUpOf(graph, byId.get(edge.to)?.cluster);
    return followUp === undefined ? [] : [{ ...edge, to: followUp.to, relation: followUp.relation }];
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

/** The edge to the first task that runs after the others in any case; `cluster`: of a flowable, undefined for the flow. */
function followUpOf(graph: FlowGraphModel, cluster: string | undefined): Edge | undefined {
  return graph.edges.find((edge) => {
    if (edge.relation !== 'FINALLY' && edge.relation !== 'AFTER_EXECUTION') return false;
    const to = graph.nodes.find((node) => node.id === edge.to);
    // A flowable is entered through its own cluster, which stands in the one that is asked for.
    const around = to?.type === 'start' ? graph.clusters.find((one) => one.id === to.cluster)?.parent : to?.cluster;
    return to !== undefined && around === cluster;
  });
}

/** The task whose cluster it is, also inside of another task (`holder::cluster_root.side`, `cluster_holder::`). */
const ownerOf = (clusterId: string): string => clusterId.replace(/(^|::)cluster_/, '$1').replace(/::$/, '');

/** The last task before the end of the flow, and before what runs in any case: of a flowable its own, not one of its branches. */
function lastOf(graph: FlowGraphModel, byId: ReadonlyMap<string, GraphNode>, isOfError: (id: string) => boolean): string | undefined {
  const beyond = followUpOf(graph, undefined)?.to ?? 'root.end';
  const before = graph.edges.find((edge) => edge.to === beyond && !isOfError(edge.from))?.from;
  const node = before === undefined ? undefined : byId.get(before);
  if (node === undefined || !isPoint(node)) return before;
  return node.cluster === undefined ? undefined : ownerOf(node.cluster);
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
