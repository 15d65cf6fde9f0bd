/** Changes of KV pairs: those of tasks and those of the API go through here, in the engine's thread, which alone writes them. */
import { kvKeyProblem, type KvType } from '../../core/protocol/entities/kv.ts';
import { namespacePattern } from '../../core/protocol/ids.ts';
import { globMatcher } from '../../plugins/sdk/glob.ts';
import { isExpired, isInNamespace, kvRemoval, kvTypeOf, kvWrite, listAllKv, loadKv, type Reader } from '../store/index.ts';
import type { WrittenRows } from './written-rows.ts';

export interface KvChange {
  readonly tenant: string;
  readonly namespace: string;
  readonly key: string;
  readonly value: unknown;
  /** Left out: what the value looks like. */
  readonly type?: KvType;
  /** Default true. */
  readonly overwrite?: boolean;
  readonly ttlMs?: number;
  readonly description?: string;
}

export interface KvPurge {
  readonly tenant: string;
  /** Globs of namespaces. */
  readonly namespaces: readonly string[];
  readonly includeChildNamespaces: boolean;
  /** A glob; left out: every key. */
  readonly keyPattern?: string;
  readonly expiredOnly: boolean;
}

export interface KvChanges {
  /** Why it is refused; undefined when it is on its way. */
  put(change: KvChange): string | undefined;
  /** Whether it was there. */
  remove(tenant: string, namespace: string, key: string): boolean;
  /** How many went. */
  purge(purge: KvPurge): number;
}

const valueBytesMax = 1024 * 1024;

export function createKvChanges(options: { readonly engine: Reader; readonly rows: WrittenRows; readonly nowMs: () => number }): KvChanges {
  const { engine, rows, nowMs } = options;
  const found = (tenant: string, namespace: string, key: string) => loadKv(rows, tenant, namespace, key, nowMs());
  return {
    put: (change) => {
      const { tenant, namespace, key, value, ttlMs, description } = change;
      const problem = kvKeyProblem(key) ?? (namespacePattern.test(namespace) ? undefined : `namespace "${namespace.slice(0, 200)}" must hold only lower-case letters, digits, ".", "_" and "-"`);
      if (problem !== undefined) return problem;
      const bytes = (JSON.stringify(value) ?? 'null').length;
      if (bytes > valueBytesMax) return `the value of KV key "${key}" has ${bytes} bytes, at most ${valueBytesMax} are kept: store it as a file, and its address as the value`;
      const before = found(tenant, namespace, key);
      if (before !== undefined && change.overwrite === false) return `the key "${key}" exists already in the namespace "${namespace}", and "overwrite" is false`;
      const atMs = nowMs();
      rows.write(kvWrite({
        tenant, namespace, key, type: change.type ?? kvTypeOf(value), value, createdAtMs: before?.createdAtMs ?? atMs, updatedAtMs: atMs,
        ...(ttlMs === undefined ? {} : { expiresAtMs: atMs + ttlMs }),
        ...(description === undefined ? (before?.description === undefined ? {} : { description: before.description }) : description === '' ? {} : { description }),
      }));
      return undefined;
    },
    remove: (tenant, namespace, key) => {
      const there = found(tenant, namespace, key) !== undefined;
      rows.write(kvRemoval(tenant, namespace, key));
      return there;
    },
    purge: ({ tenant, namespaces, includeChildNamespaces, keyPattern, expiredOnly }) => {
      const isMeant = globMatcher(namespaces.map((glob) => glob.replaceAll('.', '/')));
      const inNamespace = (namespace: string): boolean => isMeant(namespace.replaceAll('.', '/')) || (includeChildNamespaces && namespaces.some((parent) => isInNamespace(namespace, parent)));
      const hasKey = keyPattern === undefined ? () => true : globMatcher([keyPattern]);
      let count = 0;
      for (const row of listAllKv(engine, tenant)) {
        if (!inNamespace(row.namespace) || !hasKey(row.key) || (expiredOnly && !isExpired(row, nowMs()))) continue;
        rows.write(kvRemoval(tenant, row.namespace, row.key));
        count += 1;
      }
      return count;
    },
  };
}
