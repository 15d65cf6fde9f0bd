/**
 * The topology of a flow: a root and an end for the flow and for each flowable, which is a cluster with its own task as first node.
 * Node ids are `root.parent.task`, as in the API's graph.
 */
import type { FlowGraphModel, FlowModel, GraphNode, GraphRelation, TaskChildren, TaskModel, TypeCatalog } from './model.ts';
import { parseFlow } from './parse-flow.ts';
import { never } from './source-node.ts';

type Edge = FlowGraphModel['edges'][number];
type Cluster = FlowGraphModel['clusters'][number];

const emptyGraph: FlowGraphModel = { nodes: [], edges: [], clusters: [] };

/** The graph of a parsed flow, with as much of a broken one as could be read. */
export function graphOf(parsed: { readonly flow?: FlowModel; readonly outline?: FlowModel }): FlowGraphModel {
  const flow = parsed.flow ?? parsed.outline;
  return flow === undefined ? emptyGraph : graphOfFlow(flow);
}

export const graphOfSource = (source: string, catalog: TypeCatalog): FlowGraphModel => graphOf(parseFlow(source, { catalog, level: '1.x' }));

interface Building {
  readonly nodes: GraphNode[];
  readonly edges: Edge[];
  readonly clusters: Cluster[];
  /** Ids given so far: two tasks of one id (an error, but drawn) get `id`, `id-2`. */
  readonly taken: Set<string>;
}

/** The cluster a node is drawn in, and the branch of its flow. */
interface Place {
  /** Prefix of the ids inside: `root`, `root.parallel`. */
  readonly prefix: string;
  readonly cluster: string | undefined;
  readonly branch: 'nominal' | 'error';
}

/** Where a chain begins and where it ends. */
interface Ends {
  readonly first: string;
  readonly last: string;
}

export function graphOfFlow(flow: FlowModel): FlowGraphModel {
  const building: Building = { nodes: [], edges: [], clusters: [], taken: new Set() };
  const place: Place = { prefix: 'root', cluster: undefined, branch: 'nominal' };
  const triggers = addTriggers(flow, building);
  const root = addBorder('start', place, building);
  if (triggers !== undefined) building.edges.push({ from: triggers, to: root, relation: 'SEQUENTIAL' });
  const last = chain(root, flow.tasks, 'SEQUENTIAL', undefined, place, building);
  const end = addBorder('end', place, building);
  const after = addFollowUps(last, [[flow.finally, 'FINALLY'], [flow.afterExecution, 'AFTER_EXECUTION']], place, building);
  connect(after, end, 'SEQUENTIAL', undefined, building);
  addErrors(root, end, flow.errors, place, building);
  return { nodes: building.nodes, edges: building.edges, clusters: building.clusters };
}

function uniqueId(id: string, building: Building): string {
  let unique = id;
  for (let count = 2; building.taken.has(unique); count += 1) unique = `${id}-${count}`;
  building.taken.add(unique);
  return unique;
}

const inCluster = (cluster: string | undefined): { readonly cluster?: string } => (cluster === undefined ? {} : { cluster });

function addBorder(type: 'start' | 'end', place: Place, building: Building): string {
  const id = uniqueId(`${place.prefix}.${type}`, building);
  building.nodes.push({ type, id, ...inCluster(place.cluster) });
  return id;
}

function addTriggers(flow: FlowModel, building: Building): string | undefined {
  if (flow.triggers.length === 0) return undefined;
  const cluster = 'cluster_root.Triggers';
  const place: Place = { prefix: 'root.Triggers', cluster, branch: 'nominal' };
  const start = addBorder('start', place, building);
  const ids = flow.triggers.map((trigger) => {
    const id = uniqueId(`root.Triggers.${trigger.id}`, building);
    building.nodes.push({ type: 'trigger', id, triggerId: trigger.id, triggerType: trigger.type, cluster });
    building.edges.push({ from: start, to: id, relation: 'SEQUENTIAL' });
    return id;
  });
  const end = addBorder('end', place, building);
  for (const id of ids) building.edges.push({ from: id, to: end, relation: 'SEQUENTIAL' });
  building.clusters.push({ id: cluster, nodes: [start, ...ids, end], relation: 'SEQUENTIAL' });
  return end;
}

const connect = (from: string, to: string, relation: GraphRelation, label: string | undefined, building: Building): void => {
  building.edges.push({ from, to, relation, ...(label === undefined ? {} : { label }) });
};

/** One after the other; the relation and the label stand on the first edge. Answers where the chain ends. */
function chain(from: string, tasks: readonly TaskModel[], relation: GraphRelation, label: string | undefined, place: Place, building: Building): string {
  let last = from;
  for (const [index, task] of tasks.entries()) {
    const ends = addTask(task, place, building);
    connect(last, ends.first, index === 0 ? relation : 'SEQUENTIAL', index === 0 ? label : undefined, building);
    last = ends.last;
  }
  return last;
}

/** Lists that run after the nominal one, in any case. */
function addFollowUps(from: string, lists: readonly (readonly [readonly TaskModel[], GraphRelation])[], place: Place, building: Building): string {
  let last = from;
  for (const [tasks, relation] of lists) last = chain(last, tasks, relation, undefined, place, building);
  return last;
}

function addErrors(start: string, end: string, errors: readonly TaskModel[], place: Place, building: Building): void {
  if (errors.length === 0) return;
  const last = chain(start, errors, 'ERROR', undefined, { ...place, branch: 'error' }, building);
  connect(last, end, 'SEQUENTIAL', undefined, building);
}

function addTask(task: TaskModel, place: Place, building: Building): Ends {
  const flowable = task.kind === 'flowable' && hasBranches(task);
  const path = uniqueId(`${place.prefix}.${task.id}`, building);
  const cluster = flowable ? `cluster_${path}` : place.cluster;
  building.nodes.push({ type: 'task', id: path, taskId: task.id, taskType: task.type, flowable: task.kind === 'flowable', ...inCluster(cluster), branch: place.branch });
  if (!flowable) return { first: path, last: path };
  const inner: Place = { prefix: path, cluster, branch: place.branch };
  const before = building.nodes.length - 1;
  const start = addBorder('start', inner, building);
  connect(start, path, 'SEQUENTIAL', undefined, building);
  const end = addBorder('end', inner, building);
  const lasts = addChildren(task, path, inner, building);
  for (const last of lasts) {
    const followed = addFollowUps(last, [[task.finally, 'FINALLY']], inner, building);
    // A branch without tasks still is a way through: the one taken when no other is.
    const choice = followed === path && relationOf(task) === 'CHOICE';
    connect(followed, end, choice ? 'CHOICE' : 'SEQUENTIAL', choice ? (task.flowable === 'if' ? 'else' : 'defaults') : undefined, building);
  }
  addErrors(path, end, task.errors, inner, building);
  const nodes = building.nodes.slice(before).filter((node) => node.cluster === cluster).map((node) => node.id);
  building.clusters.push({ id: cluster ?? path, ...(place.cluster === undefined ? {} : { parent: place.cluster }), nodes, relation: relationOf(task) });
  return { first: start, last: end };
}

const hasBranches = (task: TaskModel): boolean => (task.children.type !== 'none' && task.flowable !== 'forEachItem') || task.errors.length > 0 || task.finally.length > 0;

/** How a flowable relates to its children. */
export function relationOf(task: TaskModel): GraphRelation {
  if (task.kind === 'items') return 'DYNAMIC';
  switch (task.flowable) {
    case 'parallel':
    case 'dag':
      return 'PARALLEL';
    case 'if':
    case 'switch':
      return 'CHOICE';
    case 'foreach':
    case 'eachSequential':
    case 'eachParallel':
    case 'forEachItem':
    case 'loopUntil':
      return 'DYNAMIC';
    case 'sequential':
    case 'pause':
    case 'allowFailure':
    case 'workingDirectory':
    case 'template':
    case 'badSequential':
    case undefined:
      return 'SEQUENTIAL';
    default:
      return never(task.flowable);
  }
}

/** Draws the children of the task `from`; answers where its branches end (with `finally`, one end only). */
function addChildren(task: TaskModel, from: string, place: Place, building: Building): readonly string[] {
  const relation = relationOf(task);
  const ends = branchEnds(task, from, relation, place, building);
  // A list that runs once after all branches needs one place to begin.
  return task.finally.length === 0 || ends.length < 2 ? ends : [joined(ends, place, building)];
}

function joined(ends: readonly string[], place: Place, building: Building): string {
  const id = uniqueId(`${place.prefix}.join`, building);
  building.nodes.push({ type: 'end', id, ...inCluster(place.cluster) });
  for (const end of ends) connect(end, id, 'SEQUENTIAL', undefined, building);
  return id;
}

function branchEnds(task: TaskModel, from: string, relation: GraphRelation, place: Place, building: Building): readonly string[] {
  // The parts of a ForEachItem are its own affair.
  const children: TaskChildren = task.flowable === 'forEachItem' ? { type: 'none' } : task.children;
  switch (children.type) {
    case 'none':
      return [from];
    case 'list':
      if (task.flowable !== 'parallel' && task.flowable !== 'eachParallel') return [chain(from, children.tasks, relation, undefined, place, building)];
      return children.tasks.length === 0 ? [from] : children.tasks.map((item) => chain(from, [item], relation, undefined, place, building));
    case 'branches':
      return [chain(from, children.then, 'CHOICE', 'then', place, building), chain(from, children.else, 'CHOICE', children.else.length === 0 ? undefined : 'else', place, building)];
    case 'cases': {
      const ends = Object.entries(children.cases).map(([label, tasks]) => chain(from, tasks, 'CHOICE', label, place, building));
      return [...ends, chain(from, children.defaults, 'CHOICE', children.defaults.length === 0 ? undefined : 'defaults', place, building)];
    }
    case 'dag':
      return dagEnds(children.tasks, from, place, building);
    default:
      return never(children);
  }
}

function dagEnds(tasks: readonly { readonly task: TaskModel; readonly dependsOn: readonly string[] }[], from: string, place: Place, building: Building): readonly string[] {
  const ends = new Map<string, Ends>();
  for (const { task } of tasks) ends.set(task.id, addTask(task, place, building));
  const last = new Set(ends.keys());
  for (const { task, dependsOn } of tasks) {
    const own = ends.get(task.id);
    if (own === undefined) continue;
    const known = dependsOn.filter((id) => ends.has(id));
    if (known.length === 0) connect(from, own.first, 'PARALLEL', undefined, building);
    for (const id of known) {
      last.delete(id);
      connect(ends.get(id)?.last ?? from, own.first, 'PARALLEL', undefined, building);
    }
  }
  // On a circle every task has one after it; then all of them end.
  const ending = last.size === 0 ? [...ends.values()] : [...last].flatMap((id) => ends.get(id) ?? []);
  return ending.length === 0 ? [from] : ending.map((item) => item.last);
}
