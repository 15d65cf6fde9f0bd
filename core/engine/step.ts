/**
 * One synchronous decision. An event changes the execution, then `settle` carries on until nothing more follows: children are created,
 * started, skipped; flowables end; the execution ends. Losing a race (a late result, a second kill) is `ignored`.
 */
import { isTerminal } from '../protocol/states.ts';
import type { Advance, EngineEvent } from './events.ts';
import type { ExecutionState } from './execution-state.ts';
import { never } from './flow-index.ts';
import type { Lookup } from './lookup.ts';
import { Stepper } from './stepper.ts';
import { taskEnded, taskStarted } from './steps/attempts.ts';
import { begun, forced, recovered } from './steps/begin.ts';
import { delayPassed } from './steps/due.ts';
import { breakpointResumed } from './steps/breakpoints.ts';
import { directoryClosed, directoryOpened } from './steps/directories.ts';
import { collapse, refuse } from './steps/ending.ts';
import { itemsFailed, itemsMoved, itemsRead, merged } from './steps/items.ts';
import { kill } from './steps/kill.ts';
import { resumed } from './steps/pauses.ts';
import { changeTaskRun, restart } from './steps/restart.ts';
import { checkAssertions } from './steps/sla.ts';
import { subflowEnded, subflowMissing, subflowRefused, subflowStarted } from './steps/subflows.ts';

export function step(state: ExecutionState, event: EngineEvent, lookup: Lookup): Advance {
  const s = new Stepper(state, event.atMs, lookup);
  try {
    const ignored = apply(s, event);
    if (ignored !== undefined) return { type: 'ignored', reason: ignored };
    checkAssertions(s);
  } catch (error) {
    // One execution that can not be decided must not take the others with it: it fails, and says why.
    collapse(s, error);
  }
  return s.advance();
}

/** The reason when the event is ignored. */
function apply(s: Stepper, event: EngineEvent): string | undefined {
  switch (event.type) {
    case 'begun': return begun(s);
    case 'queued': return s.onlyFrom(['CREATED'], () => { s.setState('QUEUED'); });
    case 'refused': return s.onlyFrom(['CREATED'], () => { refuse(s, event.state); });
    case 'taskStarted': return taskStarted(s, event);
    case 'taskEnded': return taskEnded(s, event);
    case 'subflowStarted': return subflowStarted(s, event);
    case 'subflowRefused': return subflowRefused(s, event);
    case 'subflowEnded': return subflowEnded(s, event);
    case 'subflowReplaced': return s.withOpen(event.taskRunId, (row) => {
      if (row.outputs?.['executionId'] !== event.childId) return 'it waits for another execution';
      s.put({ ...row, outputs: { ...row.outputs, executionId: event.nextId } });
      return undefined;
    });
    case 'delayPassed': return delayPassed(s, event.what);
    case 'recovered': return recovered(s);
    case 'killRequested': return kill(s);
    case 'pauseRequested': return s.onlyFrom(['RUNNING', 'RETRYING'], () => {
      s.setState('PAUSED');
      s.header({ held: true });
    });
    case 'resumed': return resumed(s, event.inputs, event.state ?? 'RUNNING');
    case 'restartRequested': return restart(s);
    case 'taskRunStateChanged': return changeTaskRun(s, event.taskRunId, event.state);
    case 'statusChanged':
      if (!isTerminal(s.state.state) || !isTerminal(event.state)) return 'only an ended execution can be given another ended state';
      s.setState(event.state);
      return undefined;
    case 'labelsSet':
      s.header({ labels: event.labels });
      return undefined;
    case 'forced': return forced(s);
    case 'subflowMissing': return subflowMissing(s, event);
    case 'breakpointResumed': return breakpointResumed(s, event.breakpoints);
    case 'directoryOpened': return directoryOpened(s, event);
    case 'directoryClosed': return directoryClosed(s, event);
    case 'itemsRead': return itemsRead(s, event);
    case 'itemsMoved': return itemsMoved(s, event);
    case 'itemsFailed': return itemsFailed(s, event);
    case 'merged': return merged(s, event);
    default: return never(event);
  }
}
