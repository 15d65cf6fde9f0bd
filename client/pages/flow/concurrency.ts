/** The Concurrency tab's data: the flow's limit, and who holds or waits for a slot. */
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import type { StateType } from '../../../core/protocol/states.ts';
import { loadExecutionRows, type ExecutionRows } from '../executions/load.ts';
import type { PageContext } from '../page.ts';

export interface ConcurrencyLimit {
  readonly limit: number;
  readonly behavior: 'QUEUE' | 'CANCEL' | 'FAIL';
}

/** In these an execution holds a slot; QUEUED waits for one. */
export const holdingStates: readonly StateType[] = ['RUNNING', 'PAUSED', 'RETRYING', 'RESTARTED', 'KILLING'];
export const shownStates: readonly StateType[] = [...holdingStates, 'QUEUED'];
const rowsShown = 100;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

export function limitOf(flow: Flow | undefined): ConcurrencyLimit | undefined {
  const given: unknown = flow?.['concurrency'];
  if (!isRecord(given) || typeof given['limit'] !== 'number') return undefined;
  const { limit, behavior } = given;
  return { limit, behavior: behavior === 'CANCEL' || behavior === 'FAIL' ? behavior : 'QUEUE' };
}

export function loadConcurrency({ ask }: Pick<PageContext, 'ask'>, flow: { readonly namespace: string; readonly id: string }): Promise<ExecutionRows> {
  const query = new URLSearchParams({ state: shownStates.join(','), 'filters[namespace][EQUALS]': flow.namespace, sort: 'state.startDate:asc', size: String(rowsShown) });
  return loadExecutionRows({ ask, query }, { flow });
}
