/** The filters of executions of both generations, turned into the store's, within what the caller may see. */
import { oldFilters, parseFilters, type OldFilters } from '../../../core/protocol/filters/syntax.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { Action } from '../../../core/protocol/operation.ts';
import { isStateType, type StateType } from '../../../core/protocol/states.ts';
import { parseDurationMs } from '../../../core/protocol/time.ts';
import type { Caller } from '../../access/contract.ts';
import { executionFilterOf, type ExecutionFilter } from '../../store/index.ts';
import type { Rooms } from '../handler.ts';

export interface ExecutionFilterInput extends OldFilters {
  readonly filters?: readonly unknown[] | undefined;
}

export const parseExecutionFilter = (input: ExecutionFilterInput, nowMs: number): ExecutionFilter => executionFilterOf([...oldFilters(input), ...parseFilters(input.filters)], { nowMs });

/** The same, without what lies in namespaces where the caller may not do this. */
export function executionFilter(rooms: Rooms, caller: Caller, input: ExecutionFilterInput, action: Action = 'read'): ExecutionFilter {
  const permission = { resource: 'execution', action } as const;
  const filter = parseExecutionFilter(input, rooms.ambient.clock.nowMs());
  return rooms.access.refusal(caller, permission) === undefined ? filter : { ...filter, allowed: (namespace) => rooms.access.refusal(caller, permission, namespace) === undefined };
}

export function stateOfText(text: string): StateType {
  const state = text.toUpperCase();
  if (!isStateType(state)) throw illegalArgument(`"${text}" is not a state`);
  return state;
}

export function rangeMs(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms <= 0) throw illegalArgument(`timeRange "${text}" is not an ISO-8601 duration such as PT24H`);
  return ms;
}
