/**
 * Where nodes, edges and clusters of a graph stand. Pure: the same graph gives the same picture, on the server and in the browser.
 * dagre lays out in ranks from top to bottom; start and end points of clusters take part in the layout and are drawn as nothing.
 */
import { Graph, layout as dagreLayout } from '@dagrejs/dagre';
import type { FlowGraphModel, GraphNode, GraphRelation } from '../../core/language/model.ts';

/** The size of a node in the look: 208 x 48. */
export const nodeWidth = 208;
export const nodeHeight = 48;
/** Room above the first node of a cluster, for its name. */
const clusterHead = 30;
const margin = 24;

export interface LaidNode {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LaidEdge {
  readonly from: string;
  readonly to: string;
  readonly relation: GraphRelation;
  readonly path: string;
  /** False where it ends at an invisible point of a cluster. */
  readonly arrow: boolean;
  readonly label?: { readonly text: string; readonly x: number; readonly y: number };
}

export interface LaidCluster {
  readonly id: string;
  /** The task whose children stand in it; empty for the triggers' cluster. */
  readonly taskId: string;
  readonly relation: GraphRelation;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LaidGraph {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly LaidNode[];
  readonly edges: readonly LaidEdge[];
  readonly clusters: readonly LaidCluster[];
  /** Ids of visible nodes from start to end, the order of keys. */
  readonly order: readonly string[];
}

const isPoint = (node: GraphNode): boolean => node.type === 'start' || node.type === 'end';

interface Point { readonly x: number; readonly y: number }

/** Straight pieces with rounded corners, so that an edge reads as a line of an instrument, not as a curve. */
function pathOf(points: readonly Point[]): string {
  const first = points[0];
  if (first === undefined) return '';
  const round = (value: number): string => String(Math.round(value * 10) / 10);
  let path = `M${round(first.x)} ${round(first.y)}`;
  for (let index = 1; index < points.length; index += 1) {
    const from = points[index - 1];
    const to = points[index];
    if (from === undefined || to === undefined) break;
    if (Math.abs(from.x - to.x) < 1) {
      path += `V${round(to.y)}`;
      continue;
    }
    const middle = (from.y + to.y) / 2;
    const radius = Math.min(8, Math.abs(to.x - from.x) / 2, Math.abs(to.y - from.y) / 2);
    const side = to.x > from.x ? radius : -radius;
    path += `V${round(middle - radius)}Q${round(from.x)} ${round(middle)} ${round(from.x + side)} ${round(middle)}H${round(to.x - side)}Q${round(to.x)} ${round(middle)} ${round(to.x)} ${round(middle + radius)}V${round(to.y)}`;
  }
  return path;
}

export function layoutGraph(graph: FlowGraphModel): LaidGraph {
  const laid = new Graph({ multigraph: true, compound: true });
  laid.setGraph({ rankdir: 'TB', nodesep: 36, ranksep: 26, edgesep: 16, marginx: margin, marginy: margin });
  laid.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) {
    const size = isPoint(node) ? { width: 2, height: 2 } : { width: nodeWidth, height: nodeHeight };
    laid.setNode(node.id, size);
  }
  const clusterIds = new Set(graph.clusters.map((cluster) => cluster.id));
  const nodeIds = new Set(graph.nodes.map((node) => node.id));
  for (const cluster of graph.clusters) laid.setNode(cluster.id, {});
  for (const cluster of graph.clusters) {
    if (cluster.parent !== undefined && clusterIds.has(cluster.parent)) laid.setParent(cluster.id, cluster.parent);
    for (const id of cluster.nodes) if (nodeIds.has(id)) laid.setParent(id, cluster.id);
  }
  graph.edges.forEach((edge, index) => {
    if (nodeIds.has(edge.from) && nodeIds.has(edge.to)) laid.setEdge(edge.from, edge.to, { width: edge.label === undefined ? 0 : edge.label.length * 7, height: edge.label === undefined ? 0 : 14, labelpos: 'c' }, String(index));
  });
  dagreLayout(laid);

  const nodes: LaidNode[] = [];
  const byId = new Map<string, LaidNode>();
  for (const node of graph.nodes) {
    const place = laid.node(node.id);
    const width = isPoint(node) ? 0 : nodeWidth;
    const height = isPoint(node) ? 0 : nodeHeight;
    const one = { node, x: Math.round((place.x ?? 0) - width / 2), y: Math.round((place.y ?? 0) - height / 2), width, height };
    byId.set(node.id, one);
    if (!isPoint(node)) nodes.push(one);
  }
  const edges = graph.edges.flatMap((edge, index): LaidEdge[] => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    if (from === undefined || to === undefined) return [];
    const start = { x: from.x + from.width / 2, y: from.y + from.height };
    const end = { x: to.x + to.width / 2, y: to.y };
    const given = laid.edge(edge.from, edge.to, String(index));
    const between = (given?.points ?? []).slice(1, -1).filter((point: Point) => point.y > start.y + 4 && point.y < end.y - 4);
    const path = pathOf([start, ...between, end]);
    const label = edge.label === undefined || edge.label === '' ? {} : { label: { text: edge.label, x: Math.round(end.x + 6), y: Math.round(end.y - 8) } };
    return [{ from: edge.from, to: edge.to, relation: edge.relation, path, arrow: to.height > 0, ...label }];
  });
  const clusters = graph.clusters.map((cluster): LaidCluster => {
    const inside = [...membersOf(graph, cluster.id)].map((id) => byId.get(id)).filter((one) => one !== undefined);
    const left = Math.min(...inside.map((one) => one.x)) - 16;
    const top = Math.min(...inside.map((one) => one.y)) - clusterHead;
    const right = Math.max(...inside.map((one) => one.x + one.width)) + 16;
    const bottom = Math.max(...inside.map((one) => one.y + one.height)) + 14;
    return { id: cluster.id, taskId: cluster.id.slice(cluster.id.lastIndexOf('.') + 1), relation: cluster.relation, x: left, y: top, width: right - left, height: bottom - top };
  }).filter((cluster) => Number.isFinite(cluster.width) && cluster.width > 0);
  const right = Math.max(margin, ...nodes.map((one) => one.x + one.width), ...clusters.map((one) => one.x + one.width));
  const bottom = Math.max(margin, ...nodes.map((one) => one.y + one.height), ...clusters.map((one) => one.y + one.height));
  const order = [...nodes].sort((a, b) => a.y - b.y || a.x - b.x).map((one) => one.node.id);
  return { width: right + margin, height: bottom + margin, nodes, edges, clusters, order };
}

function* membersOf(graph: FlowGraphModel, clusterId: string): Iterable<string> {
  for (const cluster of graph.clusters) {
    if (cluster.id === clusterId) yield* cluster.nodes;
    else if (cluster.parent === clusterId) yield* membersOf(graph, cluster.id);
  }
}
