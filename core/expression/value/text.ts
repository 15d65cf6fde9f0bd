// Values to text: what `{{ x }}` prints. Maps and lists print as JSON, null as nothing.
import type { Evaluation } from '../evaluation.ts';
import { spendText } from '../evaluation.ts';
import { dateText } from './date-text.ts';
import { jsonText } from './json-text.ts';
import { isNumber, numberText } from './numbers.ts';

/** The text of a value. */
export function textOf(evaluation: Evaluation, value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined || typeof value === 'function' || typeof value === 'symbol') return '';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isNumber(value)) return numberText(value);
  if (value instanceof Date) return dateText(value);
  return jsonText(evaluation, value);
}

/** Joins two texts within the limits. */
export function concatenate(evaluation: Evaluation, left: string, right: string): string {
  spendText(evaluation, left.length + right.length);
  return left + right;
}
