/** Everything that is open ends, because somebody said so. */
import { currentState } from '../../protocol/entities/execution.ts';
import { isTerminal, type StateChange } from '../../protocol/states.ts';
import type { Stepper } from '../stepper.ts';
import { killAfterwards } from './afterwards.ts';
import { isDirectory } from './directories.ts';
import { end } from './ending.ts';
import { unschedulePause } from './pauses.ts';

export function kill(s: Stepper): string | undefined {
  const { state } = s.state;
  if (isTerminal(state)) {
    if (s.state.header.afterExecution === undefined) return 'it has ended';
    killAfterwards(s);
    return undefined;
  }
  if (state === 'KILLING') return 'it is being killed';
  if (state === 'CREATED') s.commands.push({ type: 'unschedule', what: { type: 'start' } });
  s.setState('KILLING');
  s.commands.push({ type: 'killChildren' });
  for (const row of s.state.ordered()) {
    const current = currentState(row.histories);
    if (isTerminal(current) || current === 'KILLING') continue;
    const kind = s.task(row)?.kind ?? 'runnable';
    if (current === 'RETRYING') s.commands.push({ type: 'unschedule', what: { type: 'retry', taskRunId: row.id, attempt: 0 } });
    if (kind === 'runnable' && current === 'RUNNING') {
      s.put({ ...row, histories: [...row.histories, { state: 'KILLING', atMs: s.atMs }] });
      s.commands.push({ type: 'killTask', taskRunId: row.id });
    } else if ((kind === 'flowable' || (kind === 'items' && s.state.scope(row.id).finally.open > 0)) && current === 'RUNNING') {
      if (isDirectory(s.task(row))) s.commands.push({ type: 'dropDirectory', taskRunId: row.id });
      s.put({ ...row, histories: [...row.histories, { state: 'KILLING', atMs: s.atMs }] });
    } else {
      if (kind === 'runnable') s.commands.push({ type: 'killTask', taskRunId: row.id });
      if (current === 'PAUSED') unschedulePause(s, row.id);
      const histories: StateChange[] = [...row.histories, ...(current === 'PAUSED' ? [{ state: 'KILLING' as const, atMs: s.atMs }] : []), { state: 'KILLED', atMs: s.atMs }];
      const attempts = row.attempts?.map((attempt, index, all) => (index === all.length - 1 && !isTerminal(currentState(attempt.histories)) ? { ...attempt, histories: [...attempt.histories, { state: 'KILLED' as const, atMs: s.atMs }] } : attempt));
      s.put({ ...row, histories, ...(attempts === undefined ? {} : { attempts }) });
    }
  }
  finishKill(s);
  return undefined;
}

/** When no task runs any more, the killed parents and the execution end. */
export function finishKill(s: Stepper): void {
  // A Loop is killed with its `finally` tasks, not before them.
  if ([...s.state.active].some((id) => { const row = s.state.get(id); return row !== undefined && s.task(row)?.kind !== 'items'; })) return;
  for (const row of [...s.state.ordered()].reverse()) {
    if (!isTerminal(currentState(row.histories))) s.abandon(row, 'KILLED');
  }
  end(s, 'KILLED');
}
