// Methods of Java values that flows call: `{{ list.size() }}`, `{{ text.toUpperCase() }}`. A fixed list; nothing of JavaScript is reached.
import type { Evaluation } from './evaluation.ts';
import { fail, spendItems, spendText } from './evaluation.ts';
import { contains } from './operators.ts';
import { attributeOf } from './value/access.ts';
import { areEqual } from './value/comparison.ts';
import { isList, isMap, missing } from './value/kinds.ts';
import { entriesOf } from './value/maps.ts';
import { isInteger } from './value/numbers.ts';
import { textOf } from './value/text.ts';

/** Calls a method of a value; `missing` when the value has no such method. */
export function callMethod(evaluation: Evaluation, target: unknown, name: string, args: readonly unknown[]): unknown {
  const [first, second] = args;
  if (target === null || target === undefined) return missing;
  switch (name) {
    case 'toString': return textOf(evaluation, target);
    case 'equals': return areEqual(evaluation, target, first ?? null);
  }
  if (typeof target === 'string') return textMethod(evaluation, target, name, first, second);
  if (isList(target)) return listMethod(evaluation, target, name, first);
  return isMap(target) ? mapMethod(evaluation, target, name, first, second) : missing;
}

function textMethod(evaluation: Evaluation, text: string, name: string, first: unknown, second: unknown): unknown {
  spendText(evaluation, text.length);
  const argument = (): string => textOf(evaluation, first ?? null);
  const index = (value: unknown): number =>
    isInteger(value) && value >= 0 && value <= text.length ? Number(value) : fail(evaluation, 'function', `The method \`${name}\` needs a position in the text, from 0 to ${text.length}`);
  switch (name) {
    case 'length': return text.length;
    case 'isEmpty': return text === '';
    case 'isBlank': return text.trim() === '';
    case 'toUpperCase': return text.toUpperCase();
    case 'toLowerCase': return text.toLowerCase();
    case 'trim': case 'strip': return text.trim();
    case 'contains': return text.includes(argument());
    case 'startsWith': return text.startsWith(argument());
    case 'endsWith': return text.endsWith(argument());
    case 'indexOf': return text.indexOf(argument());
    case 'lastIndexOf': return text.lastIndexOf(argument());
    case 'charAt': return text.charAt(index(first));
    case 'substring': return text.slice(index(first), second === undefined ? undefined : index(second));
    default: return missing;
  }
}

function listMethod(evaluation: Evaluation, list: readonly unknown[], name: string, first: unknown): unknown {
  switch (name) {
    case 'size': return list.length;
    case 'isEmpty': return list.length === 0;
    case 'get': return attributeOf(list, first);
    case 'contains': return contains(evaluation, list, first ?? null);
    case 'indexOf':
      spendItems(evaluation, list.length);
      return list.findIndex((item) => areEqual(evaluation, item, first ?? null));
    default: return missing;
  }
}

function mapMethod(evaluation: Evaluation, map: Readonly<Record<string, unknown>>, name: string, first: unknown, second: unknown): unknown {
  const entries = entriesOf(map);
  spendItems(evaluation, entries.length);
  const value = attributeOf(map, first);
  switch (name) {
    case 'size': return entries.length;
    case 'isEmpty': return entries.length === 0;
    case 'get': return value === missing ? null : value;
    case 'getOrDefault': return value === missing ? (second ?? null) : value;
    case 'containsKey': return value !== missing;
    case 'keySet': return entries.map(([key]) => key);
    case 'values': return entries.map(([, item]) => item);
    case 'entrySet': return entries.map(([key, item]) => ({ key, value: item }));
    default: return missing;
  }
}
