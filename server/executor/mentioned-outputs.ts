/**
 * What a task's expressions speak of. The outputs of ten thousand siblings are not copied to another thread for a task that asks for
 * one of them, or for none.
 */
export interface Mentioned {
  /** It may ask for anything: `render()` of a text, the whole map, a computed name. */
  readonly everything: boolean;
  readonly names: ReadonlySet<string>;
}

const place = /\b(?:outputs|tasks)\b(?:\s*\.\s*(\w+)|\s*\[\s*(?:'([^'\\]+)'|"([^"\\]+)")\s*\])?/g;
const openEnded = /\b(render|renderOnce|printContext|fetchContext)\b/;
const known = new WeakMap<object, Mentioned>();

/** Remembered per task. */
export function mentionedOutputs(properties: Readonly<Record<string, unknown>>): Mentioned {
  const found = known.get(properties);
  if (found !== undefined) return found;
  const names = new Set<string>();
  let everything = false;
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      if (!value.includes('{')) return;
      everything ||= openEnded.test(value);
      for (const match of value.matchAll(place)) {
        const name = match[1] ?? match[2] ?? match[3];
        if (name === undefined) everything = true;
        else names.add(name);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) {
        walk(key);
        walk(one);
      }
    }
  };
  walk(properties);
  const mentioned = { everything, names };
  known.set(properties, mentioned);
  return mentioned;
}

export function onlyMentioned(tree: unknown, { everything, names }: Mentioned): unknown {
  if (everything || typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).filter(([name]) => names.has(name)));
}
