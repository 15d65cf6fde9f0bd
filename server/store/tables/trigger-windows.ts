/** What flow triggers have gathered: a row for each gathering, written in the commit of the change of state that it counts. */
import type { WindowState } from '../../../core/protocol/entities/trigger-window.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';
import type { TriggerRow } from './triggers.ts';

type Owner = Pick<TriggerRow, 'tenant' | 'namespace' | 'flowId' | 'triggerId'>;

export interface TriggerWindowRow extends Owner {
  readonly state: WindowState;
}

export const triggerWindowWrite = (owner: Owner, state: WindowState): Write => ({
  type: 'put', key: engineKeys.triggerWindow(owner.tenant, owner.namespace, owner.flowId, owner.triggerId, state.windowId),
  value: { tenant: owner.tenant, namespace: owner.namespace, flowId: owner.flowId, triggerId: owner.triggerId, state } satisfies TriggerWindowRow,
});
export const triggerWindowRemoval = (owner: Owner, windowId: string): Write => ({ type: 'remove', key: engineKeys.triggerWindow(owner.tenant, owner.namespace, owner.flowId, owner.triggerId, windowId) });

export function* listTriggerWindows(reader: Reader, tenant: string): Generator<TriggerWindowRow> {
  for (const { value } of reader.range<TriggerWindowRow>({ prefix: enginePrefixes.triggerWindows(tenant) })) yield value;
}
