// When a value counts as true.
import { isList, isMap } from './kinds.ts';
import { isNumber, toNumber } from './numbers.ts';

/** In `{% if %}`, `and`, `or`, `not`, `? :`: false are null, false, 0, the empty text, list and map. */
export function isTrue(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (isNumber(value)) return toNumber(value) !== 0;
  return !isEmpty(value);
}

/** What `is empty` and `default` mean by empty: null and the empty text, list and map. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

/** Whether a rendered condition holds (`runIf`, If, Fail, loops): false iff it is null, "false", "0", "-0" or "". */
export function isTruthy(renderedText: string | null): boolean {
  return renderedText !== null && renderedText !== 'false' && renderedText !== '0' && renderedText !== '-0' && renderedText !== '';
}
