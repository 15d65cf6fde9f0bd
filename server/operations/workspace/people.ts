/** Oneself, people, tokens, tickets, the list of who did what. */
import { ProtocolError } from '../../../core/protocol/errors.ts';
import type {
  auditList, invitationGet, meGet, mePassword, meUpdate, peopleInvite, peopleList, peopleRemove, peopleRevokeSessions, peopleSetRole, ticketsCreate,
  tokensCreate, tokensList, tokensRevoke,
} from '../../../core/protocol/operations/workspace.ts';
import type { Handler } from '../handler.ts';

export const me: Handler<typeof meGet> = ({ rooms, caller }) => ({ ...caller.participant, open: rooms.access.isOpen() });
export const updateMe: Handler<typeof meUpdate> = ({ rooms, caller, input }) => rooms.access.updateMe(caller, {
  ...(input.body.name === undefined ? {} : { name: input.body.name }), ...(input.body.color === undefined ? {} : { color: input.body.color }),
});
export const changePassword: Handler<typeof mePassword> = async ({ rooms, caller, input }) => {
  await rooms.access.changePassword(caller, input.body.oldPassword, input.body.newPassword);
  return null;
};
export const invitation: Handler<typeof invitationGet> = ({ rooms, input }) => {
  const found = rooms.access.invitation(input.token);
  if (found === undefined) throw new ProtocolError({ status: 410, message: 'Gone: this link is used, expired or wrong; ask an administrator for a new one' });
  return found;
};
export const list: Handler<typeof peopleList> = ({ rooms }) => rooms.access.listPeople();
export const invite: Handler<typeof peopleInvite> = async ({ rooms, caller, input }) => {
  const { secret, expiresAt } = await rooms.access.invite(caller, input.body.role, input.body.name);
  return { url: `${rooms.config.publicUrl}/ui/${caller.tenant}/invitation/${secret}`, expiresAt };
};
export const setRole: Handler<typeof peopleSetRole> = ({ rooms, caller, input }) => rooms.access.setRole(caller, input.id, input.body.role);
export const remove: Handler<typeof peopleRemove> = async ({ rooms, caller, input }) => {
  await rooms.access.removePerson(caller, input.id);
  return null;
};
export const revokeSessions: Handler<typeof peopleRevokeSessions> = async ({ rooms, caller, input }) => ({ count: await rooms.access.revokeSessions(caller, input.id) });
export const tokens: Handler<typeof tokensList> = ({ rooms, caller }) => rooms.access.listTokens(caller);
export const createToken: Handler<typeof tokensCreate> = ({ rooms, caller, input: { body } }) => rooms.access.createToken(caller, {
  name: body.name, ...(body.role === undefined ? {} : { role: body.role }), ...(body.bot === undefined ? {} : { bot: body.bot }), ...(body.maxAge === undefined ? {} : { maxAge: body.maxAge }),
});
export const revokeToken: Handler<typeof tokensRevoke> = async ({ rooms, caller, input }) => {
  await rooms.access.revokeToken(caller, input.id);
  return null;
};
export const ticket: Handler<typeof ticketsCreate> = ({ rooms, caller }) => ({ ticket: rooms.access.createTicket(caller) });
export const audit: Handler<typeof auditList> = ({ rooms, input }) => rooms.access.listAudit({
  page: input.page ?? 1, size: input.size ?? 10,
  ...(input.q === undefined || input.q === '' ? {} : { q: input.q }),
  ...(input.participant === undefined || input.participant === '' ? {} : { participant: input.participant }),
  ...(input.operation === undefined || input.operation === '' ? {} : { operation: input.operation }),
});
