/** KV pairs of namespaces: a typed value that may expire. An expired row is as good as gone, until a sweep removes it. */
import type { KvEntry, KvType } from '../../../core/protocol/entities/kv.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';

export type { KvType } from '../../../core/protocol/entities/kv.ts';

export interface KvRow {
  readonly tenant: string;
  readonly namespace: string;
  readonly key: string;
  readonly type: KvType;
  readonly value: unknown;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly expiresAtMs?: number;
  readonly description?: string;
}

export const kvWrite = (row: KvRow): Write => ({ type: 'put', key: engineKeys.kv(row.tenant, row.namespace, row.key), value: row });
export const kvRemoval = (tenant: string, namespace: string, key: string): Write => ({ type: 'remove', key: engineKeys.kv(tenant, namespace, key) });

export function loadKv(reader: Pick<Reader, 'get'>, tenant: string, namespace: string, key: string, nowMs: number): KvRow | undefined {
  const row = reader.get<KvRow>(engineKeys.kv(tenant, namespace, key));
  return row === undefined || isExpired(row, nowMs) ? undefined : row;
}

export function* listKv(reader: Reader, tenant: string, namespace: string, nowMs: number): Generator<KvRow> {
  for (const { value } of reader.range<KvRow>({ prefix: enginePrefixes.kv(tenant, namespace) })) if (!isExpired(value, nowMs)) yield value;
}

/** Of all namespaces, by namespace and key; expired ones, too. */
export function* listAllKv(reader: Reader, tenant: string): Generator<KvRow> {
  for (const { value } of reader.range<KvRow>({ prefix: enginePrefixes.kv(tenant) })) yield value;
}

export const kvEntryOf = (row: KvRow): KvEntry => ({
  key: row.key, namespace: row.namespace, creationDate: isoText(row.createdAtMs), updateDate: isoText(row.updatedAtMs),
  ...(row.expiresAtMs === undefined ? {} : { expirationDate: isoText(row.expiresAtMs) }),
  ...(row.description === undefined ? {} : { description: row.description }),
});

/** Removals of what has expired in a tenant, at most `limit`. */
export function expiredKvRemovals(reader: Reader, tenant: string, nowMs: number, limit: number): Write[] {
  const removals: Write[] = [];
  for (const { value } of reader.range<KvRow>({ prefix: enginePrefixes.kv(tenant) })) {
    if (removals.length >= limit) break;
    if (isExpired(value, nowMs)) removals.push(kvRemoval(tenant, value.namespace, value.key));
  }
  return removals;
}

export const isExpired = (row: KvRow, nowMs: number): boolean => row.expiresAtMs !== undefined && row.expiresAtMs <= nowMs;

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const date = /^\d{4}-\d{2}-\d{2}$/;
const duration = /^P(?=\d|T\d)(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/;

/** The type that the API shows for a parsed JSON value. */
export function kvTypeOf(value: unknown): KvType {
  switch (typeof value) {
    case 'number': return 'NUMBER';
    case 'boolean': return 'BOOLEAN';
    case 'string':
      if (dateTime.test(value)) return 'DATETIME';
      if (date.test(value)) return 'DATE';
      return duration.test(value) ? 'DURATION' : 'STRING';
    default: return 'JSON';
  }
}
