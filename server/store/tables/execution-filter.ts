/** Which executions a list means: the filter, and whether a row belongs to it. */
import { currentState, type ExecutionRow, type Label } from '../../../core/protocol/entities/execution.ts';
import type { StateType } from '../../../core/protocol/states.ts';
import { startedFromOf } from './execution-indexes.ts';

export interface FlowName {
  readonly namespace: string;
  readonly flowId: string;
}

export interface ExecutionFilter {
  /** This namespace and all below it. */
  readonly namespace?: string;
  readonly flowId?: string;
  /** Only executions of flows for which this holds, whatever it asks of namespace and flow id: as cheap as naming them. */
  readonly flows?: (flow: FlowName) => boolean;
  /** Empty or left out: all. */
  readonly states?: readonly StateType[];
  /** All of them must be there. */
  readonly labels?: readonly Label[];
  /** Words; each is part of `namespace.flow-id` (no matter of case) or, from `idCharsMin` on, the beginning of the execution's id. */
  readonly text?: string;
  /** Started at or after. */
  readonly startMs?: number;
  /** Started at or before. */
  readonly endMs?: number;
  readonly triggerExecutionId?: string;
  readonly childFilter?: 'CHILD' | 'MAIN';
  readonly ids?: readonly string[];
  /** Only ordinary ones when left out, but for `ids`. */
  readonly kinds?: readonly string[];
  /** Any further condition: rows are read one by one for it. */
  readonly where?: (row: ExecutionRow) => boolean;
  /** Only namespaces for which this holds: the permission scope of the caller. */
  readonly allowed?: (namespace: string) => boolean;
}

/** A word may be the beginning of an id when it is so long: one id in fourteen million begins with four given characters. */
export const idCharsMin = 4;

export const textWords = (text: string | undefined): readonly string[] => (text ?? '').split(/\s+/).filter((word) => word !== '');
export const isIdBeginning = (word: string): boolean => word.length >= idCharsMin && /^[0-9A-Za-z]+$/.test(word);
export const isInFlowName = ({ namespace, flowId }: FlowName, word: string): boolean => `${namespace}.${flowId}`.toLowerCase().includes(word.toLowerCase());

export const isInNamespace = (namespace: string, parent: string): boolean => namespace === parent || namespace.startsWith(`${parent}.`);

export const flowMatches = (flow: FlowName, filter: ExecutionFilter): boolean =>
  (filter.namespace === undefined || isInNamespace(flow.namespace, filter.namespace))
  && (filter.flowId === undefined || flow.flowId === filter.flowId)
  && (filter.flows === undefined || filter.flows(flow))
  && (filter.allowed === undefined || filter.allowed(flow.namespace));

/** Does a row belong to the list? The watch room asks it for every changed row. */
export function matchesExecution(row: ExecutionRow, filter: ExecutionFilter): boolean {
  if (!flowMatches(row, filter)) return false;
  if (filter.kinds === undefined ? row.kind !== undefined && filter.ids === undefined : !filter.kinds.includes(row.kind ?? 'NORMAL')) return false;
  if (filter.states !== undefined && filter.states.length > 0 && !filter.states.includes(currentState(row.histories))) return false;
  if (filter.ids !== undefined && !filter.ids.includes(row.id)) return false;
  for (const label of filter.labels ?? []) if (!row.labels.some((own) => own.key === label.key && own.value === label.value)) return false;
  const startMs = row.histories[0]?.atMs ?? 0;
  if (filter.startMs !== undefined && startMs < filter.startMs) return false;
  if (filter.endMs !== undefined && startMs > filter.endMs) return false;
  if (filter.triggerExecutionId !== undefined && startedFromOf(row) !== filter.triggerExecutionId) return false;
  if (filter.childFilter !== undefined && (startedFromOf(row) !== undefined) !== (filter.childFilter === 'CHILD')) return false;
  if (filter.text !== undefined && !textWords(filter.text).every((word) => isInFlowName(row, word) || (isIdBeginning(word) && row.id.startsWith(word)))) return false;
  return filter.where === undefined || filter.where(row);
}
