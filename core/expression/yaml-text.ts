// YAML of values. The only file outside of core/language that may know the YAML library: an expression reads and writes data, not flows.
import { parse } from 'yaml';
import type { Evaluation } from './evaluation.ts';
import { deeper, spendItems, spendText } from './evaluation.ts';
import { isList, isMap } from './value/kinds.ts';
import { entriesOf } from './value/maps.ts';
import { textOf } from './value/text.ts';

/**
 * The value of a YAML text; throws when it is none. Aliases are limited, so that few lines can not become a billion items.
 * The pretty errors of the library repeat the text, which may be a secret.
 */
export function parseYaml(text: string): unknown {
  const value: unknown = parse(text, { maxAliasCount: 100, merge: true, uniqueKeys: true, version: '1.2', prettyErrors: false, logLevel: 'error' });
  return value ?? null;
}

/** The YAML of a value as Kestra writes it: lists are indented by one blank, texts are quoted only when they must be. */
export function yamlText(evaluation: Evaluation, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  const text = isList(value) || isMap(value) ? blockText(evaluation, value, '') : `${scalarText(evaluation, value, '')}\n`;
  spendText(evaluation, text.length);
  return text;
}

/** A list or map as lines, each beginning with the margin and ending with a line end. */
function blockText(evaluation: Evaluation, value: unknown, margin: string): string {
  return deeper(evaluation, () => {
    if (isList(value)) {
      spendItems(evaluation, value.length);
      if (value.length === 0) return `${margin}[]\n`;
      return paid(evaluation, value.map((item) => `${margin} - ${afterIndicator(evaluation, item, `${margin}   `)}`).join(''));
    }
    const entries = isMap(value) ? entriesOf(value) : [];
    spendItems(evaluation, entries.length);
    if (entries.length === 0) return `${margin}{}\n`;
    return paid(evaluation, entries.map(([key, item]) => `${margin}${quotedIfNeeded(key)}:${afterKey(evaluation, item, margin)}`).join(''));
  });
}

/** Each level repeats the text of the levels below it, so each level pays for it. */
function paid(evaluation: Evaluation, text: string): string {
  spendText(evaluation, text.length);
  return text;
}

/** What follows "- ": the first line stands behind the indicator, the others under it. */
function afterIndicator(evaluation: Evaluation, item: unknown, margin: string): string {
  if (isBlock(item)) return blockText(evaluation, item, margin).slice(margin.length);
  return `${isList(item) ? '[]' : isMap(item) ? '{}' : scalarText(evaluation, item, margin)}\n`;
}

function afterKey(evaluation: Evaluation, item: unknown, margin: string): string {
  if (isBlock(item)) return `\n${blockText(evaluation, item, isList(item) ? margin : `${margin}  `)}`;
  return ` ${isList(item) ? '[]' : isMap(item) ? '{}' : scalarText(evaluation, item, `${margin}  `)}\n`;
}

function isBlock(value: unknown): boolean {
  return (isList(value) && value.length > 0) || (isMap(value) && entriesOf(value).length > 0);
}

function scalarText(evaluation: Evaluation, value: unknown, margin: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'string') return textOf(evaluation, value);
  const isPlainBlock = value.includes('\n') && /^[^\s]/.test(value) && !/[^\n\x20-\x7e\xa0-\uffff]| \n| $/.test(value) && margin !== '';
  if (!isPlainBlock) return quotedIfNeeded(value);
  // Literal style: "|" keeps one line end at the end, "|-" none, "|+" all.
  const chomping = !value.endsWith('\n') ? '-' : value.endsWith('\n\n') ? '+' : '';
  const lines = value.replace(/\n$/, '').split('\n');
  return `|${chomping}\n${lines.map((line) => (line === '' ? '' : margin + line)).join('\n')}`;
}

const looksLikeAnotherType = /^(?:null|~|true|false|yes|no|on|off|y|n|[-+]?(?:\d[\d_,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0[xo][\da-f]+|[-+]?\.(?:inf|nan)|\d+(?::\d+)+(?:\.\d*)?|\d{4}-\d{1,2}-\d{1,2}.*|=|<<)$/i;

function quotedIfNeeded(text: string): string {
  const isPlain =
    /^[^\s\-?:,[\]{}#&*!|>'"%@`](?:[^\n\r\t]*[^\s:])?$/.test(text) && !text.includes(': ') && !text.includes(' #') && !looksLikeAnotherType.test(text) && !/[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]/.test(text);
  return isPlain || /^-?[A-Za-z][\w./-]*$/.test(text) && !looksLikeAnotherType.test(text) ? text : JSON.stringify(text);
}
