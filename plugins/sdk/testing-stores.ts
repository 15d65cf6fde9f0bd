/** The stores of a trial: what a test gives, by plain names. */
import type { LogEntry } from '../../core/protocol/entities/log-entry.ts';
import { passesLevel } from '../../core/protocol/entities/log-entry.ts';
import type { ExecutionQuery, NamespaceFiles, StateAddress, TaskStores } from './stores.ts';

export interface TrialStores {
  /** Values by `namespace/key`. */
  readonly kv?: Readonly<Record<string, unknown>>;
  /** Data by name, or by `name:value`. */
  readonly states?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly logLines?: readonly LogEntry[];
  readonly count?: (query: ExecutionQuery) => number;
}

export function trialStores(options: TrialStores): TaskStores {
  const kv = new Map(Object.entries(options.kv ?? {}));
  const keyOf = ({ name, value }: StateAddress): string => (value === undefined ? name : `${name}:${value}`);
  return {
    kv: (namespace, key) => (kv.has(`${namespace}/${key}`) ? { key, type: 'JSON', value: kv.get(`${namespace}/${key}`) } : undefined),
    kvKeys: (namespace) => [...kv.keys()].filter((name) => name.startsWith(`${namespace}/`)).map((name) => name.slice(namespace.length + 1)),
    state: (state) => {
      const data = options.states?.[keyOf(state)];
      return data === undefined ? undefined : { key: keyOf(state), data };
    },
    logs: async function* (query) {
      for (const entry of options.logLines ?? []) {
        if (passesLevel(entry.level, query.minLevel) && (query.executionId === undefined || entry.executionId === query.executionId) && (query.taskIds.length === 0 || query.taskIds.includes(entry.taskId ?? ''))) yield entry;
      }
    },
    countExecutions: async (query) => options.count?.(query) ?? 0,
  };
}

export function trialNamespaceFiles(stored: Map<string, string>, namespace: string): NamespaceFiles {
  const root = `kestra:///${namespace.replaceAll('.', '/')}/_files/`;
  const bytesOf = (path: string): Uint8Array | undefined => {
    const content = stored.get(root + path);
    return content === undefined ? undefined : new TextEncoder().encode(content);
  };
  return {
    list: async () => [...stored.keys()].filter((uri) => uri.startsWith(root)).map((uri) => uri.slice(root.length)).sort(),
    uri: (path) => root + path,
    sizeBytes: (path) => bytesOf(path)?.byteLength,
    stream: async function* (path) {
      const bytes = bytesOf(path);
      if (bytes === undefined) throw new Error(`There is no file "${path}".`);
      yield bytes;
    },
    put: async (path, content) => {
      let text = '';
      for await (const piece of content) text += typeof piece === 'string' ? piece : new TextDecoder().decode(piece);
      stored.set(root + path, text);
    },
    remove: async (path) => void stored.delete(root + path),
  };
}
