/** What a person wants to read first when a run has failed. Pure. */
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';

export const labelOf = (taskRun: Pick<TaskRun, 'taskId' | 'value'>): string => (taskRun.value === undefined ? taskRun.taskId : `${taskRun.taskId} ${taskRun.value}`);

export function taskNameOf(state: ExecutionTopicState, taskRunId: string | undefined): string | undefined {
  const taskRun = taskRunId === undefined ? undefined : state.taskRuns[taskRunId];
  return taskRun === undefined ? undefined : labelOf(taskRun);
}

/** The task run that failed first and was no parent of a failure. */
export function firstFailure(state: ExecutionTopicState): TaskRun | undefined {
  if (state.execution?.state.current !== 'FAILED' && state.execution?.state.current !== 'WARNING' && state.execution?.state.current !== 'KILLED') return undefined;
  const failed = state.order.flatMap((id) => { const taskRun = state.taskRuns[id]; return taskRun?.state.current === 'FAILED' ? [taskRun] : []; });
  const parents = new Set(failed.map((taskRun) => taskRun.parentTaskRunId));
  return failed.filter((taskRun) => !parents.has(taskRun.id)).reduce<TaskRun | undefined>((first, taskRun) => (first === undefined || Date.parse(taskRun.state.endDate ?? '') < Date.parse(first.state.endDate ?? '') ? taskRun : first), undefined);
}

/** Its lines: those that the page was loaded with, and those that the live tail has brought since. */
export function linesOfFailure(failed: TaskRun, loaded: readonly LogEntry[], tail: readonly LogEntry[]): readonly LogEntry[] {
  const known = new Map<number, LogEntry>();
  for (const entry of [...loaded, ...tail]) if (entry.taskRunId === failed.id && entry.position !== undefined) known.set(entry.position, entry);
  return [...known.entries()].sort(([a], [b]) => a - b).map(([, entry]) => entry);
}

/** The error that says why: of its last attempt. */
export const errorOf = (lines: readonly LogEntry[]): LogEntry | undefined => lines.findLast((entry) => entry.level === 'ERROR') ?? lines[lines.length - 1];

/** Tasks of the flow's first level that never began. */
export function tasksNotRun(flow: Flow | undefined, state: ExecutionTopicState): readonly string[] {
  const ran = new Set(state.order.map((id) => state.taskRuns[id]?.taskId));
  const tasks: unknown = flow?.tasks;
  if (!Array.isArray(tasks)) return [];
  return tasks.flatMap((task: unknown) => (typeof task === 'object' && task !== null && 'id' in task && typeof task.id === 'string' && !ran.has(task.id) ? [task.id] : []));
}
