/**
 * What the rooms know of the store. An environment is one LMDB file with one writer thread and any number of reading ones:
 * `front` (people, tokens, audit, documents, revisions) and `engine` (executions, task runs, triggers, KV, metrics, logs' index).
 * Keys are lists of texts and numbers in binary order, so lists, filters and pages are range scans.
 */
export type Key = readonly (string | number)[];

export type Write =
  | { readonly type: 'put'; readonly key: Key; readonly value: unknown }
  | { readonly type: 'remove'; readonly key: Key };

export interface RangeOptions {
  /** Only keys that begin with this. */
  readonly prefix: Key;
  /** Begin after (or before, when reverse) this key, exclusive: the cursor of a page. */
  readonly after?: Key;
  /** End before this key, exclusive: the far end of the range in its own direction. */
  readonly until?: Key;
  readonly reverse?: boolean;
  readonly limit?: number;
  /** Skips so many keys without reading their values. */
  readonly offset?: number;
}

export interface Entry<Value = unknown> {
  readonly key: Key;
  readonly value: Value;
}

/** Reading is synchronous. `Value` is what the table's own module has written there: tables are typed in `tables/`. */
export interface Reader {
  get<Value>(key: Key): Value | undefined;
  range<Value>(options: RangeOptions): Iterable<Entry<Value>>;
  count(options: RangeOptions): number;
  /** In a thread that does not write: see what was committed up to now (call it when a feed message arrives). */
  refresh(): void;
}

export interface Commit {
  /** Counts commits of this environment since it was created. */
  readonly number: number;
  readonly keys: readonly Key[];
}

export interface Environment extends Reader {
  readonly name: 'front' | 'engine';
  /**
   * Queues writes; everything queued in one turn is one transaction. `committed`: in the kernel, survives kill -9, readers see it.
   * `flushed`: on disk. A 2xx or an RPC result waits for `flushed`; a broadcast waits for `committed`.
   */
  write(batch: readonly Write[]): { readonly committed: Promise<Commit>; readonly flushed: Promise<void> };
  /** One synchronous transaction; for small writes that must be seen by the next line. Durable only after `flush`. */
  writeNow(batch: readonly Write[]): Commit;
  /** Resolves when everything committed so far is on disk. */
  flush(): Promise<void>;
  /** Called after every commit, in order, with its keys: committing is publishing. Answers its own release. */
  onCommit(listener: (commit: Commit) => void): () => void;
  /** Read-only after a failed commit (disk full, map full): reading goes on, each write is refused with this reason. */
  health(): { readonly state: 'writable' } | { readonly state: 'readOnly'; readonly reason: string };
  close(): Promise<void>;
}

/** What crosses from the engine thread to the front after each commit. */
export interface FeedMessage {
  readonly environment: 'front' | 'engine';
  readonly commit: number;
  readonly keys: readonly Key[];
}

export interface FileEntry {
  readonly uri: string;
  readonly type: 'file' | 'folder';
  readonly sizeBytes: number;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

/** Files of executions and uploads, addressed by `kestra:///…` URIs. Disk today; the interface allows S3. */
export interface FileStorage {
  /** Takes a file from a path on this disk (an upload, a task's output) by renaming it when possible. */
  take(uri: string, path: string): Promise<void>;
  put(uri: string, content: Uint8Array | string): Promise<void>;
  /** What comes piece by piece; the file is there whole, or not at all. Answers its size. */
  putStream(uri: string, content: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>): Promise<number>;
  read(uri: string): Promise<Uint8Array>;
  readSync(uri: string): Uint8Array;
  stream(uri: string, range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>;
  sizeBytes(uri: string): number | undefined;
  remove(uri: string): Promise<void>;
  removeAll(uriPrefix: string): Promise<void>;
  /** A file or folder; undefined when there is none. */
  entry(uri: string): FileEntry | undefined;
  /** What lies in a folder, by name; empty when there is none. */
  entries(uri: string): Promise<readonly FileEntry[]>;
  /** All files below a folder, by path, without holding them all in memory. */
  files(uri: string): AsyncIterable<FileEntry>;
  makeFolder(uri: string): Promise<void>;
  /** A file or a folder with all that is in it; a file that is there already is replaced, a folder is not. */
  move(from: string, to: string): Promise<void>;
  /** Resolves when a file or folder, and its name, are on the disk. */
  flush(uri: string): Promise<void>;
  /** Removes the folders above an address that are empty, up to and without `root`. */
  removeEmptyParents(uri: string, root: string): Promise<void>;
  /** A path for an upload on its way in; hand it to `take`. */
  uploadPath(): string;
}
