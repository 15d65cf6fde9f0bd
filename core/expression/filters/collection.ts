// Filters on lists and maps; some take texts as well.
import type { Call, Filter } from '../call.ts';
import { optionalInteger, optionalText, refuse, requiredArgument, requiredInteger } from '../call.ts';
import { spend, spendItems, spendText } from '../evaluation.ts';
import { areEqual, compareValues } from '../value/comparison.ts';
import { isList, isMap, kindOf } from '../value/kinds.ts';
import { entriesOf, mapFrom } from '../value/maps.ts';
import { keyText } from '../value/access.ts';
import { textOf } from '../value/text.ts';
import { notNull } from './input.ts';

/** Filters on lists and maps, by name. */
export const collectionFilters = {
  chunk: {
    parameters: ['size'],
    doc: 'Cuts a list into lists of the size.',
    apply: onList((list, call) => {
      const size = requiredInteger(call, 'size');
      if (size < 1) return refuse(call, 'expects a `size` of 1 or more');
      return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
    }),
  },
  distinct: { parameters: [], doc: 'Leaves out items that were there before.', apply: onList(distinct) },
  first: {
    parameters: [],
    doc: 'The first item of a list, or letter of a text.',
    apply: notNull((input, call) => (typeof input === 'string' ? input.charAt(0) : (listOf(input, call)[0] ?? null))),
  },
  flatten: { parameters: [], doc: 'Puts the items of lists in the list in their place, one level deep.', apply: onList((list, call) => paid(call, list.flatMap((item) => (isList(item) ? item : [item])))) },
  join: { parameters: ['separator'], doc: 'Joins the items to a text.', apply: onList(join) },
  keys: {
    parameters: [],
    doc: 'The keys of a map, or the positions of a list.',
    apply: notNull((input, call) => {
      if (isMap(input)) return paid(call, entriesOf(input).map(([key]) => key));
      return paid(call, [...listOf(input, call).keys()]);
    }),
  },
  last: {
    parameters: [],
    doc: 'The last item of a list, or letter of a text.',
    apply: notNull((input, call) => (typeof input === 'string' ? input.slice(-1) : (listOf(input, call).at(-1) ?? null))),
  },
  length: { parameters: [], doc: 'How many items, entries or characters there are; 0 for null.', apply: lengthOf },
  merge: { parameters: ['items'], doc: 'Adds the items of a list to a list, or the entries of a map to a map.', apply: notNull(merge) },
  reverse: { parameters: [], doc: 'Turns a list or text around.', apply: notNull((input, call) => (typeof input === 'string' ? [...input].reverse().join('') : [...listOf(input, call)].reverse())) },
  rsort: { parameters: [], doc: 'Sorts a list, the greatest first.', apply: onList((list, call) => sorted(list, call).reverse()) },
  slice: {
    parameters: ['fromIndex', 'toIndex'],
    doc: 'The part of a list or text from a position up to but not including another.',
    apply: notNull((input, call) => {
      const from = optionalInteger(call, 'fromIndex') ?? 0;
      const to = optionalInteger(call, 'toIndex');
      if (from < 0 || (to !== undefined && to < from)) return refuse(call, 'expects positions of 0 or more, the first not after the second');
      return typeof input === 'string' ? input.slice(from, to) : listOf(input, call).slice(from, to);
    }),
  },
  sort: { parameters: [], doc: 'Sorts a list, the least first.', apply: onList(sorted) },
  values: {
    parameters: [],
    doc: 'The values of a map.',
    apply: notNull((input, call) => (isMap(input) ? paid(call, entriesOf(input).map(([, value]) => value)) : refuse(call, `expects a map, found ${kindOf(input)}`))),
  },
} satisfies Readonly<Record<string, Filter>>;

function onList(apply: (list: readonly unknown[], call: Call) => unknown): Filter['apply'] {
  return notNull((input, call) => apply(listOf(input, call), call));
}

function listOf(input: unknown, call: Call): readonly unknown[] {
  if (!isList(input)) return refuse(call, `expects a list, found ${kindOf(input)}`);
  spendItems(call.evaluation, input.length);
  return input;
}

function paid(call: Call, list: readonly unknown[]): readonly unknown[] {
  spendItems(call.evaluation, list.length);
  return list;
}

function distinct(list: readonly unknown[], call: Call): readonly unknown[] {
  const texts = new Set<string>();
  const others: unknown[] = [];
  return list.filter((item) => {
    if (typeof item === 'string') return texts.size < texts.add(item).size;
    spend(call.evaluation, others.length / 8);
    if (others.some((other) => areEqual(call.evaluation, other, item))) return false;
    others.push(item);
    return true;
  });
}

function join(list: readonly unknown[], call: Call): string {
  const separator = optionalText(call, 'separator') ?? '';
  let charCount = separator.length * list.length;
  spendText(call.evaluation, charCount);
  const texts = list.map((item) => {
    const text = textOf(call.evaluation, item);
    charCount += text.length;
    if (charCount > call.evaluation.limits.outputCharsMax) spendText(call.evaluation, charCount);
    return text;
  });
  spendText(call.evaluation, charCount);
  return texts.join(separator);
}

function lengthOf(input: unknown, call: Call): number {
  if (input === null || input === undefined) return 0;
  if (typeof input === 'string' || isList(input)) return input.length;
  if (isMap(input)) return entriesOf(input).length;
  return refuse(call, `expects a text, list or map, found ${kindOf(input)}`);
}

function merge(input: unknown, call: Call): unknown {
  const items = requiredArgument(call, 'items');
  if (isList(input)) return items === null ? input : paid(call, [...input, ...listOf(items, call)]);
  if (!isMap(input)) return refuse(call, `expects a list or map, found ${kindOf(input)}`);
  if (items === null) return input;
  // A list merged into a map gives entries whose key and value are the item.
  const added = isMap(items) ? entriesOf(items) : listOf(items, call).map((item) => [keyText(item), item] as const);
  const entries = [...entriesOf(input), ...added];
  spendItems(call.evaluation, entries.length);
  return mapFrom(entries);
}

function sorted(list: readonly unknown[], call: Call): unknown[] {
  spend(call.evaluation, (list.length * Math.log2(list.length + 1)) / 8);
  return [...list].sort((a, b) => compareValues(call.evaluation, a, b));
}
