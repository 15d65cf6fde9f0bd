/** Menus: put beside their button, walked by arrows. Alpine in its CSP build: attributes name methods, nothing is evaluated. */
import Alpine from '@alpinejs/csp';

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
