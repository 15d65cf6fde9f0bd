/**
 * One synchronous decision. An event changes the execution, then `settle` carries on until nothing more follows: children are created,
 * started, skipped; flowables end; the execution ends. Losing a race (a late result, a second kill) is `ignored`.
 */
import { currentState, type ExecutionRow, type TaskRunRow } from '../protocol/entities/execution.ts';
import { isTerminal, type StateChange, type StateType } from '../protocol/states.ts';
import { parseDurationMs } from '../protocol/time.ts';
import { taskRunId } from '../protocol/ids.ts';
import { limits } from '../protocol/limits.ts';
import { isTruthy, render, renderDeep, renderTyped, type RenderOptions } from '../expression/index.ts';
import { typedOutput } from '../language/index.ts';
import type { RetryModel, TaskModel } from '../language/model.ts';
import type { Advance, Command, DueWhat, EngineEvent } from './events.ts';
import { countOf, type ExecutionState, type Scope } from './execution-state.ts';
import { forgiven, stateOfChildren } from './final-state.ts';
import { enabled, never } from './flow-index.ts';
import { FlowableError, flowables, type FlowableContext, type Started } from './flowable/index.ts';
import { isSystemLabel, labelsFrom, mergeLabels } from './labels.ts';
import type { Lookup } from './lookup.ts';
import { nextRuns, plannedCount, type Plan } from './plan.ts';
import { nextAttemptMs, triedOf } from './retry.ts';
import { variablesOf } from './variables.ts';

export function step(state: ExecutionState, event: EngineEvent, lookup: Lookup): Advance {
  const stepper = new Stepper(state, event.atMs, lookup);
  try {
    const ignored = stepper.apply(event);
    if (ignored !== undefined) return { type: 'ignored', reason: ignored };
  } catch (error) {
    // One execution that can not be decided must not take the others with it: it fails, and says why.
    stepper.collapse(error);
  }
  return stepper.advance();
}

const waits = ({ properties }: TaskModel): boolean => properties['wait'] !== false && properties['wait'] !== 'false';
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class Stepper {
  readonly #state: ExecutionState;
  readonly #atMs: number;
  readonly #lookup: Lookup;
  readonly #changed = new Set<string>();
  readonly #removed: TaskRunRow[] = [];
  readonly #commands: Command[] = [];
  /** Parents whose children have moved. */
  readonly #dirty: string[] = [];
  readonly #queued = new Set<string>();
  #headerChanged = false;
  #fault: unknown;

  constructor(state: ExecutionState, atMs: number, lookup: Lookup) {
    this.#state = state;
    this.#atMs = atMs;
    this.#lookup = lookup;
  }

  advance(): Advance {
    const changed = [...this.#changed].map((id) => this.#state.get(id)).filter((row) => row !== undefined);
    return { type: 'advanced', headerChanged: this.#headerChanged, changed, removed: this.#removed, commands: this.#commands, ...(this.#fault === undefined ? {} : { fault: this.#fault }) };
  }

  /** The reason when the event is ignored. */
  apply(event: EngineEvent): string | undefined {
    switch (event.type) {
      case 'begun': return this.#begun();
      case 'queued': return this.#onlyFrom(['CREATED'], () => { this.#setState('QUEUED'); });
      case 'refused': return this.#onlyFrom(['CREATED'], () => { this.#end(event.state); });
      case 'taskStarted': return this.#taskStarted(event);
      case 'taskEnded': return this.#taskEnded(event);
      case 'subflowStarted': return this.#subflowStarted(event);
      case 'subflowRefused': return this.#subflowRefused(event);
      case 'subflowEnded': return this.#subflowEnded(event);
      case 'subflowReplaced': return this.#withOpen(event.taskRunId, (row) => {
        if (row.outputs?.['executionId'] !== event.childId) return 'it waits for another execution';
        this.#put({ ...row, outputs: { ...row.outputs, executionId: event.nextId } });
        return undefined;
      });
      case 'delayPassed': return this.#delayPassed(event.what);
      case 'recovered': return this.#recovered();
      case 'killRequested': return this.#kill();
      case 'pauseRequested': return this.#onlyFrom(['RUNNING', 'RETRYING'], () => { this.#setState('PAUSED'); });
      case 'resumed': return this.#resumed(event.inputs, event.state ?? 'RUNNING');
      case 'restartRequested': return this.#restart();
      case 'taskRunStateChanged': return this.#changeTaskRun(event.taskRunId, event.state);
      case 'statusChanged':
        if (!isTerminal(this.#state.state) || !isTerminal(event.state)) return 'only an ended execution can be given another ended state';
        this.#setState(event.state);
        return undefined;
      case 'labelsSet':
        this.#header({ labels: event.labels });
        return undefined;
      case 'forced': return this.#forced();
      default: return never(event);
    }
  }

  /** After a decision that failed: everything open ends and the execution is FAILED. What the step has done so far stays consistent. */
  collapse(error: unknown): void {
    if (!(error instanceof FlowableError)) this.#fault = error;
    const started = this.#commands.filter((command) => command.type === 'log' || command.type === 'unschedule');
    this.#commands.length = 0;
    this.#commands.push(...started, { type: 'killChildren' });
    this.#log('ERROR', error instanceof FlowableError ? error.message : `The engine could not go on: ${messageOf(error)}`);
    for (const row of this.#state.ordered()) {
      const current = currentState(row.histories);
      if (isTerminal(current)) continue;
      const flowable = this.#task(row)?.kind === 'flowable';
      if (!flowable) this.#commands.push({ type: 'killTask', taskRunId: row.id });
      if (current === 'PAUSED') this.#unschedulePause(row.id);
      if (current === 'RETRYING') this.#commands.push({ type: 'unschedule', what: { type: 'retry', taskRunId: row.id, attempt: 0 } });
      this.#put({ ...row, histories: [...row.histories, { state: flowable ? 'FAILED' : 'KILLED', atMs: this.#atMs }] });
    }
    this.#setState('FAILED');
    this.#commands.push({ type: 'ended', state: 'FAILED' });
  }

  // ------------------------------------------------------------------ beginning

  #begun(): string | undefined {
    const { state } = this.#state;
    if (state !== 'CREATED' && state !== 'RESTARTED' && state !== 'QUEUED') return `it is ${state} already`;
    this.#setState('RUNNING');
    // After a restart or a replay the restarted task runs go first; then every running parent is looked at.
    this.#held((row, current) => {
      if (current === 'RESTARTED') this.#dispatch(row);
      else if (current === 'RUNNING' && this.#task(row)?.kind === 'flowable') this.#mark(row.id);
    });
    this.#mark('');
    this.#settle();
    return undefined;
  }

  #forced(): string | undefined {
    const { state } = this.#state;
    if (isTerminal(state)) return 'it has ended';
    if (state === 'CREATED') this.#commands.push({ type: 'unschedule', what: { type: 'start' } });
    if (state === 'CREATED' || state === 'QUEUED') return this.#begun();
    if (state === 'PAUSED') return this.#resumed({}, 'RUNNING');
    this.#redispatch();
    this.#settle();
    return undefined;
  }

  /** After a crash or a stop: what was asked of the world and not answered is asked again. A task runs again as the same attempt. */
  #recovered(): string | undefined {
    if (isTerminal(this.#state.state)) return 'it has ended';
    this.#held((row, current) => {
      const task = this.#task(row);
      if (isTerminal(current) || task === undefined || row.dynamic === true) return;
      if (task.kind === 'flowable') { if (current === 'RUNNING') this.#mark(row.id); return; }
      if (current === 'KILLING') { this.#finishAttempt(row, task, 'KILLED', undefined); return; }
      if (current === 'RUNNING' && task.kind === 'runnable') this.#runTask(row, task, row.attempts?.length ?? 1);
      else if (current === 'RUNNING') this.#commands.push({ type: 'findSubflow', taskRunId: row.id, childId: String(row.outputs?.['executionId'] ?? ''), wait: waits(task) });
      else if ((current === 'CREATED' || current === 'RESTARTED') && this.#state.state !== 'PAUSED' && this.#state.state !== 'KILLING') this.#dispatch(row);
    });
    this.#mark('');
    this.#settle();
    return undefined;
  }

  /** Whatever waits is looked at again. */
  #redispatch(): void {
    this.#held((row, current) => {
      if (current === 'CREATED' || current === 'RESTARTED') this.#dispatch(row);
      else if (current === 'RUNNING' && this.#task(row)?.kind === 'flowable') this.#mark(row.id);
    });
    this.#mark('');
  }

  /** Visits every task run; what follows waits until all have been seen, so that no visit meets a row that another has changed. */
  #held(visit: (row: TaskRunRow, current: StateType) => void): void {
    const outer = this.#settling;
    this.#settling = true;
    for (const row of this.#state.ordered()) visit(row, currentState(row.histories));
    this.#settling = outer;
  }

  // ------------------------------------------------------------------ tasks of the worker

  #taskStarted(event: Extract<EngineEvent, { type: 'taskStarted' }>): string | undefined {
    return this.#withOpen(event.taskRunId, (row) => {
      const current = currentState(row.histories);
      if (current !== 'CREATED' && current !== 'RESTARTED') return `it is ${current}`;
      if ((row.attempts?.length ?? 0) + 1 !== event.attempt) return `attempt ${event.attempt} is not the next one`;
      this.#startAttempt(row, event.atMs);
      return undefined;
    });
  }

  #startAttempt(row: TaskRunRow, atMs: number): TaskRunRow {
    const attempt = { histories: [{ state: 'CREATED' as const, atMs }, { state: 'RUNNING' as const, atMs }] };
    return this.#put({ ...row, histories: [...row.histories, { state: 'RUNNING', atMs }], attempts: [...(row.attempts ?? []), attempt] });
  }

  #taskEnded(event: Extract<EngineEvent, { type: 'taskEnded' }>): string | undefined {
    return this.#withOpen(event.taskRunId, (open, task) => {
      let row = open;
      const current = currentState(row.histories);
      if (current === 'CREATED' || current === 'RESTARTED') {
        if ((row.attempts?.length ?? 0) + 1 !== event.attempt) return `attempt ${event.attempt} is not the next one`;
        row = this.#startAttempt(row, event.atMs);
      } else if (current !== 'RUNNING' && current !== 'KILLING') {
        return `it is ${current}`;
      } else if ((row.attempts?.length ?? 0) !== event.attempt) {
        return `attempt ${event.attempt} is not the current one`;
      }
      if (event.message !== undefined && event.state === 'FAILED' && currentState(row.histories) !== 'KILLING') this.#log('ERROR', event.message, row);
      for (const dynamic of event.dynamic ?? []) this.#addDynamic(row, dynamic);
      this.#finishAttempt(row, task, currentState(row.histories) === 'KILLING' && event.state === 'FAILED' ? 'KILLED' : event.state, event.outputs, event.logFile);
      return undefined;
    });
  }

  #addDynamic(parent: TaskRunRow, dynamic: { readonly taskId: string; readonly value?: string; readonly state: StateType }): void {
    const histories: readonly StateChange[] = (['CREATED', 'RUNNING', dynamic.state] as const).map((one) => ({ state: one, atMs: this.#atMs }));
    this.#put({
      id: taskRunId(this.#lookup.newId()), position: this.#state.nextPosition, taskId: dynamic.taskId, parentTaskRunId: parent.id, dynamic: true,
      ...(dynamic.value === undefined ? {} : { value: dynamic.value }), attempts: [{ histories }], histories,
    });
  }

  /** Ends an attempt: the attempt keeps its raw state; the task run's follows from retries, allowFailure and allowWarning. */
  #finishAttempt(row: TaskRunRow, task: TaskModel, raw: StateType, outputs: Readonly<Record<string, unknown>> | undefined, logFile?: string): void {
    const attempts = [...(row.attempts ?? [])];
    const last = attempts.pop();
    if (last !== undefined) attempts.push({ histories: [...last.histories, { state: raw, atMs: this.#atMs }], ...(logFile === undefined ? {} : { logFile }) });
    const ended: TaskRunRow = { ...row, attempts, ...(outputs === undefined ? {} : { outputs }) };
    if (raw === 'FAILED' && this.#state.state !== 'KILLING' && this.#retry(ended, task)) return;
    const retried = task.retry?.warningOnRetry === true && attempts.length > 1 && raw === 'SUCCESS';
    this.#endRun(ended, forgiven(retried ? 'WARNING' : raw, task));
  }

  /** Sets a task run's last state and tells its parent. */
  #endRun(row: TaskRunRow, state: StateType): void {
    this.#put({ ...row, histories: [...row.histories, { state, atMs: this.#atMs }] });
    this.#mark(row.parentTaskRunId ?? '');
    this.#settle();
  }

  // ------------------------------------------------------------------ retries

  /** True when the failure is answered by a retry. */
  #retry(row: TaskRunRow, task: TaskModel): boolean {
    const retry = this.#retryOf(task);
    if (retry === undefined) return false;
    if (retry.behavior === 'CREATE_NEW_EXECUTION') {
      const { metadata } = this.#state.header;
      const nextMs = nextAttemptMs(retry, { attempts: metadata.attemptNumber, firstStartMs: metadata.originalCreatedAtMs, lastEndMs: this.#atMs }, this.#lookup.world.random);
      if (nextMs === undefined) return false;
      this.#put({ ...row, histories: [...row.histories, { state: 'FAILED', atMs: this.#atMs }, { state: 'RETRIED', atMs: this.#atMs }] });
      for (let parent = this.#parent(row); parent !== undefined; parent = this.#parent(parent)) this.#put({ ...parent, histories: [...parent.histories, { state: 'RETRIED', atMs: this.#atMs }] });
      this.#commands.push({ type: 'schedule', dueAtMs: nextMs, what: { type: 'newExecution' } });
      this.#end('RETRIED');
      return true;
    }
    const nextMs = nextAttemptMs(retry, triedOf(row.attempts ?? []), this.#lookup.world.random);
    if (nextMs === undefined) return false;
    this.#put({ ...row, histories: [...row.histories, { state: 'FAILED', atMs: this.#atMs }, { state: 'RETRYING', atMs: this.#atMs }] });
    if (this.#state.state === 'RUNNING') this.#setState('RETRYING');
    this.#commands.push({ type: 'schedule', dueAtMs: nextMs, what: { type: 'retry', taskRunId: row.id, attempt: (row.attempts?.length ?? 0) + 1 } });
    return true;
  }

  /** Its own retry, else the nearest enclosing flowable's, else the flow's. */
  #retryOf(task: TaskModel): RetryModel | undefined {
    for (let one: TaskModel | undefined = task; one !== undefined; one = this.#state.index.tasks.get(one.id)?.parent) if (one.retry !== undefined) return one.retry;
    return this.#state.index.flow.retry;
  }

  #delayPassed(what: DueWhat): string | undefined {
    switch (what.type) {
      case 'newExecution':
        if (this.#state.state !== 'RETRIED') return `it is ${this.#state.state}`;
        this.#commands.push({ type: 'createNextAttempt' });
        return undefined;
      case 'start': return this.#state.state === 'CREATED' ? this.#begun() : `it is ${this.#state.state}`;
      case 'retry': return this.#withOpen(what.taskRunId, (row) => {
        if (currentState(row.histories) !== 'RETRYING') return `it is ${currentState(row.histories)}`;
        const again = this.#put({ ...row, histories: [...row.histories, { state: 'CREATED', atMs: this.#atMs }] });
        if (this.#state.state === 'RETRYING' && ![...this.#state.active].some((id) => { const other = this.#state.get(id); return other !== undefined && currentState(other.histories) === 'RETRYING'; })) this.#setState('RUNNING');
        this.#dispatch(again);
        this.#settle();
        return undefined;
      });
      case 'resume': return this.#state.paused.has(what.taskRunId) ? this.#resumed({}, 'RUNNING', what.taskRunId) : 'it does not pause any more';
      case 'pauseTimeout':
        if (!this.#state.paused.has(what.taskRunId)) return 'it does not pause any more';
        return this.#resumed({}, 'FAILED', what.taskRunId);
      default: return never(what);
    }
  }

  // ------------------------------------------------------------------ subflows

  /** The child exists: a task that does not wait has done its part. */
  #subflowStarted(event: Extract<EngineEvent, { type: 'subflowStarted' }>): string | undefined {
    return this.#withOpen(event.taskRunId, (row, task) => {
      if (waits(task)) return 'it waits for the end';
      if (row.outputs?.['executionId'] !== event.childId) return 'it has started another execution';
      this.#finishAttempt(row, task, 'SUCCESS', { executionId: event.childId, state: 'CREATED' });
      return undefined;
    });
  }

  #subflowRefused(event: Extract<EngineEvent, { type: 'subflowRefused' }>): string | undefined {
    return this.#withOpen(event.taskRunId, (row, task) => {
      if (currentState(row.histories) !== 'RUNNING' || row.outputs?.['executionId'] !== event.childId) return 'it has started another execution';
      const { outputs: _child, ...without } = row;
      this.#log('ERROR', event.message, row);
      this.#finishAttempt(without, task, 'FAILED', undefined);
      return undefined;
    });
  }

  #subflowEnded(event: Extract<EngineEvent, { type: 'subflowEnded' }>): string | undefined {
    return this.#withOpen(event.taskRunId, (row, task) => {
      if (currentState(row.histories) !== 'RUNNING' || row.outputs?.['executionId'] !== event.childId) return 'it waits for another execution';
      const outputs = { ...row.outputs, state: event.state, ...(event.outputs === undefined ? {} : { outputs: event.outputs }) };
      if (event.problem !== undefined) {
        this.#log('ERROR', event.problem, row);
        this.#finishAttempt(row, task, 'FAILED', outputs);
        return undefined;
      }
      const transmit = task.properties['transmitFailed'] !== false;
      const carried: readonly StateType[] = ['FAILED', 'PAUSED', 'KILLED', 'WARNING', 'CANCELLED'];
      const raw = transmit && carried.includes(event.state) ? (event.state === 'CANCELLED' || event.state === 'PAUSED' ? 'FAILED' : event.state) : 'SUCCESS';
      this.#finishAttempt(row, task, raw, outputs);
      return undefined;
    });
  }

  // ------------------------------------------------------------------ kill, pause, resume

  #kill(): string | undefined {
    const { state } = this.#state;
    if (isTerminal(state)) return 'it has ended';
    if (state === 'KILLING') return 'it is being killed';
    if (state === 'CREATED') this.#commands.push({ type: 'unschedule', what: { type: 'start' } });
    this.#setState('KILLING');
    this.#commands.push({ type: 'killChildren' });
    for (const row of this.#state.ordered()) {
      const current = currentState(row.histories);
      if (isTerminal(current) || current === 'KILLING') continue;
      const kind = this.#task(row)?.kind ?? 'runnable';
      if (current === 'RETRYING') this.#commands.push({ type: 'unschedule', what: { type: 'retry', taskRunId: row.id, attempt: 0 } });
      if (kind === 'runnable' && current === 'RUNNING') {
        this.#put({ ...row, histories: [...row.histories, { state: 'KILLING', atMs: this.#atMs }] });
        this.#commands.push({ type: 'killTask', taskRunId: row.id });
      } else if (kind === 'flowable' && current === 'RUNNING') {
        this.#put({ ...row, histories: [...row.histories, { state: 'KILLING', atMs: this.#atMs }] });
      } else {
        if (kind === 'runnable') this.#commands.push({ type: 'killTask', taskRunId: row.id });
        if (current === 'PAUSED') this.#unschedulePause(row.id);
        const histories: StateChange[] = [...row.histories, ...(current === 'PAUSED' ? [{ state: 'KILLING' as const, atMs: this.#atMs }] : []), { state: 'KILLED', atMs: this.#atMs }];
        const attempts = row.attempts?.map((attempt, index, all) => (index === all.length - 1 && !isTerminal(currentState(attempt.histories)) ? { ...attempt, histories: [...attempt.histories, { state: 'KILLED' as const, atMs: this.#atMs }] } : attempt));
        this.#put({ ...row, histories, ...(attempts === undefined ? {} : { attempts }) });
      }
    }
    this.#finishKill();
    return undefined;
  }

  /** When no task runs any more, the killed parents and the execution end. */
  #finishKill(): void {
    if (this.#state.active.size > 0) return;
    for (const row of [...this.#state.ordered()].reverse()) {
      if (!isTerminal(currentState(row.histories))) this.#put({ ...row, histories: [...row.histories, { state: 'KILLED', atMs: this.#atMs }] });
    }
    this.#end('KILLED');
  }

  #resumed(inputs: Readonly<Record<string, unknown>>, outcome: 'RUNNING' | 'FAILED' | 'KILLED', wanted?: string): string | undefined {
    if (isTerminal(this.#state.state)) return 'it has ended';
    const id = wanted ?? this.#state.paused.values().next().value;
    const row = id === undefined ? undefined : this.#state.get(id);
    if (row === undefined) {
      if (this.#state.state !== 'PAUSED') return 'it is not paused';
      this.#setState('RUNNING');
      this.#redispatch();
      this.#settle();
      return undefined;
    }
    this.#unschedulePause(row.id);
    const task = this.#task(row);
    const asked = Array.isArray(task?.properties['onResume']) || Object.keys(inputs).length > 0;
    const outputs = asked ? { ...row.outputs, onResume: inputs } : row.outputs;
    if (this.#state.state === 'PAUSED' && this.#state.paused.size <= 1) {
      this.#setState('RESTARTED');
      this.#setState('RUNNING');
    }
    if (outcome === 'FAILED') {
      this.#log('ERROR', 'The pause timed out', row);
      this.#endRun({ ...row, histories: [...row.histories, { state: 'RUNNING', atMs: this.#atMs }] }, task === undefined ? 'FAILED' : forgiven('FAILED', task));
      this.#settleAll();
      return undefined;
    }
    this.#put({ ...row, ...(outputs === undefined ? {} : { outputs }), histories: [...row.histories, { state: 'RUNNING', atMs: this.#atMs }] });
    this.#mark(row.id);
    this.#settleAll();
    return undefined;
  }

  #settleAll(): void {
    this.#redispatch();
    this.#settle();
  }

  #unschedulePause(id: string): void {
    this.#commands.push({ type: 'unschedule', what: { type: 'resume', taskRunId: id } }, { type: 'unschedule', what: { type: 'pauseTimeout', taskRunId: id } });
  }

  // ------------------------------------------------------------------ restart, change of state

  #restart(): string | undefined {
    const { state } = this.#state;
    if (!isTerminal(state) && state !== 'PAUSED') return 'only an ended or paused execution can be restarted';
    const failed = this.#state.ordered().filter((row) => { const current = currentState(row.histories); return current === 'FAILED' || current === 'PAUSED' || current === 'KILLED'; });
    const roots = failed.filter((row) => !this.#inErrorBranch(row));
    if (roots.length === 0) return 'No task found to restart execution from!';
    this.#removeErrorBranches();
    const parents = new Set(roots.map((row) => row.parentTaskRunId).filter((id) => id !== undefined));
    for (const row of roots) {
      const present = this.#state.get(row.id);
      const task = this.#task(row);
      if (present === undefined) continue;
      this.#state.plans.delete(row.id);
      // A flowable that failed by its children goes on with them; one that failed by itself starts again, like any task.
      const next: StateType = task?.kind === 'flowable' && parents.has(row.id) ? 'RUNNING' : 'RESTARTED';
      this.#put({ ...present, histories: [...present.histories, { state: next, atMs: this.#atMs }] });
      for (let parent = this.#parent(present); parent !== undefined; parent = this.#parent(parent)) this.#reopen(parent);
    }
    this.#setState('RESTARTED');
    const { metadata } = this.#state.header;
    this.#header({ metadata: { ...metadata, attemptNumber: metadata.attemptNumber + 1 } });
    return undefined;
  }

  #reopen(parent: TaskRunRow): void {
    if (!isTerminal(currentState(parent.histories))) return;
    this.#put({ ...parent, histories: [...parent.histories, { state: 'RUNNING', atMs: this.#atMs }] });
  }

  #inErrorBranch(row: TaskRunRow): boolean {
    for (let one: TaskRunRow | undefined = row; one !== undefined; one = this.#parent(one)) if ((this.#state.index.tasks.get(one.taskId)?.branch ?? 'nominal') !== 'nominal') return true;
    return false;
  }

  #removeErrorBranches(): void {
    for (const row of this.#state.ordered()) if (this.#inErrorBranch(row)) this.#remove(row.id);
  }

  #remove(id: string): void {
    const row = this.#state.remove(id);
    if (row === undefined) return;
    this.#removed.push(row);
    this.#changed.delete(id);
  }

  #changeTaskRun(id: string, next: StateType): string | undefined {
    const row = this.#state.get(id);
    if (row === undefined) return 'there is no such task run';
    this.#removeErrorBranches();
    const present = this.#state.get(id);
    if (present === undefined) return 'a task run of an error branch can not be changed';
    if (!isTerminal(currentState(present.histories)) && this.#task(present)?.kind === 'runnable') this.#commands.push({ type: 'killTask', taskRunId: id });
    this.#put({ ...present, histories: [...present.histories, { state: next, atMs: this.#atMs }] });
    for (let parent = this.#parent(present); parent !== undefined; parent = this.#parent(parent)) this.#reopen(parent);
    this.#setState('RESTARTED');
    return undefined;
  }

  // ------------------------------------------------------------------ carrying on

  #mark(parentId: string): void {
    if (this.#queued.has(parentId)) return;
    this.#queued.add(parentId);
    this.#dirty.push(parentId);
  }

  #settling = false;
  #settle(): void {
    if (this.#settling) return;
    this.#settling = true;
    for (let parentId = this.#dirty.pop(); parentId !== undefined; parentId = this.#dirty.pop()) {
      this.#queued.delete(parentId);
      const { state } = this.#state;
      if (isTerminal(state)) continue;
      if (state === 'KILLING') { this.#finishKill(); continue; }
      // A pause that somebody asked for lets running tasks end and starts nothing.
      if (state === 'PAUSED' || state === 'CREATED' || state === 'QUEUED' || state === 'RESTARTED') continue;
      this.#walk(parentId);
    }
    this.#settling = false;
    this.#pauseWhenOnlyWaiting();
  }

  /** The execution is PAUSED when a task run pauses and nothing else is under way. */
  #pauseWhenOnlyWaiting(): void {
    if (this.#state.state === 'RUNNING' && this.#state.paused.size > 0 && this.#state.active.size === 0) this.#setState('PAUSED');
  }

  #walk(parentId: string): void {
    const parent = parentId === '' ? undefined : this.#state.get(parentId);
    const task = parent === undefined ? undefined : this.#task(parent);
    if (parentId !== '' && (parent === undefined || task === undefined || currentState(parent.histories) !== 'RUNNING')) return;
    const scope = this.#state.scope(parentId);
    const plan = this.#planOf(parent, task);
    if (plan === undefined) return;
    const failed = countOf(scope.nominal, 'FAILED') > 0;
    const killed = countOf(scope.nominal, 'KILLED') > 0;
    if (scope.errors.runs.length > 0 || failed || killed) {
      if (scope.nominal.open > 0 || scope.errors.open > 0) return;
      const errors = enabled(task?.errors ?? this.#state.index.flow.errors);
      const handlerFailed = countOf(scope.errors, 'FAILED') > 0;
      const next = errors[scope.errors.runs.length];
      if (failed && !handlerFailed && next !== undefined) { this.#create(parentId, { task: next }); return; }
      this.#finish(parent, task, scope, stateOfChildren(scope.nominal) === 'SUCCESS' ? 'FAILED' : stateOfChildren(scope.nominal));
      return;
    }
    for (const next of nextRuns(plan, scope, this.#state)) this.#create(parentId, next);
    if (scope.nominal.open === 0 && scope.nominal.runs.length >= plannedCount(plan)) this.#finish(parent, task, scope, stateOfChildren(scope.nominal));
  }

  /** All children have ended: `finally` runs, then the parent or the execution ends. */
  #finish(parent: TaskRunRow | undefined, task: TaskModel | undefined, scope: Scope, nominal: StateType): void {
    const finals = enabled(task?.finally ?? this.#state.index.flow.finally);
    if (finals.length > 0) {
      if (scope.finally.open > 0) return;
      const next = finals[scope.finally.runs.length];
      if (next !== undefined && countOf(scope.finally, 'FAILED') === 0) { this.#create(scope.parentId, { task: next }); return; }
      if (countOf(scope.finally, 'FAILED') > 0 && nominal !== 'KILLED') nominal = 'FAILED';
    }
    if (parent === undefined || task === undefined) { this.#end(nominal); return; }
    const kind = task.flowable === undefined ? undefined : flowables[task.flowable];
    if (kind?.neverEnds === true) {
      this.#log('ERROR', `The state of ${task.id} can not be computed`, parent);
      nominal = 'FAILED';
    }
    const softened = kind?.forgives === true && nominal === 'FAILED' ? 'WARNING' : nominal;
    this.#state.plans.delete(parent.id);
    this.#put({ ...parent, histories: [...parent.histories, { state: forgiven(softened, task), atMs: this.#atMs }] });
    this.#mark(parent.parentTaskRunId ?? '');
  }

  /** The plan of a running parent; derived again after a crash or a restart. A failure to derive it fails the parent. */
  #planOf(parent: TaskRunRow | undefined, task: TaskModel | undefined): Plan | undefined {
    if (parent === undefined || task === undefined) {
      const found = this.#state.plans.get('');
      if (found !== undefined) return found;
      const made: Plan = { type: 'sequence', tasks: enabled(this.#state.index.flow.tasks) };
      this.#state.plans.set('', made);
      return made;
    }
    const found = this.#state.plans.get(parent.id);
    if (found !== undefined) return found;
    const kind = task.flowable === undefined ? undefined : flowables[task.flowable];
    if (kind === undefined) return undefined;
    try {
      const context = this.#context(parent, task);
      // Without anything kept (a replay from this very task run) it decides anew.
      const plan = parent.outputs === undefined && parent.decided === undefined ? this.#started(parent, kind.start(context)) : kind.resume(context);
      this.#state.plans.set(parent.id, plan);
      return plan;
    } catch (error) {
      this.#log('ERROR', messageOf(error), parent);
      this.#put({ ...parent, histories: [...parent.histories, { state: forgiven('FAILED', task), atMs: this.#atMs }] });
      this.#mark(parent.parentTaskRunId ?? '');
      return undefined;
    }
  }

  #started(parent: TaskRunRow, { plan, outputs, decided }: Started): Plan {
    if (outputs !== undefined || decided !== undefined) this.#put({ ...parent, ...(outputs === undefined ? {} : { outputs: { ...parent.outputs, ...outputs } }), ...(decided === undefined ? {} : { decided }) });
    return plan;
  }

  // ------------------------------------------------------------------ children

  #create(parentId: string, next: { readonly task: TaskModel; readonly value?: string; readonly iteration?: number }): void {
    if (this.#state.size >= limits.flowableChildrenMax * 2) throw new FlowableError(`an execution holds at most ${limits.flowableChildrenMax * 2} task runs`);
    const row = this.#put({
      id: taskRunId(this.#lookup.newId()), position: this.#state.nextPosition, taskId: next.task.id,
      ...(parentId === '' ? {} : { parentTaskRunId: taskRunId(parentId) }),
      ...(next.value === undefined ? {} : { value: next.value }), ...(next.iteration === undefined ? {} : { iteration: next.iteration }),
      histories: [{ state: 'CREATED', atMs: this.#atMs }],
    });
    this.#dispatch(row);
  }

  /** Starts a task run that is CREATED or RESTARTED, by the kind of its task. */
  #dispatch(row: TaskRunRow): void {
    const task = this.#task(row);
    if (task === undefined) {
      this.#log('ERROR', `There is no task \`${row.taskId}\` in revision ${this.#state.index.revision}`, row);
      this.#endRun(row, 'FAILED');
      return;
    }
    if (task.kind === 'runnable' || task.kind === 'flowable') {
      const skip = this.#skips(row, task);
      if (skip !== undefined) { this.#endRun(row, skip); return; }
    }
    switch (task.kind) {
      case 'runnable': { this.#runTask(row, task); return; }
      case 'flowable': { this.#startFlowable(row, task); return; }
      case 'execution': { this.#changeLabels(row, task); return; }
      case 'subflow': { this.#createSubflow(row, task); return; }
      default: never(task.kind);
    }
  }

  /** SKIPPED when `runIf` is false, FAILED when it can not be rendered. */
  #skips(row: TaskRunRow, task: TaskModel): StateType | undefined {
    if (task.runIf === 'true') return undefined;
    try {
      return isTruthy(this.#render(row, task, task.runIf)) ? undefined : 'SKIPPED';
    } catch (error) {
      this.#log('ERROR', `Unable to evaluate the runIf condition for task ${task.id}: ${messageOf(error)}`, row);
      return forgiven('FAILED', task);
    }
  }

  #runTask(row: TaskRunRow, task: TaskModel, attempt = (row.attempts?.length ?? 0) + 1): void {
    let timeoutMs: number | undefined;
    if (task.timeout !== undefined) {
      try {
        const text = this.#render(row, task, task.timeout) ?? '';
        timeoutMs = parseDurationMs(text);
        if (timeoutMs === undefined) throw new Error(`\`timeout\` must be an ISO duration such as PT5M, found \`${text}\``);
      } catch (error) {
        this.#log('ERROR', messageOf(error), row);
        this.#finishAttempt(currentState(row.histories) === 'RUNNING' ? row : this.#startAttempt(row, this.#atMs), task, 'FAILED', undefined);
        return;
      }
    }
    this.#commands.push({ type: 'runTask', taskRunId: row.id, attempt, task, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  }

  #startFlowable(row: TaskRunRow, task: TaskModel): void {
    const running = this.#put({ ...row, histories: [...row.histories, { state: 'RUNNING', atMs: this.#atMs }] });
    this.#state.plans.delete(row.id);
    const kind = task.flowable === undefined ? undefined : flowables[task.flowable];
    if (kind === undefined) return;
    try {
      const context = this.#context(running, task);
      const started = kind.start(context);
      const names = this.#lookup.startOutputs?.(task.type) ?? [];
      const more = Object.fromEntries(names.map((name) => [name, context.render(task.properties[name] ?? null)]));
      const outputs = names.length === 0 && started.outputs === undefined ? undefined : { ...more, ...started.outputs };
      if (outputs !== undefined || started.decided !== undefined) {
        const { decided: _before, ...fresh } = running;
        this.#put({ ...fresh, ...(outputs === undefined ? {} : { outputs }), ...(started.decided === undefined ? {} : { decided: started.decided }) });
      }
      this.#state.plans.set(row.id, started.plan);
      if (kind.pauses === true) { this.#pause(row.id, task, context); return; }
    } catch (error) {
      this.#log('ERROR', messageOf(error), running);
      this.#endRun(running, forgiven('FAILED', task));
      return;
    }
    this.#mark(row.id);
  }

  #pause(id: string, task: TaskModel, context: FlowableContext): void {
    const row = this.#state.get(id);
    if (row === undefined) return;
    const span = (name: string, given: unknown): number | undefined => {
      if (given === undefined || given === null) return undefined;
      const text = context.render(given) ?? '';
      const ms = parseDurationMs(text);
      if (ms === undefined) throw new Error(`\`${name}\` must be an ISO duration such as PT5M, found \`${text}\``);
      return ms;
    };
    const delayMs = span('delay', task.properties['delay'] ?? task.properties['pauseDuration']);
    const timeoutMs = span('timeout', task.timeout);
    this.#put({ ...row, histories: [...row.histories, { state: 'PAUSED', atMs: this.#atMs }] });
    if (delayMs !== undefined) this.#commands.push({ type: 'schedule', dueAtMs: this.#atMs + delayMs, what: { type: 'resume', taskRunId: id } });
    else if (timeoutMs !== undefined) this.#commands.push({ type: 'schedule', dueAtMs: this.#atMs + timeoutMs, what: { type: 'pauseTimeout', taskRunId: id } });
  }

  #changeLabels(row: TaskRunRow, task: TaskModel): void {
    const running = this.#startAttempt(row, this.#atMs);
    try {
      const given = task.properties['labels'];
      const options = this.#options(running, task);
      const rendered = typeof given === 'string' ? render(given, options) : renderDeep(given, { ...options, renderKeys: true });
      const labels = labelsFrom(rendered);
      if (labels === undefined) throw new Error(`\`labels\` must be a map, a list of {key, value}, or a text that renders to a JSON map; found \`${String(rendered).slice(0, 200)}\``);
      const system = labels.find((label) => isSystemLabel(label.key));
      if (system !== undefined) throw new Error(`System labels can only be set by the system: \`${system.key}\``);
      this.#header({ labels: mergeLabels(this.#state.header.labels, labels) });
    } catch (error) {
      this.#log('ERROR', messageOf(error), running);
      this.#finishAttempt(running, task, 'FAILED', undefined);
      return;
    }
    this.#finishAttempt(running, task, 'SUCCESS', undefined);
  }

  #createSubflow(row: TaskRunRow, task: TaskModel): void {
    const { header } = this.#state;
    const { properties } = task;
    try {
      const options = this.#options(row, task);
      const text = (value: unknown): string => render(String(value ?? ''), options);
      const inputs = renderDeep(properties['inputs'] ?? {}, options);
      const rendered = labelsFrom(renderDeep(properties['labels'] ?? {}, options)) ?? [];
      const inherited = properties['inheritLabels'] === true ? header.labels : header.labels.filter((label) => isSystemLabel(label.key));
      const revision = properties['revision'];
      const date = properties['scheduleDate'];
      const outputs = properties['outputs'];
      // The child's id is chosen here, so that the row and the child come into the world in one commit: a crash leaves no orphan.
      const childId = this.#lookup.newId();
      const command: Command = {
        type: 'createSubflow', taskRunId: row.id, childId, namespace: text(properties['namespace']), flowId: text(properties['flowId']),
        ...(revision === undefined || revision === null ? {} : { revision: Number(revision) }),
        inputs: typeof inputs === 'object' && inputs !== null ? inputs as Record<string, unknown> : {},
        labels: mergeLabels(inherited, rendered), wait: waits(task),
        ...(date === undefined || date === null ? {} : { scheduleAtMs: Date.parse(text(date)) }),
        ...(typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs) ? { outputs: outputs as Record<string, unknown> } : {}),
        trigger: { id: task.id, type: task.type, variables: { executionId: header.id, namespace: header.namespace, flowId: header.flowId, flowRevision: header.flowRevision, taskRunId: row.id } },
      };
      this.#put({ ...this.#startAttempt(row, this.#atMs), outputs: { executionId: childId } });
      this.#commands.push(command);
    } catch (error) {
      this.#log('ERROR', messageOf(error), row);
      this.#finishAttempt(this.#startAttempt(row, this.#atMs), task, 'FAILED', undefined);
    }
  }

  // ------------------------------------------------------------------ the end

  #end(state: StateType): void {
    let ended = state;
    const { outputs } = this.#state.index.flow;
    if (outputs.length > 0 && (state === 'SUCCESS' || state === 'WARNING' || state === 'FAILED')) {
      try {
        const options = this.#rootOptions();
        const values: Record<string, unknown> = {};
        for (const output of outputs) {
          const rendered = typeof output.value === 'string' ? (output.type === 'STRING' ? render(output.value, options) : renderTyped(output.value, options)) : renderDeep(output.value, { ...options, typed: true });
          const typed = typedOutput(output.type, typeof rendered === 'object' && rendered !== null && output.type === 'STRING' ? JSON.stringify(rendered) : rendered);
          if ('error' in typed) throw new Error(`output \`${output.id}\`: ${typed.error}`);
          Object.defineProperty(values, output.id, { value: typed.value, enumerable: true, configurable: true, writable: true });
        }
        this.#header({ outputs: values });
      } catch (error) {
        this.#log('ERROR', `Failed to render output values: ${messageOf(error)}`);
        ended = 'FAILED';
      }
    }
    this.#setState(ended);
    this.#commands.push({ type: 'ended', state: ended });
  }

  // ------------------------------------------------------------------ small parts

  #header(change: Partial<ExecutionRow>): void {
    this.#state.header = { ...this.#state.header, ...change };
    this.#headerChanged = true;
  }

  #setState(state: StateType): void {
    if (this.#state.state === state) return;
    this.#header({ histories: [...this.#state.header.histories, { state, atMs: this.#atMs }] });
  }

  #onlyFrom(states: readonly StateType[], then: () => void): string | undefined {
    if (!states.includes(this.#state.state)) return `it is ${this.#state.state}`;
    then();
    return undefined;
  }

  /** Runs with an open task run; late results of ended ones are ignored. */
  #withOpen(id: string, then: (row: TaskRunRow, task: TaskModel) => string | undefined | void): string | undefined {
    const row = this.#state.get(id);
    if (row === undefined) return 'there is no such task run';
    const task = this.#task(row);
    if (task === undefined) return 'its task is not in the flow';
    const current = currentState(row.histories);
    if (isTerminal(current)) return `the task run is ${current}`;
    if (isTerminal(this.#state.state)) return `the execution is ${this.#state.state}`;
    return then(row, task) ?? undefined;
  }

  #put(row: TaskRunRow): TaskRunRow {
    this.#state.put(row);
    this.#changed.add(row.id);
    return row;
  }

  #task(row: TaskRunRow): TaskModel | undefined {
    return this.#state.index.tasks.get(row.taskId)?.task;
  }

  #parent(row: TaskRunRow): TaskRunRow | undefined {
    return row.parentTaskRunId === undefined ? undefined : this.#state.get(row.parentTaskRunId);
  }

  #log(level: 'ERROR' | 'WARN' | 'INFO', message: string, row?: TaskRunRow): void {
    this.#commands.push({ type: 'log', level, message, ...(row === undefined ? {} : { taskRunId: row.id }) });
  }

  #options(row: TaskRunRow, task: TaskModel): RenderOptions {
    return this.#optionsOf(variablesOf(this.#state, this.#lookup, { task, taskRun: row }));
  }

  #rootOptions(): RenderOptions {
    return this.#optionsOf(variablesOf(this.#state, this.#lookup));
  }

  #optionsOf(variables: Readonly<Record<string, unknown>>): RenderOptions {
    const { world, cache, limits: within } = this.#lookup;
    return { variables, world, ...(cache === undefined ? {} : { cache }), ...(within === undefined ? {} : { limits: within }) };
  }

  #render(row: TaskRunRow, task: TaskModel, text: string): string | null {
    return render(text, this.#options(row, task));
  }

  #context(row: TaskRunRow, task: TaskModel): FlowableContext {
    const options = this.#options(row, task);
    return {
      task, taskRun: row,
      render: (value) => (value === null || value === undefined ? null : typeof value === 'string' ? render(value, options) : JSON.stringify(value)),
      renderTyped: (value) => (typeof value === 'string' ? renderTyped(value, options) : value),
      renderDeep: (value) => renderDeep(value, options),
    };
  }
}
