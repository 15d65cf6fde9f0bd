import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';

export const flowsDelete: Handler<typeof operations.flowsDelete> = async ({ input, caller, rooms }) => {
  await rooms.documents.remove(caller, { tenant: caller.tenant, namespace: input.namespace, id: input.id });
  return null;
};
