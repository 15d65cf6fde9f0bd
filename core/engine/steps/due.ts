/** A date has come. */
import { currentState } from '../../protocol/entities/execution.ts';
import type { DueWhat } from '../events.ts';
import { never } from '../flow-index.ts';
import type { Stepper } from '../stepper.ts';
import { begun } from './begin.ts';
import { nextRound } from './loops.ts';
import { expired, resumed } from './pauses.ts';
import { durationPassed } from './sla.ts';
import { dispatch } from './walk.ts';

export function delayPassed(s: Stepper, what: DueWhat): string | undefined {
  switch (what.type) {
    case 'newExecution':
      if (s.state.state !== 'RETRIED') return `it is ${s.state.state}`;
      s.commands.push({ type: 'createNextAttempt' });
      return undefined;
    case 'start': return s.state.state === 'CREATED' ? begun(s) : `it is ${s.state.state}`;
    case 'retry': return s.withOpen(what.taskRunId, (row) => {
      if (currentState(row.histories) !== 'RETRYING') return `it is ${currentState(row.histories)}`;
      if (what.attempt !== (row.attempts?.length ?? 0) + 1) return `attempt ${what.attempt} is not the next one`;
      const again = s.put({ ...row, histories: [...row.histories, { state: 'CREATED', atMs: s.atMs }] });
      if (s.state.state === 'RETRYING' && ![...s.state.active].some((id) => { const other = s.state.get(id); return other !== undefined && currentState(other.histories) === 'RETRYING'; })) s.setState('RUNNING');
      dispatch(s, again);
      s.settle();
      return undefined;
    });
    case 'resume': return s.state.paused.has(what.taskRunId) ? expired(s, what.taskRunId) : 'it does not pause any more';
    case 'pauseTimeout':
      if (!s.state.paused.has(what.taskRunId)) return 'it does not pause any more';
      return resumed(s, {}, 'FAILED', what.taskRunId);
    case 'loop': {
      const row = s.state.get(what.taskRunId);
      if (row === undefined || !s.state.paused.has(row.id)) return 'it does not wait any more';
      nextRound(s, row);
      return undefined;
    }
    case 'sla': return durationPassed(s, what.position);
    default: return never(what);
  }
}
