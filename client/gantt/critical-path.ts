/**
 * The chain of task runs that decided how long the run took: from what ended last, back over what had to end before it was created.
 * A shorter run needs one of these to be shorter. From histories alone, so it is what happened, not what the flow says. Pure.
 */
import type { TaskRun } from '../../core/protocol/entities/execution.ts';
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';

/** By the version of the run: a tick does not search again. */
const known = new WeakMap<ExecutionTopicState, ReadonlySet<string>>();

interface Leaf { readonly taskRun: TaskRun; readonly createdMs: number; readonly endMs: number }

export function criticalPathOf(state: ExecutionTopicState): ReadonlySet<string> {
  let path = known.get(state);
  if (path === undefined) {
    path = pathOf(state);
    known.set(state, path);
  }
  return path;
}

/** Sorting decides: n log n for n task runs. */
function pathOf(state: ExecutionTopicState): ReadonlySet<string> {
  const parents = new Set(Object.values(state.taskRuns).map((taskRun) => taskRun.parentTaskRunId));
  const leaves: Leaf[] = state.order.flatMap((id): Leaf[] => {
    const taskRun = state.taskRuns[id];
    if (taskRun === undefined || parents.has(id)) return [];
    return [{ taskRun, createdMs: Date.parse(taskRun.state.startDate), endMs: taskRun.state.endDate === undefined ? Number.POSITIVE_INFINITY : Date.parse(taskRun.state.endDate) }];
  });
  // Of those that end together (or still run) the one that was created first has held it up longest: it stands last.
  leaves.sort((a, b) => (a.endMs === b.endMs ? b.createdMs - a.createdMs : a.endMs - b.endMs));
  const path = new Set<string>();
  let at = leaves.length - 1;
  for (let leaf = leaves[at]; leaf !== undefined; leaf = leaves[at]) {
    path.add(leaf.taskRun.id);
    at = before(leaves, leaf.createdMs, at);
  }
  return path;
}

/** The last leaf below `below` that had ended by then; -1 when there is none. */
function before(leaves: readonly Leaf[], createdMs: number, below: number): number {
  let low = 0;
  let high = below;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((leaves[middle]?.endMs ?? Number.POSITIVE_INFINITY) <= createdMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
