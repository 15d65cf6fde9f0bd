/**
 * A graph with the graphs of started flows drawn inside of the tasks that started them. Ids of what is inside begin with the id of that
 * task and `::`, which no id of a flow can hold. Pure.
 */
import type { FlowGraphModel, GraphNode } from '../../core/language/model.ts';

const seam = '::';
/** The task that holds what is inside; undefined for a node of the flow itself. */
export const holderOf = (nodeId: string): string | undefined => { const at = nodeId.lastIndexOf(seam); return at < 0 ? undefined : nodeId.slice(0, at); };

export function expandedGraph(graph: FlowGraphModel, insides: ReadonlyMap<string, FlowGraphModel>): FlowGraphModel {
  let { nodes, edges, clusters }: FlowGraphModel = graph;
  // In the order of their depth: what is inside of an inside comes after its holder.
  for (const [holderId, inside] of [...insides].sort(([a], [b]) => a.split(seam).length - b.split(seam).length)) {
    const holder = nodes.find((node) => node.id === holderId);
    if (holder === undefined || inside.nodes.length === 0) continue;
    const clusterId = `cluster_${holderId}${seam}`;
    const own = (id: string): string => `${holderId}${seam}${id}`;
    const ownCluster = (id: string | undefined): string => (id === undefined ? clusterId : own(id));
    const points = new Set(inside.nodes.filter((node) => node.type === 'start' || node.type === 'end').map((node) => node.id));
    const startId = own('root.start');
    const endId = own('root.end');
    const triggers = new Set(inside.nodes.filter((node) => node.type === 'trigger' || node.cluster === 'cluster_root.Triggers').map((node) => node.id));
    const moved = inside.nodes.filter((node) => !triggers.has(node.id)).map((node): GraphNode => ({ ...node, id: own(node.id), cluster: ownCluster(node.cluster), ...(node.type === 'task' && holder.type === 'task' && holder.branch === 'error' ? { branch: 'error' as const } : {}) }));
    nodes = [...nodes.map((node) => (node.id === holderId ? { ...node, cluster: clusterId } : node)), ...moved];
    edges = [
      // What followed the task follows the end of what it started.
      ...edges.map((edge) => (edge.from === holderId ? { ...edge, from: endId } : edge)),
      { from: holderId, to: startId, relation: 'SEQUENTIAL' },
      // An error branch leaves from the task: the start is a point that nobody sees.
      ...inside.edges.filter((edge) => !triggers.has(edge.from) && !triggers.has(edge.to)).map((edge) => ({ ...edge, from: edge.relation === 'ERROR' && points.has(edge.from) ? holderId : own(edge.from), to: own(edge.to) })),
    ];
    clusters = [
      ...clusters.map((cluster) => (cluster.nodes.includes(holderId) ? { ...cluster, nodes: cluster.nodes.filter((id) => id !== holderId) } : cluster)),
      { id: clusterId, relation: 'DYNAMIC' as const, nodes: [holderId, ...moved.filter((node) => node.cluster === clusterId).map((node) => node.id)], ...(holder.cluster === undefined ? {} : { parent: holder.cluster }) },
      ...inside.clusters.filter((cluster) => cluster.id !== 'cluster_root.Triggers').map((cluster) => ({ ...cluster, id: own(cluster.id), parent: ownCluster(cluster.parent), nodes: cluster.nodes.map(own) })),
    ];
  }
  return { nodes, edges, clusters };
}
