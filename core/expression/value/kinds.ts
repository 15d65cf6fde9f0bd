// What a value is, in the words of the expression language.
import { Decimal, isNumber } from './numbers.ts';

/** What an expression has when it has nothing: not null, but no value at all. Never leaves this room. */
export const missing: unique symbol = Symbol('missing');

/** A list. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Any object whose own properties are its entries. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Decimal);
}

/** The kind of a value, for messages. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a boolean';
  if (isNumber(value)) return 'a number';
  if (isList(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return isMap(value) ? 'a map' : `a ${typeof value}`;
}
