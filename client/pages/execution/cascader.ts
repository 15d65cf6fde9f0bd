/** Keys of a cascader: up and down among siblings, right into, left out of. Pure but for reading the event. */
import { columnsOf, type OutputTree } from './outputs.ts';

/** Where a key leads from a path; `handled` keys do nothing else, wherever they lead. */
export function walked(tree: OutputTree, path: readonly string[], at: readonly string[], key: string): { readonly handled: boolean; readonly path: readonly string[] | undefined } {
  if (!/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(key)) return { handled: false, path: undefined };
  const siblings = columnsOf(tree, path)[at.length - 1]?.items ?? [];
  const index = siblings.findIndex((one) => one.name === at[at.length - 1]);
  switch (key) {
    case 'ArrowDown': return { handled: true, path: siblings[index + 1]?.path };
    case 'ArrowUp': return { handled: true, path: siblings[index - 1]?.path };
    case 'Home': return { handled: true, path: siblings[0]?.path };
    case 'End': return { handled: true, path: siblings[siblings.length - 1]?.path };
    case 'ArrowRight': return { handled: true, path: columnsOf(tree, at)[at.length]?.items[0]?.path };
    default: return { handled: true, path: at.length > 1 ? at.slice(0, -1) : undefined };
  }
}

/** The path of an item, from its `data-value`. */
export function pathOfValue(value: string): readonly string[] {
  const path: unknown = JSON.parse(value);
  return Array.isArray(path) ? path.filter((part): part is string => typeof part === 'string') : [];
}
