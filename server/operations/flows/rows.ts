import { stateOf, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { FlowRow } from '../../../core/protocol/entities/flow.ts';
import type * as operations from '../../../core/protocol/operations/flows.ts';
import { isoText } from '../../../core/protocol/time.ts';
import { engineKeys, type FlowRecord, type Reader } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { filteredFlows, pageOf, sortedFlows } from './flow-list.ts';

/** Rows of the list of flows: header, last execution, who is there. No source is parsed. */
export const flowsRows: Handler<typeof operations.flowsRows> = ({ input, caller, rooms }) => {
  const present = new Map(rooms.documents.present().map(({ room, participants }) => [room, participants.map(({ name, color }) => ({ name, color }))]));
  return pageOf(sortedFlows(filteredFlows(rooms, caller, input), input.sort), input, (record) => flowRow(record, rooms.engine, present.get(`${record.tenant}/flow/${record.namespace}/${record.id}`) ?? []));
};

export function flowRow(record: FlowRecord, engine: Reader, present: FlowRow['present']): FlowRow {
  const last = lastExecution(engine, record);
  return {
    id: record.id, namespace: record.namespace, revision: record.revision, disabled: record.disabled, labels: record.labels, draft: record.draft,
    triggers: record.triggers, updated: isoText(record.updatedAtMs), authors: record.authors.map((author) => author.name), present,
    ...(record.description === undefined ? {} : { description: record.description }),
    ...(last === undefined ? {} : { lastExecution: last }),
  };
}

function lastExecution(engine: Reader, { tenant, namespace, id }: FlowRecord): FlowRow['lastExecution'] | undefined {
  const [newest] = engine.range({ prefix: [tenant, 'xf', namespace, id], reverse: true, limit: 1 });
  const number = newest?.key.at(-1);
  const row = typeof number === 'number' ? engine.get<ExecutionRow>(engineKeys.execution(tenant, number)) : undefined;
  if (row === undefined) return undefined;
  const { current, startDate } = stateOf(row.histories);
  return { id: row.id, state: current, startDate };
}
