/** The execution ends, as its tasks say or because it can not be decided. */
import { render, renderDeep, renderTyped } from '../../expression/index.ts';
import { typedOutput } from '../../language/index.ts';
import { currentState } from '../../protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../protocol/states.ts';
import { FlowableError } from '../flowable/index.ts';
import { messageOf, type Stepper } from '../stepper.ts';
import { startAfterwards } from './afterwards.ts';
import { unschedulePause } from './pauses.ts';
import { unwatchDurations } from './sla.ts';

export function end(s: Stepper, state: StateType): void {
  let ended = state;
  const { outputs } = s.state.index.flow;
  if (outputs.length > 0 && (state === 'SUCCESS' || state === 'WARNING' || state === 'FAILED')) {
    try {
      const options = s.rootOptions();
      const values: Record<string, unknown> = {};
      for (const output of outputs) {
        const rendered = typeof output.value === 'string' ? (output.type === 'STRING' ? render(output.value, options) : renderTyped(output.value, options)) : renderDeep(output.value, { ...options, typed: true });
        const typed = typedOutput(output.type, typeof rendered === 'object' && rendered !== null && output.type === 'STRING' ? JSON.stringify(rendered) : rendered);
        if ('error' in typed) throw new Error(`output \`${output.id}\`: ${typed.error}`);
        Object.defineProperty(values, output.id, { value: typed.value, enumerable: true, configurable: true, writable: true });
      }
      s.header({ outputs: values });
    } catch (error) {
      s.log('ERROR', `Failed to render output values: ${messageOf(error)}`);
      ended = 'FAILED';
    }
  }
  close(s, ended);
}

/** It never runs: nothing follows. */
export function refuse(s: Stepper, state: StateType): void {
  s.setState(state);
  s.commands.push({ type: 'ended', state });
}

function close(s: Stepper, state: StateType): void {
  s.setState(state);
  unwatchDurations(s);
  s.commands.push({ type: 'ended', state });
  if (state !== 'RETRIED') startAfterwards(s);
}

/** After a decision that failed: everything open ends and the execution is FAILED. What the step has done so far stays consistent. */
export function collapse(s: Stepper, error: unknown): void {
  if (!(error instanceof FlowableError)) s.fault = error;
  const started = s.commands.filter((command) => command.type === 'log' || command.type === 'unschedule');
  s.commands.length = 0;
  s.commands.push(...started, { type: 'killChildren' });
  s.log('ERROR', error instanceof FlowableError ? error.message : `The engine could not go on: ${messageOf(error)}`);
  for (const row of s.state.ordered()) {
    const current = currentState(row.histories);
    if (isTerminal(current)) continue;
    if (current === 'PAUSED') unschedulePause(s, row.id);
    if (current === 'RETRYING') s.commands.push({ type: 'unschedule', what: { type: 'retry', taskRunId: row.id, attempt: 0 } });
    s.abandon(row, s.task(row)?.kind === 'flowable' ? 'FAILED' : 'KILLED');
  }
  const after = isTerminal(s.state.state);
  s.drop('afterExecution');
  if (after) { s.commands.push({ type: 'settled' }); return; }
  unwatchDurations(s);
  refuse(s, 'FAILED');
}
