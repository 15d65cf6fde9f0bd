import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';

/** The draft as it is committed. */
export const flowsDraft: Handler<typeof operations.flowsDraft> = ({ input, caller, rooms }) =>
  rooms.documents.draft({ tenant: caller.tenant, namespace: input.namespace, id: input.id });
