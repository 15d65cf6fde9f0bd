/** Inviting: also from the welcome page. */
import { roles, type Role } from '../../../core/protocol/entities/participant.ts';
import { workspace } from '../../../core/protocol/operations/index.ts';
import { momentWords } from '../../components/time/words.ts';
import type { PageRun } from '../behaviour.ts';
import { InviteDialog } from './invite-dialog.tsx';

export function openInvite(run: PageRun<unknown>): void {
  const { element, close } = run.app.dialogs.open(InviteDialog());
  const form = element.querySelector<HTMLFormElement>('form[data-invite]');
  const problem = element.querySelector<HTMLElement>('[data-error]');
  element.querySelector('[data-close]')?.addEventListener('click', () => close());
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const role: Role = roles.find((one) => one === fields.get('role')) ?? 'viewer';
    const name = String(fields.get('name') ?? '').trim();
    run.call(workspace.peopleInvite, { body: { role, ...(name === '' ? {} : { name }) } }).then(async (invitation) => {
      close();
      const place = run.place();
      // A server that does not know how the world reaches it gives a path: then it is reached as this page was.
      await run.app.dialogs.secret({ title: `Invitation for one ${role}`, text: `Send this link to one person. It works once, until ${momentWords(Date.parse(invitation.expiresAt), place.nowMs, place.zone)}, and is not shown again.`, secret: new URL(invitation.url, location.href).href });
    }).catch((error: unknown) => {
      if (problem === null) return;
      problem.hidden = false;
      problem.textContent = error instanceof Error ? error.message : String(error);
    });
  });
}
