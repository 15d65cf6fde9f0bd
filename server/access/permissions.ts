/** Who may do what: role x (resource, action), one table. */
import type { Role } from '../../core/protocol/entities/participant.ts';
import type { Action, Permission, Resource } from '../../core/protocol/operation.ts';

type Rights = Readonly<Record<Resource, readonly Action[]>>;
const all: readonly Action[] = ['read', 'create', 'update', 'delete', 'execute'];
const read: readonly Action[] = ['read'];

const table: Readonly<Record<Role, Rights>> = {
  admin: { flow: all, execution: all, trigger: all, log: all, namespace: all, plugin: all, people: all, token: all, audit: all, workspace: all, kv: all, file: all },
  editor: { flow: all, execution: all, trigger: all, log: all, namespace: all, plugin: read, people: read, token: all, audit: [], workspace: read, kv: all, file: all },
  // A viewer makes tokens too: they read what the viewer reads. KV values may hold credentials, so they are not for looking.
  viewer: { flow: read, execution: read, trigger: read, log: read, namespace: read, plugin: read, people: read, token: all, audit: [], workspace: read, kv: [], file: read },
};

const rank: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, admin: 2 };
export const lesserRole = (a: Role, b: Role): Role => (rank[a] < rank[b] ? a : b);
export const exceedsRole = (wanted: Role, own: Role): boolean => rank[wanted] > rank[own];

export function refusalOf(role: Role, permission: Permission): string | undefined {
  if (table[role][permission.resource].includes(permission.action)) return undefined;
  const words: Readonly<Record<Action, string>> = { read: 'see', create: 'create', update: 'change', delete: 'delete', execute: 'start or steer' };
  const things: Readonly<Record<Resource, string>> = {
    flow: 'flows', execution: 'executions', trigger: 'triggers', log: 'logs', namespace: 'namespaces', plugin: 'plugins', people: 'people', token: 'tokens',
    audit: 'the list of who did what', workspace: 'the workspace', kv: 'KV pairs', file: 'files',
  };
  return `Forbidden: the role ${role} may not ${words[permission.action]} ${things[permission.resource]}; ask an administrator for another role`;
}
