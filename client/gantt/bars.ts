/** What a task run did with its time, as bars in milliseconds. Pure: the clock comes in. */
import type { State, TaskRun } from '../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../core/protocol/states.ts';

export type Bar =
  /** Waited: a dotted line. */
  | { readonly type: 'waited'; readonly fromMs: number; readonly toMs: number }
  /** Ran, or runs until now. `thin` for flowables, whose children are the work. */
  | { readonly type: 'ran'; readonly state: StateType; readonly fromMs: number; readonly toMs: number; readonly live: boolean; readonly thin: boolean }
  /** An attempt that failed and was followed by another. */
  | { readonly type: 'attempt'; readonly state: StateType; readonly fromMs: number; readonly toMs: number }
  /** Between two attempts. */
  | { readonly type: 'gap'; readonly fromMs: number; readonly toMs: number }
  /** What was to come after the moment that is shown: a dashed outline. */
  | { readonly type: 'later'; readonly state: StateType; readonly fromMs: number; readonly toMs: number; readonly thin: boolean };

const at = (date: string): number => Date.parse(date);
const firstOf = (state: State, wanted: readonly StateType[]): number | undefined => {
  const found = state.histories.find((change) => wanted.includes(change.state));
  return found === undefined ? undefined : at(found.date);
};

export function barsOf(taskRun: TaskRun, nowMs: number): readonly Bar[] {
  const bars: Bar[] = [];
  const ended = isTerminal(taskRun.state.current);
  const createdMs = at(taskRun.state.startDate);
  const endMs = taskRun.state.endDate === undefined ? nowMs : at(taskRun.state.endDate);
  const attempts = taskRun.attempts ?? [];
  if (attempts.length === 0) {
    const runsMs = firstOf(taskRun.state, ['RUNNING', 'PAUSED', 'SUCCESS', 'WARNING', 'FAILED', 'KILLED']);
    if (runsMs === undefined) {
      if (!ended) bars.push({ type: 'waited', fromMs: createdMs, toMs: nowMs });
      return bars;
    }
    if (runsMs > createdMs) bars.push({ type: 'waited', fromMs: createdMs, toMs: runsMs });
    // A flowable's history is its bar: each stretch in the state it was in.
    const changes = taskRun.state.histories.filter((change) => at(change.date) >= runsMs);
    changes.forEach((change, index) => {
      const next = changes[index + 1];
      if (isTerminal(change.state) && next === undefined && index > 0) return;
      const last = changes[changes.length - 1];
      const closes = next !== undefined && isTerminal(next.state) && index + 1 === changes.length - 1;
      bars.push({
        type: 'ran', state: closes && last !== undefined ? last.state : change.state, fromMs: at(change.date),
        toMs: next === undefined ? endMs : at(next.date), live: next === undefined && !ended, thin: true,
      });
    });
    return bars;
  }
  let previousMs = createdMs;
  attempts.forEach((attempt, index) => {
    const fromMs = firstOf(attempt.state, ['RUNNING']) ?? at(attempt.state.startDate);
    const toMs = attempt.state.endDate === undefined ? nowMs : at(attempt.state.endDate);
    if (fromMs > previousMs) bars.push(index === 0 ? { type: 'waited', fromMs: previousMs, toMs: fromMs } : { type: 'gap', fromMs: previousMs, toMs: fromMs });
    const last = index === attempts.length - 1;
    if (last) bars.push({ type: 'ran', state: attempt.state.endDate === undefined ? 'RUNNING' : taskRun.state.current === 'RETRYING' ? attempt.state.current : taskRun.state.current, fromMs, toMs, live: attempt.state.endDate === undefined && !ended, thin: false });
    else bars.push({ type: 'attempt', state: attempt.state.current, fromMs, toMs });
    previousMs = toMs;
  });
  if (!ended && attempts[attempts.length - 1]?.state.endDate !== undefined) bars.push({ type: 'gap', fromMs: previousMs, toMs: nowMs });
  return bars;
}

/** What came after a moment, of the bars as they are known now. */
export function laterOf(bars: readonly Bar[], atMs: number): readonly Bar[] {
  return bars.flatMap((bar): readonly Bar[] => {
    if (bar.toMs <= atMs || bar.type === 'waited' || bar.type === 'gap' || bar.type === 'later') return [];
    return [{ type: 'later', state: bar.state, fromMs: Math.max(atMs, bar.fromMs), toMs: bar.toMs, thin: bar.type === 'ran' && bar.thin }];
  });
}
