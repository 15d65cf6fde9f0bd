/** An execution begins: at first, after a restart, by force, and again after a crash. */
import { currentState, type TaskRunRow } from '../../protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../protocol/states.ts';
import { type Stepper, waits } from '../stepper.ts';
import { finishAttempt, runTask } from './attempts.ts';
import { resumed } from './pauses.ts';
import { dispatch } from './walk.ts';

export function begun(s: Stepper): string | undefined {
  const { state } = s.state;
  if (state !== 'CREATED' && state !== 'RESTARTED' && state !== 'QUEUED') return `it is ${state} already`;
  s.setState('RUNNING');
  // After a restart or a replay the restarted task runs go first; then every running parent is looked at.
  held(s, (row, current) => {
    if (current === 'RESTARTED') dispatch(s, row);
    else if (current === 'RUNNING' && s.task(row)?.kind === 'flowable') s.mark(row.id);
  });
  s.mark('');
  s.settle();
  return undefined;
}

export function forced(s: Stepper): string | undefined {
  const { state } = s.state;
  if (isTerminal(state)) return 'it has ended';
  if (state === 'CREATED') s.commands.push({ type: 'unschedule', what: { type: 'start' } });
  if (state === 'CREATED' || state === 'QUEUED') return begun(s);
  if (state === 'PAUSED') return resumed(s, {}, 'RUNNING');
  redispatch(s);
  s.settle();
  return undefined;
}

/** After a crash or a stop: what was asked of the world and not answered is asked again. A task runs again as the same attempt. */
export function recovered(s: Stepper): string | undefined {
  if (isTerminal(s.state.state)) return 'it has ended';
  held(s, (row, current) => {
    const task = s.task(row);
    if (isTerminal(current) || task === undefined || row.dynamic === true) return;
    if (task.kind === 'flowable') { if (current === 'RUNNING') s.mark(row.id); return; }
    if (current === 'KILLING') { finishAttempt(s, row, task, 'KILLED', undefined); return; }
    if (current === 'RUNNING' && task.kind === 'runnable') runTask(s, row, task, row.attempts?.length ?? 1);
    else if (current === 'RUNNING') s.commands.push({ type: 'findSubflow', taskRunId: row.id, childId: String(row.outputs?.['executionId'] ?? ''), wait: waits(task) });
    else if ((current === 'CREATED' || current === 'RESTARTED') && s.state.state !== 'PAUSED' && s.state.state !== 'KILLING') dispatch(s, row);
  });
  s.mark('');
  s.settle();
  return undefined;
}

/** Whatever waits is looked at again. */
export function redispatch(s: Stepper): void {
  held(s, (row, current) => {
    if (current === 'CREATED' || current === 'RESTARTED') dispatch(s, row);
    else if (current === 'RUNNING' && s.task(row)?.kind === 'flowable') s.mark(row.id);
  });
  s.mark('');
}

/** Visits every task run; what follows waits until all have been seen, so that no visit meets a row that another has changed. */
export function held(s: Stepper, visit: (row: TaskRunRow, current: StateType) => void): void {
  const outer = s.settling;
  s.settling = true;
  for (const row of s.state.ordered()) visit(row, currentState(row.histories));
  s.settling = outer;
}
