import { pageScript } from '../behaviour.ts';
import { errorOf } from '../flows/transfer.ts';
import type { InvitationData } from './view.tsx';

export const script = pageScript<InvitationData>((run) => {
  run.submits({
    async join(_form, fields) {
      const answer = await fetch('/invitations/accept', {
        method: 'POST', headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: run.data.token, name: fields['name'], email: fields['email'], password: fields['password'] }),
      });
      if (!answer.ok) throw await errorOf(answer);
      location.assign(`/ui/${run.place().tenant}/dashboards`);
    },
  });
});
