/** What a click does, by the attribute on the element: `data-action="kill"`, `data-value="…"`. One listener per page; busy and failed are handled here. */
import type { Release } from '../../ambient/contract.ts';
import type { Toasts } from '../toast/toasts.ts';

export interface ActionCall {
  readonly element: HTMLElement;
  /** `data-value` of the element. */
  readonly value: string;
  readonly event: Event;
}

export type Actions = Readonly<Record<string, (call: ActionCall) => void | Promise<void>>>;

export function listenToActions(root: EventTarget, toasts: Toasts, actions: Actions): Release {
  const onClick = (event: Event): void => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-action]') : null;
    const action = element === null ? undefined : actions[element.dataset['action'] ?? ''];
    if (element === null || action === undefined || element.getAttribute('aria-busy') === 'true') return;
    if (element instanceof HTMLAnchorElement) event.preventDefault();
    let done: void | Promise<void>;
    try {
      done = action({ element, value: element.dataset['value'] ?? '', event });
    } catch (error) {
      toasts.failed(error);
      return;
    }
    if (!(done instanceof Promise)) return;
    element.setAttribute('aria-busy', 'true');
    done.catch((error: unknown) => toasts.failed(error)).finally(() => element.removeAttribute('aria-busy'));
  };
  root.addEventListener('click', onClick);
  return () => root.removeEventListener('click', onClick);
}

/** Forms that call instead of being sent: `data-submit="invite"`. The fields come as texts by name. */
export type Submits = Readonly<Record<string, (form: HTMLFormElement, fields: Readonly<Record<string, string>>) => Promise<void>>>;

export function listenToSubmits(root: EventTarget, toasts: Toasts, submits: Submits): Release {
  const onSubmit = (event: Event): void => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const submit = submits[form.dataset['submit'] ?? ''];
    if (submit === undefined) return;
    event.preventDefault();
    const fields: Record<string, string> = {};
    for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields[name] = value;
    const button = event instanceof SubmitEvent && event.submitter instanceof HTMLElement ? event.submitter : null;
    button?.setAttribute('aria-busy', 'true');
    showFormError(form, undefined);
    submit(form, fields).catch((error: unknown) => {
      if (!showFormError(form, error)) toasts.failed(error);
    }).finally(() => button?.removeAttribute('aria-busy'));
  };
  root.addEventListener('submit', onSubmit);
  return () => root.removeEventListener('submit', onSubmit);
}

/** Puts the reason into the form's `[data-error]`, where the eye already is. False when the form has no such place. */
function showFormError(form: HTMLFormElement, error: unknown): boolean {
  const place = form.querySelector<HTMLElement>('[data-error]');
  if (place === null) return false;
  place.hidden = error === undefined;
  place.textContent = error === undefined ? '' : error instanceof Error ? error.message : String(error);
  return true;
}
