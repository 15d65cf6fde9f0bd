/** What the front asks of the engine thread. Every promise settles after the commit that it speaks of is flushed. */
import type { Breakpoint, Execution, ExecutionKind, Label } from '../../core/protocol/entities/execution.ts';
import type { LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { Trigger } from '../../core/protocol/entities/trigger.ts';
import type { FlowCheck } from '../../core/protocol/entities/flow.ts';
import type { Problem } from '../../core/protocol/errors.ts';
import type { StateType } from '../../core/protocol/states.ts';
import type { FeedMessage } from '../store/contract.ts';
import type { KvChange } from './kv-changes.ts';

export type Reply<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Values of a form, before typing: texts by input id, files already uploaded to a path of the upload folder. */
export interface RawInputs {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly files: readonly { readonly input: string; readonly path: string; readonly filename: string }[];
}

export interface CreateExecution {
  readonly tenant: string;
  readonly namespace: string;
  readonly flowId: string;
  /** The latest one when left out. */
  readonly revision?: number;
  readonly inputs: RawInputs;
  readonly labels: readonly Label[];
  readonly scheduleAtMs?: number;
  /** Answer only when it has ended (a paused one has not). */
  readonly wait: boolean;
  readonly startedBy: string;
  /** Run this text instead of a revision ("run draft"). */
  readonly draftSource?: string;
  readonly breakpoints?: readonly Breakpoint[];
  readonly kind?: ExecutionKind;
  /** The front's commit that the engine has to see first. */
  readonly afterFrontCommit: number;
}

export type ExecutionCommand =
  | { readonly type: 'kill'; readonly cascade: boolean }
  | { readonly type: 'pause' }
  | { readonly type: 'resume'; readonly inputs: RawInputs }
  | { readonly type: 'restart'; readonly revision?: number }
  /** `inputs`: these in place of the old ones; those that are not given stay. */
  | { readonly type: 'replay'; readonly taskRunId?: string; readonly revision?: number; readonly inputs?: RawInputs }
  | { readonly type: 'changeTaskRunState'; readonly taskRunId: string; readonly state: StateType }
  | { readonly type: 'changeStatus'; readonly status: StateType }
  | { readonly type: 'setLabels'; readonly labels: readonly Label[] }
  | { readonly type: 'resumeFromBreakpoint'; readonly breakpoints: readonly Breakpoint[] }
  | { readonly type: 'unqueue' }
  | { readonly type: 'forceRun' }
  | { readonly type: 'delete'; readonly logs: boolean; readonly metrics: boolean; readonly files: boolean };

export type TriggerCommand =
  | { readonly type: 'setDisabled'; readonly disabled: boolean; readonly reason?: string }
  /** Forgets the execution or the evaluation that it waits for. */
  | { readonly type: 'unlock' }
  /** Forgets its lock and its last problem; a schedule goes on with its next date, a plugin's trigger begins again. */
  | { readonly type: 'restart' }
  /** Its state is derived anew from the flow; it is gone when that does not have it. */
  | { readonly type: 'delete' }
  /** Runs the dates from `startMs` to `endMs` (now) one after the other; `onlyNew` refuses to replace one that is there. */
  | {
    readonly type: 'backfill'; readonly startMs: number; readonly endMs?: number; readonly inputs?: Readonly<Record<string, unknown>>; readonly labels?: readonly Label[];
    readonly paused?: boolean; readonly onlyNew?: boolean;
  }
  | { readonly type: 'pauseBackfill' } | { readonly type: 'continueBackfill' } | { readonly type: 'deleteBackfill' };

export interface WebhookFile {
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** In the upload folder. */
  readonly path: string;
}

/** Of one execution, or of all of a flow; of these the lines that match. */
export interface LogDeletion {
  readonly of: { readonly executionId: string } | { readonly namespace: string; readonly flowId: string };
  readonly levels?: readonly LogLevel[];
  readonly taskRunId?: string;
  readonly taskId?: string;
  readonly attempt?: number;
  readonly triggerId?: string;
  readonly text?: string;
}

export interface WebhookCall {
  readonly tenant: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly key: string;
  /** What follows the key in the address. */
  readonly path?: string;
  /** A form: its fields, and its files on their way in. */
  readonly form?: { readonly fields: Readonly<Record<string, string>>; readonly files: readonly WebhookFile[] };
  /** A body that is no text, on its way in. */
  readonly blob?: WebhookFile;
  /** Parsed JSON, or text, or null when there was none. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly afterFrontCommit: number;
}

export interface WebhookAnswer {
  readonly execution: Execution;
  /** The execution has ended: the caller has waited for it. */
  readonly ended: boolean;
  /** How the trigger wants it to be answered. */
  readonly outputs: boolean;
  readonly contentType?: string;
  readonly code?: number;
}

export interface CheckedRequest {
  readonly inputs: readonly InputCheck[];
  /** Checks of the flow that do not hold. */
  readonly checks: readonly FlowCheck[];
}

export interface InputCheck {
  readonly input: string;
  readonly value?: unknown;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  readonly errors: readonly { readonly message: string }[];
}

export interface EngineFigures {
  readonly live: number;
  readonly queued: number;
  readonly running: number;
  readonly loopLagMs: number;
  readonly commits: number;
  readonly commitMsP99: number;
  readonly workers: readonly { readonly id: string; readonly kind: 'inline' | 'thread' | 'process'; readonly busy: number; readonly slots: number }[];
}

/** The front's proxy of the engine thread (`server/executor/index.ts` exports `startExecutor(...)` that makes one). */
export interface Executor {
  create(request: CreateExecution): Promise<Reply<Execution>>;
  checkInputs(request: Omit<CreateExecution, 'wait'>): Promise<Reply<CheckedRequest>>;
  /** Resume's inputs of a paused execution, checked and not stored. */
  checkResume(tenant: string, executionId: string, inputs: RawInputs): Promise<Reply<readonly InputCheck[]>>;
  command(tenant: string, executionId: string, command: ExecutionCommand, by: string): Promise<Reply<Execution>>;
  /** The same for many at once; answers only the problems. One that has gone or ended meanwhile is a problem of status 404 or 409. */
  commandMany(tenant: string, commands: readonly { readonly executionId: string; readonly command: ExecutionCommand }[], by: string): Promise<readonly { readonly executionId: string; readonly problem: Problem }[]>;
  /** Lines of ended executions; answers how many went. */
  deleteLogs(tenant: string, selection: LogDeletion): Promise<Reply<number>>;
  /** The reply is undefined when a condition did not hold (REST answers 204). */
  webhook(call: WebhookCall): Promise<Reply<WebhookAnswer | undefined>>;
  /** The debug box: renders in the context of a task run, or of the execution. */
  evaluate(tenant: string, executionId: string, taskRunId: string | undefined, expression: string): Promise<Reply<{ readonly result: string } | { readonly error: string }>>;
  /** Renders with exactly these variables (plus KV and secrets of the server), within fuel. */
  render(template: string, variables: Readonly<Record<string, unknown>>): Promise<Reply<string>>;
  putKv(change: KvChange): Promise<Reply<null>>;
  /** The keys that were there. */
  deleteKv(tenant: string, namespace: string, keys: readonly string[]): Promise<Reply<readonly string[]>>;
  /** `by`: the name of who does it, for the trigger's log. */
  commandTrigger(tenant: string, key: Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>, command: TriggerCommand, by: string): Promise<Reply<Trigger>>;
  /** A flow was published, disabled or deleted: the engine derives its triggers from the front's rows, idempotent by revision. */
  flowChanged(tenant: string, namespace: string, flowId: string, frontCommit: number): void;
  figures(): Promise<EngineFigures>;
  onFeed(listener: (message: FeedMessage) => void): () => void;
  /** Stops taking work, waits for the last commit, ends children. */
  close(): Promise<void>;
}

/** One line for a log, on its way from a task to the store. */
export interface LogLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
}
