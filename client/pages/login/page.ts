import { pageScript } from '../behaviour.ts';
import { errorOf } from '../flows/transfer.ts';
import type { LoginData } from './view.tsx';

export const script = pageScript<LoginData>((run) => {
  run.submits({
    async login(_form, fields) {
      const answer = await fetch('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ username: fields['username'], password: fields['password'] }) });
      if (!answer.ok) throw await errorOf(answer);
      // A whole load: the socket has to be opened anew with the new cookie.
      location.assign(run.data.from);
    },
  });
});
