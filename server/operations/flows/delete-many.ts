import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { chosenFlows } from './chosen-flows.ts';

/** All of them, or none when one is unknown. */
export const flowsDeleteMany: Handler<typeof operations.flowsDeleteMany> = async ({ input, caller, rooms }) => {
  const chosen = chosenFlows(rooms.front, caller, input.body);
  for (const record of chosen) await rooms.documents.remove(caller, record);
  return { count: chosen.length };
};
