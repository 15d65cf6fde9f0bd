import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { flowAnswer } from './flow-answer.ts';

/** A new flow from YAML. */
export const flowsCreate: Handler<typeof operations.flowsCreate> = async ({ input, caller, rooms }) => {
  const { record, revision } = await rooms.documents.create(caller, input.source, { draft: input.draft === true });
  return flowAnswer(rooms, record, revision, { source: true });
};
