/** The outputs of a run as expressions see them: `outputs.TASK['VALUE'].KEY…`, walked in columns. Pure. */
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';

/** A task, or an iteration of one. */
interface Branch {
  readonly type: 'branch';
  readonly entries: Map<string, Branch | Leaf>;
  /** The task run whose outputs stand here; the last one wins, as in expressions. */
  taskRunId: string | undefined;
}
interface Leaf {
  readonly type: 'leaf';
  readonly value: unknown;
}
export type OutputTree = Branch;

export interface OutputItem {
  readonly name: string;
  readonly path: readonly string[];
  readonly kind: 'task' | 'iteration' | 'map' | 'list' | 'file' | 'text' | 'number' | 'boolean' | 'null';
  /** Entries of a map, a list or a task. */
  readonly count: number | undefined;
  /** The beginning of a value that is no map and no list. */
  readonly preview: string | undefined;
}

export interface OutputColumn {
  readonly items: readonly OutputItem[];
  /** Items that are not shown. */
  readonly more: number;
}

export const columnItemsMax = 500;
/** Deeper values are read in the value pane. */
const columnsMax = 12;

export const isFile = (value: unknown): value is string => typeof value === 'string' && value.startsWith('kestra:///');
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const branch = (): Branch => ({ type: 'branch', entries: new Map(), taskRunId: undefined });

/** The task and the values of the iterations around it. */
export function pathOfTaskRun(state: ExecutionTopicState, taskRun: TaskRun): readonly string[] {
  const values: string[] = [];
  for (let one: TaskRun | undefined = taskRun; one !== undefined; one = one.parentTaskRunId === undefined ? undefined : state.taskRuns[one.parentTaskRunId]) if (one.value !== undefined) values.unshift(one.value);
  return [taskRun.taskId, ...values];
}

/** What stands for an encrypted value: its cipher text helps nobody. */
export const secretMark = '••••••••';
const isEncrypted = (value: unknown): boolean => isRecord(value) && value['type'] === 'io.kestra.datatype:aes_encrypted';

/** The same value when nothing in it is encrypted. */
function masked(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 100) return value;
  if (isEncrypted(value)) return secretMark;
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const next = items.map((item) => masked(item, depth + 1));
    return next.some((item, index) => item !== items[index]) ? next : value;
  }
  const entries = Object.entries(value);
  const next = entries.map(([name, item]) => [name, masked(item, depth + 1)] as const);
  return next.some(([, item], index) => item !== entries[index]?.[1]) ? Object.fromEntries(next) : value;
}

export function treeOf(state: ExecutionTopicState): OutputTree {
  const tree = branch();
  for (const id of state.order) {
    const taskRun = state.taskRuns[id];
    if (taskRun === undefined || Object.keys(taskRun.outputs).length === 0) continue;
    let at = tree;
    for (const name of pathOfTaskRun(state, taskRun)) {
      const known = at.entries.get(name);
      const next = known?.type === 'branch' ? known : branch();
      at.entries.set(name, next);
      at = next;
    }
    at.taskRunId = taskRun.id;
    for (const [key, value] of Object.entries(taskRun.outputs)) at.entries.set(key, { type: 'leaf', value: masked(value) });
  }
  return tree;
}

/** Plain values, as inputs and variables are: no task above them. */
export function treeOfValues(values: Readonly<Record<string, unknown>>): OutputTree {
  return { type: 'branch', taskRunId: undefined, entries: new Map(Object.entries(values).map(([name, value]) => [name, { type: 'leaf', value: masked(value) }])) };
}

export type Found = { readonly type: 'branch'; readonly branch: Branch } | { readonly type: 'value'; readonly value: unknown };

/** What stands at a path; undefined when nothing does (any more). */
export function valueAt(tree: OutputTree, path: readonly string[]): Found | undefined {
  let found: Found = { type: 'branch', branch: tree };
  for (const name of path) {
    if (found.type === 'branch') {
      const entry: Branch | Leaf | undefined = found.branch.entries.get(name);
      if (entry === undefined) return undefined;
      found = entry.type === 'branch' ? { type: 'branch', branch: entry } : { type: 'value', value: entry.value };
      continue;
    }
    const { value } = found as { readonly value: unknown };
    // Own properties only: a path comes from the address, and `__proto__` is no output.
    if (Array.isArray(value) ? !/^\d+$/.test(name) || Number(name) >= value.length : !isRecord(value) || !Object.hasOwn(value, name)) return undefined;
    found = { type: 'value', value: (value as Readonly<Record<string, unknown>>)[name] };
  }
  return found;
}

/** The task run in whose context a path stands. */
export function taskRunAt(tree: OutputTree, path: readonly string[]): string | undefined {
  let at: Branch | Leaf | undefined = tree;
  let taskRunId: string | undefined;
  for (const name of path) {
    if (at?.type !== 'branch') break;
    at = at.entries.get(name);
    if (at?.type === 'branch' && at.taskRunId !== undefined) taskRunId = at.taskRunId;
  }
  return taskRunId;
}

const previewCharsMax = 80;

function itemOf(name: string, path: readonly string[], entry: Branch | Leaf): OutputItem {
  if (entry.type === 'branch') return { name, path, kind: path.length === 1 ? 'task' : 'iteration', count: entry.entries.size, preview: undefined };
  const { value } = entry;
  if (Array.isArray(value)) return { name, path, kind: 'list', count: value.length, preview: undefined };
  if (isRecord(value)) return { name, path, kind: 'map', count: Object.keys(value).length, preview: undefined };
  const kind = value === null || value === undefined ? 'null' : isFile(value) ? 'file' : typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
  const text = value === undefined ? 'null' : String(value);
  return { name, path, kind, count: undefined, preview: kind === 'file' ? fileNameOf(text) : text.slice(0, previewCharsMax) };
}

/** The name of a stored file, for people: the last part of its address. */
export function fileNameOf(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function columnAt(tree: OutputTree, path: readonly string[]): OutputColumn | undefined {
  const found = valueAt(tree, path);
  if (found === undefined) return undefined;
  let names: readonly string[];
  let entryOf: (name: string) => Branch | Leaf | undefined;
  if (found.type === 'branch') {
    names = [...found.branch.entries.keys()];
    entryOf = (name) => found.branch.entries.get(name);
  } else if (Array.isArray(found.value)) {
    const list: readonly unknown[] = found.value;
    names = list.slice(0, columnItemsMax).map((_, index) => String(index));
    entryOf = (name) => ({ type: 'leaf', value: list[Number(name)] });
    if (list.length > columnItemsMax) return { items: names.flatMap((name) => { const entry = entryOf(name); return entry === undefined ? [] : [itemOf(name, [...path, name], entry)]; }), more: list.length - columnItemsMax };
  } else if (isRecord(found.value)) {
    const record = found.value;
    names = Object.keys(record);
    entryOf = (name) => ({ type: 'leaf', value: record[name] });
  } else return undefined;
  if (names.length === 0 && path.length > 0) return undefined;
  return {
    items: names.slice(0, columnItemsMax).flatMap((name) => { const entry = entryOf(name); return entry === undefined ? [] : [itemOf(name, [...path, name], entry)]; }),
    more: Math.max(0, names.length - columnItemsMax),
  };
}

/** One column for the tasks, and one for each chosen thing that has parts. */
export function columnsOf(tree: OutputTree, path: readonly string[]): readonly OutputColumn[] {
  const columns: OutputColumn[] = [];
  for (let depth = 0; depth <= Math.min(path.length, columnsMax); depth += 1) {
    const column = columnAt(tree, path.slice(0, depth));
    if (column === undefined) break;
    columns.push(column);
  }
  return columns;
}

/** `outputs.clean.eu['a-b'][0]`. */
export function expressionOf(tree: OutputTree, path: readonly string[], root = 'outputs'): string {
  let text = root;
  path.forEach((name, index) => {
    const parent = valueAt(tree, path.slice(0, index));
    const inList = parent?.type === 'value' && Array.isArray(parent.value);
    text += inList ? `[${name}]` : /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `['${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`;
  });
  return text;
}

/** JSON for reading: a branch with everything below it. */
export function plainValue(found: Found): unknown {
  if (found.type === 'value') return found.value;
  // No prototype: a task may be called `__proto__`.
  const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, entry] of found.branch.entries) plain[name] = plainValue(entry.type === 'branch' ? { type: 'branch', branch: entry } : { type: 'value', value: entry.value });
  return plain;
}
