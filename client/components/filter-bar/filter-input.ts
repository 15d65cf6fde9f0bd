/** The choosing of filters: first a field, then its value; arrows, Enter, Escape, Backspace. A chosen filter is a new address. */
import type { Release } from '../../ambient/contract.ts';
import { renderView } from '../view.ts';
import { FilterOptions, type Choice } from './filter-options.tsx';
import { withFilter, type FilterField } from './filters.ts';

export function mountFilterInput(root: ParentNode, go: (href: string) => void): Release {
  const found = root.querySelector<HTMLFormElement>('form.filterbar');
  const foundInput = found?.querySelector<HTMLInputElement>('#filter-input') ?? null;
  const foundList = found?.querySelector<HTMLElement>('#filter-options') ?? null;
  if (found === null || foundInput === null || foundList === null) return () => undefined;
  const [form, input, list] = [found, foundInput, foundList];
  const fields = (): readonly FilterField[] => JSON.parse(form.dataset['filters'] ?? '[]');
  let field: FilterField | undefined;
  let choices: readonly Choice[] = [];
  let chosen = -1;

  const close = (): void => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    chosen = -1;
  };
  const paint = (): void => {
    const typed = (field === undefined ? input.value : input.value.slice(prefix(field).length)).trim().toLowerCase();
    choices = choicesFor(fields(), field, typed);
    if (chosen >= choices.length) chosen = choices.length - 1;
    list.innerHTML = renderView(FilterOptions({ choices, chosen }));
    list.hidden = choices.length === 0;
    input.setAttribute('aria-expanded', String(!list.hidden));
    if (chosen >= 0) input.setAttribute('aria-activedescendant', `filter-option-${chosen}`);
    else input.removeAttribute('aria-activedescendant');
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  };
  const apply = (target: FilterField | undefined, value: string): void => {
    close();
    field = undefined;
    input.value = '';
    go(`${form.getAttribute('action') ?? location.pathname}${withFilter(location.search, target, value)}`);
  };
  const take = (choice: Choice): void => {
    if (choice.type === 'field') {
      field = choice.field;
      input.value = prefix(choice.field);
      chosen = -1;
      input.focus();
      paint();
    } else {
      apply(choice.type === 'value' ? choice.field : undefined, choice.value);
    }
  };
  const onInput = (): void => {
    const typed = input.value;
    field = fields().find((one) => typed.toLowerCase().startsWith(prefix(one)));
    chosen = -1;
    paint();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (choices.length === 0) return;
      chosen = event.key === 'ArrowDown' ? (chosen + 1) % choices.length : (chosen <= 0 ? choices.length : chosen) - 1;
      paint();
    } else if (event.key === 'Escape' && !list.hidden) {
      event.stopPropagation();
      close();
    } else if (event.key === 'Backspace' && input.value === '') {
      form.querySelector<HTMLAnchorElement>('.tagchip:last-of-type .remove')?.click();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      // A field with options takes one of them: the first that fits what is typed, when none was chosen.
      const fixed = field?.options !== undefined;
      const choice = choices[chosen] ?? (fixed ? choices[0] : undefined);
      if (choice !== undefined) take(choice);
      else if (field !== undefined && !fixed) {
        const value = input.value.slice(prefix(field).length).trim();
        if (value !== '') apply(field, value);
      } else if (field === undefined && input.value.trim() !== '') apply(undefined, input.value.trim());
    }
  };
  const onPick = (event: Event): void => {
    const option = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
    const choice = choices[Number(option?.dataset['index'])];
    if (choice === undefined) return;
    // Before the input loses the focus, so that the list is not closed first.
    event.preventDefault();
    take(choice);
  };
  const onBlur = (): void => close();
  input.addEventListener('input', onInput);
  input.addEventListener('focus', onInput);
  input.addEventListener('keydown', onKey);
  input.addEventListener('blur', onBlur);
  list.addEventListener('pointerdown', onPick);
  return () => {
    input.removeEventListener('input', onInput);
    input.removeEventListener('focus', onInput);
    input.removeEventListener('keydown', onKey);
    input.removeEventListener('blur', onBlur);
    list.removeEventListener('pointerdown', onPick);
  };
}

const prefix = (field: FilterField): string => `${field.title}:`;

function choicesFor(fields: readonly FilterField[], field: FilterField | undefined, typed: string): readonly Choice[] {
  if (field !== undefined) {
    const options = (field.options ?? []).filter((option) => option.text.toLowerCase().includes(typed) || option.value.toLowerCase().includes(typed));
    return options.map((option) => ({ type: 'value', field, value: option.value, text: option.text }));
  }
  const matching = fields.filter((one) => one.title.toLowerCase().startsWith(typed));
  const search: Choice[] = typed === '' ? [] : [{ type: 'search', value: typed, text: typed }];
  return [...search, ...matching.map((one): Choice => ({ type: 'field', field: one }))];
}
