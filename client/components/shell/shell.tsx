/** The frame of every page: rail, top bar, tabs, the page itself, the bottom bar of phones. */
import { to, type Place } from '../place.ts';
import type { OpenedPage, PageJson } from './frame.ts';
import type { PresenceTopicState } from '../../../core/protocol/topics.ts';
import { Avatar, initials } from '../avatars/avatars.tsx';
import { Button } from '../button/button.tsx';
import { ConnectionBadge } from '../connection-badge/connection-badge.tsx';
import { Icon } from '../icon/icon.tsx';
import { Menu, MenuItem } from '../menu/menu.tsx';
import { Notice } from '../notice/notice.tsx';
import { Tabs } from '../tabs/tabs.tsx';
import { JsonScript } from './json-script.tsx';
import type { Look } from './look.ts';
import { navigation, type NavigationEntry } from './navigation.ts';
import { presentPeople } from './present.ts';

export interface ShellData {
  /** The source of an asset -> its hashed address (`dist/client/manifest.json`). */
  readonly manifest: Readonly<Record<string, string>>;
  readonly look: Look;
  readonly version: string;
  /** Who is here, as far as the server knows at this moment; live afterwards. */
  readonly present: PresenceTopicState;
  /** Why nothing can be changed in the whole workspace. */
  readonly readOnly?: string;
}

export function Shell({ page, shell }: { readonly page: OpenedPage; readonly shell: ShellData }) {
  const { place } = page;
  const narrow = page.rail === 'narrow' || shell.look.rail === 'narrow';
  return (
    <div class="app" id="frame" hx-history-elt="" data-rail={narrow ? 'narrow' : undefined}>
      <Rail page={page} shell={shell} />
      <header class="topbar">
        <a class="topbar-mark" href={to(place, '/dashboards')} aria-label="Home"><Icon name="mark" size={20} /></a>
        <div class="topbar-title">
          {page.crumbs.length === 0 ? null : (
            <nav class="crumbs" aria-label="Above this page">{page.crumbs.map((crumb) => <>{crumb.href === undefined ? <span class="cut">{crumb.text}</span> : <a class="cut" href={crumb.href}>{crumb.text}</a>}<Icon name="chevron-right" size={12} /></>)}</nav>
          )}
          <h1 title={page.title}>{page.title}</h1>
        </div>
        <div class="topbar-side">
          <span id="page-people" class="page-people wide"></span>
          {place.viewer.role === 'viewer' ? <span class="env" title="Your role is viewer: you see everything, and change nothing">view only</span> : null}
          <span class="phone-only"><Button kind="quiet" icon="search" title="Jump to or run" action="palette" /></span>
          <span id="connection"><ConnectionBadge status={{ state: 'connecting' }} nowMs={place.nowMs} /></span>
          {page.actions === undefined ? null : <span class="topbar-actions">{page.actions}</span>}
          <UserMenu page={page} shell={shell} />
        </div>
      </header>
      <main class="page" id="main" tabindex={-1} data-fill={page.fill ? '' : undefined}>
        {shell.readOnly === undefined ? null : <Notice kind="error"><span>This workspace can be read, not changed: {shell.readOnly}</span></Notice>}
        {page.tabs === undefined ? null : <Tabs current={page.tabs.current} links={page.tabs.links} />}
        <div class={page.fill ? 'page-body page-body-fill' : 'page-body'} id={`page-${page.name}`} data-page={page.name}>{page.body}</div>
      </main>
      <nav class="phone-nav" aria-label="Main, short">
        {navigation.filter((entry) => entry.phone !== undefined).map((entry) => (
          <a href={to(place, entry.path)} aria-current={entry.section === page.section ? 'page' : undefined}><Icon name={entry.icon} />{entry.phone}</a>
        ))}
      </nav>
      <JsonScript id="page-data" value={pageJson(page)} />
    </div>
  );
}

/** A frame without navigation: login, invitations, what is shown to somebody unknown. */
export function BareShell({ page }: { readonly page: OpenedPage }) {
  return (
    <div class="bare" id="frame" hx-history-elt="">
      <header class="bare-head"><Icon name="mark" size={20} /><b>Ensemble</b></header>
      <main class="bare-main" id="main" tabindex={-1}>
        <div class="page-body" id={`page-${page.name}`} data-page={page.name}>{page.body}</div>
      </main>
      <JsonScript id="page-data" value={pageJson(page)} />
    </div>
  );
}

function Rail({ page, shell }: { readonly page: OpenedPage; readonly shell: ShellData }) {
  const { place } = page;
  const entries = (group: NavigationEntry['group']) => navigation.filter((entry) => entry.group === group && (entry.only === undefined || entry.only === place.viewer.role)).map((entry) => (
    <a class="rail-item" href={to(place, entry.path)} aria-current={entry.section === page.section ? 'page' : undefined} title={entry.title} data-section={entry.section}><Icon name={entry.icon} /><span>{entry.title}</span></a>
  ));
  return (
    <nav class="rail" aria-label="Main">
      <a class="rail-brand" href={to(place, '/dashboards')} title={`Ensemble ${shell.version}`}><Icon name="mark" size={20} /><span>Ensemble</span>{place.viewer.open ? <span class="env" title="An open local workspace: whoever reaches this computer's loopback address may do everything">local</span> : null}</a>
      <button type="button" class="rail-jump" title="Jump to or run (Ctrl K)" data-action="palette"><Icon name="search" /><span>Jump to or run</span><kbd>Ctrl K</kbd></button>
      <div class="rail-scroll">{entries('main')}<hr />{entries('library')}<h3>Administration</h3>{entries('administration')}</div>
      <section class="rail-here" id="here" aria-label="Here now"><HereNow presence={shell.present} place={place} /></section>
    </nav>
  );
}

/** More would push the navigation out of a low window. */
const railPeopleMax = 8;

/** Who is where; a click goes there. The ids let a morph keep a row, and the focus on it, while others come and go. */
export function HereNow({ presence, place }: { readonly presence: PresenceTopicState; readonly place: Pick<Place, 'tenant' | 'viewer'> }) {
  const people = presentPeople(presence, place);
  if (people.length === 0) return <></>;
  const rest = people.slice(railPeopleMax);
  return (
    <>
      <h3>Here now</h3>
      {people.slice(0, railPeopleMax).map((who) => {
        const content = <><Avatar who={who} size={20} /><span class="cut">{who.name}</span><span class="where cut">{who.where}</span></>;
        return who.href === undefined ? <span class="rail-person" id={`here-${who.id}`} title={who.name}>{content}</span> : <a class="rail-person" id={`here-${who.id}`} href={who.href} title={`Go to ${who.name}, ${who.where}`}>{content}</a>;
      })}
      {rest.length === 0 ? null : <span class="rail-more" title={rest.map((who) => who.name).join('\n')}>+{rest.length}<span>more</span></span>}
    </>
  );
}

function UserMenu({ page, shell }: { readonly page: OpenedPage; readonly shell: ShellData }) {
  const { viewer } = page.place;
  const { look } = shell;
  return (
    <Menu id="user-menu" title={`${viewer.name} (${initials(viewer.name)}), ${viewer.role}`} button={<span aria-hidden="true"><Avatar who={viewer} /></span>}>
      <h3>{viewer.name}, {viewer.role}</h3>
      <MenuItem icon="settings" href={to(page.place, '/settings')}>Name, colour, password, tokens</MenuItem>
      <MenuItem icon="info" action="shortcuts" keys="?">Keyboard shortcuts</MenuItem>
      <hr />
      {(['system', 'light', 'dark'] as const).map((theme) => <MenuItem icon="theme" action="theme" value={theme} checked={look.theme === theme}>{theme === 'system' ? 'Theme of the system' : theme === 'light' ? 'Light' : 'Dark'}</MenuItem>)}
      <hr />
      <MenuItem icon="panel-left" action="rail">{look.rail === 'wide' ? 'Narrow navigation' : 'Wide navigation'}</MenuItem>
      {viewer.open ? null : <MenuItem icon="external" action="logout">Sign out</MenuItem>}
    </Menu>
  );
}

/** What the browser continues from. */
const pageJson = (page: OpenedPage): PageJson => ({ page: page.name, status: page.status, data: page.data, place: page.place });
