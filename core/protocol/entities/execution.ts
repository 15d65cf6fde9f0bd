/**
 * Executions and task runs. The `…Row` types are what the engine keeps and the store holds (numbers for times);
 * `Execution` and `TaskRun` are the JSON of the API (ISO texts), made here and nowhere else.
 */
import type { ExecutionId, TaskRunId } from '../ids.ts';
import { isTerminal, type StateChange, type StateType } from '../states.ts';
import { durationText, isoText } from '../time.ts';

export interface Label {
  readonly key: string;
  readonly value: string;
}

export interface ExecutionTrigger {
  readonly id: string;
  readonly type: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface ExecutionMetadata {
  readonly attemptNumber: number;
  readonly originalCreatedAtMs: number;
  /** How many executions have started one another by flow triggers, this one included: a loop of flows ends by it. */
  readonly triggerChain?: number;
}

/** The header of an execution: everything but its task runs. `number` is time-ordered and the key of all its rows. */
export interface ExecutionRow {
  readonly number: number;
  readonly id: ExecutionId;
  readonly tenant: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly flowRevision: number;
  readonly labels: readonly Label[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly histories: readonly StateChange[];
  readonly parentId?: ExecutionId;
  readonly originalId: ExecutionId;
  readonly trigger?: ExecutionTrigger;
  readonly metadata: ExecutionMetadata;
  readonly scheduleAtMs?: number;
  /** Who asked for it, for the audit and the pages: a participant's name, or `trigger:ID`. */
  readonly startedBy?: string;
  /** The draft's text when it runs unpublished text ("run draft"); revision 0 then. */
  readonly draftSource?: string;
  /** Absent for ordinary ones; the others are left out of lists unless asked for. */
  readonly kind?: ExecutionKind;
  /** Just before these tasks it waits for `resume-from-breakpoint`. */
  readonly breakpoints?: readonly Breakpoint[];
  /** `vars` as tasks have set them; those of the flow until then. */
  readonly vars?: Readonly<Record<string, unknown>>;
  /** There while task runs of `afterExecution` or of listeners run after the end: the tasks in their order. */
  readonly afterExecution?: { readonly tasks: readonly string[] };
  /** Somebody has asked for a pause: a date that comes does not end it. */
  readonly held?: true;
  /** An Exit task has said how it ends; nothing new begins. */
  readonly exit?: { readonly state: StateType };
  /** Places in the flow's `sla` that have been violated: each acts once. */
  readonly slaViolated?: readonly number[];
  /** It is one iteration of a Loop: it runs the tasks of the loop. */
  readonly loopRun?: LoopRun;
}

export const executionKinds = ['NORMAL', 'TEST', 'PLAYGROUND', 'LOOP'] as const;
export type ExecutionKind = Exclude<(typeof executionKinds)[number], 'NORMAL'>;

export interface Breakpoint {
  /** Of the task. */
  readonly id: string;
  /** Only the task run of this iteration. */
  readonly value?: string;
}

/** The place of an iteration in its Loop. */
export interface LoopRun {
  readonly taskId: string;
  readonly taskRunId: string;
  readonly index: number;
  readonly value: string;
  /** For the entries of a map. */
  readonly key?: string;
  /** The items of the enclosing loops, nearest first. */
  readonly parents?: readonly Pick<LoopRun, 'index' | 'value' | 'key'>[];
  /** What the outer execution had as outputs when the loop began, as far as the loop's tasks speak of it. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export interface AttemptRow {
  readonly histories: readonly StateChange[];
  readonly logFile?: string;
}

export interface TaskRunRow {
  readonly id: TaskRunId;
  /** Order of creation inside the execution, from 0; the order of `taskRunList`. */
  readonly position: number;
  readonly taskId: string;
  readonly parentTaskRunId?: TaskRunId;
  readonly value?: string;
  readonly iteration?: number;
  readonly attempts?: readonly AttemptRow[];
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly histories: readonly StateChange[];
  readonly dynamic?: boolean;
  /** What a flowable has decided at its start and must not decide again: the values of a ForEach. Not part of the API. */
  readonly decided?: Decided;
}

/** What a flowable has decided, for the rest of its task run. */
export interface Decided {
  readonly values?: readonly string[];
  readonly concurrent?: number;
  /** LoopUntil: how often and how long. */
  readonly loop?: { readonly intervalMs: number; readonly maxIterations?: number; readonly maxDurationMs?: number; readonly failOnMax: boolean };
  /** Items: how many have been started, and of how many; `keys` of a map, `uri` of a file. */
  readonly items?: { readonly next: number; readonly total?: number; readonly keys?: readonly string[]; readonly uri?: string };
  /** How many of its children are in which state. */
  readonly iterations?: Readonly<Record<string, number>>;
  /** WorkingDirectory: being made, there, being gathered; with the state that its tasks have given it. */
  readonly directory?: { readonly phase: 'opening' | 'open' } | { readonly phase: 'closing'; readonly state: StateType };
}

export interface State {
  readonly current: StateType;
  readonly histories: readonly { readonly state: StateType; readonly date: string }[];
  readonly duration: string;
  readonly startDate: string;
  readonly endDate?: string;
}

export interface TaskRunAttempt {
  readonly state: State;
  readonly logFile?: string;
}

export interface TaskRun {
  readonly id: string;
  readonly executionId: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly taskId: string;
  readonly parentTaskRunId?: string;
  readonly value?: string;
  readonly iteration?: number;
  readonly attempts?: readonly TaskRunAttempt[];
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly state: State;
  readonly dynamic?: boolean;
}

/** An execution without its task runs, as lists and the topic `execution/{id}` carry it. */
export interface ExecutionHeader {
  readonly tenantId: string;
  readonly id: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly flowRevision: number;
  readonly labels: readonly Label[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly state: State;
  readonly parentId?: string;
  readonly originalId: string;
  readonly trigger?: ExecutionTrigger;
  readonly deleted: false;
  readonly metadata: { readonly attemptNumber: number; readonly originalCreatedDate: string };
  readonly scheduleDate?: string;
  readonly startedBy?: string;
  readonly kind?: ExecutionKind;
  readonly breakpoints?: readonly Breakpoint[];
  readonly loopRun?: Omit<LoopRun, 'outputs'>;
}

export interface Execution extends ExecutionHeader {
  readonly taskRunList?: readonly TaskRun[];
  readonly url?: string;
}

/** The current state: the last entry of a history, which is never empty. */
export function currentState(histories: readonly StateChange[]): StateType {
  const last = histories[histories.length - 1];
  if (last === undefined) throw new Error('a history of states is never empty');
  return last.state;
}

/** The API's `state` of a history. The duration of something not ended is measured to `nowMs`, or to its last change. */
export function stateOf(histories: readonly StateChange[], nowMs?: number): State {
  const current = currentState(histories);
  const startMs = histories[0]?.atMs ?? 0;
  const lastMs = histories[histories.length - 1]?.atMs ?? startMs;
  const ended = isTerminal(current);
  return {
    current,
    histories: histories.map((change) => ({ state: change.state, date: isoText(change.atMs) })),
    duration: durationText((ended ? lastMs : Math.max(lastMs, nowMs ?? lastMs)) - startMs),
    startDate: isoText(startMs),
    ...(ended ? { endDate: isoText(lastMs) } : {}),
  };
}

export function taskRunOf(row: TaskRunRow, execution: Pick<ExecutionRow, 'id' | 'namespace' | 'flowId'>): TaskRun {
  return {
    id: row.id,
    executionId: execution.id,
    namespace: execution.namespace,
    flowId: execution.flowId,
    taskId: row.taskId,
    ...(row.parentTaskRunId === undefined ? {} : { parentTaskRunId: row.parentTaskRunId }),
    ...(row.value === undefined ? {} : { value: row.value }),
    ...(row.iteration === undefined ? {} : { iteration: row.iteration }),
    ...(row.attempts === undefined ? {} : {
      attempts: row.attempts.map((attempt) => ({
        state: stateOf(attempt.histories),
        ...(attempt.logFile === undefined ? {} : { logFile: attempt.logFile }),
      })),
    }),
    outputs: row.outputs ?? {},
    state: stateOf(row.histories),
    ...(row.dynamic === true ? { dynamic: true } : {}),
  };
}

export function executionHeaderOf(row: ExecutionRow): ExecutionHeader {
  return {
    tenantId: row.tenant,
    id: row.id,
    namespace: row.namespace,
    flowId: row.flowId,
    flowRevision: row.flowRevision,
    labels: row.labels,
    ...(row.inputs === undefined ? {} : { inputs: row.inputs }),
    ...(row.outputs === undefined ? {} : { outputs: row.outputs }),
    ...((row.vars ?? row.variables) === undefined ? {} : { variables: row.vars ?? row.variables ?? {} }),
    state: stateOf(row.histories),
    ...(row.parentId === undefined ? {} : { parentId: row.parentId }),
    originalId: row.originalId,
    ...(row.trigger === undefined ? {} : { trigger: row.trigger }),
    deleted: false,
    metadata: { attemptNumber: row.metadata.attemptNumber, originalCreatedDate: isoText(row.metadata.originalCreatedAtMs) },
    ...(row.scheduleAtMs === undefined ? {} : { scheduleDate: isoText(row.scheduleAtMs) }),
    ...(row.startedBy === undefined ? {} : { startedBy: row.startedBy }),
    ...(row.kind === undefined ? {} : { kind: row.kind }),
    ...(row.breakpoints === undefined ? {} : { breakpoints: row.breakpoints }),
    ...(row.loopRun === undefined ? {} : { loopRun: loopPlace(row.loopRun) }),
  };
}

function loopPlace({ outputs: _outputs, ...place }: LoopRun): Omit<LoopRun, 'outputs'> {
  return place;
}

/** The API's execution. `taskRunList` is left out while there is none, as existing clients expect. */
export function executionOf(row: ExecutionRow, taskRuns: readonly TaskRunRow[]): Execution {
  const header = executionHeaderOf(row);
  if (taskRuns.length === 0) return header;
  return { ...header, taskRunList: taskRuns.map((taskRun) => taskRunOf(taskRun, row)) };
}
