import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { filteredFlows } from './flow-list.ts';

export const flowsNamespaces: Handler<typeof operations.flowsNamespaces> = ({ input, caller, rooms }) => {
  const wanted = (input.q ?? '').toLowerCase();
  return [...new Set(filteredFlows(rooms, caller, {}).map((record) => record.namespace))].filter((namespace) => namespace.toLowerCase().includes(wanted)).sort();
};
