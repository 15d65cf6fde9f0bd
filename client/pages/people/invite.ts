/** Inviting: also from the welcome page. */
import { roles, type Role } from '../../../core/protocol/entities/participant.ts';
import { workspace } from '../../../core/protocol/operations/index.ts';
import { momentWords } from '../../components/time/words.ts';
import type { PageRun } from '../behaviour.ts';
import { InviteDialog } from './invite-dialog.tsx';

export function openInvite(run: PageRun<unknown>): void {
  const dialog = run.app.dialogs.open(InviteDialog());
  dialog.submits(async (form) => {
    const fields = new FormData(form);
    const role: Role = roles.find((one) => one === fields.get('role')) ?? 'viewer';
    const name = String(fields.get('name') ?? '').trim();
    const invitation = await run.call(workspace.peopleInvite, { body: { role, ...(name === '' ? {} : { name }) } });
    dialog.close();
    const place = run.place();
    // A server that does not know how the world reaches it gives a path: then it is reached as this page was.
    await run.app.dialogs.secret({ title: `Invitation for one ${role}`, text: `Send this link to one person. It works once, until ${momentWords(Date.parse(invitation.expiresAt), place.nowMs, place.zone)}, and is not shown again.`, secret: new URL(invitation.url, location.href).href });
  });
}
