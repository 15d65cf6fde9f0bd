/** The browser's entry: one connection, one set of listeners, and the script of the page that is shown. */
import { workspace } from '../core/protocol/operations/index.ts';
import { clock, cookieStorage, chance, sessionStore, timers, zone } from './ambient/index.ts';
import { createConnection, openBrowserSocket } from './connection/index.ts';
import { createDialogs } from './components/dialog/dialogs.ts';
import { createToasts } from './components/toast/toasts.ts';
import { startTicking } from './components/time/ticking.ts';
import { startNavigation } from './components/shell/navigate.ts';
import { startShell } from './components/shell/shell-behaviour.ts';
import { lookCookie, lookText, parseLook } from './components/shell/look.ts';
import { mountPages } from './pages/mount.ts';
import type { App } from './pages/behaviour.ts';
import type { PageJson } from './pages/page.ts';

/** How often an unreachable server is asked whether the session still holds. */
const sessionCheckIntervalMs = 5000;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}: it was not rendered by the shell`);
  return found;
}

const readJson = (id: string): unknown => JSON.parse(element(id).textContent ?? 'null');
// The server wrote both elements; their shapes are its types.
const pageJson = (): PageJson => readJson('page-data') as PageJson;
const manifest = readJson('manifest') as Readonly<Record<string, string>>;

// The server renders times in the zone it is told, from the next page on.
const look = parseLook(cookieStorage.read(lookCookie));
if (look.zone !== zone()) cookieStorage.write(lookCookie, lookText({ ...look, zone: zone() }));

const tenant = pageJson().place.tenant;
/** Login, invitations and errors for strangers have no shell and no socket. */
const isBare = (): boolean => document.querySelector('#frame.bare') !== null;
const connection = createConnection({
  openSocket: () => openBrowserSocket(tenant),
  clock, timers, chance, opened: !isBare(),
});
addEventListener('online', () => connection.wake());
addEventListener('offline', () => connection.lost('This computer has no network.'));
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') connection.wake();
});

// A server that is back may see me differently: a role given or taken while the socket was cut. The page is drawn anew for who I am now.
let wasOffline = false;
connection.onStatus((status) => {
  if (status.state === 'offline') wasOffline = true;
  if (status.state !== 'live' || !wasOffline) return;
  wasOffline = false;
  const before = pageJson().place.viewer;
  connection.call(workspace.meGet, {}).then((now) => {
    if (now.role === before.role && now.name === before.name && now.color === before.color) return;
    if (now.role !== before.role) toasts.done(`Your role is ${now.role} now`);
    navigation.reload();
  }, () => undefined);
});

// A socket that is refused may mean that the session has ended; only a request can tell.
let askedAtMs = 0;
connection.onStatus((status) => {
  // Without a next try this page has closed the connection itself.
  if (isBare() || status.state !== 'offline' || status.retryAtMs === Number.POSITIVE_INFINITY || clock.nowMs() - askedAtMs < sessionCheckIntervalMs) return;
  askedAtMs = clock.nowMs();
  fetch('/api/v1/me', { headers: { accept: 'application/json' } }).then((answer) => {
    if (answer.status === 401) location.assign(`/ui/${tenant}/login?from=${encodeURIComponent(location.pathname + location.search)}`);
  }, () => undefined);
});

const toasts = createToasts(element('toasts'), timers);
const dialogs = createDialogs(element('dialogs'));
const navigation = startNavigation({ toasts, timers, session: sessionStore });

const app: App = {
  connection, clock, timers, toasts, dialogs, session: sessionStore,
  asset(source) {
    const address = manifest[source];
    if (address === undefined) throw new Error(`The manifest does not know ${source}: name it in client/entries.json`);
    return address;
  },
  go: (href) => navigation.go(href),
  reload: () => navigation.reload(),
  announce(text) {
    element('announcements').textContent = text;
  },
};

// Menus open without it (the browser's popover); it places them and walks them by keys. Not worth waiting for.
import('./components/menu/menu.ts').then(({ startMenus }) => startMenus(), (error: unknown) => toasts.failed(error, 'Menus stand in the wrong place'));
startTicking(document, clock, timers);
const pages = mountPages(app, pageJson);
if (!isBare()) startShell(app, () => ({ ...pageJson().place, nowMs: clock.nowMs(), zone: zone() }), navigation);
navigation.onLeave(() => pages.unmount());
navigation.onArrive(() => {
  // The session has ended meanwhile: whatever this page still held belongs to somebody who is signed out.
  if (isBare()) location.reload();
  else pages.mount();
});
pages.mount();
