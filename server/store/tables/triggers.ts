/** Rows of triggers: derived from the published flows by the scheduler, switched on and off by people, kept over restarts. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';

export interface TriggerRow {
  readonly tenant: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly triggerId: string;
  readonly type: string;
  readonly kind: Trigger['kind'];
  /** The flow's revision that it was derived from: an older one never overwrites. */
  readonly revision: number;
  /** When it last fired. */
  readonly dateMs?: number;
  readonly nextAtMs?: number;
  /** The switch of the page. */
  readonly disabled: boolean;
  /** `disabled: true` in the source, or the whole flow is. */
  readonly sourceDisabled: boolean;
  /** The execution that holds it back until it has ended. */
  readonly executionId?: string;
  readonly updatedAtMs: number;
  readonly locked: boolean;
  readonly cron?: string;
  readonly timezone?: string;
  readonly description?: string;
}

export const triggerWrite = (row: TriggerRow): Write => ({ type: 'put', key: engineKeys.trigger(row.tenant, row.namespace, row.flowId, row.triggerId), value: row });
export const triggerRemoval = (row: Pick<TriggerRow, 'tenant' | 'namespace' | 'flowId' | 'triggerId'>): Write =>
  ({ type: 'remove', key: engineKeys.trigger(row.tenant, row.namespace, row.flowId, row.triggerId) });

export const loadTrigger = (reader: Reader, tenant: string, namespace: string, flowId: string, triggerId: string): TriggerRow | undefined =>
  reader.get<TriggerRow>(engineKeys.trigger(tenant, namespace, flowId, triggerId));

/** Of a tenant, of a namespace (itself alone) or of a flow; by namespace, flow and id. */
export function* listTriggers(reader: Reader, tenant: string, namespace?: string, flowId?: string): Generator<TriggerRow> {
  const rest = [namespace, flowId].filter((part) => part !== undefined);
  for (const { value } of reader.range<TriggerRow>({ prefix: enginePrefixes.triggers(tenant, ...rest) })) yield value;
}

export function triggerOf(row: TriggerRow): Trigger {
  return {
    tenantId: row.tenant,
    namespace: row.namespace,
    flowId: row.flowId,
    triggerId: row.triggerId,
    type: row.type,
    kind: row.kind,
    ...(row.dateMs === undefined ? {} : { date: isoText(row.dateMs) }),
    ...(row.nextAtMs === undefined ? {} : { nextExecutionDate: isoText(row.nextAtMs) }),
    disabled: row.disabled,
    sourceDisabled: row.sourceDisabled,
    ...(row.executionId === undefined ? {} : { executionId: row.executionId }),
    updatedDate: isoText(row.updatedAtMs),
    locked: row.locked,
    ...(row.cron === undefined ? {} : { cron: row.cron }),
    ...(row.timezone === undefined ? {} : { timezone: row.timezone }),
    ...(row.description === undefined ? {} : { description: row.description }),
  };
}
