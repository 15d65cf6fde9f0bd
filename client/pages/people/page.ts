import { roles } from '../../../core/protocol/entities/participant.ts';
import { workspace } from '../../../core/protocol/operations/index.ts';
import { pageScript } from '../behaviour.ts';
import { openInvite } from './invite.ts';
import type { PeopleData } from './view.tsx';

export const script = pageScript<PeopleData>((run) => {
  const { app } = run;
  const nameOf = (id: string): string => run.data.people.find((person) => person.id === id)?.name ?? id;
  run.actions({
    'invite': () => openInvite(run),
    async role({ value }) {
      const parts: unknown = JSON.parse(value);
      const [id, wanted] = Array.isArray(parts) ? parts : [];
      const role = roles.find((one) => one === wanted);
      if (typeof id !== 'string' || role === undefined) throw new Error(`Not a person and a role: ${value}`);
      await run.call(workspace.peopleSetRole, { id, body: { role } });
      app.toasts.done(`${nameOf(id)} is ${role} now, on all open pages`);
      app.reload();
    },
    async 'sign-out'({ value }) {
      if (!await app.dialogs.confirm({ title: `Sign ${nameOf(value)} out everywhere?`, text: 'All their sessions end now, open pages included. They can sign in again.', action: 'Sign out everywhere', danger: true })) return;
      const answer = await run.call(workspace.peopleRevokeSessions, { id: value });
      app.toasts.done(`${answer.count} ${answer.count === 1 ? 'session' : 'sessions'} ended`);
    },
    async remove({ value }) {
      if (!await app.dialogs.confirm({ title: `Remove ${nameOf(value)}?`, text: 'Sessions, tokens and open pages end at once. What they wrote stays under their name.', action: `Remove ${nameOf(value)}`, danger: true })) return;
      await run.call(workspace.peopleRemove, { id: value });
      app.toasts.done(`${nameOf(value)} is removed`);
      app.reload();
    },
  });
});
