/** Waiting for people: pauses and what ends them. */
import type { TaskModel } from '../../language/model.ts';
import { parseDurationMs } from '../../protocol/time.ts';
import { forgiven } from '../final-state.ts';
import type { FlowableContext } from '../flowable/index.ts';
import type { Stepper } from '../stepper.ts';
import { endRun } from './attempts.ts';
import { redispatch } from './begin.ts';
import { nextRound } from './loops.ts';

export function resumed(s: Stepper, inputs: Readonly<Record<string, unknown>>, outcome: 'RUNNING' | 'WARNING' | 'CANCELLED' | 'FAILED' | 'KILLED', wanted?: string): string | undefined {
  if (!s.open) return 'it has ended';
  const id = wanted ?? s.state.paused.values().next().value;
  const row = id === undefined ? undefined : s.state.get(id);
  if (row === undefined) {
    if (s.state.state !== 'PAUSED') return 'it is not paused';
    s.drop('held');
    s.setState('RUNNING');
    redispatch(s);
    s.settle();
    return undefined;
  }
  // A date that comes does not end what a person has asked for.
  if (wanted === undefined) s.drop('held');
  unschedulePause(s, row.id);
  const task = s.task(row);
  if (task?.flowable === 'loopUntil') { nextRound(s, row); return undefined; }
  const asked = Array.isArray(task?.properties['onResume']) || Object.keys(inputs).length > 0;
  const outputs = asked ? { ...row.outputs, onResume: inputs } : row.outputs;
  if (s.state.state === 'PAUSED' && s.state.paused.size <= 1 && s.state.header.held !== true) {
    s.setState('RESTARTED');
    s.setState('RUNNING');
  }
  if (outcome === 'FAILED' || outcome === 'WARNING' || outcome === 'CANCELLED') {
    s.log(outcome === 'FAILED' ? 'ERROR' : 'WARN', outcome === 'FAILED' ? 'The pause timed out' : 'Nobody has resumed the pause in time', row);
    if (outcome === 'CANCELLED') s.header({ exit: { state: 'CANCELLED' } });
    endRun(s, { ...row, histories: [...row.histories, { state: 'RUNNING', atMs: s.atMs }] }, task === undefined ? outcome : forgiven(outcome, task));
    settleAll(s);
    return undefined;
  }
  s.put({ ...row, ...(outputs === undefined ? {} : { outputs }), histories: [...row.histories, { state: 'RUNNING', atMs: s.atMs }] });
  s.mark(row.id);
  settleAll(s);
  return undefined;
}

export function settleAll(s: Stepper): void {
  if (s.state.state === 'PAUSED') return;
  redispatch(s);
  s.settle();
}

/** Its duration is over: what `behavior` says. */
export function expired(s: Stepper, id: string): string | undefined {
  const row = s.state.get(id);
  const behavior = String((row === undefined ? undefined : s.task(row))?.properties['behavior'] ?? 'RESUME').toUpperCase();
  switch (behavior) {
    case 'WARN': return resumed(s, {}, 'WARNING', id);
    case 'FAIL': return resumed(s, {}, 'FAILED', id);
    case 'CANCEL': return resumed(s, {}, 'CANCELLED', id);
    default: return resumed(s, {}, 'RUNNING', id);
  }
}

export function unschedulePause(s: Stepper, id: string): void {
  s.commands.push({ type: 'unschedule', what: { type: 'resume', taskRunId: id } }, { type: 'unschedule', what: { type: 'pauseTimeout', taskRunId: id } }, { type: 'unschedule', what: { type: 'loop', taskRunId: id } });
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
