/** Steering executions: each is one command to the engine. */
import type {
  executionsChangeStatus, executionsDelete, executionsForceRun, executionsKill, executionsLabels, executionsPause, executionsReplay, executionsReplayWithInputs, executionsRestart,
  executionsResume, executionsResumeFromBreakpoint, executionsState, executionsUnqueue,
} from '../../../core/protocol/operations/executions.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import { currentState, type Execution, type Label } from '../../../core/protocol/entities/execution.ts';
import type { Action } from '../../../core/protocol/operation.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import type { Caller } from '../../access/contract.ts';
import type { ExecutionCommand } from '../../executor/contract.ts';
import type { Handler, Rooms } from '../handler.ts';
import { breakpointsOf } from './breakpoints.ts';
import { needExecution, rawInputs, replied } from '../rooms.ts';
import { stateOfText } from './filter.ts';

interface Asked {
  readonly rooms: Rooms;
  readonly caller: Caller;
  readonly input: { readonly executionId: string };
}
const send = async ({ rooms, caller, input }: Asked, command: ExecutionCommand, action: Action = 'execute'): Promise<Execution> => {
  needExecution(rooms, caller, input.executionId, action);
  return replied(await rooms.executor.command(caller.tenant, input.executionId, command, caller.participant.name));
};

export const kill: Handler<typeof executionsKill> = (call) => send(call, { type: 'kill', cascade: call.input.isOnKillCascade !== false });
export const pause: Handler<typeof executionsPause> = (call) => send(call, { type: 'pause' });
export const resume: Handler<typeof executionsResume> = (call) => send(call, { type: 'resume', inputs: rawInputs(call.input.form) });
export const restart: Handler<typeof executionsRestart> = (call) => send(call, { type: 'restart', ...(call.input.revision === undefined ? {} : { revision: call.input.revision }) });
export const replay: Handler<typeof executionsReplay> = (call) => send(call, {
  type: 'replay', ...(call.input.taskRunId === undefined || call.input.taskRunId === '' ? {} : { taskRunId: call.input.taskRunId }), ...(call.input.revision === undefined ? {} : { revision: call.input.revision }),
});
export const replayWithInputs: Handler<typeof executionsReplayWithInputs> = (call) => send(call, {
  type: 'replay', inputs: rawInputs(call.input.form),
  ...(call.input.taskRunId === undefined || call.input.taskRunId === '' ? {} : { taskRunId: call.input.taskRunId }), ...(call.input.revision === undefined ? {} : { revision: call.input.revision }),
});
export const state: Handler<typeof executionsState> = (call) =>
  send(call, { type: 'changeTaskRunState', taskRunId: call.input.body.taskRunId, state: stateOfText(call.input.body.state) }, 'update');
export const changeStatus: Handler<typeof executionsChangeStatus> = (call) => send(call, { type: 'changeStatus', status: terminalOfText(call.input.status) }, 'update');
export const labels: Handler<typeof executionsLabels> = (call) => send(call, { type: 'setLabels', labels: checkedLabels(call.input.body) }, 'update');
export const unqueue: Handler<typeof executionsUnqueue> = async (call) => {
  const current = currentState(needExecution(call.rooms, call.caller, call.input.executionId, 'execute').histories);
  // To end it with a state kills it first, which must not happen to one that runs.
  if (current !== 'QUEUED') throw illegalArgument(`only a queued execution can be unqueued; it is ${current}`);
  let execution: Execution | undefined;
  for (const command of unqueueCommands(call.input.state)) execution = await send(call, command);
  if (execution === undefined) throw new Error('to unqueue is at least one command');
  return execution;
};
export const resumeFromBreakpoint: Handler<typeof executionsResumeFromBreakpoint> = (call) => send(call, { type: 'resumeFromBreakpoint', breakpoints: breakpointsOf(call.input.breakpoints) });
export const forceRun: Handler<typeof executionsForceRun> = (call) => send(call, { type: 'forceRun' });

export function terminalOfText(text: string): StateType {
  const status = stateOfText(text);
  if (!isTerminal(status)) throw illegalArgument(`You can only change the status to a terminal one, not to ${status}`);
  return status;
}

export function checkedLabels(labels: readonly Label[]): readonly Label[] {
  for (const { key } of labels) if (key.startsWith('system.')) throw illegalArgument(`label "${key}" begins with "system.", which only the server may use`);
  return labels;
}

/** It starts, or it ends without having started: killed, and with another state then. */
export function unqueueCommands(text: string | undefined): readonly ExecutionCommand[] {
  const state = text === undefined || text === '' ? 'RUNNING' : stateOfText(text);
  if (state === 'RUNNING') return [{ type: 'unqueue' }];
  if (!isTerminal(state)) throw illegalArgument(`a queued execution goes to RUNNING or to a terminal state, not to ${state}`);
  return [{ type: 'kill', cascade: false }, ...(state === 'KILLED' ? [] : [{ type: 'changeStatus', status: state } as const])];
}

export const remove: Handler<typeof executionsDelete> = async (call) => {
  await send(call, { type: 'delete', logs: call.input.deleteLogs !== false, metrics: call.input.deleteMetrics !== false, files: call.input.deleteStorage !== false }, 'delete');
  return null;
};
