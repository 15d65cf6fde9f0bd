/** Opens dialogs from views. They live outside the frame; each is removed when it closes and gives the focus back. */
import { renderView, type View } from '../view.ts';
import { ConfirmView, SecretView, type Question } from './dialog.tsx';

export interface OpenDialog {
  readonly element: HTMLDialogElement;
  /** The value of the button that closed it; empty for Escape. */
  readonly closed: Promise<string>;
  close(value?: string): void;
  /**
   * What the form of the dialog does when it is sent, by its button or by Ctrl Enter. Meanwhile the button is busy; an error is shown in
   * the form and leaves the dialog open. `[data-close]` and the action "cancel" close it.
   */
  submits(work: (form: HTMLFormElement) => Promise<unknown>): void;
}

export interface Dialogs {
  open(view: View): OpenDialog;
  confirm(question: Question): Promise<boolean>;
  /** Shows a secret once. */
  secret(shown: { readonly title: string; readonly text: string; readonly secret: string }): Promise<void>;
}

export function createDialogs(region: HTMLElement): Dialogs {
  const open = (view: View): OpenDialog => {
    const before = document.activeElement;
    const holder = document.createElement('div');
    holder.innerHTML = renderView(view);
    const element = holder.firstElementChild;
    if (!(element instanceof HTMLDialogElement)) throw new Error('A dialog\'s view must be one <dialog>');
    // A second opening of the same dialog replaces the first: ids stay unique.
    document.getElementById(element.id)?.remove();
    region.append(element);
    const closed = new Promise<string>((resolve) => {
      element.addEventListener('close', () => {
        element.remove();
        if (before instanceof HTMLElement && before.isConnected) before.focus();
        resolve(element.returnValue);
      }, { once: true });
    });
    element.addEventListener('click', (event) => {
      // A click on the backdrop hits the dialog itself, outside its box.
      if (event.target !== element) return;
      const box = element.getBoundingClientRect();
      if (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom) element.close('');
    });
    element.showModal();
    return { element, closed, close: (value = '') => element.close(value), submits: (work) => onSubmit(element, work) };
  };
  return {
    open,
    async confirm(question) {
      return (await open(ConfirmView({ question })).closed) === 'yes';
    },
    async secret(shown) {
      await open(SecretView(shown)).closed;
    },
  };
}

function onSubmit(element: HTMLDialogElement, work: (form: HTMLFormElement) => Promise<unknown>): void {
  const form = element.querySelector('form');
  if (form === null) throw new Error('A dialog that is sent has a form');
  const problem = form.querySelector<HTMLElement>('[data-error]');
  const button = form.querySelector('button[type="submit"]');
  const say = (text: string): void => {
    if (problem === null) return;
    problem.hidden = text === '';
    problem.textContent = text;
  };
  element.addEventListener('click', (event) => {
    if (event.target instanceof Element && event.target.closest('[data-close], [data-action="cancel"]') !== null) element.close('');
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button?.getAttribute('aria-busy') === 'true') return;
    button?.setAttribute('aria-busy', 'true');
    say('');
    work(form).catch((error: unknown) => say(error instanceof Error ? error.message : String(error))).finally(() => button?.removeAttribute('aria-busy'));
  });
}
