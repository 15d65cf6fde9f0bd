/** The source of a task or trigger that a node of the graph stands for. Pure. */
import { rangeOfTask } from '../../../core/language/index.ts';

export interface ElementSource {
  readonly id: string;
  /** 1-based line of its first key. */
  readonly line: number;
  /** Its text, moved to the left edge. */
  readonly text: string;
}

export function elementOf(source: string, nodeId: string): ElementSource | undefined {
  const id = nodeId.slice(nodeId.lastIndexOf('.') + 1);
  const range = nodeId.startsWith('root.Triggers.') ? rangeOfTrigger(source, id) : rangeOfTask(source, id);
  if (range === undefined) return undefined;
  const lineStart = source.lastIndexOf('\n', range.from - 1) + 1;
  const indent = range.from - lineStart;
  const text = source.slice(range.from, range.to).split('\n').map((line, index) => (index === 0 ? line : line.slice(Math.min(indent, /^ */.exec(line)?.[0].length ?? 0)))).join('\n');
  return { id, line: source.slice(0, range.from).split('\n').length, text };
}

/** A list item below `triggers:`, until the next one or a line that is not indented any more. */
function rangeOfTrigger(source: string, id: string): { readonly from: number; readonly to: number } | undefined {
  const section = /^triggers:[^\n]*\n/m.exec(source);
  if (section === null) return undefined;
  let at = section.index + section[0].length;
  let found: { from: number; indent: number } | undefined;
  let end = at;
  while (at < source.length) {
    const next = source.indexOf('\n', at);
    const to = next === -1 ? source.length : next;
    const line = source.slice(at, to);
    const item = /^(\s*)-\s/.exec(line);
    const blank = line.trim() === '' || line.trimStart().startsWith('#');
    if (!blank && item === null && /^\S/.test(line)) break;
    if (item !== null && found !== undefined && (item[1] ?? '').length <= found.indent) break;
    if (found === undefined && item !== null) {
      const body = bodyOf(source, at, (item[1] ?? '').length);
      if (new RegExp(`^\\s*(?:-\\s+)?id:\\s*["']?${id.replaceAll(/[.*+?^$()[\]{}|\\]/g, '\\$&')}["']?\\s*(?:#.*)?$`, 'm').test(body)) found = { from: at + item[0].length, indent: (item[1] ?? '').length };
    }
    if (found !== undefined && !blank) end = to;
    at = to + 1;
  }
  return found === undefined ? undefined : { from: found.from, to: end };
}

/** The lines of the list item that begins at `from`. */
function bodyOf(source: string, from: number, indent: number): string {
  const lines = source.slice(from).split('\n');
  const end = lines.findIndex((line, index) => index > 0 && line.trim() !== '' && (/^ */.exec(line)?.[0].length ?? 0) <= indent);
  return lines.slice(0, end === -1 ? undefined : end).join('\n');
}
