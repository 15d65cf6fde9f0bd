/** The loops of a run by their task: how many iterations there are, what is in flight, and what failed with which words. Pure. */
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { isLouder, progressOf, type Progress } from '../../gantt/index.ts';

export interface Iteration {
  /** The value, with those of the loops around it. */
  readonly name: string;
  readonly state: StateType;
  /** The task run that speaks for it: what failed, or what runs. */
  readonly taskRunId: string;
  readonly taskId: string;
  readonly sinceMs: number;
}

export interface Failures {
  /** The message with whatever differs from iteration to iteration taken out. */
  readonly words: string;
  readonly iterations: readonly Iteration[];
}

export interface Loop {
  readonly taskId: string;
  /** How often the loop itself was run: more than once inside of another loop. */
  readonly runs: number;
  readonly state: StateType;
  readonly total: number;
  readonly counts: readonly { readonly state: StateType; readonly count: number }[];
  readonly inFlight: readonly Iteration[];
  readonly failed: readonly Iteration[];
  /** Ended iterations a minute; undefined while none has ended. */
  readonly perMinute: number | undefined;
  /** Of a ForEachItem, whose iterations are executions of their own. */
  readonly batches: Progress | undefined;
}

const helperEnding = '_items';
const order: readonly StateType[] = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'SKIPPED', 'RUNNING', 'PAUSED', 'RETRYING', 'QUEUED', 'CREATED'];
const place = (state: StateType): number => (order.includes(state) ? order.indexOf(state) : order.length);

/** One pass over the task runs, one over the iterations. */
export function loopsOf(state: ExecutionTopicState, nowMs: number): readonly Loop[] {
  const parents = new Map<string, Map<string, TaskRun[]>>();
  for (const id of state.order) {
    const taskRun = state.taskRuns[id];
    if (taskRun?.value === undefined || taskRun.parentTaskRunId === undefined) continue;
    const parent = state.taskRuns[taskRun.parentTaskRunId];
    // What stands deeper inside an iteration carries its value as well: only children of the loop itself begin one.
    if (parent === undefined || (parent.value !== undefined && parent.value === taskRun.value && !parents.has(parent.id))) continue;
    const iterations = parents.get(parent.id) ?? new Map<string, TaskRun[]>();
    parents.set(parent.id, iterations);
    const members = iterations.get(taskRun.value);
    if (members === undefined) iterations.set(taskRun.value, [taskRun]);
    else members.push(taskRun);
  }
  const loops = new Map<string, { readonly runs: TaskRun[]; readonly iterations: Iteration[] }>();
  for (const [parentId, iterations] of parents) {
    const parent = state.taskRuns[parentId];
    if (parent === undefined) continue;
    const loop = loops.get(parent.taskId) ?? { runs: [], iterations: [] };
    loops.set(parent.taskId, loop);
    loop.runs.push(parent);
    const length = Math.max(...[...iterations.values()].map((members) => members.length));
    for (const [value, members] of iterations) loop.iterations.push(iterationOf(value, members, { parent, complete: members.length === length, state }));
  }
  return [...[...loops].map(([taskId, loop]) => loopOf(taskId, loop, nowMs)), ...batchesOf(state)];
}

function iterationOf(value: string, members: readonly TaskRun[], { parent, complete, state }: { readonly parent: TaskRun; readonly complete: boolean; readonly state: ExecutionTopicState }): Iteration {
  let speaker = members[members.length - 1];
  for (const member of members) if (speaker === undefined || isLouder(member.state.current, speaker.state.current)) speaker = member;
  const current = speaker?.state.current ?? 'CREATED';
  // Between two of its tasks an iteration is still under way.
  const isBetween = isTerminal(current) && !complete && current !== 'FAILED' && current !== 'KILLED' && !isTerminal(parent.state.current);
  const around: string[] = [];
  for (let one: TaskRun | undefined = parent; one !== undefined; one = one.parentTaskRunId === undefined ? undefined : state.taskRuns[one.parentTaskRunId]) if (one.value !== undefined) around.unshift(one.value);
  return {
    name: [...around, value].join(', '), state: isBetween ? 'RUNNING' : current, taskRunId: speaker?.id ?? '', taskId: speaker?.taskId ?? '',
    sinceMs: Date.parse((isTerminal(current) ? speaker?.state.endDate : members[0]?.state.startDate) ?? ''),
  };
}

function countsOf(iterations: readonly Iteration[]): Loop['counts'] {
  const counts = new Map<StateType, number>();
  for (const one of iterations) counts.set(one.state, (counts.get(one.state) ?? 0) + 1);
  return [...counts].map(([state, count]) => ({ state, count })).sort((a, b) => place(a.state) - place(b.state));
}

function loopOf(taskId: string, { runs, iterations }: { readonly runs: readonly TaskRun[]; readonly iterations: readonly Iteration[] }, nowMs: number): Loop {
  let state = runs[0]?.state.current ?? 'CREATED';
  for (const one of runs) if (isLouder(one.state.current, state)) state = one.state.current;
  const startMs = Math.min(...runs.map((one) => Date.parse(one.state.startDate)));
  const endMs = runs.every((one) => one.state.endDate !== undefined) ? Math.max(...runs.map((one) => Date.parse(one.state.endDate ?? ''))) : nowMs;
  const ended = iterations.filter((one) => isTerminal(one.state)).length;
  return {
    taskId, runs: runs.length, state, total: iterations.length, counts: countsOf(iterations), batches: undefined,
    inFlight: iterations.filter((one) => !isTerminal(one.state)), failed: iterations.filter((one) => one.state === 'FAILED'),
    perMinute: ended === 0 ? undefined : (ended / Math.max(1, endMs - startMs)) * 60_000,
  };
}

/** Loops whose iterations are executions: only their counts are here. */
function batchesOf(state: ExecutionTopicState): readonly Loop[] {
  return state.order.flatMap((id): Loop[] => {
    const items = state.taskRuns[id];
    if (items === undefined || !items.taskId.endsWith(helperEnding)) return [];
    const batches = progressOf([items]);
    return batches === undefined ? [] : [{ taskId: items.taskId.slice(0, -helperEnding.length), runs: 1, state: items.state.current, total: batches.total, counts: batches.counts, inFlight: [], failed: [], perMinute: undefined, batches }];
  });
}

/** Numbers, ids and quoted names differ from iteration to iteration; the fault is the same. */
const kindOf = (message: string): string => message.split('\n')[0]?.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '"…"').replace(/\b[0-9a-zA-Z]{20,}\b|\d+/g, '…').trim() ?? '';

/** The largest group first. `lines` are errors of the log; a failure without a line stands under its own words. */
export function failuresOf(failed: readonly Iteration[], lines: readonly LogEntry[]): readonly Failures[] {
  const last = new Map<string, string>();
  for (const line of lines) if (line.taskRunId !== undefined) last.set(line.taskRunId, line.message);
  const groups = new Map<string, { words: string; readonly iterations: Iteration[] }>();
  for (const one of failed) {
    const message = last.get(one.taskRunId);
    const words = message === undefined ? `${one.taskId} failed without a line in the log` : kindOf(message);
    const group = groups.get(words);
    // Of one kind the first message is shown whole: a person reads an example, not a pattern.
    if (group === undefined) groups.set(words, { words: message?.split('\n')[0] ?? words, iterations: [one] });
    else { group.iterations.push(one); if (message?.split('\n')[0] !== group.words) group.words = words; }
  }
  return [...groups.values()].sort((a, b) => b.iterations.length - a.iterations.length);
}
