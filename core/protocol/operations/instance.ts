/** What clients ask about the server itself: its expression language, its use, its services. */
import { Type } from 'typebox';
import { operation, type Page } from '../operation.ts';
import { pageInput } from './parts.ts';

const look = { resource: 'plugin', action: 'read' } as const;

export const pebbleFilters = operation<readonly string[]>()({
  name: 'pebble.filters', doc: 'Names of all filters of expressions.', permission: look, audited: false,
  input: Type.Object({}), rest: [{ method: 'GET', path: '/pebble/filters', instance: true }],
});
export const pebbleFunctions = operation<readonly { readonly name: string; readonly arguments: readonly { readonly name: string }[] }[]>()({
  name: 'pebble.functions', doc: 'All functions of expressions, with their arguments.', permission: look, audited: false,
  input: Type.Object({}), rest: [{ method: 'GET', path: '/pebble/functions', instance: true }],
});

export interface Usage {
  readonly uuid: string;
  readonly version: string;
  readonly flows: { readonly count: number; readonly namespacesCount: number; readonly taskTypeCount: Readonly<Record<string, number>>; readonly triggerTypeCount: Readonly<Record<string, number>> };
  readonly executions: { readonly dailyExecutionsCount: readonly { readonly date: string; readonly count: number; readonly counts: Readonly<Record<string, number>> }[] };
}
/** For the people of this workspace; nothing is sent anywhere. */
export const usagesGet = operation<Usage>()({
  name: 'usages.get', doc: 'How much there is: flows, their types, executions of the last days.', permission: { resource: 'workspace', action: 'read' }, audited: false,
  input: Type.Object({}), rest: [{ method: 'GET', path: '/usages/all', also: ['/usages'] }],
});

export interface ServiceInstance {
  readonly id: string;
  readonly type: 'STANDALONE';
  readonly state: 'RUNNING';
  readonly server: { readonly id: string; readonly type: 'STANDALONE'; readonly version: string; readonly hostname: string };
  readonly createdAt: string;
  readonly updatedAt: string;
}
export const servicesSearch = operation<Page<ServiceInstance>>()({
  name: 'services.search', doc: 'The servers of this instance: this one.', permission: { resource: 'workspace', action: 'read' }, audited: false,
  input: Type.Object({ ...pageInput, state: Type.Optional(Type.Array(Type.String())), type: Type.Optional(Type.Array(Type.String())) }), rest: [{ method: 'GET', path: '/instance/services/search', lists: ['state', 'type', 'sort'], instance: true }],
});
export const servicesActive = operation<readonly ServiceInstance[]>()({
  name: 'services.active', doc: 'The servers that are at work: this one.', permission: { resource: 'workspace', action: 'read' }, audited: false,
  input: Type.Object({}), rest: [{ method: 'GET', path: '/instance/services/active', instance: true }],
});
