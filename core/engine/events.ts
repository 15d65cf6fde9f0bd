/** What happens to an execution, past tense, each with its time inside; and what the engine wants done about it, imperative. */
import type { Breakpoint, ExecutionRow, Label, TaskRunRow } from '../protocol/entities/execution.ts';
import type { LogLevel } from '../protocol/entities/log-entry.ts';
import type { StateType } from '../protocol/states.ts';
import type { TaskModel } from '../language/model.ts';

export interface DynamicRun {
  readonly taskId: string;
  readonly value?: string;
  readonly state: 'SUCCESS' | 'FAILED' | 'WARNING';
}

export type EngineEvent =
  /** The execution is to begin (just created, restarted, replayed, its date has come, or taken from the queue). */
  | { readonly type: 'begun'; readonly atMs: number; readonly unqueued?: boolean }
  | { readonly type: 'queued'; readonly atMs: number }
  /** It never runs: the concurrency limit cancels or fails it, or what should have started it failed. */
  | { readonly type: 'refused'; readonly atMs: number; readonly state: 'CANCELLED' | 'FAILED' }
  | { readonly type: 'taskStarted'; readonly atMs: number; readonly taskRunId: string; readonly attempt: number }
  | {
    readonly type: 'taskEnded'; readonly atMs: number; readonly taskRunId: string; readonly attempt: number;
    /** The attempt's own state. */
    readonly state: 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED';
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly message?: string; readonly logFile?: string; readonly dynamic?: readonly DynamicRun[];
  }
  | { readonly type: 'subflowStarted'; readonly atMs: number; readonly taskRunId: string; readonly childId: string }
  | { readonly type: 'subflowRefused'; readonly atMs: number; readonly taskRunId: string; readonly childId: string; readonly message: string }
  /** The child was retried as a new execution: that one is waited for now. */
  | { readonly type: 'subflowReplaced'; readonly atMs: number; readonly taskRunId: string; readonly childId: string; readonly nextId: string }
  /** The child that was to be restarted does not exist any more, or can not be restarted. */
  | { readonly type: 'subflowMissing'; readonly atMs: number; readonly taskRunId: string; readonly childId: string }
  | { readonly type: 'subflowEnded'; readonly atMs: number; readonly taskRunId: string; readonly childId: string; readonly state: StateType; readonly outputs?: Readonly<Record<string, unknown>>; readonly problem?: string }
  | { readonly type: 'delayPassed'; readonly atMs: number; readonly what: DueWhat }
  /** The engine has started again with this execution in its store. */
  | { readonly type: 'recovered'; readonly atMs: number }
  | { readonly type: 'killRequested'; readonly atMs: number }
  | { readonly type: 'pauseRequested'; readonly atMs: number }
  | { readonly type: 'resumed'; readonly atMs: number; readonly inputs: Readonly<Record<string, unknown>>; readonly state?: 'RUNNING' | 'FAILED' | 'KILLED' }
  | { readonly type: 'restartRequested'; readonly atMs: number }
  | { readonly type: 'taskRunStateChanged'; readonly atMs: number; readonly taskRunId: string; readonly state: StateType }
  | { readonly type: 'statusChanged'; readonly atMs: number; readonly state: StateType }
  | { readonly type: 'labelsSet'; readonly atMs: number; readonly labels: readonly Label[] }
  | { readonly type: 'forced'; readonly atMs: number }
  /** Goes on from a breakpoint, with other breakpoints from now on. */
  | { readonly type: 'breakpointResumed'; readonly atMs: number; readonly breakpoints: readonly Breakpoint[] }
  /** The directory that the tasks of a WorkingDirectory share is there, with its files; or why not. */
  | { readonly type: 'directoryOpened'; readonly atMs: number; readonly taskRunId: string; readonly problem?: string }
  | { readonly type: 'directoryClosed'; readonly atMs: number; readonly taskRunId: string; readonly outputs?: Readonly<Record<string, unknown>>; readonly problem?: string }
  /** Items of a file, in their order; `total` is known with the last of them. */
  | { readonly type: 'itemsRead'; readonly atMs: number; readonly taskRunId: string; readonly from: number; readonly items: readonly string[]; readonly total?: number }
  /** How many of the children of a task run are in which state; always all of them, so that hearing it twice does no harm. */
  | { readonly type: 'itemsMoved'; readonly atMs: number; readonly taskRunId: string; readonly iterations: Readonly<Partial<Record<StateType, number>>> }
  | { readonly type: 'itemsFailed'; readonly atMs: number; readonly taskRunId: string; readonly message: string }
  | { readonly type: 'merged'; readonly atMs: number; readonly taskRunId: string; readonly outputs: Readonly<Record<string, unknown>>; readonly problem?: string };

/** Something that is due at a time; `key` is unique inside the execution. */
export type DueWhat =
  | { readonly type: 'retry'; readonly taskRunId: string; readonly attempt: number }
  | { readonly type: 'newExecution' }
  | { readonly type: 'resume'; readonly taskRunId: string }
  | { readonly type: 'pauseTimeout'; readonly taskRunId: string }
  /** LoopUntil looks at its condition again after its tasks have run once more. */
  | { readonly type: 'loop'; readonly taskRunId: string }
  /** The longest duration that an SLA allows, by its place in the flow's list. */
  | { readonly type: 'sla'; readonly position: number }
  | { readonly type: 'start' };

export const dueKey = (what: DueWhat): string => ('taskRunId' in what ? `${what.type}:${what.taskRunId}` : what.type === 'sla' ? `sla:${what.position}` : what.type);

export type Command =
  | {
    readonly type: 'runTask'; readonly taskRunId: string; readonly attempt: number; readonly task: TaskModel; readonly timeoutMs?: number;
    /** The task run of the WorkingDirectory whose directory it works in. */
    readonly directoryOf?: string;
  }
  | { readonly type: 'killTask'; readonly taskRunId: string }
  | {
    readonly type: 'createSubflow'; readonly taskRunId: string; readonly childId: string; readonly namespace: string; readonly flowId: string; readonly revision?: number;
    readonly inputs: Readonly<Record<string, unknown>>; readonly labels: readonly Label[]; readonly wait: boolean; readonly scheduleAtMs?: number;
    readonly trigger: { readonly id: string; readonly type: string; readonly variables: Readonly<Record<string, unknown>> };
    /** The deprecated map that is rendered in the child's context when the child flow declares no outputs. */
    readonly outputs?: Readonly<Record<string, unknown>>;
    /** One of many: the parent counts it. */
    readonly item?: number;
  }
  /** The failed child of a subflow task goes on where it failed. */
  | { readonly type: 'restartSubflow'; readonly taskRunId: string; readonly childId: string }
  /** One iteration of a Loop: an execution of the loop's tasks. */
  | { readonly type: 'createIteration'; readonly taskRunId: string; readonly childId: string; readonly loopRun: NonNullable<ExecutionRow['loopRun']> }
  /** Reads on in a file of items; answered by `itemsRead`. */
  | { readonly type: 'readItems'; readonly taskRunId: string; readonly uri: string; readonly from: number; readonly countMax: number; readonly kind: 'uris' | 'lines' }
  /** Asked after a crash: how do the children stand? Answered by `itemsMoved`. */
  | { readonly type: 'countItems'; readonly taskRunId: string }
  /** The children of a task run that failed go on; answered by `itemsMoved`. */
  | { readonly type: 'restartItems'; readonly taskRunId: string }
  | { readonly type: 'mergeItems'; readonly taskRunId: string; readonly itemsRunId: string }
  | { readonly type: 'openDirectory'; readonly taskRunId: string; readonly task: TaskModel }
  | { readonly type: 'closeDirectory'; readonly taskRunId: string; readonly task: TaskModel }
  | { readonly type: 'dropDirectory'; readonly taskRunId: string }
  /** Asked after a crash: has the child ended meanwhile, is it there at all? */
  | { readonly type: 'findSubflow'; readonly taskRunId: string; readonly childId: string; readonly wait: boolean }
  | { readonly type: 'killChildren' }
  | { readonly type: 'schedule'; readonly dueAtMs: number; readonly what: DueWhat }
  | { readonly type: 'unschedule'; readonly what: DueWhat }
  | { readonly type: 'log'; readonly taskRunId?: string; readonly level: LogLevel; readonly message: string }
  /** CREATE_NEW_EXECUTION: the same inputs, labels and trigger again, as the next attempt. */
  | { readonly type: 'createNextAttempt' }
  /** Its `afterExecution` is over, too. */
  | { readonly type: 'settled' }
  /** It has ended: waiting parents, the queue of the concurrency limit and triggers want to know. */
  | { readonly type: 'ended'; readonly state: StateType };

export type Advance =
  | { readonly type: 'advanced'; readonly headerChanged: boolean; readonly changed: readonly TaskRunRow[]; readonly removed: readonly TaskRunRow[]; readonly commands: readonly Command[]; /** Our own fault: the execution was failed because its step threw this. */ readonly fault?: unknown }
  | { readonly type: 'ignored'; readonly reason: string };
