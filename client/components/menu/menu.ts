/** Menus: put beside their button, walked by arrows. Alpine in its CSP build: attributes name methods, nothing is evaluated. */
import Alpine from '@alpinejs/csp';
import { renderView, type View } from '../view.ts';

const gapPx = 4;

export function startMenus(): void {
  Alpine.data('menu', () => ({
    init() {
      const button = this.$el.querySelector<HTMLElement>('[popovertarget]');
      const panel = this.$el.querySelector<HTMLElement>('[popover]');
      if (button === null || panel === null) return;
      panel.addEventListener('toggle', (event) => {
        const open = event instanceof ToggleEvent && event.newState === 'open';
        button.setAttribute('aria-expanded', String(open));
        if (!open) return;
        place(panel, button);
        itemsOf(panel)[0]?.focus();
      });
      panel.addEventListener('keydown', (event) => walk(panel, event));
      panel.addEventListener('click', (event) => {
        const item = event.target instanceof Element ? event.target.closest('.menu-item') : null;
        if (item !== null && item.getAttribute('aria-disabled') !== 'true') panel.hidePopover();
      });
    },
  }));
  Alpine.start();
}

const itemsOf = (panel: HTMLElement): readonly HTMLElement[] => [...panel.querySelectorAll<HTMLElement>('.menu-item:not([aria-disabled="true"])')];

/** A menu that is made for one moment: a row's, at the pointer or under its button. Leaves the page when it closes. */
export function openMenu(view: View, at: HTMLElement | { readonly x: number; readonly y: number }, parent: HTMLElement): void {
  const holder = document.createElement('div');
  holder.innerHTML = renderView(view);
  const panel = holder.firstElementChild;
  if (!(panel instanceof HTMLElement)) return;
  document.getElementById(panel.id)?.remove();
  const before = document.activeElement;
  panel.popover = 'auto';
  parent.append(panel);
  panel.addEventListener('keydown', (event) => walk(panel, event));
  panel.addEventListener('click', (event) => {
    const item = event.target instanceof Element ? event.target.closest('.menu-item') : null;
    // After the page has heard of the click.
    if (item !== null && item.getAttribute('aria-disabled') !== 'true') queueMicrotask(() => panel.hidePopover());
  });
  panel.addEventListener('toggle', (event) => {
    if (!(event instanceof ToggleEvent) || event.newState === 'open') return;
    const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
    panel.remove();
    if (hadFocus && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  });
  panel.showPopover();
  if (at instanceof HTMLElement) place(panel, at);
  else {
    const size = panel.getBoundingClientRect();
    panel.style.top = `${Math.max(gapPx, Math.min(at.y, innerHeight - size.height - gapPx))}px`;
    panel.style.left = `${Math.max(gapPx, Math.min(at.x, innerWidth - size.width - gapPx))}px`;
  }
  itemsOf(panel)[0]?.focus();
}

/** Under the button, right edges together; above it when there is no room below. Positions set by script are no inline styles to the policy. */
function place(panel: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const size = panel.getBoundingClientRect();
  const below = at.bottom + gapPx + size.height <= innerHeight;
  panel.style.top = `${Math.max(gapPx, below ? at.bottom + gapPx : at.top - gapPx - size.height)}px`;
  panel.style.left = `${Math.max(gapPx, Math.min(at.right - size.width, innerWidth - size.width - gapPx))}px`;
}

function walk(panel: HTMLElement, event: KeyboardEvent): void {
  const items = itemsOf(panel);
  const current = items.findIndex((item) => item === document.activeElement);
  const next = event.key === 'ArrowDown' ? (current + 1) % items.length
    : event.key === 'ArrowUp' ? (current <= 0 ? items.length : current) - 1
      : event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1 : undefined;
  if (next !== undefined) {
    event.preventDefault();
    items[next]?.focus();
  } else if (event.key === 'Tab') {
    panel.hidePopover();
  }
}
