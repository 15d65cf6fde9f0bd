import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { flowAnswer, latestRevision } from './flow-answer.ts';
import { filteredFlows, pageOf, sortedFlows } from './flow-list.ts';

/** A page of flows, without sources. */
export const flowsSearch: Handler<typeof operations.flowsSearch> = ({ input, caller, rooms }) =>
  pageOf(sortedFlows(filteredFlows(rooms, caller, input), input.sort), input, (record) => flowAnswer(rooms, record, latestRevision(rooms.front, record), { source: false }));
