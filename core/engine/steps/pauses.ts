/** Waiting for people: pauses and what ends them. */
import type { TaskModel } from '../../language/model.ts';
import { isTerminal } from '../../protocol/states.ts';
import { parseDurationMs } from '../../protocol/time.ts';
import { forgiven } from '../final-state.ts';
import type { FlowableContext } from '../flowable/index.ts';
import type { Stepper } from '../stepper.ts';
import { endRun } from './attempts.ts';
import { redispatch } from './begin.ts';

export function resumed(s: Stepper, inputs: Readonly<Record<string, unknown>>, outcome: 'RUNNING' | 'FAILED' | 'KILLED', wanted?: string): string | undefined {
  if (isTerminal(s.state.state)) return 'it has ended';
  const id = wanted ?? s.state.paused.values().next().value;
  const row = id === undefined ? undefined : s.state.get(id);
  if (row === undefined) {
    if (s.state.state !== 'PAUSED') return 'it is not paused';
    s.setState('RUNNING');
    redispatch(s);
    s.settle();
    return undefined;
  }
  unschedulePause(s, row.id);
  const task = s.task(row);
  const asked = Array.isArray(task?.properties['onResume']) || Object.keys(inputs).length > 0;
  const outputs = asked ? { ...row.outputs, onResume: inputs } : row.outputs;
  if (s.state.state === 'PAUSED' && s.state.paused.size <= 1) {
    s.setState('RESTARTED');
    s.setState('RUNNING');
  }
  if (outcome === 'FAILED') {
    s.log('ERROR', 'The pause timed out', row);
    endRun(s, { ...row, histories: [...row.histories, { state: 'RUNNING', atMs: s.atMs }] }, task === undefined ? 'FAILED' : forgiven('FAILED', task));
    settleAll(s);
    return undefined;
  }
  s.put({ ...row, ...(outputs === undefined ? {} : { outputs }), histories: [...row.histories, { state: 'RUNNING', atMs: s.atMs }] });
  s.mark(row.id);
  settleAll(s);
  return undefined;
}

export function settleAll(s: Stepper): void {
  redispatch(s);
  s.settle();
}

export function unschedulePause(s: Stepper, id: string): void {
  s.commands.push({ type: 'unschedule', what: { type: 'resume', taskRunId: id } }, { type: 'unschedule', what: { type: 'pauseTimeout', taskRunId: id } });
}

export function pause(s: Stepper, id: string, task: TaskModel, context: FlowableContext): void {
  const row = s.state.get(id);
  if (row === undefined) return;
  const span = (name: string, given: unknown): number | undefined => {
    if (given === undefined || given === null) return undefined;
    const text = context.render(given) ?? '';
    const ms = parseDurationMs(text);
    if (ms === undefined) throw new Error(`\`${name}\` must be an ISO duration such as PT5M, found \`${text}\``);
    return ms;
  };
  const delayMs = span('delay', task.properties['delay'] ?? task.properties['pauseDuration']);
  const timeoutMs = span('timeout', task.timeout);
  s.put({ ...row, histories: [...row.histories, { state: 'PAUSED', atMs: s.atMs }] });
  if (delayMs !== undefined) s.commands.push({ type: 'schedule', dueAtMs: s.atMs + delayMs, what: { type: 'resume', taskRunId: id } });
  else if (timeoutMs !== undefined) s.commands.push({ type: 'schedule', dueAtMs: s.atMs + timeoutMs, what: { type: 'pauseTimeout', taskRunId: id } });
}
