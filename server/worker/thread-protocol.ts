/** What the worker and a task thread say to each other. Events go in batches; the thread waits when too much is unacknowledged. */
import type { LanguageLevel } from '../../core/language/index.ts';
import type { DockerSettings, RequestAnswer } from '../../plugins/sdk/index.ts';
import type { TaskJob, WorkerEvent } from './contract.ts';

/** Given to a thread at its start. */
export interface ThreadSettings {
  readonly testPlugins: boolean;
  readonly languageLevel: LanguageLevel;
  /** Of the data directory: the engine's environment, files of logs, the internal storage, and where directories of tasks are made. */
  readonly folders: { readonly engine: string; readonly logs: string; readonly files: string; readonly uploads: string; readonly work: string };
  /** Folders below which `file:///` addresses may be read. */
  readonly localPaths: readonly string[];
  /** `SECRET_<NAME>` variables, base64. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly encryptionKey?: string;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly kvErrorOnMissing: boolean;
  readonly expressionFuelMax: number;
  readonly docker: DockerSettings;
  /** Beginning of the marks of commands: of this data directory and this start of the server. */
  readonly processMark: string;
}

export type ToThread =
  | { readonly type: 'run'; readonly job: TaskJob }
  | { readonly type: 'abort'; readonly jobId: string; readonly reason: 'killed' | 'timedOut' }
  | { readonly type: 'answer'; readonly jobId: string; readonly requestId: string; readonly answer: RequestAnswer }
  | { readonly type: 'acknowledge'; readonly bytes: number }
  | { readonly type: 'ping' };

export type FromThread =
  | { readonly type: 'events'; readonly events: readonly WorkerEvent[]; readonly bytes: number }
  | { readonly type: 'groupStarted'; readonly jobId: string; readonly groupId: number }
  | { readonly type: 'groupEnded'; readonly jobId: string; readonly groupId: number }
  | { readonly type: 'stopsWithin'; readonly jobId: string; readonly durationMs: number }
  | { readonly type: 'pong' };
