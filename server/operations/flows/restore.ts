import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { flowAnswer } from './flow-answer.ts';

export const flowsRestore: Handler<typeof operations.flowsRestore> = async ({ input, caller, rooms }) => {
  const { record, revision } = await rooms.documents.restore(caller, { tenant: caller.tenant, namespace: input.namespace, id: input.id }, input.revision);
  return flowAnswer(rooms, record, revision, { source: true });
};
