/**
 * The run as it was at a moment, from the histories that the execution and each task run carry. Pure. What histories do not tell: task
 * runs of an errors branch that a restart has taken away are in none any more, and a label that was changed shows its last value.
 */
import type { State, TaskRun, TaskRunAttempt } from '../../core/protocol/entities/execution.ts';
import { isTerminal } from '../../core/protocol/states.ts';
import { durationText } from '../../core/protocol/time.ts';
import type { ExecutionTopicState, LogsTopicState } from '../../core/protocol/topics.ts';

interface Times {
  readonly createdMs: number;
  /** When anything of it changed last. */
  readonly lastMs: number;
}

/** By identity: patches keep what they do not touch, so dates are read once a task run and version. */
const known = new WeakMap<TaskRun, Times>();

const lastChangeMs = (state: State): number => Date.parse(state.histories[state.histories.length - 1]?.date ?? state.startDate);

function timesOf(taskRun: TaskRun): Times {
  let times = known.get(taskRun);
  if (times === undefined) {
    let lastMs = lastChangeMs(taskRun.state);
    for (const attempt of taskRun.attempts ?? []) lastMs = Math.max(lastMs, lastChangeMs(attempt.state));
    times = { createdMs: Date.parse(taskRun.state.startDate), lastMs };
    known.set(taskRun, times);
  }
  return times;
}

/** The history up to the moment; the first entry is its birth and always there. */
function cutState(state: State, atMs: number): State {
  const histories = state.histories.filter((change, index) => index === 0 || Date.parse(change.date) <= atMs);
  const last = histories[histories.length - 1];
  if (last === undefined || histories.length === state.histories.length) return state;
  const ended = isTerminal(last.state);
  const { endDate: _later, ...rest } = state;
  return { ...rest, current: last.state, histories, duration: durationText((ended ? Date.parse(last.date) : atMs) - Date.parse(state.startDate)), ...(ended ? { endDate: last.date } : {}) };
}

const cutAttempts = (attempts: readonly TaskRunAttempt[], atMs: number): readonly TaskRunAttempt[] =>
  attempts.filter((attempt) => Date.parse(attempt.state.startDate) <= atMs).map((attempt) => ({ ...attempt, state: cutState(attempt.state, atMs) }));

/** Undefined before it was created; the same object when nothing happened to it afterwards. */
export function taskRunAt(taskRun: TaskRun, atMs: number): TaskRun | undefined {
  const { createdMs, lastMs } = timesOf(taskRun);
  if (createdMs > atMs) return undefined;
  if (lastMs <= atMs) return taskRun;
  const { attempts, ...rest } = taskRun;
  // Outputs come with the end; a part of them (of a ForEachItem, of a resume) is shown with the end as well.
  return { ...rest, outputs: {}, state: cutState(taskRun.state, atMs), ...(attempts === undefined ? {} : { attempts: cutAttempts(attempts, atMs) }) };
}

/** One pass over the task runs; those that had ended are kept as they are. Undefined is the present. */
export function stateAt(state: ExecutionTopicState, atMs: number | undefined): ExecutionTopicState {
  const { execution } = state;
  if (atMs === undefined || execution === null) return state;
  const taskRuns: Record<string, TaskRun> = {};
  const order: string[] = [];
  for (const id of state.order) {
    const taskRun = state.taskRuns[id];
    const then = taskRun === undefined ? undefined : taskRunAt(taskRun, atMs);
    if (then === undefined) continue;
    taskRuns[id] = then;
    order.push(id);
  }
  const own = cutState(execution.state, atMs);
  const { outputs, ...rest } = execution;
  const header = own === execution.state ? execution : { ...rest, state: own, ...(isTerminal(own.current) && outputs !== undefined ? { outputs } : {}) };
  return { execution: header, taskRuns, order, metrics: state.metrics.filter((metric) => Date.parse(metric.timestamp) <= atMs) };
}

/** The lines of the window that had been written by then. `total` and `counts` stay those of the whole log. */
export function linesAt(logs: LogsTopicState, atMs: number | undefined): LogsTopicState['lines'] {
  return atMs === undefined ? logs.lines : logs.lines.filter((line) => Date.parse(line.timestamp) <= atMs);
}

/** `?at=2026-11-24T14:03:24.120Z`, the moment that an address shows; undefined is the present. */
export function momentOfSearch(search: string): number | undefined {
  const text = new URLSearchParams(search).get('at');
  const atMs = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** From the beginning to the end, or to now while it goes on. */
export function spanOfRun(state: ExecutionTopicState, nowMs: number): { readonly fromMs: number; readonly toMs: number; readonly ended: boolean } {
  const { execution } = state;
  if (execution === null) return { fromMs: nowMs, toMs: nowMs, ended: true };
  const fromMs = Date.parse(execution.state.startDate);
  const ended = execution.state.endDate !== undefined;
  return { fromMs, toMs: Math.max(fromMs, execution.state.endDate === undefined ? nowMs : Date.parse(execution.state.endDate)), ended };
}

/** The moment of an address, inside of the run: before its beginning is its beginning, its end and later is the present. */
export function shownMoment(state: ExecutionTopicState, search: string, nowMs: number): number | undefined {
  const atMs = momentOfSearch(search);
  const { fromMs, toMs } = spanOfRun(state, nowMs);
  return atMs === undefined || atMs >= toMs ? undefined : Math.max(fromMs, atMs);
}
