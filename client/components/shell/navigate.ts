/**
 * Moving between pages without a reload: links and GET forms are asked for by htmx, and the frame is morphed. One listener on the
 * document, so that links drawn later by live updates need no set-up. What goes elsewhere, downloads, or opens a new tab is left alone.
 */
import htmx from 'htmx.org';
import type { Storage, Timers } from '../../ambient/contract.ts';
import type { Toasts } from '../toast/toasts.ts';

/** Shown only when an answer takes longer, so that quick ones do not flicker. */
const progressAfterMs = 150;

export interface Navigation {
  go(href: string): void;
  reload(): void;
  /** Before the frame is replaced: the page's script is unmounted. */
  onLeave(listener: () => void): void;
  /** After the frame was replaced. */
  onArrive(listener: () => void): void;
}

interface RequestContext {
  readonly target?: unknown;
  readonly request?: { readonly action?: string };
}

export function startNavigation({ toasts, timers, session }: { readonly toasts: Toasts; readonly timers: Timers; readonly session: Storage }): Navigation {
  const leave: (() => void)[] = [];
  const arrive: (() => void)[] = [];
  let shownPage = pageName();
  let shownHref = location.href;
  let restoring = false;

  const request = (href: string, history: { readonly push: 'true' } | { readonly replace: 'true' }): void => {
    void htmx.ajax('GET', href, { target: '#frame', select: '#frame', swap: 'outerMorph', ...history });
  };
  const go = (href: string): void => {
    const url = new URL(href, location.href);
    // From a page without the shell one enters by a whole load: socket and shell begin with it.
    if (url.origin !== location.origin || !url.pathname.startsWith('/ui/') || document.querySelector('#frame.bare') !== null) {
      location.assign(url);
      return;
    }
    request(url.pathname + url.search + url.hash, { push: 'true' });
  };

  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null) return;
    // A link inside SVG has an animated href: the attribute is the address in both cases.
    const href = link.getAttribute('href');
    if (href === null || href.startsWith('#') || link.hasAttribute('download') || (link.getAttribute('target') ?? '_self') !== '_self') return;
    const url = new URL(href, location.href);
    if (url.origin !== location.origin || !url.pathname.startsWith('/ui/')) return;
    event.preventDefault();
    go(url.href);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== 'get') return;
    event.preventDefault();
    const url = new URL(form.action, location.href);
    for (const [name, value] of new FormData(form)) if (typeof value === 'string' && value !== '') url.searchParams.set(name, value);
    go(url.href);
  });

  const progress = document.getElementById('progress');
  let cancelProgress: (() => void) | undefined;
  const busy = (isBusy: boolean): void => {
    cancelProgress?.();
    cancelProgress = isBusy ? timers.after(progressAfterMs, () => progress?.removeAttribute('hidden')) : undefined;
    if (!isBusy) progress?.setAttribute('hidden', '');
  };
  document.addEventListener('htmx:before:history:restore', () => { restoring = true; });
  document.addEventListener('htmx:before:request', () => busy(true));
  document.addEventListener('htmx:finally:request', () => busy(false));
  document.addEventListener('htmx:before:swap', () => {
    session.write(scrollKey(shownHref), String(document.getElementById('main')?.scrollTop ?? 0));
    for (const listener of leave) listener();
  });
  document.addEventListener('htmx:after:swap', () => {
    const main = document.getElementById('main');
    const name = pageName();
    const samePath = new URL(shownHref).pathname === location.pathname;
    if (main !== null) {
      if (restoring) main.scrollTop = Number(session.read(scrollKey(location.href)) ?? 0);
      else if (name !== shownPage || !samePath) {
        main.scrollTop = 0;
        // Readers of screens start at the new page, unless something in it asked for the focus.
        if (document.activeElement === document.body || document.activeElement === null) main.focus({ preventScroll: true });
      }
    }
    restoring = false;
    shownPage = name;
    shownHref = location.href;
    for (const listener of arrive) listener();
  });
  document.addEventListener('htmx:error', (event) => {
    restoring = false;
    const detail: { readonly ctx?: RequestContext; readonly error?: unknown } = event instanceof CustomEvent ? event.detail : {};
    toasts.failed(new Error(`${detail.ctx?.request?.action ?? 'The page'} could not be loaded: the server can not be reached. You stay where you are; try again when the badge says Live.`));
  });

  return {
    go,
    reload: () => request(location.pathname + location.search, { replace: 'true' }),
    onLeave: (listener) => void leave.push(listener),
    onArrive: (listener) => void arrive.push(listener),
  };
}

const pageName = (): string => document.querySelector<HTMLElement>('[data-page]')?.dataset['page'] ?? '';
const scrollKey = (href: string): string => `scroll:${href}`;
