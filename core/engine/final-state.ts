/** The state of a parent from those of its children (engine-semantics "Final state"). SKIPPED and CANCELLED do not count. */
import type { StateType } from '../protocol/states.ts';
import { countOf, type Branch } from './execution-state.ts';

export interface Forgiving {
  readonly allowFailure: boolean;
  readonly allowWarning: boolean;
}

export function forgiven(state: StateType, { allowFailure, allowWarning }: Forgiving): StateType {
  const softened = state === 'FAILED' && allowFailure ? 'WARNING' : state;
  return softened === 'WARNING' && allowWarning ? 'SUCCESS' : softened;
}

export function stateOfChildren(branch: Branch): StateType {
  if (countOf(branch, 'KILLED') > 0) return 'KILLED';
  if (countOf(branch, 'FAILED') > 0) return 'FAILED';
  if (countOf(branch, 'WARNING') > 0) return 'WARNING';
  return 'SUCCESS';
}
