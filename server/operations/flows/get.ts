import { notFound } from '../../../core/protocol/errors.ts';
import type * as operations from '../../../core/protocol/operations/flows.ts';
import { loadFlowRecord, type RevisionRecord } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { existingFlow, flowAnswer, revisionOf } from './flow-answer.ts';

/** One flow, at its latest or a given revision; a deleted one, as it was last, when that is allowed. */
export const flowsGet: Handler<typeof operations.flowsGet> = ({ input, caller, rooms }) => {
  const source = input.source === true;
  const record = loadFlowRecord(rooms.front, caller.tenant, input.namespace, input.id);
  if (record !== undefined && record.deleted && input.allowDeleted === true) {
    const revisions = rooms.front.range<RevisionRecord>({ prefix: [caller.tenant, 'rev', input.namespace, input.id], reverse: true });
    for (const { value } of revisions) if (!value.deletion && (input.revision === undefined || value.revision === input.revision)) return flowAnswer(rooms, record, value, { source });
    throw notFound(`flow ${input.namespace}.${input.id}`);
  }
  const existing = existingFlow(rooms.front, caller.tenant, input.namespace, input.id);
  return flowAnswer(rooms, existing, revisionOf(rooms.front, existing, input.revision), { source });
};
