// Values to JSON. Our own writer, because numbers beyond 2^53 keep their digits, 1.0 stays 1.0, and the work is counted.
import type { Evaluation } from '../evaluation.ts';
import { deeper, spendItems, spendText } from '../evaluation.ts';
import { isList, isMap } from './kinds.ts';
import { entriesOf } from './maps.ts';
import { isNumber, numberText, toNumber } from './numbers.ts';
import { dateText } from './date-text.ts';

/** The JSON text of a value, on one line. */
export function jsonText(evaluation: Evaluation, value: unknown): string {
  const writer: Writer = { evaluation, charCount: 0 };
  const text = write(writer, value);
  spendText(evaluation, text.length);
  return text;
}

interface Writer {
  readonly evaluation: Evaluation;
  charCount: number;
}

function write(writer: Writer, value: unknown): string {
  if (isList(value)) {
    spendItems(writer.evaluation, value.length);
    const texts = deeper(writer.evaluation, () => value.map((item) => write(writer, item)));
    return counted(writer, `[${texts.join(',')}]`, 2);
  }
  if (isMap(value)) {
    const entries = entriesOf(value);
    spendItems(writer.evaluation, entries.length);
    const texts = deeper(writer.evaluation, () => entries.map(([key, item]) => `${JSON.stringify(key)}:${write(writer, item)}`));
    return counted(writer, `{${texts.join(',')}}`, 2);
  }
  const text = scalarText(value);
  return counted(writer, text, text.length);
}

/** Counts while writing, so that a value that is shared a thousand times is refused before its text exists. */
function counted(writer: Writer, text: string, ownCharCount: number): string {
  writer.charCount += ownCharCount + 1;
  if (writer.charCount > writer.evaluation.limits.outputCharsMax) spendText(writer.evaluation, writer.charCount);
  return text;
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isNumber(value)) return Number.isFinite(toNumber(value)) ? numberText(value) : JSON.stringify(numberText(value));
  if (value instanceof Date) return JSON.stringify(dateText(value));
  return 'null';
}
