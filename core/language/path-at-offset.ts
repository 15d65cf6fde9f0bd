/** What stands at a place of the text: for completion, hover and "which task is this line of". Works in broken texts too. */
import { lineStart } from './text-edit.ts';
import { type MapEntry, type MapNode, pathText, scalarText, type SourceNode, type Span, valueAt } from './source-node.ts';
import { readYaml } from './yaml-source.ts';

export interface TextPosition extends Span {
  /** Keys and indexes from the flow down to the place; on a key or a value, that key is the last one. */
  readonly segments: readonly (string | number)[];
  /** The same as `tasks[0].type`. */
  readonly path: string;
  /** `gap`: a blank place inside the map at `path`, where a new key may be written. */
  readonly on: 'key' | 'value' | 'gap';
  /** The scalar's text, or the key's. */
  readonly text?: string;
  /** The nearest enclosing object that has a type: a task, trigger, condition, runner or input. */
  readonly typed?: { readonly type: string; readonly id?: string; readonly path: string };
  /** The nearest enclosing task or trigger. */
  readonly element?: { readonly id: string; readonly section: 'task' | 'trigger' };
}

interface Step {
  readonly node: SourceNode;
  readonly segments: readonly (string | number)[];
}

export function pathAtOffset(source: string, offset: number): TextPosition | undefined {
  const root = readYaml(source).root;
  if (root === undefined) return undefined;
  const at = Math.max(0, Math.min(offset, source.length));
  const start = lineStart(source, at);
  const before = source.slice(start, at);
  const end = source.indexOf('\n', at);
  const after = source.slice(at, end === -1 ? source.length : end);
  const blank = before.trim() === '' && after.trim() === '';
  const inBlock = blank && isInBlockText(root, at);
  return blank && !inBlock ? gapAt(source, root, at, before.length) : placeAt(source, root, at);
}

function isInBlockText(node: SourceNode, at: number): boolean {
  if (at < node.from || at > node.to) return false;
  if (node.type === 'scalar') return node.style === 'block' && at < node.to;
  return (node.type === 'list' ? node.items : node.entries.map((entry) => entry.value)).some((inner) => isInBlockText(inner, at));
}

/** Descends into the entry or item that holds the place, or whose line it ends. */
function placeAt(source: string, root: SourceNode, at: number): TextPosition {
  const trail: Step[] = [{ node: root, segments: [] }];
  for (;;) {
    const step = trail[trail.length - 1] ?? { node: root, segments: [] };
    const { node } = step;
    if (node.type === 'scalar') return position(trail, 'value', node, node.text);
    if (node.type === 'list') {
      const index = lastIndexBefore(node.items, (item) => item.from, at);
      const item = node.items[index];
      if (item === undefined) return position(trail, 'value', node);
      trail.push({ node: item, segments: [...step.segments, index] });
      continue;
    }
    const entry = node.entries[lastIndexBefore(node.entries, (item) => item.keySpan.from, at)];
    if (entry === undefined) return position(trail, 'gap', { from: at, to: at });
    const segments = [...step.segments, entry.key];
    if (at <= entry.keySpan.to) return position([...trail, { node: entry.value, segments }], 'key', entry.keySpan, entry.key);
    if (entry.value.type === 'scalar' || at < entry.value.from) return valuePosition(source, entry, [...trail, { node: entry.value, segments }], at);
    trail.push({ node: entry.value, segments });
  }
}

function valuePosition(source: string, entry: MapEntry, trail: readonly Step[], at: number): TextPosition {
  const { value } = entry;
  if (value.type !== 'scalar' || value.value === null) return position(trail, 'value', { from: at, to: at }, '');
  let to = value.to;
  while (to > value.from && /\s/.test(source.charAt(to - 1))) to -= 1;
  return position(trail, 'value', { from: value.from, to }, value.text);
}

/** Index of the last item that begins at or before the place; -1 when none does. */
function lastIndexBefore<T>(items: readonly T[], from: (item: T) => number, at: number): number {
  return items.findLastIndex((item) => from(item) <= at);
}

/** On a blank line the indentation says which map a new key would belong to. */
function gapAt(source: string, root: SourceNode, at: number, column: number): TextPosition {
  const trail: Step[] = [{ node: root, segments: [] }];
  let found: readonly Step[] = [...trail];
  for (;;) {
    const step = trail[trail.length - 1];
    if (step === undefined || step.node.type === 'scalar') break;
    if (step.node.type === 'map') {
      const first = step.node.entries[0];
      if (first !== undefined && column >= first.keySpan.from - lineStart(source, first.keySpan.from)) found = [...trail];
    }
    const next = nextStep(step, at);
    if (next === undefined) break;
    trail.push(next);
    const { node } = next;
    // A key whose value is still missing: what is indented deeper than the key belongs to it.
    if (node.type === 'scalar' && node.value === null && step.node.type === 'map') {
      const entry = step.node.entries.find((item) => item.value === node);
      if (entry !== undefined && column > entry.keySpan.from - lineStart(source, entry.keySpan.from)) found = [...trail];
    }
  }
  return position(found, 'gap', { from: at, to: at });
}

function nextStep(step: Step, at: number): Step | undefined {
  const { node } = step;
  if (node.type === 'list') {
    const index = lastIndexBefore(node.items, (item) => item.from, at);
    const item = node.items[index];
    return item === undefined ? undefined : { node: item, segments: [...step.segments, index] };
  }
  if (node.type !== 'map') return undefined;
  const entry = node.entries[lastIndexBefore(node.entries, (item) => item.keySpan.from, at)];
  return entry === undefined ? undefined : { node: entry.value, segments: [...step.segments, entry.key] };
}

function position(trail: readonly Step[], on: TextPosition['on'], span: Span, text?: string): TextPosition {
  const segments = trail[trail.length - 1]?.segments ?? [];
  const typed = nearestTyped(trail);
  const element = nearestElement(trail);
  return {
    segments,
    path: pathText(segments),
    on,
    from: span.from,
    to: span.to,
    ...(text === undefined ? {} : { text }),
    ...(typed === undefined ? {} : { typed }),
    ...(element === undefined ? {} : { element }),
  };
}

function nearestTyped(trail: readonly Step[]): TextPosition['typed'] {
  for (const { node, segments } of trail.toReversed()) {
    const type = node.type === 'map' && segments.length > 0 ? scalarText(valueAt(node, 'type')) : undefined;
    const id = scalarText(valueAt(node, 'id'));
    if (type !== undefined) return { type, ...(id === undefined ? {} : { id }), path: pathText(segments) };
  }
  return undefined;
}

const taskSections: ReadonlySet<string | number> = new Set(['tasks', 'errors', 'finally', 'afterExecution', 'listeners']);

function nearestElement(trail: readonly Step[]): TextPosition['element'] {
  const section = trail.find((step) => step.segments.length === 1)?.segments[0];
  if (section === undefined || (section !== 'triggers' && !taskSections.has(section))) return undefined;
  const holder = trail.toReversed().find((step): step is Step & { readonly node: MapNode } => step.node.type === 'map' && step.segments.length > 1 && isElement(step.node));
  const id = scalarText(valueAt(holder?.node, 'id'));
  return id === undefined ? undefined : { id, section: section === 'triggers' ? 'trigger' : 'task' };
}

/** Inputs of a Pause have an id and a type too, but their types have no dots. */
const isElement = (node: MapNode): boolean => valueAt(node, 'id') !== undefined && (scalarText(valueAt(node, 'type'))?.includes('.') ?? true);
