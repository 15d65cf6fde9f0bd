/**
 * The choosing of filters: a field, its comparator where there are several, its values; arrows, Enter, Space, Escape, Backspace. A chosen
 * filter is a new address. Of many values each click switches one; they are applied together, by Enter or when the list is left.
 */
import type { Release } from '../../ambient/contract.ts';
import type { Dialogs } from '../dialog/dialogs.ts';
import { renderView } from '../view.ts';
import { openDates } from './dates.ts';
import { choicesOf, isMany, prefixOf, stageOfField, typedField, type Choice, type Stage } from './filter-choices.ts';
import { FilterOptions } from './filter-options.tsx';
import { tagsOf, withDates, withFilter, withValues, type FilterField } from './filters.ts';

/** Only lists with dates need it. */
export interface FilterHelpers {
  readonly dialogs: Dialogs;
  readonly clock: { nowMs(): number };
}

export function mountFilterInput(root: ParentNode, go: (href: string) => void, helpers?: FilterHelpers): Release {
  const found = root.querySelector<HTMLFormElement>('form.filterbar');
  const foundInput = found?.querySelector<HTMLInputElement>('#filter-input') ?? null;
  const foundList = found?.querySelector<HTMLElement>('#filter-options') ?? null;
  if (found === null || foundInput === null || foundList === null) return () => undefined;
  const [form, input, list] = [found, foundInput, foundList];
  const fields = (): readonly FilterField[] => JSON.parse(form.dataset['filters'] ?? '[]');
  let stage: Stage = { type: 'fields' };
  let choices: readonly Choice[] = [];
  let chosen = -1;

  const close = (): void => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    chosen = -1;
  };
  const paint = (): void => {
    choices = choicesOf(stage, fields(), input.value.slice(prefixOf(stage).length));
    if (chosen >= choices.length) chosen = choices.length - 1;
    list.innerHTML = renderView(FilterOptions({ choices, chosen }));
    list.hidden = choices.length === 0;
    list.setAttribute('aria-multiselectable', String(stage.type === 'values' && isMany(stage.field, stage.op)));
    input.setAttribute('aria-expanded', String(!list.hidden));
    if (chosen >= 0) input.setAttribute('aria-activedescendant', `filter-option-${chosen}`);
    else input.removeAttribute('aria-activedescendant');
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  };
  const leave = (href: string): void => {
    close();
    stage = { type: 'fields' };
    input.value = '';
    go(`${form.getAttribute('action') ?? location.pathname}${href}`);
  };
  const enter = (next: Stage): void => {
    stage = next;
    input.value = prefixOf(stage);
    chosen = -1;
    input.focus();
    paint();
  };
  const chosenOf = (field: FilterField, op: string | undefined): readonly string[] => tagsOf(location.search, [field]).find((tag) => tag.field.name === field.name && tag.op === op)?.values ?? [];
  const dates = (field: FilterField): void => {
    close();
    input.value = '';
    if (helpers === undefined) return;
    const known = new URLSearchParams(location.search);
    openDates({ ...helpers, start: known.get('startDate') ?? '', end: known.get('endDate') ?? '', chosen: (start, end) => leave(withDates(location.search, field, start, end)) });
  };
  const take = (choice: Choice): void => {
    switch (choice.type) {
      case 'field':
        if (choice.field.kind === 'dates') dates(choice.field);
        else enter(stageOfField(choice.field, chosenOf(choice.field, undefined)));
        return;
      case 'comparator': {
        const op = choice.comparator?.op;
        enter({ type: 'values', field: choice.field, op, chosen: chosenOf(choice.field, op), isChanged: false });
        return;
      }
      case 'value':
        if (stage.type !== 'values') return;
        if (!choice.many) leave(withFilter(location.search, stage.field, choice.option.value, stage.op));
        else toggle(choice.option.value);
        return;
      case 'apply': apply(); return;
      case 'search': leave(withFilter(location.search, undefined, choice.value)); return;
    }
  };
  const toggle = (value: string): void => {
    if (stage.type !== 'values') return;
    const values = stage.chosen.includes(value) ? stage.chosen.filter((one) => one !== value) : [...stage.chosen, value];
    // The first line becomes "Apply": what was highlighted stays so.
    if (!stage.isChanged && chosen >= 0) chosen += 1;
    stage = { ...stage, chosen: values, isChanged: true };
    input.focus();
    paint();
  };
  const apply = (): void => {
    if (stage.type === 'values') leave(withValues(location.search, stage.field, stage.chosen, stage.op));
  };
  const onInput = (): void => {
    const typed = input.value;
    if (stage.type === 'fields' || !typed.startsWith(prefixOf(stage))) {
      const field = typedField(fields(), typed);
      stage = field === undefined || field.kind === 'dates' ? { type: 'fields' } : stageOfField(field, chosenOf(field, undefined));
    }
    // What is no comparator is a value for the first of them.
    if (stage.type === 'comparators' && typed.length > prefixOf(stage).length && choicesOf(stage, fields(), typed.slice(prefixOf(stage).length)).length === 0) {
      stage = { type: 'values', field: stage.field, op: undefined, chosen: chosenOf(stage.field, undefined), isChanged: false };
    }
    chosen = -1;
    paint();
  };
  const onEnter = (): void => {
    const rest = input.value.slice(prefixOf(stage).length).trim();
    switch (stage.type) {
      case 'fields': {
        const choice = choices[chosen];
        if (choice !== undefined) take(choice);
        else if (rest !== '') leave(withFilter(location.search, undefined, rest));
        // Nothing typed: the query is run again.
        else leave(location.search);
        return;
      }
      case 'comparators': {
        const choice = choices[Math.max(0, chosen)];
        if (choice !== undefined) take(choice);
        return;
      }
      case 'values': {
        if (stage.isChanged && (chosen < 1 || choices[chosen] === undefined)) {
          apply();
          return;
        }
        // A field with options takes one of them: the first that fits what is typed, when none was chosen.
        const choice = choices[chosen] ?? (stage.field.options === undefined ? undefined : choices[0]);
        if (choice?.type === 'value') {
          const values = choice.many ? [...stage.chosen.filter((one) => one !== choice.option.value), choice.option.value] : [choice.option.value];
          leave(withValues(location.search, stage.field, values, stage.op));
        } else if (choice !== undefined) take(choice);
        else if (stage.field.options === undefined && rest !== '') leave(withFilter(location.search, stage.field, rest, stage.op));
      }
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) paint();
      if (choices.length === 0) return;
      chosen = event.key === 'ArrowDown' ? (chosen + 1) % choices.length : (chosen <= 0 ? choices.length : chosen) - 1;
      paint();
    } else if (event.key === 'Escape' && !list.hidden) {
      event.stopPropagation();
      stage = { type: 'fields' };
      input.value = '';
      close();
    } else if (event.key === 'Backspace' && input.value === '') {
      form.querySelector<HTMLAnchorElement>('.tagchip:last-of-type .remove')?.click();
    } else if (event.key === 'Backspace' && input.value === prefixOf(stage)) {
      event.preventDefault();
      enter({ type: 'fields' });
    } else if (event.key === ' ' && stage.type === 'values' && isMany(stage.field, stage.op) && choices[chosen]?.type === 'value') {
      event.preventDefault();
      const choice = choices[chosen];
      if (choice !== undefined) take(choice);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      onEnter();
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
  const onBlur = (): void => {
    close();
    if (stage.type === 'values' && stage.isChanged) apply();
  };
  const onEdit = (event: Event): void => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tag]') : null;
    const tag = button === null ? undefined : tagsOf(location.search, fields())[Number(button.dataset['tag'])];
    if (tag === undefined) return;
    if (tag.field.kind === 'dates') dates(tag.field);
    else if (tag.field.name === 'q') {
      input.value = tag.values.join(' ');
      input.focus();
    } else enter({ type: 'values', field: tag.field, op: tag.op, chosen: tag.values, isChanged: false });
  };
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    onEnter();
  };
  const listeners = [
    [input, 'input', onInput], [input, 'focus', () => { if (stage.type === 'fields') onInput(); }], [input, 'blur', onBlur], [list, 'pointerdown', onPick], [form, 'click', onEdit], [form, 'submit', onSubmit],
  ] as const;
  for (const [target, name, listener] of listeners) target.addEventListener(name, listener);
  input.addEventListener('keydown', onKey);
  return () => {
    for (const [target, name, listener] of listeners) target.removeEventListener(name, listener);
    input.removeEventListener('keydown', onKey);
  };
}
