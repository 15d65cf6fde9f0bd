import { roles, type Role } from '../../../core/protocol/entities/participant.ts';
import { preferences, workspace } from '../../../core/protocol/operations/index.ts';
import { cookieStorage } from '../../ambient/index.ts';
import { lookCookie, lookText, parseLook } from '../../components/shell/look.ts';
import { afterStartNames } from '../after-start.ts';
import { pageScript } from '../behaviour.ts';
import { changePassword, updateMe } from '../me.ts';
import { TokenDialog, type SettingsData } from './view.tsx';

export const script = pageScript<SettingsData>((run) => {
  const { app, root } = run;
  const paintLook = (): void => {
    const look = parseLook(cookieStorage.read(lookCookie));
    for (const button of root.querySelectorAll<HTMLElement>('[data-action^="look-"]')) {
      const wanted = button.dataset['action'] === 'look-theme' ? look.theme : look.density;
      button.setAttribute('aria-pressed', String(button.dataset['value'] === wanted));
    }
  };
  const change = (name: 'theme' | 'density', value: string): void => {
    cookieStorage.write(lookCookie, lookText(parseLook(lookText({ ...parseLook(cookieStorage.read(lookCookie)), [name]: value }))));
    document.dispatchEvent(new CustomEvent('ensemble:look-changed'));
    paintLook();
  };
  paintLook();
  const repaint = (): void => paintLook();
  document.addEventListener('ensemble:look', repaint);
  run.own(() => document.removeEventListener('ensemble:look', repaint));

  const createToken = (): void => {
    const dialog = app.dialogs.open(TokenDialog({ place: run.place() }));
    dialog.submits(async (form) => {
      const fields = new FormData(form);
      const role: Role = roles.find((one) => one === fields.get('role')) ?? 'viewer';
      const maxAge = String(fields.get('maxAge') ?? '');
      const token = await run.call(workspace.tokensCreate, { body: { name: String(fields.get('name') ?? ''), role, bot: fields.get('bot') === 'yes', ...(maxAge === '' ? {} : { maxAge }) } });
      dialog.close();
      await app.dialogs.secret({ title: `Token ${token.name}`, text: 'Keep it now: it is not shown again, and the server only knows its hash. Send it in the header “Authorization: Bearer …”.', secret: token.fullToken });
      app.reload();
    });
  };
  run.actions({
    'look-theme': ({ value }) => change('theme', value),
    'look-density': ({ value }) => change('density', value),
    'token-new': createToken,
    async 'token-revoke'({ value }) {
      const name = run.data.tokens.find((token) => token.id === value)?.name ?? value;
      if (!await app.dialogs.confirm({ title: `Revoke ${name}?`, text: 'Whatever uses it is refused from now on, and its open connections end.', action: 'Revoke token', danger: true })) return;
      await run.call(workspace.tokensRevoke, { id: value });
      app.toasts.done(`${name} is revoked`);
      app.reload();
    },
  });
  run.submits({
    async me(_form, fields) {
      await updateMe({ name: (fields['name'] ?? '').trim(), color: Number(fields['color'] ?? run.place().viewer.color) });
      app.toasts.done('Saved: the others see it from now on');
      app.reload();
    },
    async 'after-start'(_form, fields) {
      for (const [what, name] of Object.entries(afterStartNames)) await run.call(preferences.preferencesSet, { name, body: { value: fields[what] ?? '' } });
      app.toasts.done('Saved');
    },
    async password(form, fields) {
      await changePassword({ oldPassword: fields['oldPassword'] ?? '', newPassword: fields['newPassword'] ?? '' });
      form.reset();
      app.toasts.done('Password changed; your other sessions have ended');
    },
  });
});
