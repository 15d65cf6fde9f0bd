/** A trigger's own log: what its evaluations said. The newest lines are kept; older ones go as new ones come. */
import { passesLevel, type LogEntry, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { limits } from '../../../core/protocol/limits.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';
import { isInNamespace } from './execution-filter.ts';
import type { TriggerRow } from './triggers.ts';

type Owner = Pick<TriggerRow, 'tenant' | 'namespace' | 'flowId' | 'triggerId'>;

export interface TriggerLogRow {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  /** The execution that the line speaks of. */
  readonly executionId?: string;
}

export interface TriggerLogWriter {
  append(owner: Owner, row: TriggerLogRow): readonly Write[];
  removals(owner: Owner): readonly Write[];
}

export function createTriggerLogWriter(reader: Reader): TriggerLogWriter {
  /** The number of the next line; the store lags one commit behind. */
  const next = new Map<string, number>();
  const nameOf = (owner: Owner): string => JSON.stringify([owner.tenant, owner.namespace, owner.flowId, owner.triggerId]);
  const prefixOf = (owner: Owner) => enginePrefixes.triggerLogs(owner.tenant, owner.namespace, owner.flowId, owner.triggerId);
  const lastOf = (owner: Owner): number => {
    for (const { key } of reader.range({ prefix: prefixOf(owner), reverse: true, limit: 1 })) return Number(key[5] ?? -1);
    return -1;
  };
  return {
    append(owner, row) {
      const name = nameOf(owner);
      const sequence = next.get(name) ?? lastOf(owner) + 1;
      next.set(name, sequence + 1);
      const writes: Write[] = [{ type: 'put', key: engineKeys.triggerLog(owner.tenant, owner.namespace, owner.flowId, owner.triggerId, sequence), value: row }];
      if (sequence >= limits.triggerLogLinesMax) writes.push({ type: 'remove', key: engineKeys.triggerLog(owner.tenant, owner.namespace, owner.flowId, owner.triggerId, sequence - limits.triggerLogLinesMax) });
      return writes;
    },
    // The numbers go on: a line that is on its way to the disk is removed, too.
    removals(owner) {
      const upTo = next.get(nameOf(owner)) ?? lastOf(owner) + 1;
      next.set(nameOf(owner), upTo);
      return Array.from({ length: Math.min(upTo, limits.triggerLogLinesMax) }, (_, index) => ({ type: 'remove' as const, key: engineKeys.triggerLog(owner.tenant, owner.namespace, owner.flowId, owner.triggerId, upTo - 1 - index) }));
    },
  };
}

export interface TriggerLogSearch {
  /** This namespace and all below it; with `flowId` or `exact` itself alone. */
  readonly namespace?: string;
  readonly exact?: boolean;
  readonly flowId?: string;
  readonly triggerId?: string;
  readonly minLevel?: LogLevel;
  readonly text?: string;
  readonly startMs?: number;
  readonly endMs?: number;
  readonly allowed?: (namespace: string) => boolean;
}

/** Newest first. There are at most `triggerLogLinesMax` lines a trigger, so they are sorted in memory. */
export function searchTriggerLogs(reader: Reader, tenant: string, search: TriggerLogSearch): readonly LogEntry[] {
  const { namespace, flowId, triggerId } = search;
  const exact = search.exact === true && namespace !== undefined;
  const prefix = enginePrefixes.triggerLogs(tenant, ...(exact ? [namespace, ...(flowId === undefined ? [] : [flowId, ...(triggerId === undefined ? [] : [triggerId])])] : []));
  const text = search.text?.toLowerCase() ?? '';
  const found: { readonly atMs: number; readonly order: number; readonly entry: LogEntry }[] = [];
  for (const { key, value } of reader.range<TriggerLogRow>({ prefix })) {
    const owner = { namespace: String(key[2]), flowId: String(key[3]), triggerId: String(key[4]) };
    if (namespace !== undefined && (exact ? owner.namespace !== namespace : !isInNamespace(owner.namespace, namespace))) continue;
    if (flowId !== undefined && owner.flowId !== flowId) continue;
    if (triggerId !== undefined && owner.triggerId !== triggerId) continue;
    if (search.minLevel !== undefined && !passesLevel(value.level, search.minLevel)) continue;
    if (search.startMs !== undefined && value.atMs < search.startMs) continue;
    if (search.endMs !== undefined && value.atMs > search.endMs) continue;
    if (text !== '' && !value.message.toLowerCase().includes(text)) continue;
    if (search.allowed !== undefined && !search.allowed(owner.namespace)) continue;
    found.push({ atMs: value.atMs, order: Number(key[5]), entry: { ...owner, ...(value.executionId === undefined ? {} : { executionId: value.executionId }), timestamp: isoText(value.atMs), level: value.level, message: value.message, deleted: false } });
  }
  return found.sort((a, b) => b.atMs - a.atMs || b.order - a.order).map((one) => one.entry);
}
