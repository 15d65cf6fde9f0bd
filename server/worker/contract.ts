/** Between the executor and the worker, both in the engine thread. The worker runs tasks; it decides nothing. */
import type { ExecutionRow, TaskRunRow } from '../../core/protocol/entities/execution.ts';
import type { LogLevel, MetricEntry } from '../../core/protocol/entities/log-entry.ts';
import type { TaskModel } from '../../core/language/model.ts';
import type { ExecutorRequest, RequestAnswer, TaskOutcome } from '../../plugins/sdk/index.ts';

export interface TaskJob {
  readonly jobId: string;
  readonly execution: ExecutionRow;
  readonly taskRun: TaskRunRow;
  readonly task: TaskModel;
  /** The whole rendering context of the task run (flow, execution, task, taskrun, parent(s), inputs, outputs, vars, labels, trigger, ...), made by core/engine. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly attempt: number;
  /** Texts that must not appear in logs: values of SECRET inputs and decrypted outputs; the worker adds what `secret()` gives. */
  readonly secretValues: readonly string[];
  readonly timeoutMs?: number;
  /** The task run whose directory it works in, instead of one of its own; it stays when the task has ended. */
  readonly directoryOf?: string;
}

export type WorkerEvent =
  | { readonly type: 'started'; readonly jobId: string; readonly atMs: number }
  | { readonly type: 'logged'; readonly jobId: string; readonly lines: readonly { readonly atMs: number; readonly level: LogLevel; readonly message: string }[] }
  | { readonly type: 'measured'; readonly jobId: string; readonly metrics: readonly Omit<MetricEntry, 'namespace' | 'flowId' | 'taskId' | 'executionId' | 'taskRunId' | 'deleted'>[] }
  | { readonly type: 'ended'; readonly jobId: string; readonly atMs: number; readonly outcome: TaskOutcome; readonly killed: boolean; readonly timedOut: boolean; readonly logFile?: string }
  | { readonly type: 'requested'; readonly jobId: string; readonly requestId: string; readonly request: ExecutorRequest };

/** Reads that expressions of a task need from the engine's store; synchronous in the engine thread, snapshots of both environments in task threads. */
export interface Worker {
  /** Inline tasks answer at once: their events are returned. Others return undefined and emit later. */
  run(job: TaskJob): readonly WorkerEvent[] | undefined;
  /** SIGTERM to the process group (SIGKILL after 5 s), abort for JavaScript, terminate for a thread that does not listen. */
  kill(jobId: string): void;
  answer(jobId: string, requestId: string, answer: RequestAnswer): void;
  onEvent(listener: (event: WorkerEvent) => void): void;
  figures(): readonly { readonly id: string; readonly kind: 'inline' | 'thread' | 'process'; readonly busy: number; readonly slots: number }[];
  /** Ends all threads and commands at once. Tasks that have not ended get no event: after the next start they run again. */
  close(): Promise<void>;
}
