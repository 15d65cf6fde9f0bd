/** Triggers: what starts executions by itself. Their state is the store's, over the source. */
import { Type } from 'typebox';
import type { LogEntry } from '../entities/log-entry.ts';
import type { Trigger } from '../entities/trigger.ts';
import { operation, type Page } from '../operation.ts';
import type { StateType } from '../states.ts';
import { filterInput, pageInput } from './parts.ts';

const read = { resource: 'trigger', action: 'read' } as const;
const update = { resource: 'trigger', action: 'update' } as const;
const text = Type.Optional(Type.String());
const keyInput = { namespace: Type.String(), flowId: Type.String(), triggerId: Type.String() };
/** As clients send it back: a whole trigger, of which the id members count. */
const keyBody = Type.Object(keyInput);
const labelsInput = Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Array(Type.Object({ key: Type.String(), value: Type.Unknown() }))]);
const backfillInput = Type.Object({
  start: Type.String(), end: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  inputs: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])), labels: Type.Optional(Type.Union([labelsInput, Type.Null()])), paused: Type.Optional(Type.Boolean()),
});
const triggerFilterInput = { q: text, namespace: text, flowId: text, triggerId: text, workerId: text, state: Type.Optional(Type.String({ description: 'ENABLED or DISABLED' })), ...filterInput };

/** Two generations of clients read two names of each. */
export interface TriggerListRow {
  readonly abstractTrigger: unknown;
  readonly triggerContext: Trigger;
  readonly trigger: unknown;
  readonly state: Trigger;
}

export const triggersSearch = operation<Page<TriggerListRow>>()({
  name: 'triggers.search', doc: 'A page of triggers.', permission: read, audited: false,
  input: Type.Object({ ...pageInput, ...triggerFilterInput }), rest: [{ method: 'GET', path: '/triggers/search', lists: ['sort'] }],
});
export const triggersOfFlow = operation<Page<Trigger>>()({
  name: 'triggers.ofFlow', doc: 'The triggers of one flow.', permission: read, audited: false,
  input: Type.Object({ namespace: Type.String(), flowId: Type.String(), ...pageInput, q: text }),
  rest: [{ method: 'GET', path: '/triggers/{namespace}/{flowId}', lists: ['sort'] }],
});
export const triggersLogs = operation<Page<LogEntry>>()({
  name: 'triggers.logs', doc: 'What a trigger has said of itself, newest first.', permission: { resource: 'log', action: 'read' }, audited: false,
  input: Type.Object({ ...keyInput, ...pageInput, minLevel: text }), rest: [{ method: 'GET', path: '/triggers/{namespace}/{flowId}/{triggerId}/logs', lists: ['sort'] }],
});

/** One trigger of the calendar with its dates in the range. */
export interface CalendarRow {
  readonly trigger: Trigger;
  /** Dates to come, at most `datesMax`. */
  readonly dates: readonly string[];
  /** There are more than those. */
  readonly isCut: boolean;
}
export interface CalendarRun {
  readonly namespace: string;
  readonly flowId: string;
  readonly triggerId: string;
  readonly executionId: string;
  readonly startDate: string;
  readonly state: StateType;
}
export interface TriggerCalendar {
  readonly from: string;
  readonly to: string;
  readonly rows: readonly CalendarRow[];
  /** How many triggers fit the filter; `rows` has those with the nearest dates. */
  readonly total: number;
  /** What triggers have started in the range, newest first. */
  readonly runs: readonly CalendarRun[];
  readonly runsCut: boolean;
}
export const triggersCalendar = operation<TriggerCalendar>()({
  name: 'triggers.calendar', doc: 'When triggers start executions in a stretch of time, and what they have started.', permission: read, audited: false,
  input: Type.Object({ from: Type.String(), to: Type.String(), ...triggerFilterInput }), rest: [{ method: 'GET', path: '/triggers/calendar' }],
});

export const triggersUpdate = operation<Trigger>()({
  name: 'triggers.update', doc: 'Switches a trigger on or off, and starts a backfill.', permission: update, audited: true,
  input: Type.Object({ body: Type.Object({ ...keyInput, disabled: Type.Optional(Type.Boolean()), reason: Type.Optional(Type.String({ maxLength: 1000 })), backfill: Type.Optional(Type.Union([backfillInput, Type.Null()])) }) }),
  rest: [{ method: 'PUT', path: '/triggers', body: 'json' }],
});
export const triggersSetDisabled = operation<Trigger>()({
  name: 'triggers.setDisabled', doc: 'Switches a trigger on or off, with a reason.', permission: update, audited: true,
  input: Type.Object({ body: Type.Object({ ...keyInput, disabled: Type.Boolean(), reason: Type.Optional(Type.String({ maxLength: 1000 })) }) }),
  rest: [{ method: 'PUT', path: '/triggers/set-disabled', body: 'json' }],
});
export const triggersUnlock = operation<Trigger>()({
  name: 'triggers.unlock', doc: 'Forgets the running execution or evaluation that holds a trigger back.', permission: update, audited: true,
  input: Type.Object(keyInput), rest: [{ method: 'POST', path: '/triggers/{namespace}/{flowId}/{triggerId}/unlock' }],
});
export const triggersRestart = operation<Trigger>()({
  name: 'triggers.restart', doc: 'Begins a trigger anew: without its lock, at its next date.', permission: update, audited: true,
  input: Type.Object(keyInput), rest: [{ method: 'POST', path: '/triggers/{namespace}/{flowId}/{triggerId}/restart' }],
});
export const triggersDelete = operation<Trigger>()({
  name: 'triggers.delete', doc: 'Deletes the state of a trigger; it is made anew while its flow declares it.', permission: { resource: 'trigger', action: 'delete' }, audited: true,
  input: Type.Object(keyInput), rest: [{ method: 'DELETE', path: '/triggers/{namespace}/{flowId}/{triggerId}', status: 204 }],
});
export const triggersBackfillCreate = operation<Trigger>()({
  name: 'triggers.backfillCreate', doc: 'Runs a schedule over dates of the past.', permission: update, audited: true,
  input: Type.Object({ body: Type.Object({ ...keyInput, backfill: backfillInput }) }),
  rest: [{ method: 'PUT', path: '/triggers/backfill/create', body: 'json' }, { method: 'POST', path: '/triggers/backfill/create', body: 'json' }],
});
export const triggersBackfillChange = operation<Trigger>()({
  name: 'triggers.backfillChange', doc: 'Pauses, continues or deletes a backfill.', permission: update, audited: true,
  input: Type.Object({ action: Type.Union([Type.Literal('pause'), Type.Literal('unpause'), Type.Literal('delete')]), body: keyBody }),
  rest: [{ method: 'PUT', path: '/triggers/backfill/{action}', body: 'json' }, { method: 'POST', path: '/triggers/backfill/{action}', body: 'json' }],
});

const bulkActions = ['unlock', 'set-disabled', 'delete', 'backfill/pause', 'backfill/unpause', 'backfill/delete'] as const;
export type TriggerBulkAction = (typeof bulkActions)[number];
const bulkAction = Type.Unsafe<TriggerBulkAction>({ type: 'string', enum: [...bulkActions] });
export interface BulkAnswer {
  readonly count: number;
  readonly operationId: string;
  readonly totalItems: number;
}
/** Those that have no backfill, or are not locked, are skipped without a word. */
export const triggersBulk = operation<BulkAnswer>()({
  name: 'triggers.bulk', doc: 'One action on many triggers.', permission: update, audited: true,
  input: Type.Object({
    action: bulkAction, disabled: Type.Optional(Type.Boolean()), reason: Type.Optional(Type.String({ maxLength: 1000 })),
    body: Type.Union([Type.Array(keyBody), Type.Object({ triggers: Type.Array(keyBody), disabled: Type.Optional(Type.Boolean()), reason: Type.Optional(Type.String({ maxLength: 1000 })) })]),
  }),
  rest: bulkActions.flatMap((action) => [
    { method: 'POST', path: `/triggers/${action}/by-triggers`, body: 'json', preset: { action } } as const,
    ...(action === 'delete' ? [{ method: 'DELETE', path: `/triggers/${action}/by-triggers`, body: 'json', preset: { action } } as const] : []),
  ]),
});
export const triggersBulkByQuery = operation<BulkAnswer>()({
  name: 'triggers.bulkByQuery', doc: 'One action on all triggers that fit a filter.', permission: update, audited: true,
  input: Type.Object({ action: bulkAction, disabled: Type.Optional(Type.Boolean()), reason: Type.Optional(Type.String({ maxLength: 1000 })), ...triggerFilterInput }),
  rest: bulkActions.flatMap((action) => [
    { method: 'POST', path: `/triggers/${action}/by-query`, preset: { action } } as const,
    ...(action === 'delete' ? [{ method: 'DELETE', path: `/triggers/${action}/by-query`, preset: { action } } as const] : []),
  ]),
});
