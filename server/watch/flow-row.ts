/** A row of the list of flows: its record, its last execution and who has it open now. */
import { currentState, type ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { FlowRow } from '../../core/protocol/entities/flow.ts';
import { isoText } from '../../core/protocol/time.ts';
import { latestExecution, type FlowRecord, type Reader } from '../store/index.ts';
import type { PresenceSource } from './view.ts';

export interface FlowRowParts {
  readonly row: FlowRow;
  /** The number of the last execution: a change of it changes the row. */
  readonly lastNumber: number | undefined;
}

export function flowRowOf(record: FlowRecord, engine: Reader, present: FlowRow['present']): FlowRowParts {
  const last = latestExecution(engine, record.tenant, record.namespace, record.id);
  return {
    lastNumber: last?.number,
    row: {
      id: record.id,
      namespace: record.namespace,
      revision: record.revision,
      ...(record.description === undefined ? {} : { description: record.description }),
      disabled: record.disabled,
      labels: record.labels,
      draft: record.draft,
      triggers: record.triggers,
      updated: isoText(record.updatedAtMs),
      authors: record.authors.map((author) => author.name),
      ...(last === undefined ? {} : { lastExecution: lastExecutionOf(last) }),
      present,
    },
  };
}

function lastExecutionOf(row: ExecutionRow): NonNullable<FlowRow['lastExecution']> {
  return { id: row.id, state: currentState(row.histories), startDate: isoText(row.histories[0]?.atMs ?? 0) };
}

/** `tenant/flow/namespace/id` of a document's room; undefined for other rooms. */
export function flowOfRoom(room: string): { readonly tenant: string; readonly namespace: string; readonly id: string } | undefined {
  const [tenant, kind, namespace, id, ...more] = room.split('/');
  if (tenant === undefined || kind !== 'flow' || namespace === undefined || id === undefined || more.length > 0) return undefined;
  return { tenant, namespace, id };
}

/** By `namespace/id`: who has which flow of a tenant open. */
export function presentByFlow(source: PresenceSource, tenant: string): ReadonlyMap<string, FlowRow['present']> {
  const present = new Map<string, FlowRow['present']>();
  for (const { room, participants } of source.present()) {
    const flow = flowOfRoom(room);
    if (flow?.tenant === tenant) present.set(`${flow.namespace}/${flow.id}`, participants.map(({ name, color }) => ({ name, color })));
  }
  return present;
}
