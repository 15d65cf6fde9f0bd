// Values as jq sees them: JSON. Kinds, order, arithmetic, and what lies at a path.
import type { Evaluation } from '../evaluation.ts';
import { deeper, spend, spendComparison, spendEntries, spendItems, spendText } from '../evaluation.ts';
import { dateText } from '../value/date-text.ts';
import { jsonText } from '../value/json-text.ts';
import { isList, isMap, missing } from '../value/kinds.ts';
import { ownEntry } from '../value/access.ts';
import type { MutableMap } from '../value/maps.ts';
import { entriesOf, mapFrom, setEntry } from '../value/maps.ts';
import { isNumber, toNumber } from '../value/numbers.ts';
import type { JqOperator } from './syntax.ts';

/** An error of jq: `try` and `?` catch it, `value` is what `catch` sees. */
export class JqError extends Error {
  readonly value: unknown;

  constructor(value: unknown) {
    super(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`);
    this.name = 'JqError';
    this.value = value;
  }
}

/** A step of a path: a key, a position, or a slice. */
export type JqStep = string | number | { readonly start: number | null; readonly end: number | null };

/** Where a value was found in the input. */
export type JqPath = readonly JqStep[];

/** Kinds in jq's words. */
export type JqKind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/** A value in jq's terms: our numbers become JavaScript's, dates become text. */
export function normal(value: unknown): unknown {
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return null;
  if (value instanceof Date) return dateText(value);
  return isNumber(value) ? toNumber(value) : value;
}

/** The kind of a normal value. */
export function kindOf(value: unknown): JqKind {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'string') return 'string';
  return isList(value) ? 'array' : 'object';
}

/** jq's truth: everything but false and null. */
export function isTrue(value: unknown): boolean {
  return value !== null && value !== false;
}

/** A short description for messages: kind and beginning of the value. */
export function described(evaluation: Evaluation, value: unknown): string {
  const text = jsonText(evaluation, value);
  return `${kindOf(value)} (${text.length > 40 ? `${text.slice(0, 40)}...` : text})`;
}

const order: Readonly<Record<JqKind, number>> = { null: 0, boolean: 1, number: 2, string: 3, array: 4, object: 5 };

/** jq's order: null, false, true, numbers, texts, lists, maps. */
export function compare(evaluation: Evaluation, leftValue: unknown, rightValue: unknown): number {
  const left = normal(leftValue);
  const right = normal(rightValue);
  const kindOrder = order[kindOf(left)] - order[kindOf(right)];
  if (kindOrder !== 0) return kindOrder;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (typeof left === 'number' && typeof right === 'number') return left < right ? -1 : left === right ? 0 : 1;
  if (typeof left === 'string' && typeof right === 'string') {
    spendComparison(evaluation, left, right);
    return left < right ? -1 : left === right ? 0 : 1;
  }
  if (isList(left) && isList(right)) return deeper(evaluation, () => compareLists(evaluation, left, right));
  if (isMap(left) && isMap(right)) return deeper(evaluation, () => compareMaps(evaluation, left, right));
  return 0;
}

function compareLists(evaluation: Evaluation, left: readonly unknown[], right: readonly unknown[]): number {
  const count = Math.min(left.length, right.length);
  for (let index = 0; index < count; index += 1) {
    spend(evaluation, 1 / 8);
    const result = compare(evaluation, left[index], right[index]);
    if (result !== 0) return result;
  }
  return left.length - right.length;
}

function compareMaps(evaluation: Evaluation, left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): number {
  const keys = Object.keys(left).sort();
  spendEntries(evaluation, keys.length);
  const keyOrder = compareLists(evaluation, keys, Object.keys(right).sort());
  return keyOrder !== 0 ? keyOrder : compareLists(evaluation, keys.map((key) => left[key]), keys.map((key) => right[key]));
}

/** Sorted as jq sorts: stable, by its order. */
export function sorted<Item>(evaluation: Evaluation, items: readonly Item[], keyOf: (item: Item) => unknown): Item[] {
  spend(evaluation, 1 + (items.length * Math.log2(items.length + 1)) / 8);
  return [...items].sort((a, b) => compare(evaluation, keyOf(a), keyOf(b)));
}

/** The result of an operator. */
export function operate(evaluation: Evaluation, operator: JqOperator, left: unknown, right: unknown): unknown {
  switch (operator) {
    case '==': return compare(evaluation, left, right) === 0;
    case '!=': return compare(evaluation, left, right) !== 0;
    case '<': return compare(evaluation, left, right) < 0;
    case '<=': return compare(evaluation, left, right) <= 0;
    case '>': return compare(evaluation, left, right) > 0;
    case '>=': return compare(evaluation, left, right) >= 0;
    case '+': return add(evaluation, left, right);
    case '-': return subtract(evaluation, left, right);
    case '*': return multiply(evaluation, left, right);
    case '/': return divide(evaluation, left, right);
    case '%': return remainder(evaluation, left, right);
  }
}

function refused(evaluation: Evaluation, left: unknown, right: unknown, what: string): never {
  throw new JqError(`${described(evaluation, left)} and ${described(evaluation, right)} cannot be ${what}`);
}

/** `+`: numbers, texts, lists, maps; null adds nothing. */
export function add(evaluation: Evaluation, left: unknown, right: unknown): unknown {
  if (left === null) return right;
  if (right === null) return left;
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'string' && typeof right === 'string') {
    spendText(evaluation, left.length + right.length);
    return left + right;
  }
  if (isList(left) && isList(right)) {
    spendItems(evaluation, left.length + right.length);
    return [...left, ...right];
  }
  if (isMap(left) && isMap(right)) {
    const entries = [...entriesOf(left), ...entriesOf(right)];
    spendEntries(evaluation, entries.length);
    return mapFrom(entries);
  }
  return refused(evaluation, left, right, 'added');
}

function subtract(evaluation: Evaluation, left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (isList(left) && isList(right)) return left.filter((item) => !right.some((other) => (spend(evaluation, 1 / 8), compare(evaluation, item, other) === 0)));
  return refused(evaluation, left, right, 'subtracted');
}

function multiply(evaluation: Evaluation, left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') return left * right;
  if (typeof left === 'string' && typeof right === 'number') return repeated(evaluation, left, right);
  if (typeof left === 'number' && typeof right === 'string') return repeated(evaluation, right, left);
  if (isMap(left) && isMap(right)) return mergedDeep(evaluation, left, right);
  return refused(evaluation, left, right, 'multiplied');
}

function repeated(evaluation: Evaluation, text: string, count: number): unknown {
  if (!(count > 0)) return null;
  spendText(evaluation, text.length * Math.ceil(count));
  return text.repeat(Math.max(1, Math.floor(count)));
}

function mergedDeep(evaluation: Evaluation, left: Readonly<Record<string, unknown>>, right: Readonly<Record<string, unknown>>): unknown {
  return deeper(evaluation, () => {
    const merged = mapFrom(entriesOf(left));
    spendEntries(evaluation, Object.keys(merged).length);
    for (const [key, value] of entriesOf(right)) {
      spend(evaluation, 1 / 8);
      const before = ownEntry(merged, key);
      setEntry(merged, key, isMap(before) && isMap(value) ? mergedDeep(evaluation, before, value) : value);
    }
    return merged;
  });
}

function divide(evaluation: Evaluation, left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') {
    return right === 0 ? refused(evaluation, left, right, 'divided because the divisor is zero') : left / right;
  }
  if (typeof left === 'string' && typeof right === 'string') return splitBy(evaluation, left, right);
  return refused(evaluation, left, right, 'divided');
}

/** The pieces of a text between separators; none of the empty text. */
export function splitBy(evaluation: Evaluation, text: string, separator: string): readonly string[] {
  const parts = text === '' ? [] : text.split(separator);
  spendItems(evaluation, parts.length);
  return parts;
}

function remainder(evaluation: Evaluation, left: unknown, right: unknown): unknown {
  if (typeof left !== 'number' || typeof right !== 'number') return refused(evaluation, left, right, 'divided (remainder)');
  const divisor = Math.abs(Math.trunc(right));
  return divisor === 0 ? refused(evaluation, left, right, 'divided (remainder) because the divisor is zero') : (Math.trunc(left) % divisor) + 0;
}

/** What lies at a step of a value; null when there is nothing. */
export function valueAt(evaluation: Evaluation, value: unknown, step: unknown): unknown {
  if (isMap(value) && typeof step === 'string') {
    const entry = ownEntry(value, step);
    return entry === missing ? null : normal(entry);
  }
  if (isList(value) && typeof step === 'number') {
    const index = Math.floor(step);
    return normal(value[index < 0 ? value.length + index : index]);
  }
  if (isList(value) && isList(step)) return positionsOf(evaluation, value, step);
  if (value === null && (typeof step === 'string' || typeof step === 'number' || isMap(step))) return null;
  if (isMap(step) && (isList(value) || typeof value === 'string')) return slice(value, sliceStep(step));
  const key = typeof step === 'string' ? `"${step}"` : kindOf(step);
  throw new JqError(`Cannot index ${kindOf(value)} with ${key}`);
}

/** Positions at which a list occurs in a list. */
export function positionsOf(evaluation: Evaluation, list: readonly unknown[], sought: readonly unknown[]): readonly number[] {
  const positions: number[] = [];
  if (sought.length === 0) return positions;
  for (let index = 0; index + sought.length <= list.length; index += 1) {
    spend(evaluation, 1 / 4);
    if (sought.every((item, offset) => compare(evaluation, item, list[index + offset]) === 0)) positions.push(index);
  }
  return positions;
}

/** A step that is a map `{"start": …, "end": …}`. */
export function sliceStep(step: Readonly<Record<string, unknown>>): { readonly start: number | null; readonly end: number | null } {
  const bound = (key: string): number | null => {
    const value = ownEntry(step, key);
    if (value === missing || value === null) return null;
    if (typeof value !== 'number') throw new JqError('Start and end indices of an array slice must be numbers');
    return value;
  };
  return { start: bound('start'), end: bound('end') };
}

/** A part of a list or text. */
export function slice(value: readonly unknown[] | string, bounds: { readonly start: number | null; readonly end: number | null }): unknown {
  return value.slice(bounds.start === null ? undefined : Math.floor(bounds.start), bounds.end === null ? undefined : Math.ceil(bounds.end));
}

/** What lies at a path. */
export function getPath(evaluation: Evaluation, value: unknown, path: JqPath): unknown {
  return path.reduce((current, step) => (current === null ? null : valueAt(evaluation, current, step)), value);
}

/** The containers that an update has already copied, so that the next path changes the copy: a thousand paths cost one copy. */
export interface Copies {
  readonly lists: Map<unknown, unknown[]>;
  readonly maps: Map<unknown, MutableMap>;
}

/** For one update. */
export function newCopies(): Copies {
  return { lists: new Map(), maps: new Map() };
}

/** The value with something else at a path; the original stays as it was. */
export function setPath(evaluation: Evaluation, value: unknown, path: JqPath, update: (before: unknown) => unknown, copies: Copies): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return update(value);
  return deeper(evaluation, () => {
    const inner = setPath(evaluation, valueAt(evaluation, value, step), rest, update, copies);
    if (typeof step === 'string' && (value === null || isMap(value))) {
      const copy = copies.maps.get(value) ?? copyMap(evaluation, value, copies);
      setEntry(copy, step, inner);
      return copy;
    }
    if (typeof step === 'number' && (value === null || isList(value))) {
      const copy = copies.lists.get(value) ?? copyList(evaluation, value, copies);
      setItem(evaluation, copy, Math.floor(step), inner);
      return copy;
    }
    if (typeof step === 'object' && (value === null || isList(value))) return withSlice(evaluation, value ?? [], step, inner);
    throw new JqError(`Cannot update ${kindOf(value)} at ${typeof step === 'string' ? `"${step}"` : kindOf(step)}`);
  });
}

function copyMap(evaluation: Evaluation, map: Readonly<Record<string, unknown>> | null, copies: Copies): MutableMap {
  const entries = map === null ? [] : entriesOf(map);
  spendEntries(evaluation, entries.length);
  const copy = mapFrom(entries);
  copies.maps.set(copy, copy);
  return copy;
}

function copyList(evaluation: Evaluation, list: readonly unknown[] | null, copies: Copies): unknown[] {
  const copy = [...(list ?? [])];
  spendItems(evaluation, copy.length);
  copies.lists.set(copy, copy);
  return copy;
}

function setItem(evaluation: Evaluation, list: unknown[], position: number, item: unknown): void {
  const index = position < 0 ? list.length + position : position;
  if (index < 0) throw new JqError('Out of bounds negative array index');
  spendItems(evaluation, Math.max(0, index - list.length));
  while (list.length < index) list.push(null);
  list[index] = item;
}

function withSlice(evaluation: Evaluation, list: readonly unknown[], bounds: { readonly start: number | null; readonly end: number | null }, items: unknown): unknown {
  if (!isList(items)) throw new JqError('A slice of an array can only be assigned another array');
  spendItems(evaluation, list.length + items.length);
  const { from, to } = sliceBounds(list.length, bounds);
  return [...list.slice(0, from), ...items, ...list.slice(Math.max(from, to))];
}

function sliceBounds(length: number, bounds: { readonly start: number | null; readonly end: number | null }): { readonly from: number; readonly to: number } {
  const clamp = (position: number): number => Math.max(0, Math.min(length, position < 0 ? length + position : position));
  return { from: clamp(Math.floor(bounds.start ?? 0)), to: clamp(Math.ceil(bounds.end ?? length)) };
}

/** A copy without what lies at the paths; the last paths go first, so that positions stay right. */
export function deletePaths(evaluation: Evaluation, value: unknown, paths: readonly JqPath[]): unknown {
  return sorted(evaluation, paths, (path) => path).reverse().reduce((current, path) => deletePath(evaluation, current, path), value);
}

function deletePath(evaluation: Evaluation, value: unknown, path: JqPath): unknown {
  const [step, ...rest] = path;
  if (step === undefined || value === null) return null;
  if (rest.length > 0) {
    const inner = valueAt(evaluation, value, step);
    return inner === null ? value : setPath(evaluation, value, [step], () => deletePath(evaluation, inner, rest), newCopies());
  }
  if (typeof step === 'string' && isMap(value)) {
    const entries = entriesOf(value);
    spendEntries(evaluation, entries.length);
    return mapFrom(entries.filter(([key]) => key !== step));
  }
  if (isList(value) && typeof step !== 'string') {
    spendItems(evaluation, value.length);
    const { from, to } = typeof step === 'number' ? itemBounds(value.length, Math.floor(step)) : sliceBounds(value.length, step);
    return [...value.slice(0, from), ...value.slice(Math.max(from, to))];
  }
  throw new JqError(`Cannot delete field at ${typeof step === 'string' ? 'object' : 'array'} index of ${kindOf(value)}`);
}

function itemBounds(length: number, position: number): { readonly from: number; readonly to: number } {
  const index = position < 0 ? length + position : position;
  return index < 0 || index >= length ? { from: length, to: length } : { from: index, to: index + 1 };
}
