/**
 * What the server keeps for flows, as a task sees it: reads are answered in the task's thread; whatever changes the engine's rows is a
 * `StoreRequest`, which the engine carries out and answers when it is on the disk.
 */
import type { KvPair, KvType } from '../../core/protocol/entities/kv.ts';
import type { LogEntry, LogLevel } from '../../core/protocol/entities/log-entry.ts';

export interface TaskStores {
  /** Undefined when there is none, or its time is over. */
  kv(namespace: string, key: string): KvPair | undefined;
  kvKeys(namespace: string): readonly string[];
  /** Undefined when there is none. */
  state(state: StateAddress): { readonly key: string; readonly data: Readonly<Record<string, unknown>> } | undefined;
  /** Lines in the order of executions and of their logs; the oldest execution first. */
  logs(query: LogQuery): AsyncIterable<LogEntry>;
  /** How many executions there are; `flowId` left out: of the namespace and those below it. */
  countExecutions(query: ExecutionQuery): Promise<number>;
}

/** A state belongs to the task's flow, or to the whole namespace. */
export interface StateAddress {
  readonly name: string;
  readonly ofNamespace: boolean;
  /** Of one value of a loop. */
  readonly value?: string;
}

export interface LogQuery {
  readonly namespace?: string;
  readonly flowId?: string;
  readonly executionId?: string;
  readonly taskIds: readonly string[];
  readonly minLevel: LogLevel;
}

export interface ExecutionQuery {
  readonly namespace?: string;
  readonly flowId?: string;
  readonly states: readonly string[];
  readonly startMs?: number;
  readonly endMs?: number;
}

export type StoreRequest =
  /** Answers nothing; refused when the key is there and may not be overwritten. */
  | { readonly type: 'putKv'; readonly namespace: string; readonly key: string; readonly value: unknown; readonly kvType?: KvType; readonly overwrite: boolean; readonly ttlMs?: number; readonly description?: string }
  /** Answers whether it was there. */
  | { readonly type: 'deleteKv'; readonly namespace: string; readonly key: string }
  /** Answers how many pairs went. */
  | { readonly type: 'purgeKv'; readonly namespaces: readonly string[]; readonly includeChildNamespaces: boolean; readonly keyPattern?: string; readonly expiredOnly: boolean }
  /** Deep-merged over what is there; answers `{count, key}`. */
  | { readonly type: 'putState'; readonly state: StateAddress; readonly data: Readonly<Record<string, unknown>> }
  /** Answers whether it was there. */
  | { readonly type: 'deleteState'; readonly state: StateAddress }
  /** Answers `{executionsCount, logsCount, metricsCount, storagesCount}`. */
  | { readonly type: 'purgeExecutions'; readonly query: ExecutionQuery; readonly executions: boolean; readonly logs: boolean; readonly metrics: boolean; readonly files: boolean }
  /** Answers how many lines went. */
  | { readonly type: 'purgeLogs'; readonly query: PurgeLogsQuery }
  /** Answers nothing; refused when there is no such trigger. */
  | { readonly type: 'toggleTrigger'; readonly namespace: string; readonly flowId: string; readonly triggerId: string; readonly enabled: boolean };

export interface PurgeLogsQuery {
  readonly namespace?: string;
  readonly flowId?: string;
  readonly executionId?: string;
  /** Empty: all. */
  readonly levels: readonly LogLevel[];
  readonly startMs?: number;
  readonly endMs: number;
}

/** What the engine says to a request. */
export interface RequestAnswer {
  readonly ok: boolean;
  readonly message?: string;
  readonly value?: unknown;
}

/** The files of one namespace. Paths are relative, without a leading slash. */
export interface NamespaceFiles {
  /** Paths of all files, in order. */
  list(): Promise<readonly string[]>;
  sizeBytes(path: string): number | undefined;
  uri(path: string): string;
  stream(path: string): AsyncIterable<Uint8Array>;
  /** Overwrites. */
  put(path: string, content: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>): Promise<void>;
  remove(path: string): Promise<void>;
}
