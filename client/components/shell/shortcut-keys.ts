/** Keys of the whole app. Single letters rest in text fields and can be switched off; a page's own keys are the page's. */
import type { Release, Timers } from '../../ambient/contract.ts';
import { goKeys } from './navigation.ts';

/** After G, the second letter is awaited this long. */
const goWaitMs = 1500;

export interface ShortcutOptions {
  readonly timers: Timers;
  readonly palette: { open(): void };
  readonly openShortcuts: () => void;
  readonly lettersOn: () => boolean;
  readonly go: (path: string) => void;
}

export function startShortcuts(options: ShortcutOptions): Release {
  let awaitingGo: Release | undefined;
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      options.palette.open();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]') !== null || !options.lettersOn()) return;
    if (awaitingGo !== undefined) {
      awaitingGo();
      awaitingGo = undefined;
      const path = goKeys.get(event.key.toLowerCase());
      if (path !== undefined) {
        event.preventDefault();
        options.go(path);
      }
      return;
    }
    switch (event.key) {
      case 'g':
        awaitingGo = options.timers.after(goWaitMs, () => { awaitingGo = undefined; });
        return;
      case '?':
        event.preventDefault();
        options.openShortcuts();
        return;
      case '/':
        focusFilter(event);
        return;
      case '[':
      case ']':
        stepTab(event.key === ']' ? 1 : -1);
        return;
      case 'j':
      case 'k':
        stepRow(event.key === 'j' ? 1 : -1);
        return;
      case 'x':
        currentRow()?.querySelector<HTMLInputElement>('input[data-select]')?.click();
        return;
      default:
    }
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** True where letters are text. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest('input:not([type="checkbox"], [type="radio"]), textarea, select, [role="textbox"]') !== null);
}

function focusFilter(event: KeyboardEvent): void {
  const input = document.querySelector<HTMLInputElement>('#filter-input');
  if (input === null) return;
  event.preventDefault();
  input.focus();
}

function stepTab(step: 1 | -1): void {
  const tabs = [...document.querySelectorAll<HTMLAnchorElement>('#tabs .tab')];
  const current = tabs.findIndex((tab) => tab.hasAttribute('aria-current'));
  if (current >= 0) tabs[(current + step + tabs.length) % tabs.length]?.click();
}

const rowLinks = (): readonly HTMLAnchorElement[] => [...document.querySelectorAll<HTMLAnchorElement>('.table tbody tr a.name, .table tbody tr a[data-row-link]')];
const currentRow = (): Element | null => (document.activeElement instanceof Element ? document.activeElement.closest('tr') : null);

function stepRow(step: 1 | -1): void {
  const links = rowLinks();
  const at = links.findIndex((link) => link.closest('tr') === currentRow());
  const next = links[at < 0 ? (step === 1 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
