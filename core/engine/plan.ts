/**
 * How a flowable wants its children: five shapes that all flowables reduce to. A plan is derived when the flowable starts and walked
 * at each event of a child; walking looks only at what moved, so that ten thousand children cost ten thousand small looks.
 */
import type { TaskModel } from '../language/model.ts';
import { never } from './flow-index.ts';
import { runKey, type ExecutionState, type Scope } from './execution-state.ts';
import { currentState } from '../protocol/entities/execution.ts';
import { isTerminal } from '../protocol/states.ts';

export type Plan =
  /** One after the other; with values all tasks of the first value, then of the second. */
  | { readonly type: 'sequence'; readonly tasks: readonly TaskModel[]; readonly values?: readonly string[] }
  /** All at once, at most `concurrent` (0 = unlimited); with values every task of every value. */
  | { readonly type: 'parallel'; readonly tasks: readonly TaskModel[]; readonly values?: readonly string[]; readonly concurrent: number }
  /** A chain of the tasks per value, at most `concurrent` chains (0 = unlimited). */
  | { readonly type: 'chains'; readonly tasks: readonly TaskModel[]; readonly values: readonly string[]; readonly concurrent: number }
  | { readonly type: 'dag'; readonly entries: readonly { readonly task: TaskModel; readonly dependsOn: readonly string[] }[]; readonly concurrent: number };

export interface NextRun {
  readonly task: TaskModel;
  readonly value?: string;
  readonly iteration?: number;
}

/** How many children there are in the end. */
export function plannedCount(plan: Plan): number {
  switch (plan.type) {
    case 'sequence': case 'parallel': return plan.tasks.length * (plan.values?.length ?? 1);
    case 'chains': return plan.tasks.length * plan.values.length;
    case 'dag': return plan.entries.length;
    default: return never(plan);
  }
}

function nth(plan: { readonly tasks: readonly TaskModel[]; readonly values?: readonly string[] }, position: number): NextRun | undefined {
  const task = plan.tasks[position % plan.tasks.length];
  if (task === undefined) return undefined;
  if (plan.values === undefined) return { task };
  const iteration = Math.floor(position / plan.tasks.length);
  const value = plan.values[iteration];
  return value === undefined ? undefined : { task, value, iteration };
}

/** The children to create now. Nothing failed and nothing was killed: the caller has looked. */
export function nextRuns(plan: Plan, scope: Scope, state: ExecutionState): readonly NextRun[] {
  const { nominal } = scope;
  const total = plannedCount(plan);
  if (nominal.runs.length >= total) return [];
  switch (plan.type) {
    case 'sequence': {
      if (nominal.open > 0) return [];
      // Replay leaves no hole in a sequence, so the count of children is the place of the next.
      const next = nth(plan, nominal.runs.length);
      return next === undefined ? [] : [next];
    }
    case 'parallel': {
      const room = plan.concurrent === 0 ? total : plan.concurrent - nominal.open;
      const next: NextRun[] = [];
      while (next.length < room && scope.cursor < total) {
        const one = nth(plan, scope.cursor);
        if (one !== undefined && !nominal.byKey.has(runKey(one.task.id, one.value))) next.push(one);
        scope.cursor += 1;
      }
      return next;
    }
    case 'chains': {
      const next: NextRun[] = [];
      const first = plan.tasks[0];
      if (first === undefined) return [];
      const places = iterationsOf(plan);
      for (const value of scope.moved) {
        const chain = scope.chains.get(value);
        if (chain === undefined) continue;
        const over = chain.open === 0 && (chain.failed || chain.created >= plan.tasks.length);
        if (over) scope.over.add(value);
        else scope.over.delete(value);
        if (over || chain.open > 0) continue;
        const task = plan.tasks[chain.created];
        if (task !== undefined) next.push({ task, value, iteration: places.get(value) ?? 0 });
      }
      // Only what moved was looked at: a walk over all chains at each event would be quadratic.
      let running = scope.chains.size - scope.over.size;
      scope.moved.clear();
      const room = plan.concurrent === 0 ? Number.POSITIVE_INFINITY : plan.concurrent;
      while (running < room && scope.cursor < plan.values.length) {
        const value = plan.values[scope.cursor];
        if (value !== undefined && !scope.chains.has(value)) {
          next.push({ task: first, value, iteration: scope.cursor });
          running += 1;
        }
        scope.cursor += 1;
      }
      return next;
    }
    case 'dag': {
      const room = plan.concurrent === 0 ? total : plan.concurrent - nominal.open;
      const ended = (taskId: string): boolean => {
        const id = nominal.byKey.get(runKey(taskId, undefined));
        const row = id === undefined ? undefined : state.get(id);
        return row !== undefined && isTerminal(currentState(row.histories));
      };
      const here = new Set(plan.entries.map((entry) => entry.task.id));
      return plan.entries
        .filter((entry) => !nominal.byKey.has(runKey(entry.task.id, undefined)) && entry.dependsOn.every((id) => !here.has(id) || ended(id)))
        .slice(0, Math.max(0, room)).map(({ task }) => ({ task }));
    }
    default: return never(plan);
  }
}

const places = new WeakMap<object, ReadonlyMap<string, number>>();
/** Value to iteration, made once per plan. */
function iterationsOf(plan: { readonly values: readonly string[] }): ReadonlyMap<string, number> {
  const found = places.get(plan);
  if (found !== undefined) return found;
  const made = new Map(plan.values.map((value, index) => [value, index]));
  places.set(plan, made);
  return made;
}
