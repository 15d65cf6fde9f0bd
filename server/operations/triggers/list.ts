/** Reading triggers and their logs. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { isLogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { TriggerListRow, triggersLogs, triggersOfFlow, triggersSearch } from '../../../core/protocol/operations/triggers.ts';
import { listTriggers, loadFlowRecord, loadRevision, searchTriggerLogs, triggerOf } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { pageOf, parseSort, sortRows } from '../rooms.ts';
import { filteredTriggers, holdsText } from './filter.ts';

const sortFields = ['flowId', 'namespace', 'triggerId', 'executionId', 'nextExecutionDate'] as const;
/** What has no value comes last, whichever way: rows without a next date are not what one looks for. */
const fieldOf = (trigger: Trigger, field: (typeof sortFields)[number]): string => trigger[field] ?? '';

export const search: Handler<typeof triggersSearch> = ({ rooms, input, caller }) => {
  const sort = parseSort(input.sort, sortFields);
  const page = pageOf(sortRows(filteredTriggers(rooms, caller, input), sort, fieldOf), input);
  return { total: page.total, results: page.results.map((trigger) => rowOf(trigger)) };
};

const rowOf = (trigger: Trigger): TriggerListRow => {
  const declared = { id: trigger.triggerId, type: trigger.type, disabled: trigger.sourceDisabled, ...(trigger.cron === undefined ? {} : { cron: trigger.cron }), ...(trigger.timezone === undefined ? {} : { timezone: trigger.timezone }), ...(trigger.description === undefined ? {} : { description: trigger.description }) };
  return { abstractTrigger: declared, triggerContext: trigger, trigger: declared, state: trigger };
};

export const ofFlow: Handler<typeof triggersOfFlow> = ({ rooms, input, caller }) => {
  const sort = parseSort(input.sort, sortFields);
  const all = [...listTriggers(rooms.engine, caller.tenant, input.namespace, input.flowId)].map(triggerOf).filter((trigger) => holdsText(trigger, input.q));
  return pageOf(sortRows(all, sort, fieldOf), input);
};

export const logs: Handler<typeof triggersLogs> = ({ rooms, input, caller }) => {
  const level = input.minLevel?.toUpperCase();
  if (level !== undefined && level !== '' && !isLogLevel(level)) throw illegalArgument(`minLevel "${level}" is none of TRACE, DEBUG, INFO, WARN, ERROR`);
  const { namespace, flowId, triggerId } = input;
  const all = searchTriggerLogs(rooms.engine, caller.tenant, { namespace, flowId, triggerId, exact: true, ...(level === undefined || level === '' || !isLogLevel(level) ? {} : { minLevel: level }) });
  return pageOf(all, input);
};

/** Whether the flow is there to start; the API answers 404 otherwise. */
export function hasFlow(rooms: Rooms, tenant: string, namespace: string, flowId: string): boolean {
  const record = loadFlowRecord(rooms.front, tenant, namespace, flowId);
  return record !== undefined && !record.deleted && (record.revision === 0 || loadRevision(rooms.front, tenant, namespace, flowId, record.revision) !== undefined);
}
