/**
 * Globs over relative paths, as `outputFiles` takes them: `*` and `?` stay inside a folder, `**` crosses folders, `[a-z]`,
 * `{a,b}`. Matching walks all positions at once, so its time is path length times glob length whatever the glob is.
 */
type Part =
  | { readonly type: 'character'; readonly text: string }
  | { readonly type: 'any' }
  | { readonly type: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] }
  | { readonly type: 'star' }
  | { readonly type: 'deepStar' }
  /** Any number of whole folders, none included. */
  | { readonly type: 'folders' };

const alternativesMax = 256;

/** Compiles globs into one question: does any of them match this path? Throws on a glob with too many `{}` alternatives. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const compiled = globs.flatMap((glob) => expand(glob.replace(/^\.?\/+/, ''))).map(partsOf);
  return (path) => compiled.some((parts) => matches(parts, path));
}

function expand(glob: string): readonly string[] {
  let pending = [glob];
  for (;;) {
    const next: string[] = [];
    let changed = false;
    for (const text of pending) {
      const group = /\{([^{}]*)\}/.exec(text);
      if (group === null) next.push(text);
      else {
        changed = true;
        for (const alternative of (group[1] ?? '').split(',')) next.push(text.slice(0, group.index) + alternative + text.slice(group.index + group[0].length));
      }
      if (next.length > alternativesMax) throw new Error(`The glob "${glob.slice(0, 200)}" stands for more than ${alternativesMax} patterns: use fewer {alternatives}.`);
    }
    if (!changed) return next;
    pending = next;
  }
}

function partsOf(glob: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob.charAt(at);
    if (glob.startsWith('**/', at) && (at === 0 || glob.charAt(at - 1) === '/')) {
      parts.push({ type: 'folders' });
      at += 2;
    } else if (glob.startsWith('**', at)) {
      parts.push({ type: 'deepStar' });
      at += 1;
    } else if (character === '*') parts.push({ type: 'star' });
    else if (character === '?') parts.push({ type: 'any' });
    else if (character === '\\' && at + 1 < glob.length) {
      at += 1;
      parts.push({ type: 'character', text: glob.charAt(at) });
    } else if (character === '[' && glob.indexOf(']', at + 2) !== -1) {
      const end = glob.indexOf(']', at + 2);
      parts.push(classOf(glob.slice(at + 1, end)));
      at = end;
    } else parts.push({ type: 'character', text: character });
  }
  return parts;
}

function classOf(inside: string): Part {
  const negated = inside.startsWith('!') || inside.startsWith('^');
  const ranges: (readonly [string, string])[] = [];
  for (let at = negated ? 1 : 0; at < inside.length; at += 1) {
    const from = inside.charAt(at);
    if (inside.charAt(at + 1) === '-' && at + 2 < inside.length) {
      ranges.push([from, inside.charAt(at + 2)]);
      at += 2;
    } else ranges.push([from, from]);
  }
  return { type: 'class', negated, ranges };
}

/** A state is the index of a part that comes next; -1 - index when the walk is inside a folder's name of a `folders` part. */
function matches(parts: readonly Part[], path: string): boolean {
  let states = withSkips([0], parts);
  for (let at = 0; at < path.length && states.size > 0; at += 1) {
    const character = path.charAt(at);
    const next: number[] = [];
    for (const state of states) {
      if (state < 0) {
        next.push(character === '/' ? -1 - state : state);
        continue;
      }
      const part = parts[state];
      if (part === undefined) continue;
      switch (part.type) {
        case 'character': if (part.text === character) next.push(state + 1); break;
        case 'any': if (character !== '/') next.push(state + 1); break;
        case 'class': if (character !== '/' && part.ranges.some(([from, to]) => from <= character && character <= to) !== part.negated) next.push(state + 1); break;
        case 'star': if (character !== '/') next.push(state); break;
        case 'deepStar': next.push(state); break;
        case 'folders': if (character !== '/') next.push(-1 - state); break;
        default: { const never: never = part; throw new Error(`unknown part ${String(never)}`); }
      }
    }
    states = withSkips(next, parts);
  }
  return states.has(parts.length);
}

/** Stars and folders may stand for nothing. */
function withSkips(states: readonly number[], parts: readonly Part[]): ReadonlySet<number> {
  const all = new Set(states);
  for (const state of all) {
    const type = parts[state]?.type;
    if (type === 'star' || type === 'deepStar' || type === 'folders') all.add(state + 1);
  }
  return all;
}
