/** The attempts of a task run as bars on one scale: which took how long, and the waits between. */
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import { spanText } from '../../gantt/index.ts';
import { stateWord } from '../../components/state-pill/state-words.ts';

export function Attempts({ taskRun, nowMs }: { readonly taskRun: TaskRun; readonly nowMs: number }) {
  const attempts = (taskRun.attempts ?? []).map((attempt) => ({ state: attempt.state.current, fromMs: Date.parse(attempt.state.startDate), toMs: attempt.state.endDate === undefined ? nowMs : Date.parse(attempt.state.endDate) }));
  const fromMs = attempts[0]?.fromMs ?? 0;
  const spanMs = Math.max(1, (attempts[attempts.length - 1]?.toMs ?? 0) - fromMs);
  const share = (ms: number): number => (ms / spanMs) * 100;
  return (
    <>
      {attempts.map((attempt, index) => {
        const before = attempts[index - 1];
        return (
          <div class="attempt">
            <span class="num">{index + 1} of {attempts.length}</span>
            <svg height="12" role="img" aria-label={`${stateWord(attempt.state)}, ${spanText(attempt.toMs - attempt.fromMs)}`}>
              {before === undefined ? null : <line class="bar-gap" data-state="RETRYING" x1={`${share(before.toMs - fromMs).toFixed(2)}%`} x2={`${share(attempt.fromMs - fromMs).toFixed(2)}%`} y1="6" y2="6" />}
              <rect class="bar" data-state={attempt.state} x={`${Math.min(99, share(attempt.fromMs - fromMs)).toFixed(2)}%`} y="1" width={`${Math.max(1, share(attempt.toMs - attempt.fromMs)).toFixed(2)}%`} height="10" rx="2" />
            </svg>
            <span class="duration">{spanText(attempt.toMs - attempt.fromMs)}</span>
          </div>
        );
      })}
    </>
  );
}
