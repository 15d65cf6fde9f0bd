import type * as operations from '../../../core/protocol/operations/flows.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { RevisionRecord } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { existingFlow, flowAnswer } from './flow-answer.ts';

/** Oldest first; the markers of deletions are left out. */
export const flowsRevisions: Handler<typeof operations.flowsRevisions> = ({ input, caller, rooms }) => {
  const record = existingFlow(rooms.front, caller.tenant, input.namespace, input.id);
  const revisions = [...rooms.front.range<RevisionRecord>({ prefix: [caller.tenant, 'rev', input.namespace, input.id] })].map(({ value }) => value).filter((value) => !value.deletion);
  return Promise.all(revisions.map(async (revision) => ({
    ...await flowAnswer(rooms, record, revision, { source: true }),
    publishedBy: revision.publishedBy, publishedAt: isoText(revision.publishedAtMs), authors: revision.authors, ranges: revision.ranges,
    ...(revision.message === undefined ? {} : { message: revision.message }),
    ...(revision.restoredFrom === undefined ? {} : { restoredFrom: revision.restoredFrom }),
  })));
};
