// Equality and order of values.
import type { Evaluation } from '../evaluation.ts';
import { deeper, fail, spend, spendComparison } from '../evaluation.ts';
import { dateText } from './date-text.ts';
import { isList, isMap, kindOf } from './kinds.ts';
import { compareNumbers, isNumber } from './numbers.ts';

/** Whether two values are the same; numbers by value whatever their form, lists and maps by content, a text never equals a number. */
export function areEqual(evaluation: Evaluation, left: unknown, right: unknown): boolean {
  if (typeof left === 'string' && typeof right === 'string') spendComparison(evaluation, left, right);
  if (left === right) return true;
  if (left === null || left === undefined) return right === null || right === undefined;
  if (isNumber(left)) return isNumber(right) && compareNumbers(left, right) === 0;
  if (left instanceof Date) return right instanceof Date ? left.getTime() === right.getTime() : right === dateText(left);
  if (right instanceof Date) return left === dateText(right);
  if (isList(left)) {
    if (!isList(right) || left.length !== right.length) return false;
    return deeper(evaluation, () => left.every((item, index) => areEqualCounted(evaluation, item, right[index])));
  }
  if (isMap(left)) {
    if (!isMap(right)) return false;
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length) return false;
    return deeper(evaluation, () => keys.every((key) => Object.hasOwn(right, key) && areEqualCounted(evaluation, left[key], right[key])));
  }
  return false;
}

function areEqualCounted(evaluation: Evaluation, left: unknown, right: unknown): boolean {
  spend(evaluation, 1 / 8);
  return areEqual(evaluation, left, right);
}

/** Negative, zero or positive; numbers, texts, booleans and dates have an order among themselves. */
export function compareValues(evaluation: Evaluation, left: unknown, right: unknown): number {
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right);
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  const a = left instanceof Date ? dateText(left) : left;
  const b = right instanceof Date ? dateText(right) : right;
  if (typeof a === 'string' && typeof b === 'string') {
    spendComparison(evaluation, a, b);
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return fail(evaluation, 'type', `Can not compare ${kindOf(left)} with ${kindOf(right)}`);
}
