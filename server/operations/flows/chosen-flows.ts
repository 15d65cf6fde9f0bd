/** The flows that a list of addresses names, each once; a 404 for an unknown one, before anything is done. */
import type { Caller } from '../../access/contract.ts';
import type { FlowRecord, Reader } from '../../store/index.ts';
import { existingFlow } from './flow-answer.ts';

export function chosenFlows(reader: Reader, caller: Caller, addresses: readonly { readonly namespace: string; readonly id: string }[]): FlowRecord[] {
  const chosen = new Map<string, FlowRecord>();
  for (const { namespace, id } of addresses) chosen.set(`${namespace}/${id}`, existingFlow(reader, caller.tenant, namespace, id));
  return [...chosen.values()];
}
