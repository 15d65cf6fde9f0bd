/**
 * The contract of a plugin: what a task, trigger, condition or task runner is made of. A plugin folder is
 * `plugins/<group>/<task>/{task.ts, docs.md, example.yaml, icon.svg, task.test.ts}`; `plugins/<group>/group.ts` names the group.
 */
import type { TSchema } from 'typebox';
import type { LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { ExecutionChange, FlowableKind } from '../../core/protocol/task-kinds.ts';
import type { NamespaceFiles, RequestAnswer, StoreRequest, TaskStores } from './stores.ts';

export type { ExecutionQuery, LogQuery, NamespaceFiles, PurgeLogsQuery, RequestAnswer, StateAddress, StoreRequest, TaskStores } from './stores.ts';

export interface GroupDefinition {
  /** `core.flow`, `scripts.shell`: the folder's name with dots. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly category: 'CORE' | 'SCRIPT' | 'TEST' | 'CLOUD' | 'DATABASE' | 'MESSAGING' | 'STORAGE' | 'OTHER';
  /** Only there when `ENSEMBLE_TEST_PLUGINS=1`. */
  readonly testOnly?: boolean;
}

interface TypeDefinition {
  /** Canonical name, e.g. `io.kestra.plugin.core.log.Log`. */
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  /** Metrics that it emits, for the docs. */
  readonly metrics?: readonly { readonly name: string; readonly type: 'counter' | 'timer' | 'gauge'; readonly description: string }[];
  /** TypeBox object of the own properties; mark with `dynamic()`, `tasks()` and so on of this file's schema builders. */
  readonly properties: TSchema;
  readonly outputs?: TSchema;
}

/** A task that the worker runs. */
export interface RunnableDefinition extends TypeDefinition {
  readonly role: 'task';
  readonly kind: 'runnable';
  /**
   * `inline`: trivial, pure, microseconds; runs in the engine thread and its result joins the commit that started it.
   * `thread`: other JavaScript; runs in the pool of task threads, many at once while they wait (http), and can be ended.
   */
  readonly runs: 'inline' | 'thread';
  /** Synchronous for `inline`. */
  readonly run: (context: TaskContext) => TaskOutcome | Promise<TaskOutcome>;
}

/** A task that only gives the engine a structure to walk. */
export interface FlowableDefinition extends TypeDefinition {
  readonly role: 'task';
  readonly kind: 'flowable';
  readonly flowable: FlowableKind;
  /** Properties that are rendered into outputs when the task run starts (the conformance suite's DefaultSequential). */
  readonly startOutputs?: readonly string[];
  /** Steps that the worker does for it, by name: making the directory of a WorkingDirectory. */
  readonly parts?: Readonly<Record<string, RunnableDefinition['run']>>;
}

/** A task that starts a child execution for each of many items. */
export interface ItemsDefinition extends TypeDefinition {
  readonly role: 'task';
  readonly kind: 'items';
}

/** A task that changes its own execution (Labels) inside the engine. */
export interface ExecutionTaskDefinition extends TypeDefinition {
  readonly role: 'task';
  readonly kind: 'execution';
  readonly change: ExecutionChange;
}

/** A task that starts a child execution and may wait for it. */
export interface SubflowDefinition extends TypeDefinition {
  readonly role: 'task';
  readonly kind: 'subflow';
  /** The conformance suite's BadExecutable: the child's result cannot be turned into the task's. */
  readonly failsOnResult?: boolean;
}

export type TriggerDefinition = EngineTriggerDefinition | PollingTriggerDefinition | RealtimeTriggerDefinition;

/** A trigger that the engine evaluates itself. */
export interface EngineTriggerDefinition extends TypeDefinition {
  readonly role: 'trigger';
  readonly triggerKind: 'SCHEDULE' | 'WEBHOOK' | 'FLOW';
}

/**
 * A trigger that is asked again and again, `interval` (a duration, PT1M when left out) after its last answer. It runs in a thread of the
 * worker with the context of a task: `log` writes to the trigger's own log, files that it stores belong to the execution that it starts.
 * While an execution that it has started runs, it is not asked, unless `allowConcurrent` says so.
 */
export interface PollingTriggerDefinition extends TypeDefinition {
  readonly role: 'trigger';
  readonly triggerKind: 'POLLING';
  readonly evaluate: (context: TaskContext) => Promise<TriggerOutcome>;
}

/**
 * A trigger that listens for as long as it is on, until `context.signal` is aborted. Each `emit` starts an execution and settles when
 * that is on disk, so a message may be acknowledged then. It listens again when it ends by itself or throws; executions overlap.
 */
export interface RealtimeTriggerDefinition extends TypeDefinition {
  readonly role: 'trigger';
  readonly triggerKind: 'REALTIME';
  readonly listen: (context: TaskContext, emit: (variables: Readonly<Record<string, unknown>>) => Promise<void>) => Promise<void>;
}

/** What a polling trigger has found. `variables` become `trigger.*` of the execution. */
export type TriggerOutcome =
  | { readonly type: 'nothing' }
  | { readonly type: 'fired'; readonly variables: Readonly<Record<string, unknown>> }
  | { readonly type: 'failed'; readonly message: string };

export interface ConditionDefinition extends TypeDefinition {
  readonly role: 'condition';
}

/** Where the commands of a task run. */
export interface TaskRunnerDefinition extends TypeDefinition {
  readonly role: 'taskRunner';
  /** Makes sure that commands can run, and where. `context` renders; the runner's own properties are in `request`. Throws `RunnerMissing` when there is no such runner on this machine. */
  readonly open: (context: TaskContext, request: RunnerRequest) => Promise<CommandPlace>;
}

export interface RunnerRequest {
  /** As written, without `type`. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly containerImage: string;
  /** The task's own directory, absolute. What is in it when the commands start, they see. */
  readonly directory: string;
  /** Whether somebody looks at the files of the directory after the commands. */
  readonly keepsFiles: boolean;
}

/** The place where the commands of one task run. */
export interface CommandPlace {
  /** The directory as the commands see it. */
  readonly workingDirectory: string;
  /** For messages: "on this machine", "in the image ubuntu". */
  readonly machine: string;
  /** For messages: a sentence that says how a program that is missing gets there. */
  readonly remedy: string;
  /** Whether the commands see this machine's files under their own paths. */
  readonly sharesDisk: boolean;
  /** Runs to the end; rejects when the task is stopped meanwhile. */
  run(commands: Omit<ProcessRequest, 'directory'>): Promise<ProcessEnd>;
  /** For the output `taskRunner`. */
  details(): Readonly<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface LineReader {
  /** Await it: it takes its time while the log is congested. */
  push(bytes: Uint8Array): Promise<void>;
  /** The last line, when it has no end. */
  end(): void;
}

/** How the server lets flows use Docker (docs/running). */
export interface DockerSettings {
  /** `unix:///…` or `tcp://host:port`; left out: `DOCKER_HOST`, or the usual socket. */
  readonly host?: string;
  /** `process`: where there is no Docker, commands run as processes of this machine, with a warning. */
  readonly fallback: 'none' | 'process';
  /** Whether flows may mount folders of this machine, and run privileged. */
  readonly trusted: boolean;
}

export type PluginDefinition = RunnableDefinition | FlowableDefinition | ExecutionTaskDefinition | SubflowDefinition | ItemsDefinition | TriggerDefinition | ConditionDefinition | TaskRunnerDefinition;

export type TaskOutcome =
  | { readonly type: 'succeeded'; readonly outputs?: Readonly<Record<string, unknown>>; readonly finalState?: 'SUCCESS' | 'WARNING' | 'FAILED'; readonly dynamic?: readonly DynamicTaskRun[] }
  | { readonly type: 'failed'; readonly message: string; readonly outputs?: Readonly<Record<string, unknown>>; readonly dynamic?: readonly DynamicTaskRun[] };

/** A task run that a task adds to its own execution. */
export interface DynamicTaskRun {
  readonly taskId: string;
  readonly value?: string;
  readonly state: 'SUCCESS' | 'FAILED' | 'WARNING';
}

/** What a running task has. Properties are as written; render what may hold expressions. */
export interface TaskContext {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly task: { readonly id: string; readonly type: string };
  readonly execution: { readonly id: string; readonly namespace: string; readonly flowId: string; readonly flowRevision: number; readonly tenant: string };
  readonly taskRun: { readonly id: string; readonly value?: string; readonly attemptsCount: number };
  /** Renders a text; a value that is no text is written as JSON. */
  render(value: unknown): string;
  /** Keeps the type when the text is one expression; parses nothing. */
  renderTyped(value: unknown): unknown;
  /** The same context, whose expressions see these variables, too. */
  withVariables(variables: Readonly<Record<string, unknown>>): TaskContext;
  /** Renders every text inside. Rendered scalars are texts, unless `typed`. */
  renderDeep(value: unknown, options?: { readonly typed?: boolean }): unknown;
  log(level: LogLevel, message: string): void;
  metric(metric: { readonly type: 'counter' | 'timer' | 'gauge'; readonly name: string; readonly value: number; readonly tags?: Readonly<Record<string, string>> }): void;
  /** Aborted on kill and on timeout. */
  readonly signal: AbortSignal;
  readonly files: TaskFiles;
  readonly nowMs: () => number;
  /** How the server reads flows: a few behaviours changed between versions of the language. */
  readonly languageLevel: '0.20' | '1.x' | '2.0';
  /** Waits; rejects at once when the task is killed or times out. */
  sleep(durationMs: number): Promise<void>;
  /** Calls back once after a time, unless the answered function is called before. */
  after(delayMs: number, callback: () => void): () => void;
  /** Runs a command in its own process group, with a scrubbed environment. Killed with all its children when the task ends. */
  process(request: ProcessRequest): Promise<ProcessEnd>;
  /** The task runner of a type; undefined when there is none. */
  taskRunner(type: string): TaskRunnerDefinition | undefined;
  readonly docker: DockerSettings;
  /** Reads bytes as the lines of a command, hiding secrets and cutting long lines as for a process. */
  lineReader(onLine: (line: string) => void): LineReader;
  /** The task needs so long to end after it was stopped (a container's own grace); a task is given up five seconds after by itself. */
  stopsWithin(durationMs: number): void;
  /** Encrypts to `{type:"io.kestra.datatype:aes_encrypted", value}`; the plain text stays when no key is configured. */
  encrypt(plaintext: string): Readonly<Record<string, unknown>>;
  /** Asks the executor for something only it may do (resume another execution, change KV pairs); answered when it is on the disk. */
  request(request: ExecutorRequest): Promise<RequestAnswer>;
  readonly stores: TaskStores;
  /** The files of a namespace; the flow's own when left out. */
  namespaceFiles(namespace?: string): NamespaceFiles;
  /** Runs one task that a text describes (YAML with a `type`), in the place of this one. Its end is this one's. */
  runTask(source: string): Promise<TaskOutcome>;
}

export type ExecutorRequest =
  | StoreRequest
  /** Of a realtime trigger alone: starts an execution. */
  | { readonly type: 'fireTrigger'; readonly variables: Readonly<Record<string, unknown>> }
  /** Of an expression: runs a flow to its end; the answer's value is its execution. */
  | { readonly type: 'runSubflow'; readonly namespace: string; readonly flowId: string; readonly revision?: number; readonly inputs: Readonly<Record<string, unknown>> }
  | {
    readonly type: 'resumeExecution';
    readonly executionId: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    /** When given, the execution must be one of this flow. */
    readonly namespace?: string;
    readonly flowId?: string;
  };

/** One command of a task. The environment is only PATH, HOME, LANG, TZ, TMPDIR of the server and what stands in `env`. */
export interface ProcessRequest {
  /** Program and arguments; no shell in between. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute; usually the task's working directory. */
  readonly directory: string;
  /** Called for each line without its end. A line longer than a log message comes in pieces, except a `::{…}::` line. The process waits while the log is congested. */
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

export interface ProcessEnd {
  /** 128 + number of the signal when a signal ended it, as shells say it. */
  readonly exitCode: number;
  readonly signal?: string;
  /** More about it, when something is known. */
  readonly reason?: string;
}

/** The files of one task run: a private working directory, and the internal storage. No path leaves its folder. */
export interface TaskFiles {
  /** Absolute path of the task run's own directory, made on first use, removed at its end. */
  workingDirectory(): Promise<string>;
  /** The bytes of a `kestra://` URI of the own execution (or its parent's). */
  read(uri: string): Promise<Uint8Array>;
  /** Copies an internal file into the working directory. */
  fetch(uri: string, relativePath: string): Promise<string>;
  /** Moves a file of the working directory into the internal storage; answers its `kestra://` URI. */
  store(relativePath: string, name?: string): Promise<string>;
  /** Stores bytes or text under a name; answers its URI. */
  put(name: string, content: Uint8Array | string): Promise<string>;
  /** Writes text into the working directory. */
  write(relativePath: string, content: Uint8Array | string | AsyncIterable<Uint8Array>): Promise<string>;
  /** What an earlier run of the same task of the same flow has left; undefined when there is nothing. */
  cached(): Promise<Uint8Array | undefined>;
  /** Leaves this for the next run of the task. */
  cache(content: Uint8Array): Promise<void>;
  /** Relative paths that match a glob. */
  find(globs: readonly string[]): Promise<readonly string[]>;
  /** Whether other tasks work in the same directory, before or after this one. */
  readonly isShared: boolean;
  /** Removes a file or folder of the working directory; nothing happens when there is none. */
  discard(relativePath: string): Promise<void>;
  /** Absolute path of a folder that outlasts runs, for what may be lost at any time. */
  cacheDirectory(): Promise<string>;
  /** The bytes of a file that the task may read (`kestra://`, `nsfile:///`, and `file:///` where the server allows it), piece by piece. */
  stream(uri: string): AsyncIterable<Uint8Array>;
  /** Undefined when there is none. */
  sizeBytes(uri: string): number | undefined;
  /** Stores what comes piece by piece, whatever its size. */
  putStream(name: string, content: AsyncIterable<Uint8Array | string>): Promise<{ readonly uri: string; readonly sizeBytes: number }>;
  /** Deletes a file of the own execution, of the one it repeats or of the one that triggered it; answers whether it was there. */
  removeStored(uri: string): Promise<boolean>;
  /** Deletes all files of the own execution; answers their addresses. */
  removeOfExecution(): Promise<readonly string[]>;
}

export const runnable = (definition: Omit<RunnableDefinition, 'role' | 'kind'>): RunnableDefinition => ({ ...definition, role: 'task', kind: 'runnable' });
export const flowable = (definition: Omit<FlowableDefinition, 'role' | 'kind'>): FlowableDefinition => ({ ...definition, role: 'task', kind: 'flowable' });
export const executionTask = (definition: Omit<ExecutionTaskDefinition, 'role' | 'kind'>): ExecutionTaskDefinition => ({ ...definition, role: 'task', kind: 'execution' });
export const subflow = (definition: Omit<SubflowDefinition, 'role' | 'kind'>): SubflowDefinition => ({ ...definition, role: 'task', kind: 'subflow' });
export const items = (definition: Omit<ItemsDefinition, 'role' | 'kind'>): ItemsDefinition => ({ ...definition, role: 'task', kind: 'items' });
export const trigger = (definition: Omit<EngineTriggerDefinition, 'role'>): TriggerDefinition => ({ ...definition, role: 'trigger' });
export const pollingTrigger = (definition: Omit<PollingTriggerDefinition, 'role' | 'triggerKind'>): TriggerDefinition => ({ ...definition, role: 'trigger', triggerKind: 'POLLING' });
export const realtimeTrigger = (definition: Omit<RealtimeTriggerDefinition, 'role' | 'triggerKind'>): TriggerDefinition => ({ ...definition, role: 'trigger', triggerKind: 'REALTIME' });
export const condition = (definition: Omit<ConditionDefinition, 'role'>): ConditionDefinition => ({ ...definition, role: 'condition' });
export const taskRunner = (definition: Omit<TaskRunnerDefinition, 'role'>): TaskRunnerDefinition => ({ ...definition, role: 'taskRunner' });
