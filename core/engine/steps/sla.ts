/** Service levels (`sla`): a longest duration, and assertions about the execution. Each acts at its first violation. */
import { isTruthy, render } from '../../expression/index.ts';
import type { SlaModel } from '../../language/model.ts';
import { currentState } from '../../protocol/entities/execution.ts';
import { isTerminal } from '../../protocol/states.ts';
import { durationText } from '../../protocol/time.ts';
import { messageOf, type Stepper } from '../stepper.ts';
import { end } from './ending.ts';
import { unschedulePause } from './pauses.ts';

/** The clocks of the longest durations begin to run. */
export function watchDurations(s: Stepper): void {
  const startMs = s.state.header.histories[0]?.atMs ?? s.atMs;
  for (const [position, sla] of s.state.index.flow.sla.entries()) {
    if (sla.type === 'MAX_DURATION' && sla.durationMs !== undefined && !isViolated(s, position)) s.commands.push({ type: 'schedule', dueAtMs: Math.max(s.atMs, startMs + sla.durationMs), what: { type: 'sla', position } });
  }
}

export function unwatchDurations(s: Stepper): void {
  for (const [position, sla] of s.state.index.flow.sla.entries()) if (sla.type === 'MAX_DURATION') s.commands.push({ type: 'unschedule', what: { type: 'sla', position } });
}

export function durationPassed(s: Stepper, position: number): string | undefined {
  const sla = s.state.index.flow.sla[position];
  if (sla === undefined) return 'the flow has no such SLA';
  if (isTerminal(s.state.state)) return 'it has ended';
  if (isViolated(s, position)) return 'it is violated already';
  violate(s, position, sla, `the execution takes longer than ${durationText(sla.durationMs ?? 0)}`);
  s.settle();
  return undefined;
}

/** Looked at after each change; of several that do not hold the first acts. An assertion that can not be rendered says so once and is left out. */
export function checkAssertions(s: Stepper): void {
  const { sla: all } = s.state.index.flow;
  if (all.length === 0 || isTerminal(s.state.state) || s.state.state === 'CREATED' || s.state.state === 'KILLING') return;
  for (const [position, sla] of all.entries()) {
    if (sla.type !== 'EXECUTION_ASSERTION' || isViolated(s, position)) continue;
    try {
      if (isTruthy(render(sla.assert ?? 'true', s.rootOptions()))) continue;
    } catch (error) {
      s.log('WARN', `SLA '${sla.id}' can not be evaluated: ${messageOf(error)}`);
      note(s, position);
      continue;
    }
    violate(s, position, sla, `the assertion ${sla.assert ?? ''} does not hold`);
    s.settle();
    return;
  }
}

const isViolated = (s: Stepper, position: number): boolean => s.state.header.slaViolated?.includes(position) === true;

function note(s: Stepper, position: number): void {
  s.header({ slaViolated: [...(s.state.header.slaViolated ?? []), position] });
}

function violate(s: Stepper, position: number, sla: SlaModel, why: string): void {
  note(s, position);
  s.log('WARN', `SLA '${sla.id}' violated: ${why}`);
  const { labels } = s.state.header;
  const more = sla.labels.filter((label) => !labels.some((present) => present.key === label.key));
  if (more.length > 0) s.header({ labels: [...labels, ...more] });
  if (sla.behavior !== 'NONE') endOpen(s, sla.behavior === 'FAIL' ? 'FAILED' : 'CANCELLED');
}

/** The last open task run takes the state, the others are killed. What was started elsewhere goes on. */
function endOpen(s: Stepper, state: 'FAILED' | 'CANCELLED'): void {
  const open = s.state.ordered().filter((row) => !isTerminal(currentState(row.histories)));
  for (const [index, row] of open.entries()) {
    const current = currentState(row.histories);
    if (current === 'PAUSED') unschedulePause(s, row.id);
    if (current === 'RETRYING') s.commands.push({ type: 'unschedule', what: { type: 'retry', taskRunId: row.id, attempt: 0 } });
    s.abandon(row, index === open.length - 1 ? state : 'KILLED');
  }
  end(s, state);
}
