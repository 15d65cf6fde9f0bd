/** The corner of messages. It lives outside the frame, so that a message survives a change of page. */
import type { Timers } from '../../ambient/contract.ts';
import { renderView } from '../view.ts';
import { ToastView, type Toast } from './toast.tsx';

/** "Done" is read in this time; errors stay. */
const doneShownMs = 4000;
const shownMax = 6;

export interface Toasts {
  show(toast: Toast): void;
  done(text: string, link?: { readonly text: string; readonly href: string }): void;
  /** An error of any kind; a `CallError` lists its places. */
  failed(error: unknown, doing?: string): void;
}

export function createToasts(region: HTMLElement, timers: Timers): Toasts {
  let count = 0;
  const close = (id: string): void => document.getElementById(id)?.remove();
  region.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-action="toast-close"]') : null;
    if (button?.dataset['value'] !== undefined) close(button.dataset['value']);
  });
  const show = (toast: Toast): void => {
    count += 1;
    const id = `toast-${count}`;
    region.insertAdjacentHTML('beforeend', renderView(ToastView({ id, toast })));
    while (region.children.length > shownMax) region.firstElementChild?.remove();
    if (toast.type === 'done') timers.after(doneShownMs, () => close(id));
  };
  return {
    show,
    done: (text, link) => show({ type: 'done', text, ...(link === undefined ? {} : { link }) }),
    failed(error, doing) {
      const text = error instanceof Error ? error.message : String(error);
      const errors = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
      show({ type: 'error', text: doing === undefined ? text : `${doing}: ${text}`, errors });
    },
  };
}
