/** The switch, the lock, the restart and the end of one trigger. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { notFound, ProtocolError } from '../../../core/protocol/errors.ts';
import type { Permission } from '../../../core/protocol/operation.ts';
import type { triggersDelete, triggersRestart, triggersSetDisabled, triggersUnlock, triggersUpdate } from '../../../core/protocol/operations/triggers.ts';
import type { Caller } from '../../access/contract.ts';
import type { TriggerCommand } from '../../executor/contract.ts';
import { loadFlowRecord, loadTrigger } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { replied } from '../rooms.ts';
import { backfillCommand } from './backfills.ts';

export type TriggerAddress = Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>;
export const mayUpdate: Permission = { resource: 'trigger', action: 'update' };

/** Of a body: its namespace is not seen by the check before the handler, so a caller of another namespace would get past it. */
export function needAllowed(rooms: Rooms, caller: Caller, { namespace }: TriggerAddress, permission: Permission): void {
  const reason = rooms.access.refusal(caller, permission, namespace);
  if (reason !== undefined) throw new ProtocolError({ status: 403, message: reason });
}

export async function command(rooms: Rooms, caller: Caller, key: TriggerAddress, what: TriggerCommand): Promise<Trigger> {
  const { namespace, flowId, triggerId } = key;
  return replied(await rooms.executor.commandTrigger(caller.tenant, { namespace, flowId, triggerId }, what, caller.participant.name));
}

function needTrigger(rooms: Rooms, caller: Caller, { namespace, flowId, triggerId }: TriggerAddress): void {
  const record = loadFlowRecord(rooms.front, caller.tenant, namespace, flowId);
  if (record === undefined || record.deleted) throw notFound(`Flow of trigger ${triggerId} not found`);
  if (loadTrigger(rooms.engine, caller.tenant, namespace, flowId, triggerId) === undefined && !record.triggers.some((one) => one.id === triggerId)) throw notFound(`Flow ${flowId} has no trigger ${triggerId}`);
}

export const update: Handler<typeof triggersUpdate> = async ({ rooms, input, caller }) => {
  const { body } = input;
  needAllowed(rooms, caller, body, mayUpdate);
  needTrigger(rooms, caller, body);
  let trigger: Trigger | undefined;
  // A refused backfill must not leave the switch half done.
  if (body.backfill !== undefined && body.backfill !== null && loadTrigger(rooms.engine, caller.tenant, body.namespace, body.flowId, body.triggerId)?.backfill?.startMs !== Date.parse(body.backfill.start)) {
    trigger = await command(rooms, caller, body, backfillCommand(body.backfill, false));
  }
  if (body.disabled !== undefined || trigger === undefined) trigger = await command(rooms, caller, body, { type: 'setDisabled', disabled: body.disabled === true, ...(body.reason === undefined ? {} : { reason: body.reason }) });
  return trigger;
};

export const setDisabled: Handler<typeof triggersSetDisabled> = async ({ rooms, input, caller }) => {
  const { body } = input;
  needAllowed(rooms, caller, body, mayUpdate);
  needTrigger(rooms, caller, body);
  return command(rooms, caller, body, { type: 'setDisabled', disabled: body.disabled, ...(body.reason === undefined ? {} : { reason: body.reason }) });
};

export const unlock: Handler<typeof triggersUnlock> = ({ rooms, input, caller }) => command(rooms, caller, input, { type: 'unlock' });
export const restart: Handler<typeof triggersRestart> = ({ rooms, input, caller }) => command(rooms, caller, input, { type: 'restart' });
export const remove: Handler<typeof triggersDelete> = ({ rooms, input, caller }) => command(rooms, caller, input, { type: 'delete' });
