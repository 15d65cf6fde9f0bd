/** One action on many executions. Nothing is done at all when one of them does not fit. */
import { currentState, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { ProtocolError } from '../../../core/protocol/errors.ts';
import type { executionsBulk } from '../../../core/protocol/operations/executions.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import type { InputOf } from '../../../core/protocol/operation.ts';
import type { ExecutionCommand } from '../../executor/contract.ts';
import { loadExecution } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { replied } from '../rooms.ts';

type BulkAction = InputOf<typeof executionsBulk>['action'];

interface Rule {
  readonly fits: (state: StateType) => boolean;
  readonly why: string;
  readonly command: ExecutionCommand;
}

const rules: Readonly<Record<BulkAction, Rule>> = {
  restart: { fits: (state) => state === 'FAILED', why: 'execution not in state FAILED', command: { type: 'restart' } },
  replay: { fits: () => true, why: '', command: { type: 'replay' } },
  resume: { fits: (state) => state === 'PAUSED', why: 'execution not in state PAUSED', command: { type: 'resume', inputs: { fields: {}, files: [] } } },
  pause: { fits: (state) => state === 'RUNNING', why: 'execution not in state RUNNING', command: { type: 'pause' } },
  'force-run': { fits: (state) => !isTerminal(state), why: 'execution already ended', command: { type: 'forceRun' } },
  kill: { fits: (state) => !isTerminal(state), why: 'execution already finished', command: { type: 'kill', cascade: true } },
  delete: { fits: (state) => isTerminal(state), why: 'execution is still running', command: { type: 'delete', logs: true, metrics: true, files: true } },
};
/** Sent at once to the engine, which puts them into few commits. */
const inFlightMax = 100;

export const bulk: Handler<typeof executionsBulk> = async ({ rooms, input, caller }) => {
  const rule = rules[input.action];
  const ids = [...new Set(input.body)];
  const invalids: { readonly message: string; readonly invalidValue: string }[] = [];
  for (const id of ids) {
    const row: ExecutionRow | undefined = loadExecution(rooms.engine, caller.tenant, id);
    if (row === undefined) invalids.push({ message: 'execution not found', invalidValue: id });
    else if (!rule.fits(currentState(row.histories))) invalids.push({ message: rule.why, invalidValue: id });
  }
  if (invalids.length > 0) {
    throw new ProtocolError({
      status: 400, message: `invalid bulk ${input.action}`, details: { invalids },
      errors: invalids.map(({ message, invalidValue }) => ({ message, path: invalidValue })),
    });
  }
  let count = 0;
  for (let at = 0; at < ids.length; at += inFlightMax) {
    const replies = await Promise.all(ids.slice(at, at + inFlightMax).map((id) => rooms.executor.command(caller.tenant, id, rule.command, caller.participant.name)));
    for (const reply of replies) {
      // It may have ended between the check and the command: that is a lost race, not an error.
      if (reply.ok) count += 1;
      else if (reply.problem.status !== 409 && reply.problem.status !== 404) replied(reply);
    }
  }
  return { count, operationId: rooms.ambient.ids.friendly(), totalItems: ids.length };
};
