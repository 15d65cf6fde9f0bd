// Maps are plain objects that come from users: keys may be `__proto__`.

/** A map that can be filled. */
export type MutableMap = Record<string, unknown>;

/** A new empty map. */
export function newMap(): MutableMap {
  const map: MutableMap = {};
  return map;
}

/**
 * Sets an entry. `__proto__` is left out: assigning it would change the prototype, and a copy elsewhere that does not take care
 * would fall for it even if this room does not.
 */
export function setEntry(map: MutableMap, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
}

/** A map from its entries. */
export function mapFrom(entries: Iterable<readonly [string, unknown]>): MutableMap {
  const map = newMap();
  for (const [key, value] of entries) setEntry(map, key, value);
  return map;
}

/** The entries of a map in order. */
export function entriesOf(map: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(map).filter(([, value]) => typeof value !== 'function');
}
