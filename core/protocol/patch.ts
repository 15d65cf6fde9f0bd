/**
 * RFC 6902 patches of topic states: made by the watch room (`diffStates`), put on by clients (`applyPatch`). States are JSON: plain
 * objects and arrays. Applying never changes its input, and what the patch does not touch is shared, so that a view sees by `===`
 * what changed. Names that come from users (`__proto__`, `a/b`, `~`) are data like any other.
 */
import type { PatchOperation } from './topics.ts';

type Json = Record<string, unknown>;

/** One name as a part of a JSON pointer (RFC 6901). `~` first, or the `~` of `~1` would be escaped again. */
export const escapePointer = (name: string): string => (/[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name);

export const pointer = (...names: readonly (string | number)[]): string => names.map((name) => `/${escapePointer(String(name))}`).join('');

/** The names of a pointer; throws when it is none. */
export function parsePointer(path: string): readonly string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw new PatchError(`"${path}" is no JSON pointer: it must be empty or begin with "/"`);
  return path.slice(1).split('/').map((part) => (part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part));
}

/** A patch that does not fit its state: the two have grown apart, and a fresh state must be asked for. */
export class PatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PatchError';
  }
}

/** The state after the patch; the given one stays as it is. Throws a PatchError when a path does not exist. */
export function applyPatch<State>(state: State, patch: readonly PatchOperation[]): State {
  // Containers that this call made: they may be changed in place, so that a thousand operations copy their parent once.
  const own = new Set<object>();
  let root: unknown = state;
  for (const operation of patch) {
    const names = parsePointer(operation.path);
    const last = names[names.length - 1];
    if (last === undefined) {
      root = operation.op === 'remove' ? null : operation.value;
      continue;
    }
    root = owned(root, own, operation.path);
    let parent: unknown = root;
    for (const name of names.slice(0, -1)) {
      const child = owned(childOf(parent, name, operation.path), own, operation.path);
      put(parent, name, child);
      parent = child;
    }
    change(parent, last, operation);
  }
  // A patch for a topic keeps the topic's type: it was made by `diffStates` from two states of it.
  return root as State;
}

function owned(value: unknown, own: Set<object>, path: string): object {
  if (typeof value !== 'object' || value === null) throw new PatchError(`"${path}" leads through something that is no object or list`);
  if (own.has(value)) return value;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  own.add(copy);
  return copy;
}

function childOf(parent: unknown, name: string, path: string): unknown {
  // hasOwn, because "constructor" and "__proto__" would otherwise be found on every object.
  if (Array.isArray(parent)) return parent[indexOf(parent, name, path, parent.length - 1)];
  if (typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)) return (parent as Json)[name];
  throw new PatchError(`"${path}" does not exist: there is no "${name}"`);
}

function put(parent: unknown, name: string, value: unknown): void {
  if (Array.isArray(parent)) parent[Number(name)] = value;
  else define(parent as Json, name, value);
}

/** Assigning `object.__proto__ = value` would change what the object inherits from; defining makes it a name like others. */
function define(target: Json, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  else target[name] = value;
}

function change(parent: unknown, name: string, operation: PatchOperation): void {
  const { op, path, value } = operation;
  if (Array.isArray(parent)) {
    if (op === 'add') {
      if (name === '-') parent.push(value);
      else parent.splice(indexOf(parent, name, path, parent.length), 0, value);
      return;
    }
    const index = indexOf(parent, name, path, parent.length - 1);
    if (op === 'remove') parent.splice(index, 1);
    else parent[index] = value;
    return;
  }
  const target = parent as Json;
  if (op === 'add') {
    define(target, name, value);
    return;
  }
  if (!Object.hasOwn(target, name)) throw new PatchError(`"${path}" does not exist: there is no "${name}" to ${op}`);
  if (op === 'remove') delete target[name];
  else define(target, name, value);
}

function indexOf(list: readonly unknown[], name: string, path: string, highest: number): number {
  const index = /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : Number.NaN;
  if (!(index <= highest)) throw new PatchError(`"${path}" does not exist: "${name}" is no place in a list of ${list.length}`);
  return index;
}

/**
 * The patch that turns one state into another. Parts that are the same object are not looked into, so its cost is that of what
 * changed when the next state shares the rest. Lists grow and shrink at their ends; any other change of a list replaces it.
 */
export function diffStates(before: unknown, after: unknown): PatchOperation[] {
  const patch: PatchOperation[] = [];
  diff(before, after, '', patch);
  return patch;
}

function diff(before: unknown, after: unknown, path: string, patch: PatchOperation[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    diffLists(before, after, path, patch);
    return;
  }
  if (isObject(before) && isObject(after)) {
    for (const name of Object.keys(before)) {
      // JSON has no undefined: a member that holds it is not there.
      if (before[name] !== undefined && (!Object.hasOwn(after, name) || after[name] === undefined)) patch.push({ op: 'remove', path: `${path}/${escapePointer(name)}` });
    }
    for (const name of Object.keys(after)) {
      const value = after[name];
      if (value === undefined) continue;
      const inside = `${path}/${escapePointer(name)}`;
      if (!Object.hasOwn(before, name) || before[name] === undefined) patch.push({ op: 'add', path: inside, value });
      else diff(before[name], value, inside, patch);
    }
    return;
  }
  if (Number.isNaN(before) && Number.isNaN(after)) return;
  patch.push({ op: 'replace', path, value: after });
}

function diffLists(before: readonly unknown[], after: readonly unknown[], path: string, patch: PatchOperation[]): void {
  const shared = Math.min(before.length, after.length);
  for (let index = 0; index < shared; index += 1) {
    if (!isSame(before[index], after[index])) {
      patch.push({ op: 'replace', path, value: after });
      return;
    }
  }
  for (let index = before.length - 1; index >= shared; index -= 1) patch.push({ op: 'remove', path: `${path}/${index}` });
  for (let index = shared; index < after.length; index += 1) patch.push({ op: 'add', path: `${path}/-`, value: after[index] });
}

/** Equal as JSON. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (isObject(a) && isObject(b)) {
    const names = Object.keys(a).filter((name) => a[name] !== undefined);
    if (names.length !== Object.keys(b).filter((name) => b[name] !== undefined).length) return false;
    return names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
  }
  return Number.isNaN(a) && Number.isNaN(b);
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
