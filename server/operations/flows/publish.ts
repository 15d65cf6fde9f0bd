import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { flowAnswer } from './flow-answer.ts';

export const flowsPublish: Handler<typeof operations.flowsPublish> = async ({ input, caller, rooms }) => {
  const { record, revision } = await rooms.documents.publish(caller, {
    tenant: caller.tenant, namespace: input.namespace, id: input.id, without: input.without ?? [],
    ...(input.seen === undefined ? {} : { seen: input.seen }),
    ...(input.expectedRevision === undefined ? {} : { expectedRevision: input.expectedRevision }),
    ...(input.message === undefined ? {} : { message: input.message }),
  });
  return flowAnswer(rooms, record, revision, { source: true });
};
