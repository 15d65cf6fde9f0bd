/** Rows under headings instead of under their parents. Pure. */
import type { TaskRun } from '../../core/protocol/entities/execution.ts';
import { isStateType, stateTypes } from '../../core/protocol/states.ts';
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import { taskRunAt } from './state-at.ts';

/** *tree*: under their parent. *time*: by their start, flat. The others under a heading each. */
export const groupings = ['tree', 'time', 'task', 'iteration', 'state'] as const;
export type Grouping = (typeof groupings)[number];
export const isGrouping = (text: string): text is Grouping => (groupings as readonly string[]).includes(text);

export interface Group {
  readonly key: string;
  /** Undefined: no heading. */
  readonly title: string | undefined;
  readonly taskRuns: readonly TaskRun[];
}

const wordOf = (state: string): string => state.charAt(0) + state.slice(1).toLowerCase();

/** `eu`, or `eu, 2` for loops in one another; undefined outside of all of them. */
function iterationOf(taskRun: TaskRun, state: ExecutionTopicState): string | undefined {
  const values: string[] = [];
  for (let one: TaskRun | undefined = taskRun; one !== undefined; one = one.parentTaskRunId === undefined ? undefined : state.taskRuns[one.parentTaskRunId]) if (one.value !== undefined) values.unshift(one.value);
  return values.length === 0 ? undefined : values.join(', ');
}

export function groupsOf(grouping: Exclude<Grouping, 'tree'>, taskRuns: readonly TaskRun[], state: ExecutionTopicState, atMs: number | undefined): readonly Group[] {
  if (grouping === 'time') {
    // A stable sort: the engine's order decides between starts of one millisecond.
    const started = (taskRun: TaskRun): number => Date.parse(taskRun.attempts?.[0]?.state.startDate ?? taskRun.state.startDate);
    return [{ key: 'all', title: undefined, taskRuns: taskRuns.map((taskRun) => ({ taskRun, at: started(taskRun) })).sort((a, b) => a.at - b.at).map(({ taskRun }) => taskRun) }];
  }
  const groups = new Map<string, TaskRun[]>();
  for (const taskRun of taskRuns) {
    const key = grouping === 'task' ? taskRun.taskId : grouping === 'iteration' ? iterationOf(taskRun, state) ?? '' : (atMs === undefined ? taskRun : taskRunAt(taskRun, atMs))?.state.current ?? 'CREATED';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [taskRun]);
    else group.push(taskRun);
  }
  const list = [...groups].map(([key, members]): Group => ({ key, title: grouping === 'state' ? wordOf(key) : key === '' ? 'Outside of loops' : key, taskRuns: members }));
  // States in the order of a life, so that a heading stays where it is while rows wander.
  return grouping === 'state' ? list.sort((a, b) => lifeOf(a.key) - lifeOf(b.key)) : list;
}

const lifeOf = (state: string): number => (isStateType(state) ? stateTypes.indexOf(state) : stateTypes.length);
