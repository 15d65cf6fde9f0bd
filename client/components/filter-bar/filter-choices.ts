/** What the list under the filter's input offers: fields, then comparators, then values. Pure. */
import type { Comparator, FilterField, FilterOption } from './filters.ts';

export type Choice =
  | { readonly type: 'field'; readonly field: FilterField }
  | { readonly type: 'comparator'; readonly field: FilterField; readonly comparator: Comparator | undefined }
  | { readonly type: 'value'; readonly option: FilterOption; readonly isChosen: boolean; readonly many: boolean }
  | { readonly type: 'apply'; readonly count: number }
  | { readonly type: 'search'; readonly value: string };

/** Where the choosing stands. */
export type Stage =
  | { readonly type: 'fields' }
  | { readonly type: 'comparators'; readonly field: FilterField }
  | { readonly type: 'values'; readonly field: FilterField; readonly op: string | undefined; readonly chosen: readonly string[]; readonly isChanged: boolean };

/** What stands before the typed text in the input. */
export function prefixOf(stage: Stage): string {
  switch (stage.type) {
    case 'fields': return '';
    case 'comparators': return `${stage.field.title}:`;
    case 'values': return `${stage.field.title}:${stage.op === undefined ? '' : `${wordsOf(stage.field, stage.op)}:`}`;
    default: return never(stage);
  }
}

const wordsOf = (field: FilterField, op: string): string => field.others?.find((other) => other.op === op)?.words ?? op;

export const isMany = (field: FilterField, op: string | undefined): boolean => (op === undefined ? field.many === true : field.others?.find((other) => other.op === op)?.many === true);

/** The comparator is asked for only where there are several. */
export const stageOfField = (field: FilterField, chosen: readonly string[]): Stage =>
  ((field.others ?? []).length === 0 ? { type: 'values', field, op: undefined, chosen, isChanged: false } : { type: 'comparators', field });

/** The stage that a typed text stands for: `state:` is the field's. */
export const typedField = (fields: readonly FilterField[], typed: string): FilterField | undefined => fields.find((field) => typed.toLowerCase().startsWith(`${field.title.toLowerCase()}:`));

export function choicesOf(stage: Stage, fields: readonly FilterField[], typedText: string): readonly Choice[] {
  const typed = typedText.trim().toLowerCase();
  switch (stage.type) {
    case 'fields': {
      const search: Choice[] = typed === '' ? [] : [{ type: 'search', value: typedText.trim() }];
      return [...search, ...fields.filter((field) => field.title.toLowerCase().startsWith(typed)).map((field): Choice => ({ type: 'field', field }))];
    }
    case 'comparators':
      return [undefined, ...(stage.field.others ?? [])]
        .filter((comparator) => (comparator?.words ?? stage.field.comparator).startsWith(typed))
        .map((comparator): Choice => ({ type: 'comparator', field: stage.field, comparator }));
    case 'values': {
      const many = isMany(stage.field, stage.op);
      const options = (stage.field.options ?? []).filter((option) => option.text.toLowerCase().includes(typed) || option.value.toLowerCase().includes(typed));
      const apply: Choice[] = stage.isChanged ? [{ type: 'apply', count: stage.chosen.length }] : [];
      return [...apply, ...options.map((option): Choice => ({ type: 'value', option, isChosen: stage.chosen.includes(option.value), many }))];
    }
    default: return never(stage);
  }
}

function never(value: never): never {
  throw new Error(`not a stage of choosing: ${JSON.stringify(value)}`);
}
