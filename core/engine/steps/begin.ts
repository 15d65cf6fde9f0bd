/** An execution begins: at first, after a restart, by force, and again after a crash. */
import { currentState, type TaskRunRow } from '../../protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../protocol/states.ts';
import { type Stepper, waits } from '../stepper.ts';
import { finishAttempt, runTask } from './attempts.ts';
import { breakpointResumed } from './breakpoints.ts';
import { isDirectory, openDirectory, reopenDirectory } from './directories.ts';
import { mergeAgain } from './items.ts';
import { resumed } from './pauses.ts';
import { watchDurations } from './sla.ts';
import { dispatch } from './walk.ts';

export function begun(s: Stepper): string | undefined {
  const { state } = s.state;
  if (state !== 'CREATED' && state !== 'RESTARTED' && state !== 'QUEUED') return `it is ${state} already`;
  const first = state !== 'RESTARTED';
  s.setState('RUNNING');
  if (first) watchDurations(s);
  // After a restart or a replay the restarted task runs go first; then every running parent is looked at.
  held(s, (row, current) => {
    // Created ones are there when a paused execution is restarted.
    if (current === 'RESTARTED' || current === 'CREATED') dispatchOnce(s, row);
    else if (current === 'RUNNING' && s.task(row)?.kind === 'flowable') reopened(s, row);
  });
  s.mark('');
  s.settle();
  return undefined;
}

/** A running parent of an execution that begins again. A directory has to be made again for the tasks that are left. */
function reopened(s: Stepper, row: TaskRunRow): void {
  const task = s.task(row);
  if (task !== undefined && isDirectory(task)) openDirectory(s, row, task);
  else s.mark(row.id);
}

export function forced(s: Stepper): string | undefined {
  const { state } = s.state;
  if (isTerminal(state)) return 'it has ended';
  if (state === 'CREATED') s.commands.push({ type: 'unschedule', what: { type: 'start' } });
  if (state === 'CREATED' || state === 'QUEUED') return begun(s);
  if (state === 'PAUSED') return resumed(s, {}, 'RUNNING');
  if (state === 'BREAKPOINT') return breakpointResumed(s, []);
  redispatch(s);
  s.settle();
  return undefined;
}

/** After a crash or a stop: what was asked of the world and not answered is asked again. A task runs again as the same attempt. */
export function recovered(s: Stepper): string | undefined {
  if (!s.open) return 'it has ended';
  held(s, (row, current) => {
    const task = s.task(row);
    if (isTerminal(current) || task === undefined || row.dynamic === true) return;
    if (task.kind === 'flowable') {
      if (current !== 'RUNNING') return;
      if (isDirectory(task)) reopenDirectory(s, row, task);
      else s.mark(row.id);
      return;
    }
    if (current === 'KILLING') { finishAttempt(s, row, task, 'KILLED', undefined); return; }
    if (current === 'RUNNING' && task.kind === 'runnable') runTask(s, row, task, row.attempts?.length ?? 1);
    else if (current === 'RUNNING' && task.kind === 'items') s.commands.push({ type: 'countItems', taskRunId: row.id });
    else if (current === 'RUNNING' && task.kind === 'merge') mergeAgain(s, row);
    else if (current === 'RUNNING') s.commands.push({ type: 'findSubflow', taskRunId: row.id, childId: String(row.outputs?.['executionId'] ?? ''), wait: waits(task) });
    else if ((current === 'CREATED' || current === 'RESTARTED') && s.state.state !== 'PAUSED' && s.state.state !== 'BREAKPOINT' && s.state.state !== 'KILLING') dispatch(s, row);
  });
  s.mark('');
  s.settle();
  return undefined;
}

/** Whatever waits is looked at again. */
export function redispatch(s: Stepper): void {
  held(s, (row, current) => {
    if (current === 'CREATED' || current === 'RESTARTED') dispatchOnce(s, row);
    else if (current === 'RUNNING' && (s.task(row)?.kind === 'flowable' || s.state.scope(row.id).finally.runs.length > 0)) s.mark(row.id);
  });
  s.mark('');
}

/** One that the worker has already is left to it: its `runIf` was said. */
function dispatchOnce(s: Stepper, row: TaskRunRow): void {
  if (!s.state.handed.has(row.id)) dispatch(s, row);
}

/** Visits every task run; what follows waits until all have been seen, so that no visit meets a row that another has changed. */
export function held(s: Stepper, visit: (row: TaskRunRow, current: StateType) => void): void {
  const outer = s.settling;
  s.settling = true;
  for (const seen of s.state.ordered()) {
    // An earlier visit may have taken it away.
    const row = s.state.get(seen.id);
    if (row !== undefined) visit(row, currentState(row.histories));
  }
  s.settling = outer;
}
