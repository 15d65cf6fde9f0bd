/** WorkingDirectory: a directory is made, its tasks run in it one after the other, and what is wanted of it is gathered. */
import type { TaskModel } from '../../language/model.ts';
import type { TaskRunRow } from '../../protocol/entities/execution.ts';
import type { StateType } from '../../protocol/states.ts';
import type { EngineEvent } from '../events.ts';
import { forgiven } from '../final-state.ts';
import type { Stepper } from '../stepper.ts';
import { endRun } from './attempts.ts';

export const isDirectory = (task: TaskModel | undefined): boolean => task?.flowable === 'workingDirectory';

export function openDirectory(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  s.put({ ...row, decided: { ...row.decided, directory: { phase: 'opening' } } });
  s.commands.push({ type: 'openDirectory', taskRunId: row.id, task });
}

/** The directory went with the process: everything that was done in it is done again. */
export function reopenDirectory(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  s.removeBelow(row.id);
  openDirectory(s, row, task);
}

export function directoryOpened(s: Stepper, event: Extract<EngineEvent, { type: 'directoryOpened' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    if (row.decided?.directory?.phase !== 'opening') return 'its directory is there already';
    if (event.problem !== undefined) {
      s.log('ERROR', event.problem, row);
      s.commands.push({ type: 'dropDirectory', taskRunId: row.id });
      endRun(s, row, forgiven('FAILED', task));
      return undefined;
    }
    s.put({ ...row, decided: { ...row.decided, directory: { phase: 'open' } } });
    s.mark(row.id);
    s.settle();
    return undefined;
  });
}

/** True when the task run has to wait for its directory: its tasks have ended, and files are gathered. */
export function gathers(s: Stepper, row: TaskRunRow, task: TaskModel, nominal: StateType): boolean {
  if (nominal === 'FAILED' || nominal === 'KILLED') {
    s.commands.push({ type: 'dropDirectory', taskRunId: row.id });
    return false;
  }
  s.put({ ...row, decided: { ...row.decided, directory: { phase: 'closing', state: nominal } } });
  s.commands.push({ type: 'closeDirectory', taskRunId: row.id, task });
  return true;
}

export function directoryClosed(s: Stepper, event: Extract<EngineEvent, { type: 'directoryClosed' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    const directory = row.decided?.directory;
    if (directory?.phase !== 'closing') return 'its directory is not being gathered';
    if (event.problem !== undefined) s.log('ERROR', event.problem, row);
    s.state.plans.delete(row.id);
    endRun(s, { ...row, ...(event.outputs === undefined ? {} : { outputs: { ...row.outputs, ...event.outputs } }) }, forgiven(event.problem === undefined ? directory.state : 'FAILED', task));
    return undefined;
  });
}
