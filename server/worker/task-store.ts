/** What a task thread sees of the store: KV pairs by a reader of its own, and the internal storage. */
import { createFileStorage, loadKv, openEnvironment, type FileStorage } from '../store/index.ts';

export interface TaskStore {
  /** The stored value as of now; undefined when there is none or its time is over. */
  kv(tenant: string, namespace: string, key: string): unknown;
  readonly files: FileStorage;
}

export interface TaskStoreOptions {
  /** Folders of the data directory. */
  readonly engine: string;
  readonly files: string;
  readonly uploads: string;
  readonly nowMs: () => number;
  readonly uniqueName: () => string;
}

/** The environment is opened when the first `kv()` asks: most tasks never do. */
export function openTaskStore(options: TaskStoreOptions): TaskStore {
  let reader: ReturnType<typeof openEnvironment> | undefined;
  return {
    kv: (tenant, namespace, key) => {
      reader ??= openEnvironment({ name: 'engine', path: options.engine, mode: 'read' });
      reader.refresh();
      return loadKv(reader, tenant, namespace, key, options.nowMs())?.value;
    },
    files: createFileStorage({ folder: options.files, uploads: options.uploads, uniqueName: options.uniqueName }),
  };
}
