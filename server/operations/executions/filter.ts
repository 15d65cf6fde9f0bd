/** The filters of executions as addresses and REST spell them, turned into the store's. */
import { illegalArgument } from '../../../core/protocol/errors.ts';
import { isStateType, type StateType } from '../../../core/protocol/states.ts';
import { parseDurationMs } from '../../../core/protocol/time.ts';
import type { ExecutionFilter } from '../../store/index.ts';
import { parseDateMs, parseLabel } from '../rooms.ts';

export interface ExecutionFilterInput {
  readonly q?: string | undefined;
  readonly namespace?: string | undefined;
  readonly flowId?: string | undefined;
  readonly state?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
  readonly timeRange?: string | undefined;
  readonly triggerExecutionId?: string | undefined;
  readonly childFilter?: string | undefined;
}

const given = (text: string | undefined): text is string => text !== undefined && text !== '';

export function parseExecutionFilter(input: ExecutionFilterInput, nowMs: number): ExecutionFilter {
  if (given(input.timeRange) && given(input.startDate)) throw illegalArgument('timeRange and startDate exclude each other; give one of them');
  const startMs = given(input.startDate) ? parseDateMs('startDate', input.startDate) : given(input.timeRange) ? nowMs - rangeMs(input.timeRange) : undefined;
  const endMs = given(input.endDate) ? parseDateMs('endDate', input.endDate) : undefined;
  if (startMs !== undefined && endMs !== undefined && startMs > endMs) throw illegalArgument('startDate is after endDate');
  const child = given(input.childFilter) ? input.childFilter.toUpperCase() : undefined;
  if (child !== undefined && child !== 'CHILD' && child !== 'MAIN') throw illegalArgument(`childFilter "${input.childFilter ?? ''}" is neither CHILD nor MAIN`);
  return {
    ...(given(input.namespace) ? { namespace: input.namespace } : {}),
    ...(given(input.flowId) ? { flowId: input.flowId } : {}),
    ...(input.state === undefined || input.state.length === 0 ? {} : { states: input.state.map(stateOfText) }),
    ...(input.labels === undefined || input.labels.length === 0 ? {} : { labels: input.labels.map(parseLabel) }),
    ...(given(input.q) && input.q !== '*' ? { text: input.q } : {}),
    ...(startMs === undefined ? {} : { startMs }),
    ...(endMs === undefined ? {} : { endMs }),
    ...(given(input.triggerExecutionId) ? { triggerExecutionId: input.triggerExecutionId } : {}),
    ...(child === undefined ? {} : { childFilter: child }),
  };
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
