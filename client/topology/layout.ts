/**
 * Where nodes, edges and clusters of a graph stand. Pure: the same graph gives the same picture, on the server and in the browser.
 * dagre lays out in ranks from top to bottom.
 */
import { Graph, layout as dagreLayout } from '@dagrejs/dagre';
import type { FlowGraphModel, GraphRelation } from '../../core/language/model.ts';
import { drawnGraph, type DrawnGraph } from './drawn-graph.ts';

/** The size of a node in the look: 208 x 48. */
export const nodeWidth = 208;
export const nodeHeight = 48;
/** Room inside a cluster. */
const clusterPad = 14;
const margin = 24;
/** A line goes straight into a node for this long, so that its head points the way it came: no bend of dagre's stands nearer. */
const headRoom = 10;
const bendRadius = 8;
const nearest = headRoom + 2 * bendRadius;

export interface LaidNode {
  readonly node: DrawnGraph['nodes'][number];
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
  readonly label?: { readonly text: string; readonly x: number; readonly y: number };
}

export interface LaidCluster {
  readonly id: string;
  /** The task whose children stand in it; `Triggers` for those. */
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

interface Point { readonly x: number; readonly y: number }

/** From top to bottom, or from left to right. */
export type Orientation = 'down' | 'right';

/**
 * Straight pieces with rounded corners, so that an edge reads as a line of an instrument, not as a curve. It is thought from top to
 * bottom; from left to right the same is said with the axes exchanged.
 */
function pathOf(given: readonly Point[], orientation: Orientation): string {
  const isRight = orientation === 'right';
  const points = isRight ? given.map(({ x, y }) => ({ x: y, y: x })) : given;
  const first = points[0];
  if (first === undefined) return '';
  const round = (value: number): string => String(Math.round(value * 10) / 10);
  const place = (x: number, y: number): string => (isRight ? `${round(y)} ${round(x)}` : `${round(x)} ${round(y)}`);
  const [along, across] = isRight ? ['H', 'V'] as const : ['V', 'H'] as const;
  let path = `M${place(first.x, first.y)}`;
  for (let index = 1; index < points.length; index += 1) {
    const from = points[index - 1];
    const to = points[index];
    if (from === undefined || to === undefined) break;
    if (Math.abs(from.x - to.x) < 1) {
      path += `${along}${round(to.y)}`;
      continue;
    }
    const radius = Math.min(bendRadius, Math.abs(to.x - from.x) / 2, Math.abs(to.y - from.y) / 2);
    const halfway = (from.y + to.y) / 2;
    const middle = index < points.length - 1 ? halfway : Math.max(from.y + radius, Math.min(halfway, to.y - headRoom - radius));
    const side = to.x > from.x ? radius : -radius;
    path += `${along}${round(middle - radius)}Q${place(from.x, middle)} ${place(from.x + side, middle)}${across}${round(to.x - side)}Q${place(to.x, middle)} ${place(to.x, middle + radius)}${along}${round(to.y)}`;
  }
  return path;
}

export function layoutGraph(model: FlowGraphModel, orientation: Orientation = 'down'): LaidGraph {
  const isRight = orientation === 'right';
  const graph = drawnGraph(model);
  const laid = new Graph({ multigraph: true, compound: true });
  laid.setGraph({ rankdir: isRight ? 'LR' : 'TB', nodesep: isRight ? 26 : 36, ranksep: isRight ? 44 : 26, edgesep: 16, marginx: margin, marginy: margin });
  laid.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) laid.setNode(node.id, { width: nodeWidth, height: nodeHeight });
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
    const one = { node, x: Math.round((place.x ?? 0) - nodeWidth / 2), y: Math.round((place.y ?? 0) - nodeHeight / 2), width: nodeWidth, height: nodeHeight };
    byId.set(node.id, one);
    nodes.push(one);
  }
  const edges = graph.edges.flatMap((edge, index): LaidEdge[] => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    if (from === undefined || to === undefined) return [];
    const start = isRight ? { x: from.x + from.width, y: from.y + from.height / 2 } : { x: from.x + from.width / 2, y: from.y + from.height };
    const end = isRight ? { x: to.x, y: to.y + to.height / 2 } : { x: to.x + to.width / 2, y: to.y };
    const given = laid.edge(edge.from, edge.to, String(index));
    const between = (given?.points ?? []).slice(1, -1).filter((point: Point) => (isRight ? point.x > start.x + 4 && point.x < end.x - nearest : point.y > start.y + 4 && point.y < end.y - nearest));
    const path = pathOf([start, ...between, end], orientation);
    const label = edge.label === undefined || edge.label === '' ? {} : { label: { text: edge.label, x: Math.round(isRight ? end.x - 10 - edge.label.length * 7 : end.x + 6), y: Math.round(isRight ? end.y - 6 : end.y - 8) } };
    return [{ from: edge.from, to: edge.to, relation: edge.relation, path, ...label }];
  });
  const clusters = graph.clusters.map((cluster): LaidCluster => {
    const inside = [...membersOf(graph, cluster.id)].map((id) => byId.get(id)).filter((one) => one !== undefined);
    const taskId = cluster.id.slice(cluster.id.lastIndexOf('.') + 1);
    // Clusters stand in one another: each further level inside needs its own pad.
    const pad = clusterPad + 6 * depthBelow(graph, cluster.id);
    const left = Math.min(...inside.map((one) => one.x)) - pad;
    const top = Math.min(...inside.map((one) => one.y)) - pad;
    const right = Math.max(...inside.map((one) => one.x + one.width)) + pad;
    const bottom = Math.max(...inside.map((one) => one.y + one.height)) + pad;
    return { id: cluster.id, taskId, relation: cluster.relation, x: left, y: top, width: right - left, height: bottom - top };
  }).filter((cluster) => Number.isFinite(cluster.width) && cluster.width > 0);
  const right = Math.max(margin, ...nodes.map((one) => one.x + one.width), ...clusters.map((one) => one.x + one.width));
  const bottom = Math.max(margin, ...nodes.map((one) => one.y + one.height), ...clusters.map((one) => one.y + one.height));
  const order = [...nodes].sort((a, b) => (isRight ? a.x - b.x || a.y - b.y : a.y - b.y || a.x - b.x)).map((one) => one.node.id);
  return { width: right + margin, height: bottom + margin, nodes, edges, clusters, order };
}

/** How many levels of clusters stand in this one. */
function depthBelow(graph: DrawnGraph, clusterId: string): number {
  return Math.max(0, ...graph.clusters.filter((cluster) => cluster.parent === clusterId).map((cluster) => 1 + depthBelow(graph, cluster.id)));
}

function* membersOf(graph: DrawnGraph, clusterId: string): Iterable<string> {
  for (const cluster of graph.clusters) {
    if (cluster.id === clusterId) yield* cluster.nodes;
    else if (cluster.parent === clusterId) yield* membersOf(graph, cluster.id);
  }
}
