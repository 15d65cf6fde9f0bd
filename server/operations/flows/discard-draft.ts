import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';

export const flowsDiscardDraft: Handler<typeof operations.flowsDiscardDraft> = async ({ input, caller, rooms }) => {
  const address = { tenant: caller.tenant, namespace: input.namespace, id: input.id };
  await rooms.documents.discardDraft(caller, {
    ...address,
    ...(input.hunks === undefined ? {} : { hunks: input.hunks }),
    ...(input.seen === undefined ? {} : { seen: input.seen }),
  });
  return rooms.documents.draft(address);
};
