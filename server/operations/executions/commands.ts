/** Steering executions: each is one command to the engine. */
import type {
  executionsChangeStatus, executionsDelete, executionsForceRun, executionsKill, executionsLabels, executionsPause, executionsReplay, executionsRestart,
  executionsResume, executionsResumeFromBreakpoint, executionsState, executionsUnqueue,
} from '../../../core/protocol/operations/executions.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { Execution } from '../../../core/protocol/entities/execution.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { Caller } from '../../access/contract.ts';
import type { ExecutionCommand } from '../../executor/contract.ts';
import type { Handler, Rooms } from '../handler.ts';
import { rawInputs, replied } from '../rooms.ts';
import { breakpointsOf } from './breakpoints.ts';
import { stateOfText } from './filter.ts';

interface Asked {
  readonly rooms: Rooms;
  readonly caller: Caller;
  readonly input: { readonly executionId: string };
}
const send = async ({ rooms, caller, input }: Asked, command: ExecutionCommand): Promise<Execution> =>
  replied(await rooms.executor.command(caller.tenant, input.executionId, command, caller.participant.name));

export const kill: Handler<typeof executionsKill> = (call) => send(call, { type: 'kill', cascade: call.input.isOnKillCascade !== false });
export const pause: Handler<typeof executionsPause> = (call) => send(call, { type: 'pause' });
export const resume: Handler<typeof executionsResume> = (call) => send(call, { type: 'resume', inputs: rawInputs(call.input.form) });
export const restart: Handler<typeof executionsRestart> = (call) => send(call, { type: 'restart', ...(call.input.revision === undefined ? {} : { revision: call.input.revision }) });
export const replay: Handler<typeof executionsReplay> = (call) => send(call, {
  type: 'replay', ...(call.input.taskRunId === undefined || call.input.taskRunId === '' ? {} : { taskRunId: call.input.taskRunId }), ...(call.input.revision === undefined ? {} : { revision: call.input.revision }),
});
export const state: Handler<typeof executionsState> = (call) =>
  send(call, { type: 'changeTaskRunState', taskRunId: call.input.body.taskRunId, state: stateOfText(call.input.body.state) });
export const changeStatus: Handler<typeof executionsChangeStatus> = (call) => {
  const status = stateOfText(call.input.status);
  if (!isTerminal(status)) throw illegalArgument(`You can only change the status to a terminal one, not to ${status}`);
  return send(call, { type: 'changeStatus', status });
};
export const labels: Handler<typeof executionsLabels> = (call) => {
  for (const { key } of call.input.body) if (key.startsWith('system.')) throw illegalArgument(`label "${key}" begins with "system.", which only the server may use`);
  return send(call, { type: 'setLabels', labels: call.input.body });
};
export const resumeFromBreakpoint: Handler<typeof executionsResumeFromBreakpoint> = (call) => send(call, { type: 'resumeFromBreakpoint', breakpoints: breakpointsOf(call.input.breakpoints) });
export const unqueue: Handler<typeof executionsUnqueue> = (call) => send(call, { type: 'unqueue' });
export const forceRun: Handler<typeof executionsForceRun> = (call) => send(call, { type: 'forceRun' });
export const remove: Handler<typeof executionsDelete> = async (call) => {
  await send(call, { type: 'delete', logs: call.input.deleteLogs !== false, metrics: call.input.deleteMetrics !== false, files: call.input.deleteStorage !== false });
  return null;
};
