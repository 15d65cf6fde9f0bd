/** What the Gantt shows, as data: rows in their order and bars in milliseconds. Pure: the clock comes in. */
import type { TaskRun } from '../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../core/protocol/states.ts';
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import { barsOf, laterOf, type Bar } from './bars.ts';
import { criticalPathOf } from './critical-path.ts';
import { groupsOf, type Grouping } from './grouping.ts';
import { isItemHelper, progressOf, type Progress } from './iterations.ts';
import { scaleOf, type GanttScale, type GanttWindow } from './scale.ts';
import { taskRunAt } from './state-at.ts';

export interface GanttRow {
  readonly id: string;
  readonly level: number;
  readonly taskId: string;
  readonly value: string | undefined;
  readonly state: StateType;
  readonly attempts: number;
  /** Undefined for a task run that has not begun. */
  readonly spanMs: number | undefined;
  readonly live: boolean;
  readonly children: number;
  readonly expanded: boolean;
  readonly bars: readonly Bar[];
  /** A heading over rows of one task, iteration or state: it is no task run. */
  readonly heading: boolean;
  /** On the chain of task runs that decided how long it took. */
  readonly critical: boolean;
  /** Of a ForEachItem: its batches by the state of their executions. */
  readonly progress: Progress | undefined;
}

export interface GanttModel {
  readonly rows: readonly GanttRow[];
  readonly scale: GanttScale;
  readonly live: boolean;
  /** Task runs, without headings and whatever is collapsed or hidden. */
  readonly total: number;
}

export interface GanttShape {
  /** The present. */
  readonly nowMs: number;
  readonly collapsed: ReadonlySet<string>;
  readonly timeText: (ms: number) => string;
  /** The moment that is shown; what came after it is an outline. Undefined is the present. */
  readonly atMs?: number | undefined;
  readonly grouping?: Grouping;
  readonly critical?: boolean;
  /** A part of the time; undefined is the whole run. */
  readonly window?: GanttWindow | undefined;
}

type RowPart = Pick<GanttRow, 'state' | 'attempts' | 'spanMs' | 'live' | 'bars'>;
/** Patches keep the identity of what they do not touch, so an ended task run is measured once: a tick costs what runs, not what is there. */
const endedParts = new WeakMap<TaskRun, RowPart>();

function partOf(taskRun: TaskRun, nowMs: number): RowPart {
  const known = endedParts.get(taskRun);
  if (known !== undefined) return known;
  const bars = barsOf(taskRun, nowMs);
  const ran = bars.filter((bar) => bar.type === 'ran' || bar.type === 'attempt');
  const first = ran[0];
  const last = ran[ran.length - 1];
  const part: RowPart = {
    state: taskRun.state.current, attempts: taskRun.attempts?.length ?? 0,
    spanMs: first === undefined || last === undefined ? undefined : last.toMs - first.fromMs,
    live: bars.some((bar) => bar.type === 'ran' && bar.live), bars,
  };
  if (isTerminal(taskRun.state.current)) endedParts.set(taskRun, part);
  return part;
}

/** As it was at the moment, and what was still to come as outlines. */
function shownPart(taskRun: TaskRun, { nowMs, atMs }: GanttShape): RowPart {
  if (atMs === undefined) return partOf(taskRun, nowMs);
  const then = taskRunAt(taskRun, atMs);
  if (then === taskRun) return partOf(taskRun, atMs);
  const later = laterOf(barsOf(taskRun, nowMs), atMs);
  if (then === undefined) return { state: 'CREATED', attempts: 0, spanMs: undefined, live: false, bars: later };
  const part = partOf(then, atMs);
  return { ...part, bars: [...part.bars, ...later] };
}

interface RowFacts extends Pick<GanttRow, 'level' | 'children' | 'expanded' | 'critical'> {
  readonly shape: GanttShape;
  readonly helpers: readonly TaskRun[] | undefined;
}

/** Measured when somebody looks: of ten thousand rows forty are in view. */
class TaskRow implements GanttRow {
  readonly #taskRun: TaskRun;
  readonly #facts: RowFacts;
  #part: RowPart | undefined;
  readonly level: number;
  readonly children: number;
  readonly expanded: boolean;
  readonly critical: boolean;
  readonly heading = false;

  constructor(taskRun: TaskRun, facts: RowFacts) {
    this.#taskRun = taskRun;
    this.#facts = facts;
    this.level = facts.level;
    this.children = facts.children;
    this.expanded = facts.expanded;
    this.critical = facts.critical;
  }

  #shown(): RowPart {
    this.#part ??= shownPart(this.#taskRun, this.#facts.shape);
    return this.#part;
  }

  get id(): string { return this.#taskRun.id; }
  get taskId(): string { return this.#taskRun.taskId; }
  get value(): string | undefined { return this.#taskRun.value; }
  get state(): StateType { return this.#shown().state; }
  get attempts(): number { return this.#shown().attempts; }
  get spanMs(): number | undefined { return this.#shown().spanMs; }
  get live(): boolean { return this.#shown().live; }
  get bars(): readonly Bar[] { return this.#shown().bars; }
  get progress(): Progress | undefined { return this.#facts.helpers === undefined ? undefined : progressOf(this.#facts.helpers, this.#facts.shape.atMs); }
}

/** By the version of the run: the tree is the same at every tick. */
const trees = new WeakMap<ExecutionTopicState, Tree>();

interface Tree {
  /** Children by their parent's id; '' for those without. In the order of their start. */
  readonly children: ReadonlyMap<string, readonly TaskRun[]>;
  /** Helpers of a ForEachItem, by its id: they are no rows. */
  readonly helpers: ReadonlyMap<string, readonly TaskRun[]>;
  readonly visible: readonly TaskRun[];
}

function treeOf(state: ExecutionTopicState): Tree {
  const known = trees.get(state);
  if (known !== undefined) return known;
  const children = new Map<string, TaskRun[]>();
  const helpers = new Map<string, TaskRun[]>();
  const visible: TaskRun[] = [];
  const add = (map: Map<string, TaskRun[]>, id: string, taskRun: TaskRun): void => {
    const list = map.get(id);
    if (list === undefined) map.set(id, [taskRun]);
    else list.push(taskRun);
  };
  for (const id of state.order) {
    const taskRun = state.taskRuns[id];
    if (taskRun === undefined) continue;
    const parent = taskRun.parentTaskRunId === undefined ? undefined : state.taskRuns[taskRun.parentTaskRunId];
    if (parent !== undefined && isItemHelper(taskRun, parent)) {
      add(helpers, parent.id, taskRun);
      if (taskRun.state.current !== 'FAILED') continue;
    }
    visible.push(taskRun);
    add(children, parent?.id ?? '', taskRun);
  }
  const tree = { children, helpers, visible };
  trees.set(state, tree);
  return tree;
}

const emptyPath: ReadonlySet<string> = new Set();

/** One pass over the task runs. `state` is the run as it is now; `atMs` says which moment of it is shown. */
export function ganttOf(state: ExecutionTopicState, shape: GanttShape): GanttModel {
  const execution = state.execution;
  if (execution === null) return { rows: [], scale: scaleOf(0, 0, ''), live: false, total: 0 };
  const { grouping = 'tree', collapsed } = shape;
  const live = !isTerminal(execution.state.current);
  const fromMs = Date.parse(execution.state.startDate);
  const toMs = Math.max(fromMs, execution.state.endDate === undefined ? shape.nowMs : Date.parse(execution.state.endDate));
  const tree = treeOf(state);
  const path = shape.critical === true ? criticalPathOf(state) : emptyPath;
  const rows: GanttRow[] = [];
  const rowOf = (taskRun: TaskRun, place: Pick<GanttRow, 'level' | 'children' | 'expanded'>): GanttRow => new TaskRow(taskRun, { ...place, shape, critical: path.has(taskRun.id), helpers: tree.helpers.get(taskRun.id) });

  if (grouping === 'tree') {
    // A stack instead of recursion: an execution may be deep.
    const stack: { readonly taskRun: TaskRun; readonly level: number }[] = [];
    const push = (list: readonly TaskRun[], level: number): void => { for (let index = list.length - 1; index >= 0; index -= 1) { const taskRun = list[index]; if (taskRun !== undefined) stack.push({ taskRun, level }); } };
    push(tree.children.get('') ?? [], 1);
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const { taskRun, level } = next;
      const below = tree.children.get(taskRun.id) ?? [];
      const expanded = below.length > 0 && !collapsed.has(taskRun.id);
      rows.push(rowOf(taskRun, { level, children: below.length, expanded }));
      if (expanded) push(below, level + 1);
    }
  } else {
    for (const group of groupsOf(grouping, tree.visible, state, shape.atMs)) {
      // One row needs no heading that says the same.
      if (group.title === undefined || (grouping === 'task' && group.taskRuns.length === 1)) {
        for (const taskRun of group.taskRuns) rows.push(rowOf(taskRun, { level: 1, children: 0, expanded: false }));
        continue;
      }
      const id = `group-${group.key}`;
      const expanded = !collapsed.has(id);
      const inside = group.taskRuns.map((taskRun) => rowOf(taskRun, { level: 2, children: 0, expanded: false }));
      rows.push(headingOf(id, group.title, inside, expanded));
      if (expanded) for (const row of inside) rows.push(row);
    }
  }
  return { rows, scale: scaleOf(fromMs, toMs, shape.timeText(fromMs), shape.window), live, total: tree.visible.length };
}

/** Of many states the one that a person has to know of. */
const loudness: readonly StateType[] = ['FAILED', 'KILLED', 'KILLING', 'PAUSED', 'RETRYING', 'RUNNING', 'WARNING', 'CANCELLED', 'SUCCESS', 'SKIPPED', 'QUEUED', 'CREATED'];
export const isLouder = (state: StateType, than: StateType): boolean => {
  const rank = (one: StateType): number => (loudness.includes(one) ? loudness.indexOf(one) : loudness.length);
  return rank(state) < rank(than);
};

/** A thin bar from the first start to the last end of what stands under it. */
function headingOf(id: string, title: string, inside: readonly GanttRow[], expanded: boolean): GanttRow {
  let state: StateType = 'CREATED';
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  let live = false;
  for (const row of inside) {
    if (isLouder(row.state, state)) state = row.state;
    live ||= row.live;
    for (const bar of row.bars) {
      if (bar.type === 'waited' || bar.type === 'later') continue;
      fromMs = Math.min(fromMs, bar.fromMs);
      toMs = Math.max(toMs, bar.toMs);
    }
  }
  const ran = toMs >= fromMs;
  return {
    id, level: 1, taskId: title, value: undefined, state, attempts: 0, spanMs: ran ? toMs - fromMs : undefined, live, children: inside.length, expanded,
    bars: ran ? [{ type: 'ran', state, fromMs, toMs, live, thin: true }] : [], heading: true, critical: false, progress: undefined,
  };
}
