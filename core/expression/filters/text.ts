// Filters on texts. To add one: add an entry here (or in the family it belongs to); index.ts finds it.
import type { Call, Filter } from '../call.ts';
import { optionalBoolean, optionalInteger, optionalText, refuse, requiredArgument, requiredInteger, requiredText } from '../call.ts';
import { spendItems, spendText } from '../evaluation.ts';
import { compilePattern, replaceMatches, splitText } from '../regular-expression.ts';
import { isList, isMap } from '../value/kinds.ts';
import { entriesOf, mapFrom } from '../value/maps.ts';
import { textOf } from '../value/text.ts';
import { notNull, onText } from './input.ts';

/** Filters on texts, by name. */
export const textFilters = {
  abbreviate: {
    parameters: ['length'],
    doc: 'Shortens a text to the length, ending it with "...".',
    apply: onText((text, call) => {
      const length = requiredInteger(call, 'length');
      if (length < 0) return refuse(call, 'expects a `length` of 0 or more');
      if (text.length <= length) return text;
      return length <= 3 ? text.slice(0, length) : `${text.slice(0, length - 3)}...`;
    }),
  },
  capitalize: { parameters: [], doc: 'Makes the first letter upper case.', apply: onText((text) => text.replace(/^(\s*)(\S)/u, (_all, blanks: string, letter: string) => blanks + letter.toUpperCase())) },
  endsWith: { parameters: ['value'], doc: 'Whether the text ends with the value.', apply: onText((text, call) => text.endsWith(requiredText(call, 'value'))) },
  escapeChar: { parameters: ['type'], doc: 'Escapes quotes: type "single", "double" or "shell".', apply: onText(escapeQuotes) },
  indent: { parameters: ['amount', 'prefix'], doc: 'Puts the prefix (default one blank) amount times before every line but the first.', apply: onText((text, call) => indented(text, call)) },
  lower: { parameters: [], doc: 'Makes the text lower case.', apply: onText((text) => text.toLowerCase()) },
  nindent: {
    parameters: ['amount', 'prefix'],
    doc: 'Starts a new line, and indents every line.',
    apply: onText((text, call) => {
      requiredInteger(call, 'amount');
      if (text === '') return '';
      return indented((/\r\n|\n|\r/.exec(text)?.[0] ?? '\n') + text, call);
    }),
  },
  replace: {
    parameters: ['replace_pairs', 'regexp'],
    doc: 'Replaces every key of the map by its value, in texts, lists and maps; with regexp=true the keys are regular expressions.',
    apply: notNull((input, call) => replaceIn(input, call, replacementsOf(call))),
  },
  slugify: {
    parameters: [],
    doc: 'Makes a name for URLs: lower case letters and digits joined by "-".',
    apply: onText((text) => text.normalize('NFD').replace(/\p{M}+/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')),
  },
  split: {
    parameters: ['delimiter', 'limit'],
    doc: 'Splits the text into a list; the delimiter is a regular expression.',
    apply: onText((text, call) => {
      const delimiter = requiredText(call, 'delimiter');
      const limit = optionalInteger(call, 'limit') ?? 0;
      // The common case needs no regular expression: an ordinary character or several.
      if (limit === 0 && /^[^\\^$.|?*+()[\]{}]+$/.test(delimiter)) return splitLiterally(text, delimiter, call);
      return splitText(call.evaluation, compilePattern(call.evaluation, delimiter), text, limit);
    }),
  },
  startsWith: { parameters: ['value'], doc: 'Whether the text starts with the value.', apply: onText((text, call) => text.startsWith(requiredText(call, 'value'))) },
  string: { parameters: [], doc: 'The value as text, as it would be printed.', apply: notNull((input, call) => textOf(call.evaluation, input)) },
  substringAfter: { parameters: ['separator'], doc: 'What stands after the first separator; nothing without one.', apply: onText((text, call) => after(text, requiredText(call, 'separator'), text.indexOf(requiredText(call, 'separator')))) },
  substringAfterLast: { parameters: ['separator'], doc: 'What stands after the last separator; nothing without one.', apply: onText((text, call) => after(text, requiredText(call, 'separator'), text.lastIndexOf(requiredText(call, 'separator')))) },
  substringBefore: { parameters: ['separator'], doc: 'What stands before the first separator; everything without one.', apply: onText((text, call) => before(text, text.indexOf(requiredText(call, 'separator')))) },
  substringBeforeLast: { parameters: ['separator'], doc: 'What stands before the last separator; everything without one.', apply: onText((text, call) => before(text, text.lastIndexOf(requiredText(call, 'separator')))) },
  title: { parameters: [], doc: 'Makes the first letter of every word upper case.', apply: onText((text) => text.replace(/(^|\s)(\S)/gu, (_all, blank: string, letter: string) => blank + letter.toUpperCase())) },
  trim: { parameters: [], doc: 'Takes blanks off both ends.', apply: onText((text) => text.trim()) },
  upper: { parameters: [], doc: 'Makes the text upper case.', apply: onText((text) => text.toUpperCase()) },
} satisfies Readonly<Record<string, Filter>>;

function escapeQuotes(text: string, call: Call): string {
  const type = requiredText(call, 'type');
  switch (type) {
    case 'single': return text.replaceAll("'", "\\'");
    case 'double': return text.replaceAll('"', '\\"');
    case 'shell': return text.replaceAll("'", "'\\''");
    default: return refuse(call, `expects the type "single", "double" or "shell", found \`${type}\``);
  }
}

function indented(text: string, call: Call): string {
  const amount = requiredInteger(call, 'amount');
  const prefix = optionalText(call, 'prefix') ?? ' ';
  if (amount < 0) return refuse(call, 'expects an `amount` of 0 or more');
  const lines = text.split(/(\r\n|\n|\r)/);
  spendText(call.evaluation, text.length + prefix.length * amount * Math.ceil(lines.length / 2));
  const margin = prefix.repeat(amount);
  // Every second piece is a line end.
  return lines.map((piece, index) => (index % 2 === 1 ? piece + margin : piece)).join('');
}

function splitLiterally(text: string, delimiter: string, call: Call): readonly string[] {
  const parts = text.split(delimiter);
  spendItems(call.evaluation, parts.length);
  const end = parts.findLastIndex((part) => part !== '') + 1;
  return end === 0 ? parts.slice(0, parts.length > 1 ? 0 : 1) : parts.slice(0, end);
}

function after(text: string, separator: string, index: number): string {
  return index === -1 ? '' : text.slice(index + separator.length);
}

function before(text: string, index: number): string {
  return index === -1 ? text : text.slice(0, index);
}

type Replace = (text: string) => string;

function replacementsOf(call: Call): Replace {
  const pairs = requiredArgument(call, 'replace_pairs');
  if (!isMap(pairs)) return refuse(call, 'expects a map {"from": "to"} as `replace_pairs`');
  const isRegexp = optionalBoolean(call, 'regexp') ?? false;
  const replaces = entriesOf(pairs).map(([from, value]): Replace => {
    const to = textOf(call.evaluation, value);
    if (!isRegexp) return (text) => replaceLiterally(text, from, to, call);
    const pattern = compilePattern(call.evaluation, from);
    return (text) => replaceMatches(call.evaluation, pattern, text, to);
  });
  return (text) => replaces.reduce((current, replace) => replace(current), text);
}

function replaceLiterally(text: string, from: string, to: string, call: Call): string {
  if (from === '') return text;
  const pieces = text.split(from);
  spendText(call.evaluation, text.length + (pieces.length - 1) * Math.max(0, to.length - from.length));
  return pieces.join(to);
}

function replaceIn(value: unknown, call: Call, replace: Replace): unknown {
  if (typeof value === 'string') return replace(value);
  if (isList(value)) {
    spendItems(call.evaluation, value.length);
    return value.map((item) => replaceIn(item, call, replace));
  }
  if (isMap(value)) {
    const entries = entriesOf(value);
    spendItems(call.evaluation, entries.length);
    return mapFrom(entries.map(([key, item]) => [replace(key), replaceIn(item, call, replace)]));
  }
  return value;
}
