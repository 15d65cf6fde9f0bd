/** Which triggers are meant: filters of all generations of clients, and what the caller may see. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { compileFilters, type FilterFields } from '../../../core/protocol/filters/match.ts';
import { parseFilters } from '../../../core/protocol/filters/syntax.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { Permission } from '../../../core/protocol/operation.ts';
import type { Caller } from '../../access/contract.ts';
import { isInNamespace, listTriggers, triggerOf } from '../../store/index.ts';
import type { Rooms } from '../handler.ts';

export interface TriggerFilterInput {
  readonly q?: string | undefined;
  readonly namespace?: string | undefined;
  readonly flowId?: string | undefined;
  readonly triggerId?: string | undefined;
  readonly workerId?: string | undefined;
  readonly state?: string | undefined;
  readonly filters?: readonly unknown[] | undefined;
}

/** Of newer clients. */
const fields: FilterFields<Trigger> = {
  q: { type: 'search', of: (row) => `${row.namespace} ${row.flowId} ${row.triggerId} ${row.type}` },
  namespace: { type: 'text', of: (row) => row.namespace },
  flowId: { type: 'text', of: (row) => row.flowId },
  triggerId: { type: 'text', of: (row) => row.triggerId },
  workerId: { type: 'text', of: (row) => row.workerId },
  kind: { type: 'words', words: ['SCHEDULE', 'POLLING', 'REALTIME', 'WEBHOOK', 'FLOW'], of: (row) => row.kind },
  triggerState: { type: 'words', words: ['ENABLED', 'DISABLED'], of: (row) => (row.disabled || row.sourceDisabled ? 'DISABLED' : 'ENABLED') },
  executionId: { type: 'text', of: (row) => row.executionId },
  scope: { type: 'scope', of: (row) => row.namespace },
  startDate: { type: 'date', of: (row) => (row.date === undefined ? undefined : Date.parse(row.date)) },
  endDate: { type: 'date', of: (row) => (row.date === undefined ? undefined : Date.parse(row.date)) },
  timeRange: { type: 'timeRange', of: (row) => (row.date === undefined ? undefined : Date.parse(row.date)) },
  updated: { type: 'date', of: (row) => (row.updatedDate === undefined ? undefined : Date.parse(row.updatedDate)) },
};

const given = (text: string | undefined): text is string => text !== undefined && text !== '';
const readTrigger: Permission = { resource: 'trigger', action: 'read' };

/** By namespace, flow and id. */
export function filteredTriggers(rooms: Rooms, caller: Caller, input: TriggerFilterInput): readonly Trigger[] {
  const state = given(input.state) ? input.state.toUpperCase() : undefined;
  if (state !== undefined && state !== 'ENABLED' && state !== 'DISABLED') throw illegalArgument(`state "${input.state ?? ''}" is neither ENABLED nor DISABLED`);
  const nodes = parseFilters(input.filters);
  const filters = nodes.length === 0 ? undefined : compileFilters(nodes, fields, { what: 'triggers', nowMs: rooms.ambient.clock.nowMs() });
  const found: Trigger[] = [];
  const allowed = new Map<string, boolean>();
  const mayRead = (namespace: string): boolean => {
    const known = allowed.get(namespace) ?? rooms.access.refusal(caller, readTrigger, namespace) === undefined;
    allowed.set(namespace, known);
    return known;
  };
  for (const row of listTriggers(rooms.engine, caller.tenant)) {
    if (given(input.namespace) && !isInNamespace(row.namespace, input.namespace)) continue;
    if (given(input.flowId) && row.flowId !== input.flowId) continue;
    if (given(input.triggerId) && row.triggerId !== input.triggerId) continue;
    if (state !== undefined && (state === 'DISABLED') !== (row.disabled || row.sourceDisabled)) continue;
    if (!holdsText(row, input.q) || !mayRead(row.namespace)) continue;
    const trigger = triggerOf(row);
    if (given(input.workerId) && trigger.workerId !== input.workerId) continue;
    if (filters !== undefined && !filters.matches(trigger)) continue;
    found.push(trigger);
  }
  return found;
}

export const holdsText = (trigger: Pick<Trigger, 'namespace' | 'flowId' | 'triggerId'>, text: string | undefined): boolean =>
  !given(text) || text === '*' || `${trigger.namespace}\n${trigger.flowId}\n${trigger.triggerId}`.toLowerCase().includes(text.toLowerCase());
