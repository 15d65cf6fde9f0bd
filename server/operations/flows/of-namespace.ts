import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { flowAnswer, latestRevision } from './flow-answer.ts';
import { filteredFlows } from './flow-list.ts';

/** The published flows of exactly one namespace. */
export const flowsOfNamespace: Handler<typeof operations.flowsOfNamespace> = ({ input, caller, rooms }) => Promise.all(
  filteredFlows(rooms, caller, { namespace: input.namespace })
    .filter((record) => record.namespace === input.namespace && record.revision > 0)
    .map((record) => flowAnswer(rooms, record, latestRevision(rooms.front, record), { source: false })),
);
