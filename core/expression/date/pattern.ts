// The letters of Java's date patterns: `yyyy-MM-dd'T'HH:mm:ss[.SSS]XXX`.

/** A piece of a pattern. */
export type PatternToken =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'field'; readonly letter: string; readonly count: number }
  | { readonly type: 'optional'; readonly tokens: readonly PatternToken[] };

/** Thrown for a pattern that Java would refuse; the caller adds the place. */
export class PatternProblem extends Error {
  override readonly name = 'PatternProblem';
}

/** Reads a pattern; throws PatternProblem. */
export function parsePattern(pattern: string): readonly PatternToken[] {
  const stack: PatternToken[][] = [[]];
  for (let at = 0; at < pattern.length; ) {
    const tokens = stack.at(-1) ?? [];
    const character = pattern.charAt(at);
    if (character === "'") {
      const { text, next } = quotedText(pattern, at);
      tokens.push({ type: 'literal', text });
      at = next;
    } else if (/[A-Za-z]/.test(character)) {
      let count = 1;
      while (pattern.charAt(at + count) === character) count += 1;
      tokens.push({ type: 'field', letter: character, count });
      at += count;
    } else if (character === '[') {
      stack.push([]);
      at += 1;
    } else if (character === ']') {
      const inner = stack.pop();
      const outer = stack.at(-1);
      if (inner === undefined || outer === undefined) throw new PatternProblem(`The date pattern \`${pattern}\` has a "]" without "["`);
      outer.push({ type: 'optional', tokens: inner });
      at += 1;
    } else if ('{}#'.includes(character)) {
      throw new PatternProblem(`The date pattern \`${pattern}\` has a reserved "${character}"; quote it with '`);
    } else {
      tokens.push({ type: 'literal', text: character });
      at += 1;
    }
  }
  // An optional section that is never closed ends with the pattern, as in Java.
  while (stack.length > 1) {
    const inner = stack.pop() ?? [];
    stack.at(-1)?.push({ type: 'optional', tokens: inner });
  }
  return stack[0] ?? [];
}

function quotedText(pattern: string, start: number): { readonly text: string; readonly next: number } {
  if (pattern.charAt(start + 1) === "'") return { text: "'", next: start + 2 };
  let text = '';
  for (let at = start + 1; at < pattern.length; at += 1) {
    if (pattern.charAt(at) !== "'") text += pattern.charAt(at);
    else if (pattern.charAt(at + 1) === "'") {
      text += "'";
      at += 1;
    } else return { text, next: at + 1 };
  }
  throw new PatternProblem(`The date pattern \`${pattern}\` has a ' that is never closed`);
}
