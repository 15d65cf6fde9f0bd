/** The workspace itself. */
import type { workspace } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';
import * as kv from './kv.ts';
import * as people from './people.ts';
import * as plugins from './plugins.ts';
import { stats } from './stats.ts';
import * as own from './workspace.ts';

export const workspaceHandlers: HandlersOf<typeof workspace> = {
  meGet: people.me, meUpdate: people.updateMe, mePassword: people.changePassword, invitationGet: people.invitation,
  peopleList: people.list, peopleInvite: people.invite, peopleSetRole: people.setRole, peopleRemove: people.remove, peopleRevokeSessions: people.revokeSessions,
  tokensList: people.tokens, tokensCreate: people.createToken, tokensRevoke: people.revokeToken, ticketsCreate: people.ticket, auditList: people.audit,
  pluginsList: plugins.list, pluginsGet: plugins.get, pluginsIcons: plugins.icons, pluginsSchema: plugins.schema, pluginsCatalog: plugins.catalog,
  namespacesSearch: own.namespaces, kvPut: kv.put, kvGet: kv.get, kvDelete: kv.remove, expressionsRender: own.render,
  statsGet: stats, jumpSearch: own.jump, tutorialCreate: own.tutorial, configsGet: own.configs,
};
