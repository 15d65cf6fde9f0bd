/** The workspace itself: people, tokens, audit, plugins, namespaces, KV, expressions, configuration. */
import { Type } from 'typebox';
import type { ApiToken, AuditEntry, Participant, Person } from '../entities/participant.ts';
import type { StatsTopicState } from '../topics.ts';
import { operation, type Page } from '../operation.ts';
import { pageInput } from './parts.ts';

const people = (action: 'read' | 'create' | 'update' | 'delete') => ({ resource: 'people', action }) as const;
const role = Type.Union([Type.Literal('admin'), Type.Literal('editor'), Type.Literal('viewer')]);

export const meGet = operation<Participant & { readonly open: boolean }>()({
  name: 'me.get', doc: 'Who I am here. `open`: an open local workspace without users.', permission: 'open', audited: false,
  input: Type.Object({}), rest: [{ method: 'GET', path: '/me', instance: true }],
});
export const meUpdate = operation<Participant>()({
  name: 'me.update', doc: 'Changes my display name or colour.', permission: 'open', audited: true,
  input: Type.Object({ body: Type.Object({ name: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })), color: Type.Optional(Type.Integer({ minimum: 1, maximum: 12 })) }) }),
  rest: [{ method: 'PATCH', path: '/me', body: 'json', instance: true }],
});
export const mePassword = operation<null>()({
  name: 'me.password', doc: 'Changes my password; my other sessions end.', permission: 'open', audited: true,
  input: Type.Object({ body: Type.Object({ oldPassword: Type.String(), newPassword: Type.String({ minLength: 8, maxLength: 200 }) }) }),
  rest: [{ method: 'PUT', path: '/me/password', body: 'json', status: 204, instance: true }],
});
/**
 * The doors that give or take a cookie are the edge's own, each as form or JSON: `POST /login {username, password}`, `POST /logout`,
 * `POST /invitation {token, name, email, password}`. They answer the participant, or the error body of REST; a plain form gets a redirect.
 * The links of `people.invite` and of `--share` are `/ui/{tenant}/invitation/{token}`.
 */
export const invitationGet = operation<{ readonly kind: 'invitation' | 'administrator'; readonly role: 'admin' | 'editor' | 'viewer'; readonly name?: string }>()({
  name: 'invitation.get', doc: 'What a one-time link is good for; 410 when it is used, expired or wrong.', permission: 'open', anonymous: true, audited: false,
  input: Type.Object({ token: Type.String({ maxLength: 200 }) }), rest: [{ method: 'GET', path: '/people/invitations/{token}' }],
});
export const peopleList = operation<readonly Person[]>()({
  name: 'people.list', doc: 'Everybody of the workspace.', permission: people('read'), audited: false, input: Type.Object({}), rest: [{ method: 'GET', path: '/people' }],
});
export const peopleInvite = operation<{ readonly url: string; readonly expiresAt: string }>()({
  name: 'people.invite', doc: 'A one-time invitation link for a role.', permission: people('create'), audited: true,
  input: Type.Object({ body: Type.Object({ role, name: Type.Optional(Type.String({ maxLength: 60 })) }) }), rest: [{ method: 'POST', path: '/people/invitations', body: 'json' }],
});
export const peopleSetRole = operation<Person>()({
  name: 'people.setRole', doc: 'Changes somebody\'s role, at once for all their open pages.', permission: people('update'), audited: true,
  input: Type.Object({ id: Type.String(), body: Type.Object({ role }) }), rest: [{ method: 'PATCH', path: '/people/{id}', body: 'json' }],
});
export const peopleRemove = operation<null>()({
  name: 'people.remove', doc: 'Removes somebody; their sessions, tokens and sockets end at once.', permission: people('delete'), audited: true,
  input: Type.Object({ id: Type.String() }), rest: [{ method: 'DELETE', path: '/people/{id}', status: 204 }],
});
export const peopleRevokeSessions = operation<{ readonly count: number }>()({
  name: 'people.revokeSessions', doc: 'Signs somebody out everywhere.', permission: people('update'), audited: true,
  input: Type.Object({ id: Type.String() }), rest: [{ method: 'DELETE', path: '/people/{id}/sessions' }],
});
export const tokensList = operation<readonly ApiToken[]>()({
  name: 'tokens.list', doc: 'My API tokens; an admin sees all.', permission: { resource: 'token', action: 'read' }, audited: false, input: Type.Object({}), rest: [{ method: 'GET', path: '/tokens' }],
});
export const tokensCreate = operation<{ readonly id: string; readonly name: string; readonly fullToken: string }>()({
  name: 'tokens.create', doc: 'A new API token; the secret is shown only in this answer.', permission: { resource: 'token', action: 'create' }, audited: true,
  input: Type.Object({ body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 60 }), role: Type.Optional(role), bot: Type.Optional(Type.Boolean()), maxAge: Type.Optional(Type.String({ description: 'ISO duration; none = never expires' })) }) }),
  rest: [{ method: 'POST', path: '/tokens', body: 'json', status: 201 }],
});
export const tokensRevoke = operation<null>()({
  name: 'tokens.revoke', doc: 'Ends an API token and its open sockets at once.', permission: { resource: 'token', action: 'delete' }, audited: true,
  input: Type.Object({ id: Type.String() }), rest: [{ method: 'DELETE', path: '/tokens/{id}', status: 204 }],
});
/** A single-use ticket for a stock WebSocket provider, good for 30 s. */
export const ticketsCreate = operation<{ readonly ticket: string }>()({
  name: 'tickets.create', doc: 'A single-use ticket that opens one WebSocket.', permission: 'open', audited: false, input: Type.Object({}), rest: [{ method: 'POST', path: '/tickets' }],
});
export const auditList = operation<Page<AuditEntry>>()({
  name: 'audit.list', doc: 'Who did what, newest first.', permission: { resource: 'audit', action: 'read' }, audited: false,
  input: Type.Object({ ...pageInput, q: Type.Optional(Type.String()), participant: Type.Optional(Type.String()), operation: Type.Optional(Type.String()) }), rest: [{ method: 'GET', path: '/audit', lists: ['sort'] }],
});

export interface PluginPage {
  readonly type: string;
  readonly aliases: readonly string[];
  readonly group: string;
  readonly role: string;
  readonly title: string;
  readonly description: string;
  readonly deprecated: boolean;
  readonly markdown: string;
  readonly example: string;
  readonly icon: string;
  readonly schema: { readonly properties: unknown; readonly outputs: unknown };
}
const plugin = { resource: 'plugin', action: 'read' } as const;
export const pluginsList = operation<readonly unknown[]>()({
  name: 'plugins.list', doc: 'Plugin groups and their types.', permission: plugin, audited: false, input: Type.Object({}), rest: [{ method: 'GET', path: '/plugins', instance: true }, { method: 'GET', path: '/plugins/groups/subgroups', instance: true }],
});
export const pluginsGet = operation<{ readonly markdown: string; readonly schema: unknown } & Partial<PluginPage>>()({
  name: 'plugins.get', doc: 'One type: its documentation and schema.', permission: plugin, audited: false, input: Type.Object({ type: Type.String(), all: Type.Optional(Type.Boolean()) }), rest: [{ method: 'GET', path: '/plugins/{type}', instance: true }],
});
export const pluginsIcons = operation<Readonly<Record<string, { readonly name: string; readonly icon: string; readonly flowable: boolean }>>>()({
  name: 'plugins.icons', doc: 'Icons of all types, base64 SVG.', permission: plugin, audited: false, input: Type.Object({}), rest: [{ method: 'GET', path: '/plugins/icons', instance: true }],
});
export const pluginsSchema = operation<unknown>()({
  name: 'plugins.schema', doc: 'JSON Schema (draft-07) of the whole language with every installed type.', permission: plugin, audited: false, input: Type.Object({ type: Type.String(), arrayOf: Type.Optional(Type.Boolean()) }), rest: [{ method: 'GET', path: '/plugins/schemas/{type}', instance: true }],
});
/** What the browser needs to draw a topology and to know a type while somebody types: the language's own view of the catalog. */
export const pluginsCatalog = operation<readonly unknown[]>()({
  name: 'plugins.catalog', doc: 'Every installed type as the language knows it: names, kind, structure, schema.', permission: plugin, audited: false, input: Type.Object({}), rest: [{ method: 'GET', path: '/plugins/catalog', instance: true }],
});
export const namespacesSearch = operation<Page<{ readonly id: string; readonly deleted: false; readonly disabled: boolean }>>()({
  name: 'namespaces.search', doc: 'Namespaces with flows, and their parents.', permission: { resource: 'namespace', action: 'read' }, audited: false,
  input: Type.Object({ ...pageInput, q: Type.Optional(Type.String()), existing: Type.Optional(Type.Boolean()) }), rest: [{ method: 'GET', path: '/namespaces/search', lists: ['sort'] }],
});
export const kvPut = operation<null>()({
  name: 'kv.put', doc: 'Sets a KV pair; the body is a JSON literal.', permission: { resource: 'kv', action: 'update' }, audited: true,
  input: Type.Object({ namespace: Type.String(), key: Type.String(), source: Type.String(), ttl: Type.Optional(Type.String()), description: Type.Optional(Type.String({ maxLength: 2000 })) }),
  rest: [{ method: 'PUT', path: '/namespaces/{namespace}/kv/{key}', body: 'text', headers: { ttl: 'ttl', description: 'description' } }],
});
export const kvGet = operation<{ readonly type: string; readonly value: unknown; readonly updated: string }>()({
  name: 'kv.get', doc: 'A KV pair.', permission: { resource: 'kv', action: 'read' }, audited: false, input: Type.Object({ namespace: Type.String(), key: Type.String() }), rest: [{ method: 'GET', path: '/namespaces/{namespace}/kv/{key}' }],
});
export const kvDelete = operation<boolean>()({
  name: 'kv.delete', doc: 'Removes a KV pair; answers whether it was there.', permission: { resource: 'kv', action: 'delete' }, audited: true, input: Type.Object({ namespace: Type.String(), key: Type.String() }), rest: [{ method: 'DELETE', path: '/namespaces/{namespace}/kv/{key}' }],
});
/** `template` with `variables` answers `{result}`; `expressions`, in the context of an execution or of a flow, answers `{rendered}`. */
export const expressionsRender = operation<{ readonly result: string } | { readonly rendered: Readonly<Record<string, string>> }>()({
  name: 'expressions.render', doc: 'Renders a template with the given variables, or expressions in a context, within fuel.', permission: { resource: 'execution', action: 'execute' }, audited: false,
  input: Type.Object({ body: Type.Object({
    template: Type.Optional(Type.String()), variables: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    expressions: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })), executionId: Type.Optional(Type.String()), namespace: Type.Optional(Type.String()), flowId: Type.Optional(Type.String()), flow: Type.Optional(Type.String()),
  }) }), rest: [{ method: 'POST', path: '/expressions/render', body: 'json' }],
});
export const statsGet = operation<StatsTopicState>()({
  name: 'stats.get', doc: 'Home\'s figures: the state of the topic `stats`.', permission: { resource: 'execution', action: 'read' }, audited: false, input: Type.Object({}), rest: [{ method: 'GET', path: '/stats' }],
});
/** The jump box: pages are the client's own; flows and executions come from here. */
export const jumpSearch = operation<{ readonly flows: readonly { readonly namespace: string; readonly id: string }[]; readonly executions: readonly { readonly id: string; readonly namespace: string; readonly flowId: string; readonly state: string }[] }>()({
  name: 'workspace.jump', doc: 'Flows and executions whose name begins with or holds a text.', permission: { resource: 'flow', action: 'read' }, audited: false,
  input: Type.Object({ q: Type.String({ maxLength: 200 }) }), rest: [],
});
/** The welcome page's button: publishes the three tutorial flows that are not there yet. */
export const tutorialCreate = operation<readonly { readonly namespace: string; readonly id: string }[]>()({
  name: 'workspace.tutorial', doc: 'Creates the flows of namespace `tutorial`.', permission: { resource: 'flow', action: 'create' }, audited: true, input: Type.Object({}), rest: [{ method: 'POST', path: '/workspace/tutorial' }],
});
export const configsGet = operation<Readonly<Record<string, unknown>>>()({
  name: 'configs.get', doc: 'What clients ask first: version and switches.', permission: 'open', anonymous: true, audited: false, input: Type.Object({}), rest: [{ method: 'GET', path: '/configs', instance: true }],
});
