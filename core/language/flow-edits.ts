/** Edits of a flow's own keys: comments, order and every other line stay. */
import { entryOf, isNull, type MapNode } from './source-node.ts';
import { type Edited, lineBreakOf, lineStart, nextLine, type TextEdit, yamlScalar } from './text-edit.ts';
import { readYaml } from './yaml-source.ts';

/** Sets a top-level key (`disabled: true`): replaces its value, or adds a line below `namespace`. */
export function setTopLevel(source: string, key: string, value: string | number | boolean): Edited {
  const root = readYaml(source).root;
  if (root?.type !== 'map') return { refusal: `The text is no flow, so "${key}" can not be set in it` };
  return { edits: [topLevelEdit(source, root, key, value)] };
}

/** For a copy of a flow: another id and namespace, all else as it was. */
export function replaceIdAndNamespace(source: string, names: { readonly id: string; readonly namespace: string }): Edited {
  const root = readYaml(source).root;
  if (root?.type !== 'map') return { refusal: 'The text is no flow, so it can not be given another id' };
  const edits = [topLevelEdit(source, root, 'id', names.id), topLevelEdit(source, root, 'namespace', names.namespace)];
  return { edits: edits.filter((edit) => source.slice(edit.from, edit.to) !== edit.insert) };
}

function topLevelEdit(source: string, root: MapNode, key: string, value: string | number | boolean): TextEdit {
  const text = yamlScalar(value);
  const entry = entryOf(root, key);
  if (entry === undefined) return insertion(source, root, `${yamlScalar(key)}: ${text}`);
  if (isNull(entry.value) && entry.value.to <= entry.value.from) {
    const colon = source.indexOf(':', entry.keySpan.to) + 1;
    return { from: colon, to: colon, insert: ` ${text}` };
  }
  return { from: entry.value.from, to: trimmedTo(source, entry.value.from, entry.value.to), insert: text };
}

function trimmedTo(source: string, from: number, to: number): number {
  let end = to;
  while (end > from && /\s/.test(source.charAt(end - 1))) end -= 1;
  return end;
}

/** Below `namespace`, else below `id`, when they end on their line; else as the first line. */
function insertion(source: string, root: MapNode, line: string): TextEdit {
  if (source.charAt(root.from) === '{') return { from: root.from + 1, to: root.from + 1, insert: root.entries.length === 0 ? line : `${line}, ` };
  const eol = lineBreakOf(source);
  for (const key of ['namespace', 'id']) {
    const entry = entryOf(root, key);
    if (entry?.value.type !== 'scalar' || entry.value.style === 'block') continue;
    const at = nextLine(source, Math.max(entry.keySpan.to, entry.value.to));
    const broken = source.charAt(at - 1) === '\n';
    return { from: at, to: at, insert: broken ? `${line}${eol}` : `${eol}${line}` };
  }
  const at = root.entries[0] === undefined ? source.length : lineStart(source, root.entries[0].keySpan.from);
  return { from: at, to: at, insert: `${line}${eol}` };
}
