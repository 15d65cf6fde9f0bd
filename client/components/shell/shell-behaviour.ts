/** What the frame itself does: badge, who is here, theme and rail, palette, shortcuts, copying, signing out. */
import { topicOf, type PresenceTopicState } from '../../../core/protocol/topics.ts';
import { cookieStorage, localStore } from '../../ambient/index.ts';
import type { App } from '../app.ts';
import { to, type Place } from '../place.ts';
import { listenToActions } from '../actions/actions.ts';
import { ConnectionBadge } from '../connection-badge/connection-badge.tsx';
import { draw, follow } from '../live/live.ts';
import { createPalette } from '../palette/palette.ts';
import type { PaletteItem } from '../palette/palette.tsx';
import { statusWords } from '../../connection/index.ts';
import { lookCookie, lookText, parseLook, type Look } from './look.ts';
import type { Navigation } from './navigate.ts';
import { navigation } from './navigation.ts';
import { nobody } from './present.ts';
import { HereNow } from './shell.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { startShortcuts } from './shortcut-keys.ts';

const badgeIntervalMs = 1000;

export function startShell(app: App, place: () => Place, pages: Navigation): void {
  const { connection, clock, timers, toasts, dialogs } = app;
  const look = (): Look => parseLook(cookieStorage.read(lookCookie));

  let lastState = '';
  const paintBadge = (): void => {
    const badge = document.getElementById('connection');
    const status = connection.status();
    if (badge !== null) draw(badge, ConnectionBadge({ status, nowMs: clock.nowMs() }));
    document.documentElement.dataset['connection'] = status.state;
    if (status.state === lastState) return;
    if (status.state === 'offline') app.announce('The connection to the server is lost');
    else if (lastState === 'offline' && status.state === 'live') app.announce('Connected again');
    lastState = status.state;
  };
  connection.onStatus(paintBadge);
  timers.every(badgeIntervalMs, paintBadge);

  // Until the topic's first state is here, what the server rendered stands.
  let presence: PresenceTopicState | undefined;
  const paintPresence = (): void => {
    const here = document.getElementById('here');
    if (here !== null && presence !== undefined) draw(here, HereNow({ presence, place: place() }));
  };
  const showPresence = (state: PresenceTopicState): void => {
    presence = state;
    paintPresence();
  };
  follow<PresenceTopicState>({ connection, timers, topic: topicOf.presence(), draw: showPresence, refused: () => showPresence(nobody) });

  const changeLook = (change: Partial<Look>): void => {
    const next = { ...look(), ...change };
    cookieStorage.write(lookCookie, lookText(next));
    const html = document.documentElement;
    if (next.theme === 'system') delete html.dataset['theme'];
    else html.dataset['theme'] = next.theme;
    if (next.density === 'regular') delete html.dataset['density'];
    else html.dataset['density'] = next.density;
    const frame = document.getElementById('frame');
    if (change.rail !== undefined && frame !== null) {
      if (next.rail === 'narrow') frame.dataset['rail'] = 'narrow';
      else delete frame.dataset['rail'];
    }
    for (const item of document.querySelectorAll<HTMLElement>('#user-menu [data-action="theme"]')) item.setAttribute('aria-checked', String(item.dataset['value'] === next.theme));
    document.dispatchEvent(new CustomEvent('ensemble:look'));
  };

  const openShortcuts = (): void => void dialogs.open(Shortcuts({ letters: look().letters }));
  const commands: Readonly<Record<string, (value: string) => void>> = {
    shortcuts: openShortcuts,
    theme: (value) => changeLook({ theme: value === 'light' || value === 'dark' ? value : 'system' }),
    rail: () => changeLook({ rail: look().rail === 'wide' ? 'narrow' : 'wide' }),
  };
  const palette = createPalette({
    dialogs, connection, timers, place,
    own: (): readonly PaletteItem[] => [
      ...navigation.filter((entry) => entry.only === undefined || entry.only === place().viewer.role).map((entry): PaletteItem => ({ group: 'Pages', text: entry.title, icon: entry.icon, href: to(place(), entry.path), ...(entry.key === undefined ? {} : { keys: `G ${entry.key.toUpperCase()}` }) })),
      { group: 'Commands', text: 'Create flow', icon: 'plus', href: to(place(), '/flows/new') },
      { group: 'Commands', text: 'Light theme', icon: 'theme', action: 'theme', value: 'light' },
      { group: 'Commands', text: 'Dark theme', icon: 'theme', action: 'theme', value: 'dark' },
      { group: 'Commands', text: 'Keyboard shortcuts', icon: 'info', keys: '?', action: 'shortcuts' },
    ],
    choose(item) {
      if (item.href !== undefined) app.go(item.href);
      else if (item.action !== undefined) commands[item.action]?.(item.value ?? '');
    },
  });

  listenToActions(document, toasts, {
    palette: () => palette.open(),
    shortcuts: openShortcuts,
    theme: ({ value }) => commands['theme']?.(value),
    rail: () => commands['rail']?.(''),
    letters: ({ element }) => {
      const next = look().letters === 'on' ? 'off' : 'on';
      changeLook({ letters: next });
      element.setAttribute('aria-checked', String(next === 'on'));
    },
    connection() {
      connection.wake();
      toasts.show({ type: 'done', text: statusWords(connection.status(), clock.nowMs()).title });
    },
    async copy({ value, element }) {
      await navigator.clipboard.writeText(value);
      const before = element.title;
      element.title = 'Copied';
      app.announce('Copied');
      toasts.done('Copied');
      timers.after(1500, () => { element.title = before; });
    },
    async logout() {
      const answer = await fetch('/logout', { method: 'POST' });
      if (!answer.ok) throw new Error(`Signing out was answered with ${answer.status}`);
      connection.close();
      location.assign(to(place(), '/login'));
    },
  });

  startShortcuts({ timers, palette, openShortcuts, lettersOn: () => look().letters === 'on', go: (path) => app.go(to(place(), path)) });
  pages.onArrive(() => {
    paintBadge();
    paintPresence();
    // The server rendered the look of the cookie at that moment; another tab may have changed it since.
    changeLook({});
  });
  // Another tab that changed the theme is followed.
  addEventListener('storage', (event) => {
    if (event.key === lookCookie) changeLook({});
  });
  // The settings page writes the cookie itself.
  document.addEventListener('ensemble:look-changed', () => changeLook({}));
  document.addEventListener('ensemble:look', () => localStore.write(lookCookie, lookText(look())));
}
