/** What the nodes of a graph show of a run: of many runs of one task the loudest speaks, and all of them are counted. Pure. */
import type { StateType } from '../../../core/protocol/states.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { isLouder, spanText } from '../../gantt/index.ts';
import type { NodeState } from '../../topology/index.ts';

export interface Speaker {
  readonly taskRunId: string;
  readonly state: StateType;
  readonly runs: number;
}

/** By the version of the run: each node asks. */
const made = new WeakMap<ExecutionTopicState, ReadonlyMap<string, Speaker>>();

/** The task run that speaks for each task, and how many there are. One pass. */
export function speakersOf(state: ExecutionTopicState): ReadonlyMap<string, Speaker> {
  let speakers = made.get(state);
  if (speakers === undefined) {
    speakers = collected(state);
    made.set(state, speakers);
  }
  return speakers;
}

function collected(state: ExecutionTopicState): ReadonlyMap<string, Speaker> {
  const byTask = new Map<string, Speaker>();
  for (const id of state.order) {
    const taskRun = state.taskRuns[id];
    if (taskRun === undefined) continue;
    const known = byTask.get(taskRun.taskId);
    const speaks = known === undefined || isLouder(taskRun.state.current, known.state);
    byTask.set(taskRun.taskId, { taskRunId: speaks ? id : known.taskRunId, state: speaks ? taskRun.state.current : known.state, runs: (known?.runs ?? 0) + 1 });
  }
  return byTask;
}

/** By task id. */
export function nodeStatesOf(state: ExecutionTopicState, nowMs: number): ReadonlyMap<string, NodeState> {
  return new Map([...speakersOf(state)].flatMap(([taskId, { taskRunId, state: current, runs }]): (readonly [string, NodeState])[] => {
    const taskRun = state.taskRuns[taskRunId];
    if (taskRun === undefined) return [];
    const startMs = Date.parse(taskRun.attempts?.[0]?.state.startDate ?? taskRun.state.startDate);
    const endMs = taskRun.state.endDate === undefined ? nowMs : Date.parse(taskRun.state.endDate);
    return [[taskId, { state: current, duration: spanText(endMs - startMs), ...(runs > 1 ? { runs } : {}) }]];
  }));
}
