/** What the Gantt shows, as data: rows in tree order and bars in milliseconds. Pure: the clock comes in. */
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import type { State, TaskRun } from '../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../core/protocol/states.ts';

export type Bar =
  /** Waited: a dotted line. */
  | { readonly type: 'waited'; readonly fromMs: number; readonly toMs: number }
  /** Ran, or runs until now. `thin` for flowables, whose children are the work. */
  | { readonly type: 'ran'; readonly state: StateType; readonly fromMs: number; readonly toMs: number; readonly live: boolean; readonly thin: boolean }
  /** An attempt that failed and was followed by another. */
  | { readonly type: 'attempt'; readonly state: StateType; readonly fromMs: number; readonly toMs: number }
  /** Between two attempts. */
  | { readonly type: 'gap'; readonly fromMs: number; readonly toMs: number };

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
}

export interface GanttScale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ticks: readonly { readonly atMs: number; readonly text: string }[];
}

export interface GanttModel {
  readonly rows: readonly GanttRow[];
  readonly scale: GanttScale;
  readonly live: boolean;
}

const at = (date: string): number => Date.parse(date);
const firstOf = (state: State, wanted: readonly StateType[]): number | undefined => {
  const found = state.histories.find((change) => wanted.includes(change.state));
  return found === undefined ? undefined : at(found.date);
};

function barsOf(taskRun: TaskRun, nowMs: number): readonly Bar[] {
  const bars: Bar[] = [];
  const ended = isTerminal(taskRun.state.current);
  const createdMs = at(taskRun.state.startDate);
  const endMs = taskRun.state.endDate === undefined ? nowMs : at(taskRun.state.endDate);
  const attempts = taskRun.attempts ?? [];
  if (attempts.length === 0) {
    const runsMs = firstOf(taskRun.state, ['RUNNING', 'PAUSED', 'SUCCESS', 'WARNING', 'FAILED', 'KILLED']);
    if (runsMs === undefined) {
      if (!ended) bars.push({ type: 'waited', fromMs: createdMs, toMs: nowMs });
      return bars;
    }
    if (runsMs > createdMs) bars.push({ type: 'waited', fromMs: createdMs, toMs: runsMs });
    // A flowable's history is its bar: each stretch in the state it was in.
    const changes = taskRun.state.histories.filter((change) => at(change.date) >= runsMs);
    changes.forEach((change, index) => {
      const next = changes[index + 1];
      if (isTerminal(change.state) && next === undefined && index > 0) return;
      const last = changes[changes.length - 1];
      const closes = next !== undefined && isTerminal(next.state) && index + 1 === changes.length - 1;
      bars.push({
        type: 'ran', state: closes && last !== undefined ? last.state : change.state, fromMs: at(change.date),
        toMs: next === undefined ? endMs : at(next.date), live: next === undefined && !ended, thin: true,
      });
    });
    return bars;
  }
  let previousMs = createdMs;
  attempts.forEach((attempt, index) => {
    const fromMs = firstOf(attempt.state, ['RUNNING']) ?? at(attempt.state.startDate);
    const toMs = attempt.state.endDate === undefined ? nowMs : at(attempt.state.endDate);
    if (fromMs > previousMs) bars.push(index === 0 ? { type: 'waited', fromMs: previousMs, toMs: fromMs } : { type: 'gap', fromMs: previousMs, toMs: fromMs });
    const last = index === attempts.length - 1;
    if (last) bars.push({ type: 'ran', state: attempt.state.endDate === undefined ? 'RUNNING' : taskRun.state.current === 'RETRYING' ? attempt.state.current : taskRun.state.current, fromMs, toMs, live: attempt.state.endDate === undefined && !ended, thin: false });
    else bars.push({ type: 'attempt', state: attempt.state.current, fromMs, toMs });
    previousMs = toMs;
  });
  if (!ended && attempts[attempts.length - 1]?.state.endDate !== undefined) bars.push({ type: 'gap', fromMs: previousMs, toMs: nowMs });
  return bars;
}

const stepsMs = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000];

/** `+30s`, `+1m 30s`, `+200ms`: the distance from the beginning. */
function tickText(ms: number): string {
  if (ms < 1000) return `+${ms}ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `+${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `+${minutes}m` : `+${minutes}m ${String(Math.round(seconds % 60)).padStart(2, '0')}s`;
  return minutes % 60 === 0 ? `+${minutes / 60}h` : `+${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

const airShare = 0.02;

export function scaleOf(fromMs: number, toMs: number, startText: string): GanttScale {
  const spanMs = Math.max(50, toMs - fromMs);
  const stepMs = stepsMs.find((step) => spanMs / step <= 5) ?? Math.ceil(spanMs / 5 / 86_400_000) * 86_400_000;
  const ticks: { atMs: number; text: string }[] = [];
  for (let offset = 0; offset < spanMs; offset += stepMs) ticks.push({ atMs: fromMs + offset, text: offset === 0 ? startText : tickText(offset) });
  // A little air at the right, so that what happened last is still something to see.
  return { fromMs, toMs: fromMs + spanMs * (1 + airShare), ticks };
}

type RowPart = Omit<GanttRow, 'level' | 'children' | 'expanded'>;
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
    id: taskRun.id, taskId: taskRun.taskId, value: taskRun.value, state: taskRun.state.current, attempts: taskRun.attempts?.length ?? 0,
    spanMs: first === undefined || last === undefined ? undefined : last.toMs - first.fromMs,
    live: bars.some((bar) => bar.type === 'ran' && bar.live), bars,
  };
  if (isTerminal(taskRun.state.current)) endedParts.set(taskRun, part);
  return part;
}

/** Rows in tree order: children after their parent, in the order of their creation. One pass over the task runs. */
export function ganttOf(state: ExecutionTopicState, options: { readonly nowMs: number; readonly collapsed: ReadonlySet<string>; readonly timeText: (ms: number) => string }): GanttModel {
  const execution = state.execution;
  if (execution === null) return { rows: [], scale: scaleOf(0, 0, ''), live: false };
  const children = new Map<string, TaskRun[]>();
  for (const id of state.order) {
    const taskRun = state.taskRuns[id];
    if (taskRun === undefined) continue;
    const parent = taskRun.parentTaskRunId !== undefined && state.taskRuns[taskRun.parentTaskRunId] !== undefined ? taskRun.parentTaskRunId : '';
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [taskRun]);
    else list.push(taskRun);
  }
  const live = !isTerminal(execution.state.current);
  const fromMs = at(execution.state.startDate);
  const toMs = execution.state.endDate === undefined ? options.nowMs : at(execution.state.endDate);
  const rows: GanttRow[] = [];
  // A stack instead of recursion: an execution may be deep.
  const stack: { readonly taskRun: TaskRun; readonly level: number }[] = [];
  const push = (list: readonly TaskRun[], level: number): void => { for (let index = list.length - 1; index >= 0; index -= 1) { const taskRun = list[index]; if (taskRun !== undefined) stack.push({ taskRun, level }); } };
  push(children.get('') ?? [], 1);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { taskRun, level } = next;
    const below = children.get(taskRun.id) ?? [];
    const expanded = below.length > 0 && !options.collapsed.has(taskRun.id);
    rows.push({ ...partOf(taskRun, options.nowMs), level, children: below.length, expanded });
    if (expanded) push(below, level + 1);
  }
  return { rows, scale: scaleOf(fromMs, Math.max(fromMs, toMs), options.timeText(fromMs)), live };
}
