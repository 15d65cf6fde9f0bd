// Values on their way out: the boxed numbers of this room become ordinary ones.
import { isList, isMap } from './kinds.ts';
import { entriesOf, mapFrom } from './maps.ts';
import { Decimal } from './numbers.ts';

/**
 * The value without Decimal and bigint. An integer beyond 2^53 becomes the nearest double: JSON has no other number, and a bigint
 * would make every later JSON.stringify throw. What needs no change is not copied.
 */
export function plainValue(value: unknown, levelsLeft: number): unknown {
  if (value instanceof Decimal) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (value === undefined || typeof value === 'symbol' || typeof value === 'function') return null;
  // Deeper values come from the caller as they are; expressions can not make them.
  if (levelsLeft <= 0) return value;
  if (isList(value)) {
    const items = value.map((item) => plainValue(item, levelsLeft - 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (isMap(value)) {
    const entries = entriesOf(value).map(([key, item]) => [key, plainValue(item, levelsLeft - 1)] as const);
    return entries.some(([key, item]) => item !== value[key]) ? mapFrom(entries) : value;
  }
  return value;
}
