/** What happened, in order: every change of state of the execution and its task runs, and every attempt. Pure. */
import type { ExecutionTopicState } from '../../core/protocol/topics.ts';
import type { State, TaskRun } from '../../core/protocol/entities/execution.ts';
import { isTerminal, type StateType } from '../../core/protocol/states.ts';
import { spanText } from './span-text.ts';

export interface RunEvent {
  readonly id: string;
  readonly atMs: number;
  readonly state: StateType;
  /** Undefined for the execution itself. */
  readonly taskRunId: string | undefined;
  readonly name: string;
  readonly what: string;
  readonly detail: string;
}

const words: Readonly<Record<StateType, string>> = {
  CREATED: 'created', QUEUED: 'waits for a slot', RUNNING: 'started', PAUSED: 'paused', BREAKPOINT: 'stopped at a breakpoint', RESTARTED: 'restarted',
  RETRYING: 'waits for its next attempt', RETRIED: 'goes on as a new execution', KILLING: 'is being killed', KILLED: 'killed', SUCCESS: 'ended', WARNING: 'ended with a warning',
  FAILED: 'failed', CANCELLED: 'cancelled', SKIPPED: 'skipped',
};

function changesOf(state: State, from: { readonly id: string; readonly name: string; readonly taskRunId: string | undefined; readonly attempts: number }): RunEvent[] {
  // As the rows beside it: a task run's time begins when it runs, not when it waits.
  const running = from.taskRunId === undefined ? undefined : state.histories.find((change) => change.state === 'RUNNING');
  const startMs = Date.parse(running?.date ?? state.startDate);
  return state.histories.map((change, index) => {
    const atMs = Date.parse(change.date);
    const resumed = change.state === 'RUNNING' && state.histories[index - 1]?.state === 'PAUSED';
    return {
      id: `${from.id}-${index}`, atMs, state: change.state, taskRunId: from.taskRunId, name: from.name,
      what: resumed ? 'resumed' : words[change.state],
      detail: isTerminal(change.state) ? `after ${spanText(atMs - startMs)}${from.attempts > 1 ? `, ${from.attempts} attempts` : ''}` : '',
    };
  });
}

function eventsOfTaskRun(taskRun: TaskRun): readonly RunEvent[] {
  const name = taskRun.value === undefined ? taskRun.taskId : `${taskRun.taskId} ${taskRun.value}`;
  const attempts = taskRun.attempts ?? [];
  // Its creation is told by the row above or by its parent; a list of what happened begins with the start.
  const events = changesOf(taskRun.state, { id: taskRun.id, name, taskRunId: taskRun.id, attempts: attempts.length }).filter((event) => event.state !== 'CREATED');
  attempts.forEach((attempt, index) => {
    const last = index === attempts.length - 1;
    if (index > 0) events.push({ id: `${taskRun.id}-a${index}`, atMs: Date.parse(attempt.state.startDate), state: 'RUNNING', taskRunId: taskRun.id, name, what: `attempt ${index + 1} started`, detail: '' });
    if (!last && attempt.state.endDate !== undefined) {
      const endMs = Date.parse(attempt.state.endDate);
      events.push({ id: `${taskRun.id}-e${index}`, atMs: endMs, state: attempt.state.current, taskRunId: taskRun.id, name, what: `attempt ${index + 1} ${words[attempt.state.current]}`, detail: `after ${spanText(endMs - Date.parse(attempt.state.startDate))}` });
    }
  });
  return events;
}

/** By identity: patches keep what they do not touch. */
const known = new WeakMap<TaskRun, readonly RunEvent[]>();

/** By the version of the run: several parts of a page ask for the same. */
const made = new WeakMap<ExecutionTopicState, readonly RunEvent[]>();

export function eventsOf(state: ExecutionTopicState): readonly RunEvent[] {
  const before = made.get(state);
  if (before !== undefined) return before;
  const events = collected(state);
  made.set(state, events);
  return events;
}

function collected(state: ExecutionTopicState): readonly RunEvent[] {
  const { execution } = state;
  if (execution === null) return [];
  const placed: { readonly event: RunEvent; readonly place: number }[] = [];
  let place = 0;
  const inside = childrenOf(state);
  const visit = (taskRun: TaskRun): void => {
    place += 1;
    const before = place;
    const children = inside.get(taskRun.id) ?? [];
    for (const child of children) visit(child);
    if (children.length > 0) place += 1;
    let own = known.get(taskRun);
    if (own === undefined) {
      own = eventsOfTaskRun(taskRun);
      known.set(taskRun, own);
    }
    for (const event of own) placed.push({ event, place: isTerminal(event.state) ? place : before });
  };
  const top = inside.get(undefined) ?? [];
  // What runs after the execution is created by the change that ends it.
  const endMs = isTerminal(execution.state.current) ? Date.parse(execution.state.endDate ?? '') : Number.NaN;
  const isAfter = (taskRun: TaskRun): boolean => Date.parse(taskRun.state.startDate) >= endMs;
  for (const taskRun of top) if (!isAfter(taskRun)) visit(taskRun);
  place += 1;
  const own = changesOf(execution.state, { id: execution.id, name: execution.flowId, taskRunId: undefined, attempts: 1 });
  for (const event of own) placed.push({ event, place: isTerminal(event.state) ? place : 0 });
  for (const taskRun of top) if (isAfter(taskRun)) visit(taskRun);
  // Within a millisecond what holds others begins before them and ends after them; the engine's order decides between neighbours.
  return placed.sort((a, b) => a.event.atMs - b.event.atMs || a.place - b.place).map(({ event }) => event);
}

/** In the engine's order; under undefined what has no parent, or one that a restart removed. */
function childrenOf({ order, taskRuns }: ExecutionTopicState): ReadonlyMap<string | undefined, readonly TaskRun[]> {
  const children = new Map<string | undefined, TaskRun[]>();
  for (const id of order) {
    const taskRun = taskRuns[id];
    if (taskRun === undefined) continue;
    const parent = taskRun.parentTaskRunId !== undefined && taskRuns[taskRun.parentTaskRunId] !== undefined ? taskRun.parentTaskRunId : undefined;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [taskRun]);
    else siblings.push(taskRun);
  }
  return children;
}
