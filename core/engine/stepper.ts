/** One step in the making: the execution, what has changed of it, and what is to be done. The steps themselves are in `steps/`. */
import { render, renderDeep, type RenderOptions, renderTyped } from '../expression/index.ts';
import type { TaskModel } from '../language/model.ts';
import { currentState, type ExecutionRow, type TaskRunRow } from '../protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../protocol/states.ts';
import type { Advance, Command } from './events.ts';
import type { ExecutionState } from './execution-state.ts';
import type { FlowableContext } from './flowable/index.ts';
import type { Lookup } from './lookup.ts';
import { variablesOf } from './variables.ts';
import { walkAfterwards } from './steps/afterwards.ts';
import { finishKill } from './steps/kill.ts';
import { unschedulePause } from './steps/pauses.ts';
import { walk } from './steps/walk.ts';

export const waits = ({ properties }: TaskModel): boolean => properties['wait'] !== false && properties['wait'] !== 'false';
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class Stepper {
  readonly state: ExecutionState;
  readonly atMs: number;
  readonly lookup: Lookup;
  readonly changed = new Set<string>();
  readonly removed: TaskRunRow[] = [];
  readonly commands: Command[] = [];
  /** Parents whose children have moved. */
  readonly dirty: string[] = [];
  readonly queued = new Set<string>();
  headerChanged = false;
  fault: unknown;

  constructor(state: ExecutionState, atMs: number, lookup: Lookup) {
    this.state = state;
    this.atMs = atMs;
    this.lookup = lookup;
  }

  advance(): Advance {
    const changed = [...this.changed].map((id) => this.state.get(id)).filter((row) => row !== undefined);
    return { type: 'advanced', headerChanged: this.headerChanged, changed, removed: this.removed, commands: this.commands, ...(this.fault === undefined ? {} : { fault: this.fault }) };
  }

  remove(id: string): void {
    const row = this.state.remove(id);
    if (row !== undefined) this.gone(row);
  }

  /** Takes away every task run below one. */
  removeBelow(id: string): void {
    for (const row of this.state.removeBelow(id)) this.gone(row);
  }

  /** Nothing comes for it any more: no date, and no result of a worker. */
  gone(row: TaskRunRow): void {
    this.removed.push(row);
    this.changed.delete(row.id);
    const current = currentState(row.histories);
    if (current === 'PAUSED') unschedulePause(this, row.id);
    else if (current === 'RETRYING') this.commands.push({ type: 'unschedule', what: { type: 'retry', taskRunId: row.id, attempt: 0 } });
    else if (!isTerminal(current) && this.task(row)?.kind === 'runnable') this.commands.push({ type: 'killTask', taskRunId: row.id });
  }

  mark(parentId: string): void {
    if (this.queued.has(parentId)) return;
    this.queued.add(parentId);
    this.dirty.push(parentId);
  }
  settling = false;

  settle(): void {
    if (this.settling) return;
    this.settling = true;
    for (let parentId = this.dirty.pop(); parentId !== undefined; parentId = this.dirty.pop()) {
      this.queued.delete(parentId);
      const { state } = this.state;
      if (isTerminal(state)) {
        if (this.state.header.afterExecution === undefined) continue;
        if (parentId === '') walkAfterwards(this);
        else walk(this, parentId);
        continue;
      }
      if (state === 'KILLING') { finishKill(this); continue; }
      // A pause that somebody asked for lets running tasks end and starts nothing.
      if (state === 'PAUSED' || state === 'BREAKPOINT' || state === 'CREATED' || state === 'QUEUED' || state === 'RESTARTED') continue;
      walk(this, parentId);
    }
    this.settling = false;
    this.pauseWhenOnlyWaiting();
  }

  /** The execution is PAUSED when a task run pauses and nothing else is under way. */
  pauseWhenOnlyWaiting(): void {
    if (this.state.state === 'RUNNING' && this.state.paused.size > 0 && this.state.active.size === 0) this.setState('PAUSED');
  }

  header(change: Partial<ExecutionRow>): void {
    this.state.header = { ...this.state.header, ...change };
    this.headerChanged = true;
  }

  /** Takes a part of the header away. */
  drop(part: 'afterExecution' | 'exit' | 'held' | 'slaViolated'): void {
    if (this.state.header[part] === undefined) return;
    const { [part]: _gone, ...rest } = this.state.header;
    this.state.header = rest;
    this.headerChanged = true;
  }

  /** It has not ended, or what runs after its end has not. */
  get open(): boolean {
    return !isTerminal(this.state.state) || this.state.header.afterExecution !== undefined;
  }

  /** Ends an open task run from outside, with its attempt; whoever works on it is told to stop. */
  abandon(row: TaskRunRow, state: StateType): void {
    const task = this.task(row);
    if (task?.kind === 'runnable') this.commands.push({ type: 'killTask', taskRunId: row.id });
    if (task?.flowable === 'workingDirectory') this.commands.push({ type: 'dropDirectory', taskRunId: row.id });
    const attempts = row.attempts?.map((attempt, index, all) => (index === all.length - 1 && !isTerminal(currentState(attempt.histories)) ? { ...attempt, histories: [...attempt.histories, { state, atMs: this.atMs }] } : attempt));
    this.put({ ...row, histories: [...row.histories, { state, atMs: this.atMs }], ...(attempts === undefined ? {} : { attempts }) });
  }

  setState(state: StateType): void {
    if (this.state.state === state) return;
    this.header({ histories: [...this.state.header.histories, { state, atMs: this.atMs }] });
  }

  onlyFrom(states: readonly StateType[], then: () => void): string | undefined {
    if (!states.includes(this.state.state)) return `it is ${this.state.state}`;
    then();
    return undefined;
  }

  /** Runs with an open task run; late results of ended ones are ignored. */
  withOpen(id: string, then: (row: TaskRunRow, task: TaskModel) => string | undefined | void): string | undefined {
    const row = this.state.get(id);
    if (row === undefined) return 'there is no such task run';
    const task = this.task(row);
    if (task === undefined) return 'its task is not in the flow';
    const current = currentState(row.histories);
    if (isTerminal(current)) return `the task run is ${current}`;
    if (!this.open) return `the execution is ${this.state.state}`;
    return then(row, task) ?? undefined;
  }

  put(row: TaskRunRow): TaskRunRow {
    this.state.put(row);
    this.changed.add(row.id);
    return row;
  }

  task(row: TaskRunRow): TaskModel | undefined {
    return this.state.index.tasks.get(row.taskId)?.task;
  }

  parent(row: TaskRunRow): TaskRunRow | undefined {
    return row.parentTaskRunId === undefined ? undefined : this.state.get(row.parentTaskRunId);
  }

  log(level: 'ERROR' | 'WARN' | 'INFO', message: string, row?: TaskRunRow): void {
    this.commands.push({ type: 'log', level, message, ...(row === undefined ? {} : { taskRunId: row.id }) });
  }

  options(row: TaskRunRow, task: TaskModel): RenderOptions {
    return this.optionsOf(variablesOf(this.state, this.lookup, { task, taskRun: row }));
  }

  rootOptions(): RenderOptions {
    return this.optionsOf(variablesOf(this.state, this.lookup));
  }

  optionsOf(variables: Readonly<Record<string, unknown>>): RenderOptions {
    const { world, cache, limits: within } = this.lookup;
    return { variables, world, ...(cache === undefined ? {} : { cache }), ...(within === undefined ? {} : { limits: within }) };
  }

  render(row: TaskRunRow, task: TaskModel, text: string): string | null {
    return render(text, this.options(row, task));
  }

  context(row: TaskRunRow, task: TaskModel): FlowableContext {
    const options = this.options(row, task);
    return {
      task, taskRun: row, level: this.state.index.flow.level,
      render: (value) => (value === null || value === undefined ? null : typeof value === 'string' ? render(value, options) : JSON.stringify(value)),
      renderTyped: (value) => (typeof value === 'string' ? renderTyped(value, options) : value),
      renderDeep: (value) => renderDeep(value, options),
    };
  }
}
