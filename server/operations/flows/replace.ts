import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { flowAnswer } from './flow-answer.ts';

/** A whole text becomes the next revision; who is typing keeps what they typed. */
export const flowsReplace: Handler<typeof operations.flowsReplace> = async ({ input, caller, rooms }) => {
  const { tenant } = caller;
  const { namespace, id, source, expectedRevision } = input;
  const { record, revision } = await rooms.documents.replace(caller, { tenant, namespace, id }, source, expectedRevision === undefined ? {} : { expectedRevision });
  return flowAnswer(rooms, record, revision, { source: true });
};
