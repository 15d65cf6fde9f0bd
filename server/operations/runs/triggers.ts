/** What starts flows: their state is the engine's, over the source. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { notFound } from '../../../core/protocol/errors.ts';
import type { triggersOfFlow, triggersSearch, triggersUnlock, triggersUpdate } from '../../../core/protocol/operations/runs.ts';
import { isInNamespace, listTriggers, loadFlowRecord, triggerOf } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { pageOf, parseSort, sortRows, replied } from '../rooms.ts';

const sortFields = ['flowId', 'namespace', 'triggerId', 'executionId', 'nextExecutionDate'] as const;
const fieldOf = (trigger: Trigger, field: (typeof sortFields)[number]): string => trigger[field] ?? '';
const given = (text: string | undefined): text is string => text !== undefined && text !== '';
const holds = (trigger: Trigger, text: string | undefined): boolean =>
  !given(text) || text === '*' || `${trigger.namespace}\n${trigger.flowId}\n${trigger.triggerId}`.toLowerCase().includes(text.toLowerCase());

export const search: Handler<typeof triggersSearch> = ({ rooms, input, caller }) => {
  const sort = parseSort(input.sort, sortFields);
  const all = [...listTriggers(rooms.engine, caller.tenant)].map(triggerOf)
    .filter((trigger) => holds(trigger, input.q) && (!given(input.namespace) || isInNamespace(trigger.namespace, input.namespace)) && (!given(input.flowId) || trigger.flowId === input.flowId));
  const page = pageOf(sortRows(all, sort, fieldOf), input);
  // Two generations of clients read two names of each.
  return {
    total: page.total,
    results: page.results.map((trigger) => {
      const declared = { id: trigger.triggerId, type: trigger.type, disabled: trigger.sourceDisabled, ...(trigger.cron === undefined ? {} : { cron: trigger.cron }), ...(trigger.description === undefined ? {} : { description: trigger.description }) };
      return { abstractTrigger: declared, triggerContext: trigger, trigger: declared, state: trigger };
    }),
  };
};

export const ofFlow: Handler<typeof triggersOfFlow> = ({ rooms, input, caller }) => {
  const sort = parseSort(input.sort, sortFields);
  const all = [...listTriggers(rooms.engine, caller.tenant, input.namespace, input.flowId)].map(triggerOf).filter((trigger) => holds(trigger, input.q));
  return pageOf(sortRows(all, sort, fieldOf), input);
};

export const update: Handler<typeof triggersUpdate> = async ({ rooms, input, caller }) => {
  const { namespace, flowId, triggerId, disabled } = input.body;
  const record = loadFlowRecord(rooms.front, caller.tenant, namespace, flowId);
  if (record === undefined || record.deleted) throw notFound(`Flow of trigger ${triggerId} not found`);
  return replied(await rooms.executor.setTriggerDisabled(caller.tenant, namespace, flowId, triggerId, disabled === true));
};

export const unlock: Handler<typeof triggersUnlock> = async ({ rooms, input, caller }) =>
  replied(await rooms.executor.unlockTrigger(caller.tenant, input.namespace, input.flowId, input.triggerId));
