// The part of jq's library that is written in TypeScript: what would be slow, endless or impossible in jq itself.
import type { Evaluation } from '../evaluation.ts';
import { deeper, spend, spendItems, spendText } from '../evaluation.ts';
import { parseJson } from '../value/json-parse.ts';
import { jsonText } from '../value/json-text.ts';
import { isList, isMap, missing } from '../value/kinds.ts';
import { ownEntry } from '../value/access.ts';
import { entriesOf } from '../value/maps.ts';
import { utf8Bytes } from '../encoding.ts';
import { messageOf } from '../error.ts';
import { dateBuiltins } from './dates.ts';
import type { Builtin, Closure, Emit, Located, Machine } from './evaluate.ts';
import { iterate, pathsOf, runClosure, stoppable, valuesOf } from './evaluate.ts';
import { plainText } from './formats.ts';
import type { ValueFunction } from './of-values.ts';
import { ofValues } from './of-values.ts';
import { mathBuiltins } from './math.ts';
import { regexpBuiltins } from './regexps.ts';
import type { JqPath, JqStep } from './values.ts';
import { add, compare, deletePaths, described, getPath, isTrue, JqError, kindOf, newCopies, normal, positionsOf, setPath, sliceStep, sorted, splitBy } from './values.ts';

/** The builtin functions by name and number of arguments. */
export function createBuiltins(): ReadonlyMap<string, Builtin> {
  return new Map<string, Builtin>([...onValues(), ...onFilters(), ...mathBuiltins(), ...dateBuiltins(), ...regexpBuiltins()]);
}

function onValues(): readonly (readonly [string, Builtin])[] {
  const functions: Readonly<Record<string, ValueFunction>> = {
    'not/0': (_e, input) => !isTrue(input),
    'length/0': lengthOf,
    'utf8bytelength/0': (e, input) => utf8Bytes(textInput(e, input)).length,
    'keys/0': (e, input) => keysOf(e, input, true),
    'keys_unsorted/0': (e, input) => keysOf(e, input, false),
    'has/1': has,
    'contains/1': contains,
    'add/0': (e, input) => itemsOf(e, input).reduce((sum, item) => add(e, sum, item), null),
    'flatten/1': (e, input, levels) => flatten(e, listInput(e, input), numberInput(e, levels)),
    'reverse/0': (e, input) => (typeof input === 'string' ? [...input].reverse().join('') : input === null ? [] : [...listInput(e, input)].reverse()),
    'tostring/0': plainText,
    'tonumber/0': toNumber,
    'tojson/0': jsonText,
    'fromjson/0': fromJson,
    'type/0': (_e, input) => kindOf(input),
    'toarray/0': (_e, input) => (isList(input) ? input : [input]),
    'error/0': (_e, input) => raiseValue(input),
    'error/1': (_e, _input, value) => raiseValue(value),
    'infinite/0': () => Number.POSITIVE_INFINITY,
    'nan/0': () => Number.NaN,
    'isinfinite/0': (e, input) => Math.abs(numberInput(e, input)) === Number.POSITIVE_INFINITY,
    'isnan/0': (e, input) => Number.isNaN(numberInput(e, input)),
    'isnormal/0': (e, input) => Number.isFinite(numberInput(e, input)) && input !== 0,
    'sort/0': (e, input) => sorted(e, listInput(e, input), (item) => item),
    'unique/0': (e, input) => grouped(e, listInput(e, input).map((item) => ({ item, key: item }))).map(([first]) => first),
    'min/0': (e, input) => extreme(e, keyed(listInput(e, input)), -1),
    'max/0': (e, input) => extreme(e, keyed(listInput(e, input)), 1),
    'startswith/1': (e, input, prefix) => textInput(e, input).startsWith(textInput(e, prefix)),
    'endswith/1': (e, input, suffix) => textInput(e, input).endsWith(textInput(e, suffix)),
    'ltrimstr/1': (_e, input, prefix) => (typeof input === 'string' && typeof prefix === 'string' && input.startsWith(prefix) ? input.slice(prefix.length) : input),
    'rtrimstr/1': (_e, input, suffix) => (typeof input === 'string' && typeof suffix === 'string' && suffix !== '' && input.endsWith(suffix) ? input.slice(0, -suffix.length) : input),
    'trimstr/1': (_e, input, ends) => (typeof input === 'string' && typeof ends === 'string' && ends !== '' ? withoutEnds(input, ends) : input),
    'trim/0': (e, input) => textInput(e, input).trim(),
    'ltrim/0': (e, input) => textInput(e, input).trimStart(),
    'rtrim/0': (e, input) => textInput(e, input).trimEnd(),
    'ascii_downcase/0': (e, input) => textInput(e, input).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    'ascii_upcase/0': (e, input) => textInput(e, input).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
    'explode/0': (e, input) => paid(e, [...textInput(e, input)].map((character) => character.codePointAt(0) ?? 0)),
    'implode/0': (e, input) => listInput(e, input).map((code) => codePoint(e, code)).join(''),
    'split/1': (e, input, separator) => splitBy(e, textInput(e, input), textInput(e, separator)),
    'join/1': join,
    'indices/1': indices,
    'index/1': (e, input, sought) => indices(e, input, sought)?.[0] ?? null,
    'rindex/1': (e, input, sought) => indices(e, input, sought)?.at(-1) ?? null,
    'bsearch/1': bsearch,
    'setpath/2': (e, input, path, value) => setPath(e, input, pathInput(e, path), () => value, newCopies()),
    'delpaths/1': (e, input, paths) => deletePaths(e, input, listInput(e, paths).map((path) => pathInput(e, path))),
  };
  return Object.entries(functions).map(([name, apply]) => [name, ofValues(apply)] as const);
}

function onFilters(): readonly (readonly [string, Builtin])[] {
  return [
    ['empty/0', () => {}],
    ['select/1', (machine, [condition], input, emit) => each(machine, condition, input.value, (value) => (isTrue(value) ? emit(input) : undefined))],
    ['recurse/0', (machine, _args, input, emit) => walkDown(machine, input, emit, (item, use) => (isList(item.value) || isMap(item.value) ? iterate(machine.evaluation, item, use) : undefined))],
    ['recurse/1', (machine, [next], input, emit) => walkDown(machine, input, emit, (item, use) => required(next, (closure) => runClosure(machine, closure, item, use)))],
    ['repeat/1', (machine, [next], input, emit) => walkDown(machine, input, emit, (item, use) => required(next, (closure) => runClosure(machine, closure, item, use)))],
    ['while/2', (machine, [condition, next], input, emit) => loop(machine, condition, next, input, emit, true)],
    ['until/2', (machine, [condition, next], input, emit) => loop(machine, condition, next, input, emit, false)],
    ['range/1', (machine, [end], input, emit) => each(machine, end, input.value, (to) => range(machine.evaluation, 0, to, 1, emit))],
    ['range/2', (machine, [start, end], input, emit) => each(machine, start, input.value, (from) => each(machine, end, input.value, (to) => range(machine.evaluation, from, to, 1, emit)))],
    [
      'range/3',
      (machine, [start, end, by], input, emit) =>
        each(machine, start, input.value, (from) => each(machine, end, input.value, (to) => each(machine, by, input.value, (step) => range(machine.evaluation, from, to, step, emit)))),
    ],
    ['first/1', (machine, [filter], input, emit) => take(machine, filter, input, 1, emit)],
    ['last/1', (machine, [filter], input, emit) => lastOf(machine, filter, input, emit)],
    ['limit/2', (machine, [count, filter], input, emit) => each(machine, count, input.value, (value) => take(machine, filter, input, numberInput(machine.evaluation, value), emit))],
    ['skip/2', (machine, [count, filter], input, emit) => each(machine, count, input.value, (value) => skip(machine, filter, input, numberInput(machine.evaluation, value), emit))],
    [
      'getpath/1',
      (machine, [steps], input, emit) =>
        each(machine, steps, input.value, (value) => {
          const path = pathInput(machine.evaluation, value);
          emit({ value: getPath(machine.evaluation, input.value, path), path: input.path === undefined ? undefined : [...input.path, ...path] });
        }),
    ],
    ['path/1', (machine, [filter], input, emit) => required(filter, (closure) => pathsOf(machine, closure, input.value).forEach((path) => emit({ value: path, path: undefined })))],
    ['sort_by/1', byKeys((e, items) => sorted(e, items, ({ key }) => key).map(({ item }) => item))],
    ['group_by/1', byKeys((e, items) => grouped(e, items))],
    ['unique_by/1', byKeys((e, items) => grouped(e, items).map(([first]) => first))],
    ['min_by/1', byKeys((e, items) => extreme(e, items, -1))],
    ['max_by/1', byKeys((e, items) => extreme(e, items, 1))],
  ];
}

function required(closure: Closure | undefined, use: (closure: Closure) => void): void {
  if (closure !== undefined) use(closure);
}

function each(machine: Machine, closure: Closure | undefined, input: unknown, use: (value: unknown) => void): void {
  if (closure !== undefined) valuesOf(machine, closure, input, use);
}

/** Emits a value and all that can be reached from it, depth first, without recursion. */
function walkDown(machine: Machine, start: Located, emit: Emit, next: (item: Located, use: Emit) => void): void {
  const waiting: Located[] = [start];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    spend(machine.evaluation, 1);
    emit(item);
    const found: Located[] = [];
    next(item, (result) => {
      spend(machine.evaluation, 1 / 8);
      found.push(result);
    });
    for (const result of found.reverse()) waiting.push(result);
  }
}

/** `while` emits as long as the condition holds; `until` emits what makes it hold at last. */
function loop(machine: Machine, condition: Closure | undefined, next: Closure | undefined, start: Located, emit: Emit, isWhile: boolean): void {
  const waiting: Located[] = [start];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    spend(machine.evaluation, 1);
    const current = item;
    let holds = false;
    each(machine, condition, current.value, (value) => {
      holds = isTrue(value);
    });
    if (holds === isWhile) {
      if (isWhile) emit(current);
      const found: Located[] = [];
      required(next, (closure) =>
        runClosure(machine, closure, current, (result) => {
          spend(machine.evaluation, 1 / 8);
          found.push(result);
        }),
      );
      for (const result of found.reverse()) waiting.push(result);
    } else if (!isWhile) emit(current);
  }
}

function range(evaluation: Evaluation, from: unknown, to: unknown, step: unknown, emit: Emit): void {
  const [start, end, by] = [numberInput(evaluation, from), numberInput(evaluation, to), numberInput(evaluation, step)];
  if (by === 0) return;
  for (let value = start; by > 0 ? value < end : value > end; value += by) {
    spend(evaluation, 1);
    emit({ value, path: undefined });
  }
}

function take(machine: Machine, filter: Closure | undefined, input: Located, count: number, emit: Emit): void {
  if (!(count > 0)) return;
  let left = count;
  stoppable((stop) =>
    required(filter, (closure) =>
      runClosure(machine, closure, input, (result) => {
        left -= 1;
        emit(result);
        if (left <= 0) stop();
      }),
    ),
  );
}

function skip(machine: Machine, filter: Closure | undefined, input: Located, count: number, emit: Emit): void {
  let left = count;
  required(filter, (closure) =>
    runClosure(machine, closure, input, (result) => {
      if (left > 0) left -= 1;
      else emit(result);
    }),
  );
}

function lastOf(machine: Machine, filter: Closure | undefined, input: Located, emit: Emit): void {
  const found: Located[] = [];
  required(filter, (closure) =>
    runClosure(machine, closure, input, (result) => {
      found[0] = result;
    }),
  );
  found.forEach(emit);
}

interface Keyed {
  readonly item: unknown;
  readonly key: unknown;
}

function keyed(list: readonly unknown[]): readonly Keyed[] {
  return list.map((item) => ({ item, key: item }));
}

function byKeys(apply: (evaluation: Evaluation, items: readonly Keyed[]) => unknown): Builtin {
  return (machine, [filter], input, emit) => {
    const items = listInput(machine.evaluation, input.value).map((raw): Keyed => {
      const item = normal(raw);
      const key: unknown[] = [];
      each(machine, filter, item, (value) => {
        spend(machine.evaluation, 1 / 8);
        key.push(value);
      });
      return { item, key };
    });
    emit({ value: apply(machine.evaluation, items), path: undefined });
  };
}

function grouped(evaluation: Evaluation, items: readonly Keyed[]): readonly (readonly unknown[])[] {
  const groups: { readonly key: unknown; readonly items: unknown[] }[] = [];
  for (const { item, key } of sorted(evaluation, items, (entry) => entry.key)) {
    const last = groups.at(-1);
    if (last !== undefined && compare(evaluation, last.key, key) === 0) last.items.push(item);
    else groups.push({ key, items: [item] });
  }
  return groups.map((group) => group.items);
}

function extreme(evaluation: Evaluation, items: readonly Keyed[], sign: 1 | -1): unknown {
  const [first, ...rest] = items;
  if (first === undefined) return null;
  // Of equal ones the last is the greatest and the first the least.
  return rest.reduce((best, entry) => (compare(evaluation, entry.key, best.key) * sign > (sign === 1 ? -1 : 0) ? entry : best), first).item;
}

function withoutEnds(text: string, ends: string): string {
  const rest = text.startsWith(ends) ? text.slice(ends.length) : text;
  return rest.endsWith(ends) ? rest.slice(0, -ends.length) : rest;
}

/** The position in a sorted list, or -1 minus the position where it would stand. */
function bsearch(evaluation: Evaluation, input: unknown, sought: unknown): number {
  if (!isList(input)) return raiseValue(`${described(evaluation, input)} can not be searched`);
  let low = 0;
  let high = input.length;
  while (low < high) {
    spend(evaluation, 1);
    const middle = Math.floor((low + high) / 2);
    if (compare(evaluation, input[middle], sought) < 0) low = middle + 1;
    else high = middle;
  }
  return low < input.length && compare(evaluation, input[low], sought) === 0 ? low : -1 - low;
}

function raiseValue(value: unknown): never {
  throw new JqError(value);
}

/** A list, or the reason why there is none. */
export function listInput(evaluation: Evaluation, value: unknown): readonly unknown[] {
  if (!isList(value)) throw new JqError(`${described(evaluation, value)} is not an array`);
  spendItems(evaluation, value.length);
  return value;
}

/** A text, or the reason why there is none. */
export function textInput(evaluation: Evaluation, value: unknown): string {
  if (typeof value !== 'string') throw new JqError(`${described(evaluation, value)} is not a string`);
  spend(evaluation, value.length / 64);
  return value;
}

/** A number, or the reason why there is none. */
export function numberInput(evaluation: Evaluation, value: unknown): number {
  if (typeof value !== 'number') throw new JqError(`${described(evaluation, value)} is not a number`);
  return value;
}

function pathInput(evaluation: Evaluation, value: unknown): JqPath {
  return listInput(evaluation, value).map((raw): JqStep => {
    const step = normal(raw);
    if (typeof step === 'string' || typeof step === 'number') return step;
    if (isMap(step)) return sliceStep(step);
    throw new JqError('A path is a list of keys and positions');
  });
}

function paid(evaluation: Evaluation, list: readonly unknown[]): readonly unknown[] {
  spendItems(evaluation, list.length);
  return list;
}

function itemsOf(evaluation: Evaluation, value: unknown): readonly unknown[] {
  const items = isMap(value) ? entriesOf(value).map(([, item]) => item) : value === null ? [] : listInput(evaluation, value);
  return items.map(normal);
}

function lengthOf(evaluation: Evaluation, input: unknown): unknown {
  if (input === null) return 0;
  if (typeof input === 'number') return Math.abs(input);
  if (typeof input === 'string') {
    spend(evaluation, input.length / 64);
    return /[\ud800-\udbff]/.test(input) ? [...input].length : input.length;
  }
  if (isList(input)) return input.length;
  return isMap(input) ? entriesOf(input).length : raiseValue(`${described(evaluation, input)} has no length`);
}

function keysOf(evaluation: Evaluation, input: unknown, isSorted: boolean): unknown {
  if (isList(input)) return paid(evaluation, [...input.keys()]);
  if (!isMap(input)) return raiseValue(`${described(evaluation, input)} has no keys`);
  const keys = entriesOf(input).map(([key]) => key);
  return paid(evaluation, isSorted ? keys.sort() : keys);
}

function has(evaluation: Evaluation, input: unknown, key: unknown): unknown {
  if (isMap(input) && typeof key === 'string') return ownEntry(input, key) !== missing;
  if (isList(input) && typeof key === 'number') return key >= 0 && key < input.length;
  return raiseValue(`Cannot check whether ${described(evaluation, input)} has a ${kindOf(key)} key`);
}

function contains(evaluation: Evaluation, container: unknown, soughtValue: unknown): boolean {
  const whole = normal(container);
  const sought = normal(soughtValue);
  if (isMap(whole) && isMap(sought)) {
    return deeper(evaluation, () => entriesOf(sought).every(([key, value]) => ownEntry(whole, key) !== missing && contains(evaluation, ownEntry(whole, key), value)));
  }
  if (isList(whole) && isList(sought)) {
    return deeper(evaluation, () => sought.every((one) => whole.some((item) => (spend(evaluation, 2), kindOf(normal(item)) === kindOf(normal(one)) && contains(evaluation, item, one)))));
  }
  if (typeof whole === 'string' && typeof sought === 'string') return textInput(evaluation, whole).includes(sought);
  if (kindOf(whole) === kindOf(sought)) return compare(evaluation, whole, sought) === 0;
  return raiseValue(`${described(evaluation, whole)} and ${described(evaluation, sought)} cannot have their containment checked`);
}

function flatten(evaluation: Evaluation, list: readonly unknown[], levels: number): readonly unknown[] {
  if (levels < 0) throw new JqError('flatten depth must not be negative');
  return deeper(evaluation, () => paid(evaluation, list.flatMap((item) => (isList(item) && levels > 0 ? flatten(evaluation, item, levels - 1) : [item]))));
}

function toNumber(evaluation: Evaluation, input: unknown): number {
  if (typeof input === 'number') return input;
  const text = textInput(evaluation, input);
  if (!/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text)) throw new JqError(`Cannot use ${described(evaluation, input)} as a number`);
  return Number(text);
}

function fromJson(evaluation: Evaluation, input: unknown): unknown {
  const text = textInput(evaluation, input);
  spendText(evaluation, text.length);
  try {
    return parseJson(text);
  } catch (thrown) {
    throw new JqError(`The text can not be read: ${messageOf(thrown)}`);
  }
}

function codePoint(evaluation: Evaluation, value: unknown): string {
  const code = numberInput(evaluation, normal(value));
  return Number.isInteger(code) && code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
}

function join(evaluation: Evaluation, input: unknown, separator: unknown): string {
  const texts = listInput(evaluation, input).map((raw) => {
    const item = normal(raw);
    if (item === null) return '';
    return typeof item === 'object' ? raiseValue(`${described(evaluation, item)} can not be joined`) : plainText(evaluation, item);
  });
  const between = texts.length > 0 ? textInput(evaluation, separator) : '';
  spendText(evaluation, texts.reduce((sum, text) => sum + text.length + between.length, 0));
  return texts.join(between);
}

function indices(evaluation: Evaluation, input: unknown, sought: unknown): readonly number[] | null {
  if (input === null) return null;
  if (typeof input === 'string' && typeof sought === 'string') {
    const positions: number[] = [];
    textInput(evaluation, input);
    for (let at = sought === '' ? -1 : input.indexOf(sought); at !== -1; at = input.indexOf(sought, at + 1)) positions.push(at);
    spendItems(evaluation, positions.length);
    return positions;
  }
  return positionsOf(evaluation, listInput(evaluation, input), isList(sought) ? sought : [sought]);
}
