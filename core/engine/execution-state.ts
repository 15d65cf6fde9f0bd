/**
 * One execution as the engine holds it: its header, its task runs, and what makes a decision cheap: per parent the children by branch,
 * counted by state, and the outputs as a tree that is kept up to date. One owner advances it in place through `put`; the same events
 * over the same readings give the same state, which is what replay rests on.
 */
import { currentState, type ExecutionRow, type TaskRunRow } from '../protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../protocol/states.ts';
import type { FlowIndex } from './flow-index.ts';
import type { Plan } from './plan.ts';

/** The children of one task run (or of the execution, parent '') in one branch. */
export interface Branch {
  /** In order of creation. */
  readonly runs: string[];
  readonly byKey: Map<string, string>;
  readonly counts: Map<StateType, number>;
  /** Children that have not ended. */
  open: number;
}

export interface Scope {
  readonly parentId: string;
  readonly nominal: Branch;
  readonly errors: Branch;
  readonly finally: Branch;
  /** Of the flow itself: what runs after the end. */
  readonly afterExecution: Branch;
  /** Task runs that tasks have added themselves; they follow blindly. */
  readonly dynamic: Branch;
  /** For flowables over values: where each value's chain stands, and which have moved since the last look. */
  readonly chains: Map<string, { created: number; open: number; failed: boolean }>;
  readonly moved: Set<string>;
  /** Values whose chain has ended, as far as has been looked. */
  readonly over: Set<string>;
  /** How far the creation of children has come; only a hint, holes are looked at again. */
  cursor: number;
  /** Forgets the hints: what should have been created was not. */
  lookAgain(): void;
}

const branch = (): Branch => ({ runs: [], byKey: new Map(), counts: new Map(), open: 0 });
export const runKey = (taskId: string, value: string | undefined): string => `${value ?? ''}\u0000${taskId}`;
export const countOf = (one: Branch, state: StateType): number => one.counts.get(state) ?? 0;

export class ExecutionState {
  header: ExecutionRow;
  /** What the flow says; replaced on a restart with another revision. */
  readonly index: FlowIndex;
  readonly #taskRuns = new Map<string, TaskRunRow>();
  readonly #scopes = new Map<string, Scope>();
  /** `outputs` of expressions: by task id, then by the values of the enclosing iterations. */
  readonly outputs: Record<string, unknown> = {};
  /** `tasks` of expressions: `{state}` at the same places. */
  readonly tasks: Record<string, unknown> = {};
  #nextPosition = 0;
  /** Open runnable, subflow and retrying task runs, and paused ones: what decides whether the execution waits for people. */
  readonly active = new Set<string>();
  readonly paused = new Set<string>();
  /** Task runs that were given to the worker and have not begun: they are not given twice. Forgotten with the process, as the worker's jobs are. */
  readonly handed = new Set<string>();
  /** What running flowables have decided about their children; derived again when it is missing (after a crash or a restart). */
  readonly plans = new Map<string, Plan>();

  constructor(index: FlowIndex, header: ExecutionRow, taskRuns: readonly TaskRunRow[] = []) {
    this.index = index;
    this.header = header;
    for (const row of [...taskRuns].sort((a, b) => a.position - b.position)) this.put(row);
  }

  get state(): StateType {
    return currentState(this.header.histories);
  }

  get(id: string): TaskRunRow | undefined {
    return this.#taskRuns.get(id);
  }

  all(): IterableIterator<TaskRunRow> {
    return this.#taskRuns.values();
  }

  get size(): number {
    return this.#taskRuns.size;
  }

  /** By position. */
  ordered(): readonly TaskRunRow[] {
    return [...this.#taskRuns.values()].sort((a, b) => a.position - b.position);
  }

  get nextPosition(): number {
    return this.#nextPosition;
  }

  scope(parentId: string): Scope {
    const found = this.#scopes.get(parentId);
    if (found !== undefined) return found;
    const scope: Scope = {
      lookAgain: () => {
        scope.cursor = 0;
        for (const value of scope.chains.keys()) scope.moved.add(value);
      },
      parentId, nominal: branch(), errors: branch(), finally: branch(), afterExecution: branch(), dynamic: branch(), chains: new Map(), moved: new Set(), over: new Set(), cursor: 0,
    };
    this.#scopes.set(parentId, scope);
    return scope;
  }

  branchOf(row: TaskRunRow): Branch {
    const scope = this.scope(row.parentTaskRunId ?? '');
    if (row.dynamic === true) return scope.dynamic;
    return scope[this.index.tasks.get(row.taskId)?.branch ?? 'nominal'];
  }

  /** Adds or replaces a task run and keeps everything derived from it. */
  put(row: TaskRunRow): void {
    const before = this.#taskRuns.get(row.id);
    const state = currentState(row.histories);
    const one = this.branchOf(row);
    const scope = this.scope(row.parentTaskRunId ?? '');
    const nominal = one === scope.nominal;
    if (before === undefined) {
      one.runs.push(row.id);
      one.byKey.set(runKey(row.taskId, row.value), row.id);
      this.#nextPosition = Math.max(this.#nextPosition, row.position + 1);
    } else {
      const old = currentState(before.histories);
      one.counts.set(old, countOf(one, old) - 1);
      if (!isTerminal(old)) one.open -= 1;
    }
    one.counts.set(state, countOf(one, state) + 1);
    if (!isTerminal(state)) one.open += 1;
    if (nominal && row.value !== undefined) {
      const chain = scope.chains.get(row.value) ?? { created: 0, open: 0, failed: false };
      if (before === undefined) chain.created += 1;
      else if (!isTerminal(currentState(before.histories))) chain.open -= 1;
      if (!isTerminal(state)) chain.open += 1;
      chain.failed = state === 'FAILED';
      scope.chains.set(row.value, chain);
      scope.moved.add(row.value);
    }
    this.#taskRuns.set(row.id, row);
    if (state !== 'CREATED' && state !== 'RESTARTED') this.handed.delete(row.id);
    if (state === 'PAUSED') this.paused.add(row.id);
    else this.paused.delete(row.id);
    const runs = this.index.tasks.get(row.taskId)?.task.kind ?? 'runnable';
    if (!isTerminal(state) && runs !== 'flowable' && row.dynamic !== true) this.active.add(row.id);
    else this.active.delete(row.id);
    this.#record(row, state, before);
  }

  /** Takes a task run away with everything derived; its descendants are removed by the caller. Rare (restart, replay): rebuilds the parent's scope. */
  remove(id: string): TaskRunRow | undefined {
    const row = this.#taskRuns.get(id);
    if (row === undefined) return undefined;
    this.#taskRuns.delete(id);
    this.active.delete(id);
    this.handed.delete(id);
    this.paused.delete(id);
    this.plans.delete(id);
    this.#scopes.delete(id);
    this.#erase(row);
    const parentId = row.parentTaskRunId ?? '';
    const scope = this.#scopes.get(parentId);
    const children = scope === undefined ? [] : [...scope.nominal.runs, ...scope.errors.runs, ...scope.finally.runs, ...scope.afterExecution.runs, ...scope.dynamic.runs].filter((child) => child !== id);
    this.#scopes.delete(parentId);
    const rows = children.map((child) => this.#taskRuns.get(child)).filter((child) => child !== undefined);
    for (const child of rows) this.#taskRuns.delete(child.id);
    for (const child of rows) this.put(child);
    this.#placeAfterLast();
    return row;
  }

  /** Takes away every task run below a parent, and with them their outputs; the rows, deepest last. */
  removeBelow(parentId: string): readonly TaskRunRow[] {
    const removed: TaskRunRow[] = [];
    const parents = [parentId];
    for (let one = parents.pop(); one !== undefined; one = parents.pop()) {
      const scope = this.#scopes.get(one);
      if (scope === undefined) continue;
      for (const branch of [scope.nominal, scope.errors, scope.finally, scope.afterExecution, scope.dynamic]) {
        for (const id of branch.runs) {
          const row = this.#taskRuns.get(id);
          if (row === undefined) continue;
          this.#erase(row);
          removed.push(row);
          parents.push(id);
        }
      }
    }
    this.#scopes.delete(parentId);
    for (const { id } of removed) {
      this.#taskRuns.delete(id);
      this.#scopes.delete(id);
      this.active.delete(id);
      this.handed.delete(id);
      this.paused.delete(id);
      this.plans.delete(id);
    }
    if (removed.length > 0) this.#placeAfterLast();
    return removed;
  }

  /** As a state that is made from the rows alone counts: else a replay would number otherwise than what went on after a crash. */
  #placeAfterLast(): void {
    this.#nextPosition = 0;
    for (const { position } of this.#taskRuns.values()) this.#nextPosition = Math.max(this.#nextPosition, position + 1);
  }

  /** Values of the enclosing iterations, outermost first, the own one last. */
  values(row: TaskRunRow): readonly string[] {
    const values: string[] = [];
    for (let one: TaskRunRow | undefined = row; one !== undefined; one = one.parentTaskRunId === undefined ? undefined : this.#taskRuns.get(one.parentTaskRunId)) {
      if (one.value !== undefined) values.unshift(one.value);
    }
    return values;
  }

  #erase(row: TaskRunRow): void {
    const path = [row.taskId, ...this.values(row)];
    deleteIn(this.outputs, path);
    deleteIn(this.tasks, path);
  }

  #record(row: TaskRunRow, state: StateType, before: TaskRunRow | undefined): void {
    const path = [row.taskId, ...this.values(row)];
    setIn(this.tasks, path, { state }, true);
    if (row.outputs !== undefined && row.outputs !== before?.outputs) setIn(this.outputs, path, row.outputs, false);
  }
}

/** Keys that would reach a prototype are data of people: they get no meaning here. */
const own = (target: Record<string, unknown>, key: string): unknown => (Object.hasOwn(target, key) ? target[key] : undefined);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

function deleteIn(root: Record<string, unknown>, path: readonly string[]): void {
  let at = root;
  for (const key of path.slice(0, -1)) {
    const next = own(at, key);
    if (!isRecord(next)) return;
    at = next;
  }
  const last = path[path.length - 1];
  if (last !== undefined) delete at[last];
}

/** Sets what stands at a path; `keep` leaves deeper entries (the outputs of iterations) beside it. Later task runs are merged over earlier ones. */
function setIn(root: Record<string, unknown>, path: readonly string[], value: Readonly<Record<string, unknown>>, keep: boolean): void {
  let at = root;
  for (const [index, key] of path.entries()) {
    const present = own(at, key);
    const last = index === path.length - 1;
    const next: Record<string, unknown> = isRecord(present) ? (last && !keep ? { ...present } : present) : {};
    if (next !== present) define(at, key, next);
    at = next;
  }
  for (const [key, one] of Object.entries(value)) define(at, key, one);
}
