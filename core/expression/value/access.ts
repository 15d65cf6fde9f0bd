// `a.b`, `a['b']`, `a[0]`: own properties only, so that no expression can reach a prototype.
import type { Evaluation } from '../evaluation.ts';
import { isList, isMap, missing } from './kinds.ts';
import { isInteger, isNumber, numberText } from './numbers.ts';

/** The own entry of a map, or `missing`. */
export function ownEntry(map: Readonly<Record<string, unknown>>, key: string): unknown {
  // `__proto__` can be an own property of parsed JSON; it is hidden so that no value of ours ever carries it on. Functions are not data.
  if (key === '__proto__' || !Object.hasOwn(map, key)) return missing;
  const value = map[key];
  return value === undefined || typeof value === 'function' ? missing : value;
}

/** An attribute of any value, or `missing`. */
export function attributeOf(target: unknown, key: unknown): unknown {
  if (isList(target)) return itemOf(target, key);
  if (isMap(target)) return key === null || key === undefined ? missing : ownEntry(target, keyText(key));
  if (typeof target === 'string' && key === 'length') return target.length;
  return missing;
}

function itemOf(list: readonly unknown[], key: unknown): unknown {
  const index = isInteger(key) ? Number(key) : typeof key === 'string' && /^\d{1,9}$/.test(key) ? Number(key) : undefined;
  if (index !== undefined) return index >= 0 && index < list.length ? (list[index] ?? null) : missing;
  return key === 'size' || key === 'length' ? list.length : missing;
}

/** The text under which a value is a key of a map. */
export function keyText(key: unknown): string {
  return typeof key === 'string' ? key : isNumber(key) ? numberText(key) : key instanceof Date ? key.toISOString() : String(key);
}

/** A variable by name: the template's own first, then the caller's; or `missing`. */
export function variableOf(evaluation: Evaluation, name: string): unknown {
  for (let scope = evaluation.scope; scope !== undefined; scope = scope.parent) {
    const value = scope.values.get(name);
    if (value !== undefined) return value;
  }
  return ownEntry(evaluation.variables, name);
}
