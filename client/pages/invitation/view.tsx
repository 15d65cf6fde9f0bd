import { FormError, TextField } from '../../components/field/field.tsx';
import { Button } from '../../components/button/button.tsx';
import { definePage } from '../page.ts';

export interface InvitationData {
  readonly token: string;
}

/** For invitation and administrator links alike: the link says which role it gives, the server checks it when it is used. */
export const invitationPage = definePage<InvitationData>({
  name: 'invitation',
  route: '/invitation/:token',
  access: 'open',
  title: () => 'Join',
  load: ({ params }) => Promise.resolve({ token: params['token'] ?? '' }),
  view: () => (
    <section class="panel bare-panel">
      <h1>Join this workspace</h1>
      <p class="dim">Somebody gave you this link. It works once: choose the name that the others see, and a password to come back with. Your colour can be changed later.</p>
      <form data-submit="join" method="post">
        <TextField name="name" label="Name the others see" required autofocus autocomplete="name" maxLength={60} />
        <TextField name="email" label="E-mail" type="email" autocomplete="username" hint="You may leave it out and sign in with your name" />
        <TextField name="password" label="Password" type="password" required autocomplete="new-password" minLength={8} maxLength={200} hint="At least 8 characters" />
        <FormError />
        <Button kind="primary" type="submit">Join</Button>
      </form>
    </section>
  ),
});
