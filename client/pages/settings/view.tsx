/** My name, colour, look, password and API tokens. */
import { roles, type ApiToken } from '../../../core/protocol/entities/participant.ts';
import { preferences, workspace } from '../../../core/protocol/operations/index.ts';
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError, SelectField, Swatches, TextField } from '../../components/field/field.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { Table } from '../../components/table/table.tsx';
import { Ago, Moment } from '../../components/time/time.tsx';
import { afterStart, type AfterStart } from '../after-start.ts';
import { executionTabs } from '../execution/load.ts';
import { definePage, type Place } from '../page.ts';

export interface SettingsData {
  readonly tokens: readonly ApiToken[];
  readonly afterStart: AfterStart;
}

export const settingsPage = definePage<SettingsData>({
  name: 'settings',
  route: '/settings',
  section: 'settings',
  title: () => 'Settings',
  load: async ({ ask }) => {
    const [tokens, { values }] = await Promise.all([ask(workspace.tokensList, {}), ask(preferences.preferencesGet, {})]);
    return { tokens, afterStart: afterStart(values) };
  },
  view: (data, place) => <SettingsView data={data} place={place} />,
});

function SettingsView({ data, place }: { readonly data: SettingsData; readonly place: Place }) {
  const { viewer } = place;
  return (
    <div class="page-pad settings">
      <Panel title="How the others see you">
        <form class="panel-body settings-form" data-submit="me">
          <div class="row align-end"><Avatar who={viewer} /><div class="grow"><TextField name="name" label="Name" value={viewer.name} required maxLength={60} autocomplete="name" /></div></div>
          <Swatches name="color" value={viewer.color} />
          <FormError />
          <div><Button kind="primary" type="submit">Save name and colour</Button></div>
        </form>
      </Panel>
      <Panel title="Look">
        <div class="panel-body settings-form">
          <div class="field"><span class="field-label">Theme</span><span class="segmented" role="group" aria-label="Theme">{(['system', 'light', 'dark'] as const).map((theme) => <button type="button" data-action="look-theme" data-value={theme} aria-pressed="false">{theme === 'system' ? 'As the system' : theme === 'light' ? 'Light' : 'Dark'}</button>)}</span></div>
          <div class="field"><span class="field-label">Rows</span><span class="segmented" role="group" aria-label="Rows">{(['compact', 'regular', 'roomy'] as const).map((density) => <button type="button" data-action="look-density" data-value={density} aria-pressed="false">{density === 'compact' ? 'Compact' : density === 'regular' ? 'Regular' : 'Roomy'}</button>)}</span></div>
          <div class="field"><span class="field-label">Times</span><span class="dim">in your zone, {place.zone}</span></div>
        </div>
      </Panel>
      <Panel title="After a start">
        <form class="panel-body settings-form" data-submit="after-start">
          <SelectField name="tab" label="Show its" value={data.afterStart.tab} options={executionTabs.map((tab) => ({ value: tab, text: tab.charAt(0).toUpperCase() + tab.slice(1) }))} />
          <SelectField name="opens" label="Where" value={data.afterStart.opens} options={[{ value: 'here', text: 'In this tab' }, { value: 'new', text: 'In a new tab' }]} />
          <FormError />
          <div><Button type="submit">Save</Button></div>
        </form>
      </Panel>
      {viewer.open ? null : (
        <Panel title="Password">
          <form class="panel-body settings-form" data-submit="password">
            <input type="text" name="username" autocomplete="username" value={viewer.name} readonly hidden />
            <TextField name="oldPassword" label="Password now" type="password" required autocomplete="current-password" />
            <TextField name="newPassword" label="New password" type="password" required autocomplete="new-password" minLength={8} maxLength={200} hint="At least 8 characters. Your other sessions end." />
            <FormError />
            <div><Button type="submit">Change password</Button></div>
          </form>
        </Panel>
      )}
      <Panel title="API tokens" count={data.tokens.length} aside={<Button size="small" icon="plus" action="token-new">Create token</Button>}>
        {data.tokens.length === 0 ? <Empty icon="key" title="No API tokens"><p>A token lets a script, a CI job or a bot do what you may do. Its secret is shown once.</p></Empty> : (
          <Table id="token-rows" label="API tokens" columns={[{ title: 'Name' }, { title: 'Begins with', wide: true }, { title: 'Role' }, { title: 'For', wide: true }, { title: 'Created', end: true, wide: true }, { title: 'Last used', end: true }, { title: 'Expires', end: true, wide: true }, { title: 'Actions', silent: true }]}>
            {data.tokens.map((token) => (
              <tr id={`token-${token.id}`}>
                <td data-cell="main"><b>{token.name}</b></td>
                <td class="wide"><span class="id">{token.prefix}…</span></td>
                <td data-cell="side">{token.role}</td>
                <td class="wide"><span class="dim">{token.kind === 'bot' ? 'a bot' : 'me'}</span></td>
                <td class="end wide"><span class="small dim"><Ago at={token.createdAt} nowMs={place.nowMs} zone={place.zone} /></span></td>
                <td class="end" data-cell="sub">{token.lastUsedAt === undefined ? <span class="small faint">never</span> : <span class="small dim"><Ago at={token.lastUsedAt} nowMs={place.nowMs} zone={place.zone} /></span>}</td>
                <td class="end wide">{token.expiresAt === undefined ? <span class="small faint">never</span> : <span class="small dim"><Moment at={token.expiresAt} nowMs={place.nowMs} zone={place.zone} /></span>}</td>
                <td class="end" data-cell="actions"><Button size="small" kind="danger" icon="trash" action="token-revoke" value={token.id} title={`Revoke ${token.name}`} /></td>
              </tr>
            ))}
          </Table>
        )}
      </Panel>
    </div>
  );
}

export function TokenDialog({ place }: { readonly place: Place }) {
  const own = roles.slice(roles.indexOf(place.viewer.role));
  return (
    <Dialog id="token" title="Create an API token">
      <form>
        <TextField name="name" label="Name" required maxLength={60} hint="Where it will be used: “nightly CI”" autofocus />
        <SelectField name="role" label="Role" value={place.viewer.role} options={own.map((role) => ({ value: role, text: role }))} />
        <SelectField name="bot" label="Who acts with it" value="no" options={[{ value: 'no', text: 'Me: it shows as my name' }, { value: 'yes', text: 'A bot: it shows with a square badge' }]} />
        <SelectField name="maxAge" label="Expires" value="P90D" options={[{ value: 'P7D', text: 'in 7 days' }, { value: 'P30D', text: 'in 30 days' }, { value: 'P90D', text: 'in 90 days' }, { value: 'P365D', text: 'in a year' }, { value: '', text: 'never' }]} />
        <FormError />
        <div class="dialog-actions"><button class="button" type="button" data-close="">Cancel</button><button class="button" data-kind="primary" type="submit">Create token</button></div>
      </form>
    </Dialog>
  );
}
