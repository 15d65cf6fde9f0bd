/** One action on many triggers, by a list or by a filter. Those that it does not fit are skipped without a word. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { BulkAnswer, TriggerBulkAction, triggersBulk, triggersBulkByQuery } from '../../../core/protocol/operations/triggers.ts';
import type { Caller } from '../../access/contract.ts';
import type { TriggerCommand } from '../../executor/contract.ts';
import { isLocked, loadTrigger } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { mayUpdate, needAllowed, type TriggerAddress } from './change.ts';
import { filteredTriggers } from './filter.ts';

interface Asked {
  readonly action: TriggerBulkAction;
  readonly disabled: boolean | undefined;
  readonly reason: string | undefined;
}

const commandOf = ({ action, disabled, reason }: Asked): TriggerCommand => {
  switch (action) {
    case 'unlock': return { type: 'unlock' };
    case 'delete': return { type: 'delete' };
    case 'backfill/pause': return { type: 'pauseBackfill' };
    case 'backfill/unpause': return { type: 'continueBackfill' };
    case 'backfill/delete': return { type: 'deleteBackfill' };
    case 'set-disabled':
      if (disabled === undefined) throw illegalArgument('disabled is missing; give true or false');
      return { type: 'setDisabled', disabled, ...(reason === undefined ? {} : { reason }) };
  }
};

export const byTriggers: Handler<typeof triggersBulk> = ({ rooms, input, caller }) => {
  const { body } = input;
  const list = 'triggers' in body ? body : { triggers: body, disabled: undefined, reason: undefined };
  for (const key of list.triggers) needAllowed(rooms, caller, key, mayUpdate);
  return each(rooms, caller, list.triggers, { action: input.action, disabled: list.disabled ?? input.disabled, reason: list.reason ?? input.reason });
};

export const byQuery: Handler<typeof triggersBulkByQuery> = ({ rooms, input, caller }) => {
  const meant = filteredTriggers(rooms, caller, input).filter((trigger) => rooms.access.refusal(caller, mayUpdate, trigger.namespace) === undefined);
  return each(rooms, caller, meant, { action: input.action, disabled: input.disabled, reason: input.reason });
};

async function each(rooms: Rooms, caller: Caller, keys: readonly TriggerAddress[], asked: Asked): Promise<BulkAnswer> {
  const what = commandOf(asked);
  const fitting = keys.filter((key) => fits(rooms, caller, key, what));
  // All at once: the engine's thread takes them in one turn, and one commit carries them.
  const done = await Promise.all(fitting.map(({ namespace, flowId, triggerId }) => rooms.executor.commandTrigger(caller.tenant, { namespace, flowId, triggerId }, what, caller.participant.name)));
  const count = done.filter((reply) => reply.ok).length;
  return { count, operationId: rooms.ambient.ids.friendly(), totalItems: count };
}

function fits(rooms: Rooms, caller: Caller, { namespace, flowId, triggerId }: Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>, what: TriggerCommand): boolean {
  const row = loadTrigger(rooms.engine, caller.tenant, namespace, flowId, triggerId);
  if (row === undefined) return false;
  switch (what.type) {
    case 'unlock': return isLocked(row);
    case 'pauseBackfill': case 'continueBackfill': case 'deleteBackfill': return row.backfill !== undefined;
    default: return true;
  }
}
