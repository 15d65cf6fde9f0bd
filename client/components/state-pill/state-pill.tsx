/** The state of an execution or task run: icon, word and colour, never colour alone. */
import type { StateType } from '../../../core/protocol/states.ts';
import { Icon } from '../icon/icon.tsx';
import { stateIcon, stateWord } from './state-words.ts';

export function StatePill({ state, size }: { readonly state: StateType; readonly size?: 'large' }) {
  return <span class="state" data-state={state} data-size={size}><Icon name={stateIcon(state)} />{stateWord(state)}</span>;
}

/** Only the icon, with the word for readers and as a tooltip; where there is no room for a pill. */
export function StateIcon({ state, size }: { readonly state: StateType; readonly size?: 12 | 14 | 20 }) {
  return <span class="state-mark" data-state={state} title={stateWord(state)}><Icon name={stateIcon(state)} label={stateWord(state)} class="state-icon" {...(size === undefined ? {} : { size })} /></span>;
}
