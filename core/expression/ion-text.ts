// Amazon Ion text of values. The writer is ours (five forms suffice); reading is left to ion-js, which only this file knows.
import { loadAll } from 'ion-js';
import type { dom } from 'ion-js';
import type { Evaluation } from './evaluation.ts';
import { deeper, spendItems, spendText } from './evaluation.ts';
import { dateText } from './value/date-text.ts';
import { isList, isMap } from './value/kinds.ts';
import { entriesOf, mapFrom } from './value/maps.ts';
import { doubleOf, doubleText, integerOf, isInteger, isNumber, toNumber } from './value/numbers.ts';

/** The Ion text of a value. */
export function ionText(evaluation: Evaluation, value: unknown): string {
  const text = write(evaluation, value);
  spendText(evaluation, text.length);
  return text;
}

function write(evaluation: Evaluation, value: unknown): string {
  if (isList(value)) {
    spendItems(evaluation, value.length);
    return deeper(evaluation, () => `[${value.map((item) => write(evaluation, item)).join(',')}]`);
  }
  if (isMap(value)) {
    const entries = entriesOf(value);
    spendItems(evaluation, entries.length);
    return deeper(evaluation, () => `{${entries.map(([key, item]) => `${symbolText(key)}:${write(evaluation, item)}`).join(',')}}`);
  }
  if (typeof value === 'string') return JSON.stringify(value).replace(/\u2028|\u2029/g, (separator) => (separator === '\u2028' ? '\\u2028' : '\\u2029'));
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isInteger(value)) return value.toString();
  if (isNumber(value)) return floatText(toNumber(value));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'null' : dateText(value);
  return 'null';
}

/** A double as an Ion float, which has an exponent: without one it would be an Ion decimal. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? '+inf' : '-inf';
  const text = doubleText(value).replace('E', 'e');
  return text.includes('e') ? text : `${text}e0`;
}

const symbolsWithMeaning = new Set(['null', 'true', 'false', 'nan']);

function symbolText(name: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(name) && !symbolsWithMeaning.has(name) && !/^\$\d+$/.test(name)) return name;
  return `'${JSON.stringify(name).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** The values of an Ion text, one after the other; throws when it is none. */
export function parseIon(text: string): readonly unknown[] {
  return loadAll(text).map(plain);
}

/** Ion nests as deep as its text; reading it recursed already, so this does no worse. */
function plain(value: dom.Value): unknown {
  if (value.isNull()) return null;
  switch (value.getType().name) {
    case 'bool': return value.booleanValue();
    case 'int': return integerOf(value.bigIntValue() ?? 0n);
    case 'float': case 'decimal': return doubleOf(value.numberValue() ?? 0);
    case 'timestamp': return value.timestampValue()?.toString() ?? null;
    case 'string': case 'symbol': return value.stringValue();
    case 'list': case 'sexp': return value.elements().map(plain);
    case 'struct': return mapFrom(value.fields().map(([name, field]) => [name, plain(field)]));
    default: return value.toString();
  }
}
