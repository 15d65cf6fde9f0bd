import type { StateType } from '../../../core/protocol/states.ts';
import type { IconName } from '../../theme/icons.ts';

const words: Readonly<Record<StateType, string>> = {
  CREATED: 'Created', QUEUED: 'Queued', RUNNING: 'Running', PAUSED: 'Paused', BREAKPOINT: 'Breakpoint', RESTARTED: 'Restarted', RETRYING: 'Retrying', RETRIED: 'Retried',
  KILLING: 'Killing', KILLED: 'Killed', SUCCESS: 'Success', WARNING: 'Warning', FAILED: 'Failed', CANCELLED: 'Cancelled', SKIPPED: 'Skipped',
};
const icons: Readonly<Record<StateType, IconName>> = {
  CREATED: 'state-created', QUEUED: 'state-queued', RUNNING: 'state-running', PAUSED: 'state-paused', BREAKPOINT: 'state-breakpoint', RESTARTED: 'state-restarted',
  RETRYING: 'state-retrying', RETRIED: 'state-retried', KILLING: 'state-killing', KILLED: 'state-killed', SUCCESS: 'state-success', WARNING: 'state-warning',
  FAILED: 'state-failed', CANCELLED: 'state-cancelled', SKIPPED: 'state-skipped',
};

export const stateWord = (state: StateType): string => words[state];
export const stateIcon = (state: StateType): IconName => icons[state];
