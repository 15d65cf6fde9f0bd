/** The topology with what has run: each task's node carries its task run, and one that ran for several values stands there once for each. */
import { taskRunOf, type ExecutionRow, type TaskRun, type TaskRunRow } from '../../../core/protocol/entities/execution.ts';

interface Graph {
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly edges: readonly { readonly source: string; readonly target: string; readonly relation: unknown }[];
  readonly clusters: readonly Readonly<Record<string, unknown>>[];
}

/** A loop of thousands is no picture any more: its first values stand for it. */
const valuesMax = 100;

export function withTaskRuns<Shape extends Graph>(graph: Shape, execution: ExecutionRow, taskRuns: readonly TaskRunRow[]): Shape {
  const byTask = new Map<string, Map<string | undefined, TaskRun>>();
  for (const row of taskRuns) {
    const of = byTask.get(row.taskId) ?? new Map<string | undefined, TaskRun>();
    byTask.set(row.taskId, of);
    // Of several runs for one value the last one counts.
    if (of.has(row.value) || of.size < valuesMax) of.set(row.value, taskRunOf(row, execution));
  }
  const renamed = new Map<string, readonly string[]>();
  const nodes = graph.nodes.flatMap((node) => {
    const taskId = taskIdOf(node);
    const runs = taskId === undefined ? undefined : byTask.get(taskId);
    if (runs === undefined) return [node];
    const uid = String(node['uid']);
    const values = [...runs];
    if (values.length === 1) return values.map(([value, taskRun]) => ({ ...node, taskRun, ...(value === undefined ? {} : { values: [value] }) }));
    const copies = values.map(([value, taskRun]) => ({ ...node, uid: value === undefined ? uid : `${uid}_${value}`, taskRun, ...(value === undefined ? {} : { values: [value] }) }));
    renamed.set(uid, copies.map((copy) => copy.uid));
    return copies;
  });
  if (renamed.size === 0) return { ...graph, nodes };
  const namesOf = (uid: string): readonly string[] => renamed.get(uid) ?? [uid];
  const edges = graph.edges.flatMap((edge) => {
    const [sources, targets] = [namesOf(edge.source), namesOf(edge.target)];
    // Both ran for the same values: each goes on with its own.
    const isParallel = sources.length > 1 && sources.length === targets.length;
    return sources.flatMap((source, index) => (isParallel ? [targets[index] ?? edge.target] : targets).map((target) => ({ ...edge, source, target })));
  });
  const clusters = graph.clusters.map((cluster) => ({ ...cluster, nodes: Array.isArray(cluster['nodes']) ? cluster['nodes'].flatMap((uid: unknown) => namesOf(String(uid))) : cluster['nodes'] }));
  return { ...graph, nodes, edges, clusters };
}

function taskIdOf(node: Readonly<Record<string, unknown>>): string | undefined {
  const task = node['task'];
  return typeof task === 'object' && task !== null && 'id' in task && typeof task.id === 'string' ? task.id : undefined;
}
