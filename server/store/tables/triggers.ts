/** Rows of triggers: derived from the published flows by the scheduler, switched on and off by people, kept over restarts. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import type { Backfill, Trigger } from '../../../core/protocol/entities/trigger.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';

export interface BackfillRow {
  readonly startMs: number;
  readonly endMs: number;
  /** The date that comes next. */
  readonly currentMs: number;
  readonly paused: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly labels?: readonly Label[];
  /** Where the schedule goes on afterwards. */
  readonly previousNextAtMs?: number;
}

export interface TriggerRow {
  readonly tenant: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly triggerId: string;
  readonly type: string;
  readonly kind: Trigger['kind'];
  /** The flow's revision that it was derived from: an older one never overwrites. */
  readonly revision: number;
  /** When it last fired; of a schedule the date it was due. */
  readonly dateMs?: number;
  readonly evaluatedAtMs?: number;
  readonly nextAtMs?: number;
  /** The switch of the page. */
  readonly disabled: boolean;
  /** `disabled: true` in the source, or the whole flow is. */
  readonly sourceDisabled: boolean;
  readonly switched?: { readonly by: string; readonly atMs: number; readonly reason?: string };
  /** The execution that holds it back until it has ended. */
  readonly executionId?: string;
  /** A worker evaluates it since then. */
  readonly evaluateRunningAtMs?: number;
  readonly backfill?: BackfillRow;
  readonly stopAfter?: readonly string[];
  readonly sourceMissing?: boolean;
  readonly problem?: string;
  readonly updatedAtMs: number;
  readonly cron?: string;
  readonly dates?: readonly string[];
  /** Its conditions when all of them speak of the calendar alone: then its dates are known without its flow. */
  readonly calendar?: readonly { readonly type: string; readonly properties: Readonly<Record<string, unknown>> }[];
  readonly timezone?: string;
  readonly description?: string;
}

export const isLocked = (row: Pick<TriggerRow, 'executionId' | 'evaluateRunningAtMs' | 'kind'>): boolean => row.executionId !== undefined || (row.evaluateRunningAtMs !== undefined && row.kind !== 'REALTIME');

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
    ...(row.dateMs === undefined ? {} : { date: isoText(row.dateMs), lastTriggeredDate: isoText(row.dateMs) }),
    ...(row.evaluatedAtMs === undefined ? {} : { evaluatedAt: isoText(row.evaluatedAtMs) }),
    ...(row.nextAtMs === undefined ? {} : { nextExecutionDate: isoText(row.nextAtMs), nextEvaluationDate: isoText(row.nextAtMs) }),
    disabled: row.disabled,
    sourceDisabled: row.sourceDisabled,
    ...(row.switched === undefined ? {} : { switched: { by: row.switched.by, date: isoText(row.switched.atMs), ...(row.switched.reason === undefined ? {} : { reason: row.switched.reason }) } }),
    ...(row.executionId === undefined ? {} : { executionId: row.executionId }),
    updatedDate: isoText(row.updatedAtMs),
    updatedAt: isoText(row.updatedAtMs),
    ...(row.evaluateRunningAtMs === undefined ? {} : { evaluateRunningDate: isoText(row.evaluateRunningAtMs), workerId: 'tasks' }),
    locked: isLocked(row),
    ...(row.backfill === undefined ? {} : { backfill: backfillOf(row.backfill) }),
    ...(row.stopAfter === undefined || row.stopAfter.length === 0 ? {} : { stopAfter: row.stopAfter }),
    ...(row.sourceMissing === true ? { sourceMissing: true } : {}),
    ...(row.problem === undefined ? {} : { problem: row.problem }),
    ...(row.cron === undefined ? {} : { cron: row.cron }),
    ...(row.timezone === undefined ? {} : { timezone: row.timezone }),
    ...(row.description === undefined ? {} : { description: row.description }),
  };
}

const backfillOf = (row: BackfillRow): Backfill => ({
  start: isoText(row.startMs), end: isoText(row.endMs), currentDate: isoText(row.currentMs), paused: row.paused,
  ...(row.inputs === undefined ? {} : { inputs: row.inputs }), ...(row.labels === undefined ? {} : { labels: row.labels }),
  ...(row.previousNextAtMs === undefined ? {} : { previousNextExecutionDate: isoText(row.previousNextAtMs) }),
});
