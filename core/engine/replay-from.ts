/** A new execution from an old one: its task runs up to a chosen one, with new ids, and everything after that one left out. */
import { currentState, type TaskRunRow } from '../protocol/entities/execution.ts';
import { taskRunId as asTaskRunId } from '../protocol/ids.ts';
import { isTerminal } from '../protocol/states.ts';
import type { TaskModel } from '../language/model.ts';
import type { ExecutionState } from './execution-state.ts';
import { childTasks } from './flow-index.ts';

/** Undefined when there is no such task run. Rows keep their order; `newId` is called once a row. */
export function taskRunsForReplay(state: ExecutionState, taskRunId: string, atMs: number, newId: () => string): readonly TaskRunRow[] | undefined {
  const asked = state.get(taskRunId);
  if (asked === undefined) return undefined;
  const target = sharedDirectory(state, asked) ?? asked;
  const gone = new Set<string>();
  const ancestors = new Set<string>();
  for (let one = parentOf(state, target); one !== undefined; one = parentOf(state, one)) ancestors.add(one.id);
  // At each level what comes after is left out: the later siblings of the target and of each of its ancestors.
  for (let one: TaskRunRow | undefined = target; one !== undefined; one = parentOf(state, one)) for (const id of successors(state, one)) gone.add(id);
  const branchOf = (row: TaskRunRow): string => state.index.tasks.get(row.taskId)?.branch ?? 'nominal';
  const kept: TaskRunRow[] = [];
  const keptIds = new Set<string>();
  for (const row of state.ordered()) {
    const parentKept = row.parentTaskRunId === undefined || keptIds.has(row.parentTaskRunId);
    const below = row.parentTaskRunId !== undefined && (row.parentTaskRunId === target.id || gone.has(row.parentTaskRunId));
    if (!parentKept || below || gone.has(row.id)) { gone.add(row.id); continue; }
    if (branchOf(row) !== 'nominal' && row.id !== target.id && !ancestors.has(row.id)) { gone.add(row.id); continue; }
    kept.push(row);
    keptIds.add(row.id);
  }
  const ids = new Map(kept.map((row) => [row.id as string, newId()]));
  return kept.map((row, position) => {
    const { parentTaskRunId, outputs, decided, ...rest } = row;
    const isTarget = row.id === target.id;
    const kind = state.index.tasks.get(row.taskId)?.task.kind;
    const histories = isTarget ? [...row.histories, { state: kind === 'flowable' ? 'RUNNING' as const : 'RESTARTED' as const, atMs }]
      : ancestors.has(row.id) && isTerminal(currentState(row.histories)) ? [...row.histories, { state: 'RUNNING' as const, atMs }] : row.histories;
    return {
      ...rest, id: asTaskRunId(ids.get(row.id) ?? row.id), position, histories,
      ...(parentTaskRunId === undefined ? {} : { parentTaskRunId: asTaskRunId(ids.get(parentTaskRunId) ?? parentTaskRunId) }),
      // The child of a subflow is the other execution's.
      ...(outputs === undefined || (isTarget && kind !== 'runnable') ? {} : { outputs }),
      // A flowable that is run again decides again.
      ...(decided === undefined || isTarget ? {} : { decided }),
    };
  });
}

/** Tasks that share a directory are run again together: the directory is gone. */
function sharedDirectory(state: ExecutionState, row: TaskRunRow): TaskRunRow | undefined {
  const parent = parentOf(state, row);
  return parent !== undefined && state.index.tasks.get(parent.taskId)?.task.flowable === 'workingDirectory' ? parent : undefined;
}

const parentOf = (state: ExecutionState, row: TaskRunRow): TaskRunRow | undefined => (row.parentTaskRunId === undefined ? undefined : state.get(row.parentTaskRunId));

/** Siblings that the structure puts after a task run: later in a sequence, later in the same value's chain, dependent in a Dag; none in a Parallel. */
function successors(state: ExecutionState, row: TaskRunRow): readonly string[] {
  const parent = parentOf(state, row);
  const parentTask = parent === undefined ? undefined : state.index.tasks.get(parent.taskId)?.task;
  const siblings = [...state.ordered()].filter((one) => one.parentTaskRunId === row.parentTaskRunId && one.id !== row.id);
  const kind = parentTask?.flowable;
  const later = siblings.filter((one) => one.position > row.position);
  if (parentTask === undefined || kind === undefined) return later.map((one) => one.id);
  const concurrent = kind === 'foreach' && parentTask.properties['concurrencyLimit'] !== undefined && parentTask.properties['concurrencyLimit'] !== 1;
  if (kind === 'parallel' || kind === 'eachParallel') return [];
  if (concurrent) {
    const order = childTasks(parentTask).map((task) => task.id);
    return siblings.filter((one) => one.value === row.value && order.indexOf(one.taskId) > order.indexOf(row.taskId)).map((one) => one.id);
  }
  if (kind === 'dag') {
    const after = dependents(parentTask, row.taskId);
    return siblings.filter((one) => after.has(one.taskId)).map((one) => one.id);
  }
  return later.map((one) => one.id);
}

function dependents(task: TaskModel, taskId: string): ReadonlySet<string> {
  const found = new Set<string>();
  const { children } = task;
  if (children.type !== 'dag') return found;
  const queue = [taskId];
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    for (const entry of children.tasks) if (entry.dependsOn.includes(one) && !found.has(entry.task.id)) { found.add(entry.task.id); queue.push(entry.task.id); }
  }
  return found;
}
