/** An ended execution is opened again. */
import { currentState, type TaskRunRow } from '../../protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../protocol/states.ts';
import type { Stepper } from '../stepper.ts';
import { isDirectory } from './directories.ts';
import { unschedulePause } from './pauses.ts';

export function restart(s: Stepper): string | undefined {
  const { state } = s.state;
  if (!isTerminal(state) && state !== 'PAUSED') return 'only an ended or paused execution can be restarted';
  const failed = s.state.ordered().filter((row) => { const current = currentState(row.histories); return current === 'FAILED' || current === 'PAUSED' || current === 'KILLED'; });
  // What was done in a shared directory is done again in a new one, whatever the directory's own state has become.
  const roots = [...new Set(failed.filter((row) => !inErrorBranch(s, row)).map((row) => { const parent = s.parent(row); return parent !== undefined && isDirectory(s.task(parent)) ? parent : row; }))];
  if (roots.length === 0) return 'No task found to restart execution from!';
  removeErrorBranches(s);
  for (const part of ['afterExecution', 'exit', 'held'] as const) s.drop(part);
  const parents = new Set(roots.map((row) => row.parentTaskRunId).filter((id) => id !== undefined));
  for (const row of roots) {
    const present = s.state.get(row.id);
    const task = s.task(row);
    if (present === undefined) continue;
    if (currentState(present.histories) === 'PAUSED') unschedulePause(s, row.id);
    if (isDirectory(task)) s.removeBelow(row.id);
    s.state.plans.delete(row.id);
    // A flowable that failed by its children goes on with them; one that failed by itself starts again, like any task.
    const next: StateType = task?.kind === 'flowable' && parents.has(row.id) && !isDirectory(task) ? 'RUNNING' : 'RESTARTED';
    s.put({ ...present, histories: [...present.histories, { state: next, atMs: s.atMs }] });
    for (let parent = s.parent(present); parent !== undefined; parent = s.parent(parent)) reopen(s, parent);
  }
  s.setState('RESTARTED');
  const { metadata } = s.state.header;
  s.header({ metadata: { ...metadata, attemptNumber: metadata.attemptNumber + 1 } });
  return undefined;
}

export function reopen(s: Stepper, parent: TaskRunRow): void {
  if (!isTerminal(currentState(parent.histories))) return;
  s.put({ ...parent, histories: [...parent.histories, { state: 'RUNNING', atMs: s.atMs }] });
}

export function inErrorBranch(s: Stepper, row: TaskRunRow): boolean {
  for (let one: TaskRunRow | undefined = row; one !== undefined; one = s.parent(one)) if ((s.state.index.tasks.get(one.taskId)?.branch ?? 'nominal') !== 'nominal') return true;
  return false;
}

export function removeErrorBranches(s: Stepper): void {
  // All are found before the first is taken away: a child whose parent is gone would not be known as one of them.
  for (const row of s.state.ordered().filter((one) => inErrorBranch(s, one))) s.remove(row.id);
}

export function changeTaskRun(s: Stepper, id: string, next: StateType): string | undefined {
  const row = s.state.get(id);
  if (row === undefined) return 'there is no such task run';
  if (inErrorBranch(s, row)) return 'a task run of an error branch can not be changed';
  if (row.dynamic === true) return 'a task run that its task has added itself can not be changed';
  removeErrorBranches(s);
  for (const part of ['afterExecution', 'exit', 'held'] as const) s.drop(part);
  const present = s.state.get(id) ?? row;
  if (!isTerminal(currentState(present.histories)) && s.task(present)?.kind === 'runnable') s.commands.push({ type: 'killTask', taskRunId: id });
  s.put({ ...present, histories: [...present.histories, { state: next, atMs: s.atMs }] });
  for (let parent = s.parent(present); parent !== undefined; parent = s.parent(parent)) reopen(s, parent);
  s.setState('RESTARTED');
  return undefined;
}
