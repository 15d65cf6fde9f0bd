/** Breakpoints: the execution stops just before a task until somebody lets it go on. */
import type { Breakpoint, TaskRunRow } from '../../protocol/entities/execution.ts';
import type { Stepper } from '../stepper.ts';
import { held } from './begin.ts';
import { dispatch } from './walk.ts';

/** Stops the task run when a breakpoint is set on it. One that has stopped here before goes on. */
export function stopsAt(s: Stepper, row: TaskRunRow): boolean {
  const { breakpoints } = s.state.header;
  if (breakpoints === undefined || !breakpoints.some((one) => one.id === row.taskId && (one.value === undefined || one.value === row.value))) return false;
  if (row.histories.some((change) => change.state === 'BREAKPOINT')) return false;
  s.put({ ...row, histories: [...row.histories, { state: 'BREAKPOINT', atMs: s.atMs }] });
  s.setState('BREAKPOINT');
  return true;
}

export function breakpointResumed(s: Stepper, breakpoints: readonly Breakpoint[]): string | undefined {
  if (s.state.state !== 'BREAKPOINT') return `it is ${s.state.state}, not at a breakpoint`;
  s.header({ breakpoints });
  s.setState('RUNNING');
  held(s, (row, current) => {
    if (current === 'BREAKPOINT') dispatch(s, s.put({ ...row, histories: [...row.histories, { state: 'CREATED', atMs: s.atMs }] }));
    else if (current === 'CREATED' || current === 'RESTARTED') dispatch(s, row);
    else if (current === 'RUNNING' && s.task(row)?.kind === 'flowable') s.mark(row.id);
  });
  s.mark('');
  s.settle();
  return undefined;
}
