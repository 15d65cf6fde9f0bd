/** What a state allows. The server decides; this says beforehand why a button would be refused. Pure. */
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import { stateWord } from '../../components/state-pill/state-words.ts';

export type ExecutionAction = 'kill' | 'pause' | 'resume' | 'restart' | 'replay' | 'delete' | 'labels' | 'status' | 'unqueue' | 'forceRun';

const restartable: ReadonlySet<StateType> = new Set(['FAILED', 'KILLED', 'CANCELLED', 'PAUSED', 'WARNING']);

/** Why the action is not possible now, or undefined when it is. */
export function refusalOf(action: ExecutionAction, state: StateType): string | undefined {
  switch (action) {
    case 'kill':
      return isTerminal(state) ? `It has already ended: ${stateWord(state)}` : state === 'KILLING' ? 'It is being killed' : undefined;
    case 'pause':
      return state === 'RUNNING' ? undefined : `Only a running execution can be paused; this one is ${stateWord(state)}`;
    case 'resume':
      return state === 'PAUSED' || state === 'BREAKPOINT' ? undefined : `Only a paused execution can be resumed; this one is ${stateWord(state)}`;
    case 'restart':
      return restartable.has(state) ? undefined : `Only a failed, killed or paused execution can be restarted; this one is ${stateWord(state)}`;
    case 'unqueue':
      return state === 'QUEUED' ? undefined : `Only a queued execution can be unqueued; this one is ${stateWord(state)}`;
    case 'forceRun':
      return isTerminal(state) ? `It has already ended: ${stateWord(state)}` : undefined;
    case 'status':
      return isTerminal(state) || state === 'PAUSED' ? undefined : `Its state can be changed when it has ended or is paused; it is ${stateWord(state)}`;
    case 'delete':
    case 'labels':
      return isTerminal(state) ? undefined : `It has not ended yet: ${stateWord(state)}`;
    case 'replay':
      return undefined;
    default:
      return never(action);
  }
}

function never(value: never): never {
  throw new Error(`not an action: ${String(value)}`);
}
