import { FormError, TextField } from '../../components/field/field.tsx';
import { Button } from '../../components/button/button.tsx';
import { definePage } from '../page.ts';

export interface LoginData {
  /** Where to go afterwards: a path of this app, checked in load. */
  readonly from: string;
}

export const loginPage = definePage<LoginData>({
  name: 'login',
  route: '/login',
  access: 'open',
  title: () => 'Sign in',
  load: ({ query, tenant }) => {
    const from = query.get('from') ?? '';
    // Only a path of ours: a link that signs somebody in and sends them elsewhere would be a trap.
    return Promise.resolve({ from: /^\/ui\/[^/\\]/.test(from) ? from : `/ui/${tenant}/dashboards` });
  },
  view: (data) => (
    <section class="panel bare-panel">
      <h1>Sign in</h1>
      <form data-submit="login" data-from={data.from} method="post">
        <TextField name="username" label="E-mail or name" required autofocus autocomplete="username" />
        <TextField name="password" label="Password" type="password" required autocomplete="current-password" />
        <FormError />
        <Button kind="primary" type="submit">Sign in</Button>
      </form>
      <p class="small faint">No account yet? Ask for an invitation link. Lost the only administrator's password? On the server, <code>npm start -- --administrator</code> prints a new link.</p>
    </section>
  ),
});
