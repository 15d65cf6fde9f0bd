/**
 * The text of a flow as a tree of nodes that know where they stand. Made by `yaml-source.ts`, the only file that knows the
 * YAML library; everything after it reads these nodes. Offsets are UTF-16 units of the source.
 */

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface ScalarNode extends Span {
  readonly type: 'scalar';
  /** Integers that a number can not hold exactly, and infinities, stay text. */
  readonly value: string | number | boolean | null;
  /** The characters as the reader sees them: `1.10` for the number 1.1. */
  readonly text: string;
  readonly style: 'plain' | 'single' | 'double' | 'block';
}

export interface MapEntry {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: SourceNode;
}

export interface MapNode extends Span {
  readonly type: 'map';
  readonly entries: readonly MapEntry[];
}

export interface ListNode extends Span {
  readonly type: 'list';
  readonly items: readonly SourceNode[];
}

export type SourceNode = ScalarNode | MapNode | ListNode;

/** Where a value stands in the tree; the text `tasks[0].type` is only made when somebody reads it. */
export interface Path {
  readonly parent: Path | undefined;
  readonly key: string | number;
}

export const child = (parent: Path | undefined, key: string | number): Path => ({ parent, key });

export function pathSegments(path: Path | undefined): readonly (string | number)[] {
  const segments: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.parent) segments.push(at.key);
  return segments.reverse();
}

/** `tasks[0].cases['a b'][1].type` */
export function pathText(segments: readonly (string | number)[]): string {
  let text = '';
  for (const segment of segments) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[\w$-]+$/.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `['${segment}']`;
  }
  return text;
}

export function entryOf(node: SourceNode | undefined, key: string): MapEntry | undefined {
  return node?.type === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The value under a key; a value left empty (`key:`) counts as absent. */
export function valueAt(node: SourceNode | undefined, key: string): SourceNode | undefined {
  const value = entryOf(node, key)?.value;
  return value === undefined || isNull(value) ? undefined : value;
}

export const isNull = (node: SourceNode): boolean => node.type === 'scalar' && node.value === null;

/** The text of a scalar, as written; undefined for null, maps and lists. */
export const scalarText = (node: SourceNode | undefined): string | undefined =>
  node?.type === 'scalar' && node.value !== null ? node.text : undefined;

/** The whole entry, from its key to the end of its value. */
export const entrySpan = (entry: MapEntry): Span => ({ from: entry.keySpan.from, to: Math.max(entry.keySpan.to, entry.value.to) });

/** Where to point for something that is missing in an object: its beginning (the type, else the id), not all of it. */
export function headSpan(node: SourceNode): Span {
  if (node.type !== 'map') return node;
  const named = node.entries.find((entry) => entry.key === 'type') ?? node.entries.find((entry) => entry.key === 'id') ?? node.entries[0];
  if (named === undefined) return node;
  return { from: named.keySpan.from, to: named.value.type === 'scalar' ? Math.max(named.keySpan.to, named.value.to) : named.keySpan.to };
}

/** The node as plain data. */
export function plain(node: SourceNode): unknown {
  switch (node.type) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'map':
      return Object.fromEntries(node.entries.map((entry) => [entry.key, plain(entry.value)]));
    default:
      return never(node);
  }
}

/** Plain data as nodes that all stand at one span: defaults that come from outside the text. */
export function nodeOf(value: unknown, at: Span): SourceNode {
  if (Array.isArray(value)) return { type: 'list', from: at.from, to: at.to, items: value.map((item) => nodeOf(item, at)) };
  if (typeof value === 'object' && value !== null) {
    return { type: 'map', from: at.from, to: at.to, entries: Object.entries(value).map(([key, item]) => ({ key, keySpan: at, value: nodeOf(item, at) })) };
  }
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return { type: 'scalar', from: at.from, to: at.to, value: scalar, text: scalar === null ? '' : String(scalar), style: 'plain' };
}

export function never(value: never): never {
  throw new Error(`a case is missing for ${JSON.stringify(value)}`);
}
