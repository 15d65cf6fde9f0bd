/**
 * Edits of tasks as the topology makes them: add, remove, move, rename. Whole lines of the task change, nothing else does;
 * comments between tasks stay where they are.
 */
import { parseText } from './expression-references.ts';
import { holdsExpression } from './reading.ts';
import { placeInSource } from './scalar-place.ts';
import { entryOf, type ListNode, type MapEntry, type MapNode, type ScalarNode, scalarText, type SourceNode, type Span, valueAt } from './source-node.ts';
import { type Edited, lineBreakOf, lineStart, nextLine, type TextEdit, yamlScalar } from './text-edit.ts';
import { readYaml } from './yaml-source.ts';

/** Where a task goes: beside another one, or at the end of a list (`key` of the task `parent`, or of the flow). */
export type TaskTarget =
  | { readonly type: 'after' | 'before'; readonly taskId: string }
  | { readonly type: 'into'; readonly parent?: string; readonly key: string };

interface FoundTask {
  readonly task: MapNode;
  /** The item of the list: the task itself, or the `task:` wrapper of a Dag. */
  readonly item: MapNode;
  readonly list: ListNode;
  readonly index: number;
  /** The map and entry that hold the list. */
  readonly owner: MapNode;
  readonly entry: MapEntry;
}

/** Where a task stands: from its first key to the end of its last value. Also found in texts with errors. */
export function rangeOfTask(source: string, taskId: string): Span | undefined {
  const found = findTask(source, taskId);
  return found === undefined ? undefined : { from: found.task.from, to: trimmedEnd(source, found.task) };
}

/** Adds a task written as its own YAML (`id: …`, not indented, no dash). */
export function addTask(source: string, text: string, target: TaskTarget): Edited {
  const edit = insertionOf(source, text, target);
  return 'refusal' in edit ? edit : { edits: [edit] };
}

export function removeTask(source: string, taskId: string): Edited {
  const found = findTask(source, taskId);
  if (found === undefined) return missing(taskId);
  const edit = removalOf(source, found);
  return 'refusal' in edit ? edit : { edits: [edit] };
}

/** Takes the task with everything below it to another place. */
export function moveTask(source: string, taskId: string, target: TaskTarget): Edited {
  const found = findTask(source, taskId);
  if (found === undefined) return missing(taskId);
  const anchor = target.type === 'into' ? target.parent : target.taskId;
  const anchorTask = anchor === undefined ? undefined : findTask(source, anchor);
  if (anchorTask !== undefined && anchorTask.task.from >= found.item.from && anchorTask.task.to <= found.item.to) return { refusal: `The task "${taskId}" can not be moved into itself` };
  const removal = removalOf(source, found);
  if ('refusal' in removal) return removal;
  const insertion = insertionOf(source, unindented(source, found.task), target);
  if ('refusal' in insertion) return insertion;
  // Beside itself, blank lines apart: nothing moves.
  const between = insertion.from > removal.to ? source.slice(removal.to, insertion.from) : source.slice(insertion.from, Math.max(insertion.from, removal.from));
  if (between.trim() === '') return { edits: [] };
  return { edits: [removal, insertion] };
}

/** The id, the `dependsOn` that name it, and `outputs.id` in expressions. */
export function renameTask(source: string, taskId: string, to: string): Edited {
  const found = findTask(source, taskId);
  const idNode = valueAt(found?.task, 'id');
  if (found === undefined || idNode === undefined) return missing(taskId);
  if (findTask(source, to) !== undefined) return { refusal: `There already is a task "${to}"` };
  const edits: TextEdit[] = [{ from: idNode.from, to: idNode.to, insert: yamlScalar(to) }];
  const root = readYaml(source).root;
  if (root !== undefined) visitScalars(root, undefined, (node, key) => void edits.push(...renamesIn(node, key, source, taskId, to)));
  return { edits: distinct(edits) };
}

const missing = (taskId: string): Edited => ({ refusal: `There is no task "${taskId}" in the text` });

/** Keys of flows and tasks below which `id` and `type` are not a task's. */
const otherKeys: ReadonlySet<string> = new Set(['inputs', 'outputs', 'triggers', 'onResume', 'variables', 'pluginDefaults', 'taskDefaults', 'labels', 'sla', 'checks']);

function findTask(source: string, taskId: string): FoundTask | undefined {
  const root = readYaml(source).root;
  return root?.type === 'map' ? findIn(root, taskId) : undefined;
}

function findIn(owner: MapNode, taskId: string): FoundTask | undefined {
  for (const entry of owner.entries) {
    if (otherKeys.has(entry.key)) continue;
    const { value } = entry;
    if (value.type === 'map') {
      const found = findIn(value, taskId);
      if (found !== undefined) return found;
    }
    if (value.type !== 'list') continue;
    for (const [index, item] of value.items.entries()) {
      if (item.type !== 'map') continue;
      const wrapped = valueAt(item, 'task');
      const task = wrapped?.type === 'map' && valueAt(item, 'type') === undefined ? wrapped : item;
      if (scalarText(valueAt(task, 'id')) === taskId) return { task, item, list: value, index, owner, entry };
      const found = findIn(item, taskId);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function trimmedEnd(source: string, span: Span): number {
  let end = span.to;
  while (end > span.from && /\s/.test(source.charAt(end - 1))) end -= 1;
  return end;
}

/** Lists in brackets are one line for one thing; they are for the text editor. */
const isFlowStyle = (source: string, node: SourceNode): boolean => source.charAt(node.from) === '[' || source.charAt(node.from) === '{';
const flowStyleRefusal = { refusal: 'The list is written in brackets; edit it as text' } as const;

const columnOf = (source: string, offset: number): number => offset - lineStart(source, offset);

/** Column of the dash of an item. */
const dashColumn = (source: string, item: SourceNode): number => columnOf(source, source.lastIndexOf('-', item.from));

function removalOf(source: string, found: FoundTask): TextEdit | { readonly refusal: string } {
  if (isFlowStyle(source, found.list)) return flowStyleRefusal;
  if (found.list.items.length === 1) return lastRemoval(source, found);
  const from = lineStart(source, source.lastIndexOf('-', found.item.from));
  const to = nextLine(source, trimmedEnd(source, found.item));
  return { from, to, insert: '' };
}

/** With its last task an optional list goes too; a required one stays, empty. */
function lastRemoval(source: string, found: FoundTask): TextEdit {
  const { entry } = found;
  const end = nextLine(source, trimmedEnd(source, found.item));
  const only = found.owner.entries.length === 1;
  if (entry.key === 'tasks' || entry.key === 'then' || only) {
    const colon = source.indexOf(':', entry.keySpan.to) + 1;
    const last = source.charAt(end - 1) === '\n' ? end - 1 - (source.charAt(end - 2) === '\r' ? 1 : 0) : end;
    return { from: colon, to: last, insert: ' []' };
  }
  return { from: lineStart(source, entry.keySpan.from), to: end, insert: '' };
}

/** The lines of a map as if it began at the margin. */
function unindented(source: string, node: MapNode): string {
  const column = columnOf(source, node.from);
  const lines = source.slice(node.from, trimmedEnd(source, node)).split(/\r?\n/);
  return lines.map((line, index) => (index === 0 ? line : line.slice(Math.min(column, line.length - line.trimStart().length)))).join('\n');
}

/** The text as an item of a list whose dashes stand in `column`. */
function asItem(text: string, column: number, wrapped: boolean, eol: string): string {
  const margin = ' '.repeat(column);
  const lines = text.replace(/\s+$/, '').split(/\r?\n/);
  const inner = wrapped ? lines.map((line) => (line === '' ? '' : `  ${line}`)) : lines;
  const all = wrapped ? ['task:', ...inner] : inner;
  return `${all.map((line, index) => (index === 0 ? `${margin}- ${line}` : line === '' ? '' : `${margin}  ${line}`)).join(eol)}${eol}`;
}

function insertionOf(source: string, text: string, target: TaskTarget): TextEdit | { readonly refusal: string } {
  const eol = lineBreakOf(source);
  if (target.type !== 'into') {
    const beside = findTask(source, target.taskId);
    if (beside === undefined) return { refusal: `There is no task "${target.taskId}" in the text` };
    if (isFlowStyle(source, beside.list)) return flowStyleRefusal;
    const column = dashColumn(source, beside.item);
    const item = asItem(text, column, beside.task !== beside.item, eol);
    if (target.type === 'before') {
      const at = lineStart(source, source.lastIndexOf('-', beside.item.from));
      return { from: at, to: at, insert: item };
    }
    return lineInsertion(source, trimmedEnd(source, beside.item), item, eol);
  }
  const owner = target.parent === undefined ? readYaml(source).root : findTask(source, target.parent)?.task;
  if (owner?.type !== 'map') return { refusal: target.parent === undefined ? 'The text is no flow' : `There is no task "${target.parent}" in the text` };
  return appendTo(source, owner, target.key, text, eol);
}

function appendTo(source: string, owner: MapNode, key: string, text: string, eol: string): TextEdit | { readonly refusal: string } {
  if (isFlowStyle(source, owner)) return flowStyleRefusal;
  const wrapped = key === 'tasks' && /(?:^|\.)Dag$/.test(scalarText(valueAt(owner, 'type')) ?? '');
  const entry = entryOf(owner, key);
  const column = columnOf(source, owner.entries[0]?.keySpan.from ?? owner.from);
  if (entry === undefined) {
    const item = asItem(text, column + 2, wrapped, eol);
    return lineInsertion(source, trimmedEnd(source, owner), `${' '.repeat(column)}${key}:${eol}${item}`, eol);
  }
  const { value } = entry;
  const last = value.type === 'list' ? value.items.at(-1) : undefined;
  if (value.type === 'list' && last !== undefined) {
    if (isFlowStyle(source, value)) return flowStyleRefusal;
    return lineInsertion(source, trimmedEnd(source, last), asItem(text, dashColumn(source, last), wrapped, eol), eol);
  }
  if (value.type === 'map' || (value.type === 'scalar' && value.value !== null)) return { refusal: `"${key}" holds no list of tasks` };
  // `tasks:`, `tasks: []` and `tasks: null` become a list below the key.
  const colon = source.indexOf(':', entry.keySpan.to) + 1;
  const end = Math.max(colon, value.to);
  return { from: colon, to: end, insert: `${eol}${asItem(text, column + 2, wrapped, eol).replace(/\r?\n$/, '')}` };
}

/** Whole lines below the line of `offset`; a text without a last line break gets one first. */
function lineInsertion(source: string, offset: number, lines: string, eol: string): TextEdit {
  const at = nextLine(source, Math.max(0, offset - 1));
  const complete = at > 0 && source.charAt(at - 1) === '\n';
  return { from: at, to: at, insert: complete ? lines : `${eol}${lines.replace(/\r?\n$/, '')}` };
}

function visitScalars(node: SourceNode, key: string | undefined, visit: (node: ScalarNode, key: string | undefined) => void): void {
  if (node.type === 'scalar') visit(node, key);
  else if (node.type === 'list') for (const item of node.items) visitScalars(item, key, visit);
  else for (const entry of node.entries) visitScalars(entry.value, entry.key, visit);
}

function renamesIn(node: ScalarNode, key: string | undefined, source: string, taskId: string, to: string): readonly TextEdit[] {
  if (key === 'dependsOn' && node.text === taskId) return [{ from: node.from, to: node.to, insert: yamlScalar(to) }];
  if (typeof node.value !== 'string' || !holdsExpression(node.value) || !node.value.includes(taskId)) return [];
  const quote = node.style === 'single' ? '"' : "'";
  return parseText(node.value).references.flatMap((reference): readonly TextEdit[] => {
    if (reference.name !== taskId || (reference.root !== 'outputs' && reference.root !== 'tasks')) return [];
    const place = placeInSource(node, source, reference.offset, reference.length);
    const written = source.slice(place.from, place.to);
    if (written === taskId) {
      const dotted = source.charAt(place.from - 1) === '.';
      if (!dotted || /^[A-Za-z_$][\w$]*$/.test(to)) return [{ ...place, insert: to }];
      // `outputs.a-b` would subtract: such an id needs brackets in place of the dot.
      return [{ from: place.from - 1, to: place.to, insert: `[${quote}${to}${quote}]` }];
    }
    const inside = written.indexOf(taskId);
    return inside === -1 ? [] : [{ from: place.from + inside, to: place.from + inside + taskId.length, insert: to }];
  });
}

function distinct(edits: readonly TextEdit[]): readonly TextEdit[] {
  const seen = new Set<number>();
  return edits.toSorted((a, b) => a.from - b.from).filter((edit) => !seen.has(edit.from) && seen.add(edit.from));
}
