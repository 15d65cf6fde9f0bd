// Regular expressions of users, on RE2: time grows with the length of the text only, so no pattern can hang the server.
// Look-around and back-references do not exist there. This is the only file of core/expression that knows re2js.
import { RE2JS } from 're2js';
import type { Evaluation } from './evaluation.ts';
import { fail, spend, spendItems, spendText } from './evaluation.ts';
import { ExpressionError, messageOf } from './error.ts';
import { regularExpressionProgramMax } from './limits.ts';

/** A pattern that was paid for and can be matched. */
export type Pattern = RE2JS;

/** Flags that jq and Java know by a letter. */
export interface PatternFlags {
  readonly ignoreCase?: boolean;
  readonly dotMatchesNewline?: boolean;
  readonly multiline?: boolean;
}

/** A match: offsets in the text and the groups, the whole first; null for groups that took no part. */
export interface PatternMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly { readonly start: number; readonly text: string | null }[];
}

/** Compiles a pattern in Java's syntax as far as RE2 has it. */
export function compilePattern(evaluation: Evaluation, source: string, flags: PatternFlags = {}): Pattern {
  const bits =
    (flags.ignoreCase === true ? RE2JS.CASE_INSENSITIVE : 0) |
    (flags.dotMatchesNewline === true ? RE2JS.DOTALL : 0) |
    (flags.multiline === true ? RE2JS.MULTILINE : 0);
  const key = `${bits} ${source}`;
  const known = evaluation.patterns.get(key);
  if (known instanceof RE2JS) return known;
  spend(evaluation, 20 + source.length);
  try {
    const pattern = RE2JS.compile(source, bits);
    spend(evaluation, pattern.programSize() * 2);
    if (pattern.programSize() <= regularExpressionProgramMax) {
      evaluation.patterns.set(key, pattern);
      return pattern;
    }
  } catch (thrown) {
    if (thrown instanceof ExpressionError) throw thrown;
    fail(evaluation, 'function', `The regular expression \`${source}\` can not be used: ${messageOf(thrown)}`);
  }
  return fail(evaluation, 'limit', `The regular expression \`${source}\` is too large`);
}

/** All matches of a pattern, at most `countMax`. */
export function matchesOf(evaluation: Evaluation, pattern: Pattern, text: string, countMax = Number.POSITIVE_INFINITY): readonly PatternMatch[] {
  payMatching(evaluation, pattern, text);
  const matcher = pattern.matcher(text);
  const found: PatternMatch[] = [];
  while (found.length < countMax && matcher.find()) {
    const groups = [];
    for (let group = 0; group <= pattern.groupCount(); group += 1) groups.push({ start: matcher.start(group), text: matcher.group(group) });
    spend(evaluation, 2 + groups.length);
    found.push({ start: matcher.start(), end: matcher.end(), groups });
  }
  return found;
}

/** Whether the pattern is found anywhere in the text. */
export function isFound(evaluation: Evaluation, pattern: Pattern, text: string): boolean {
  payMatching(evaluation, pattern, text);
  return pattern.test(text);
}

/** Java's replaceAll: `$1` and `${name}` in the replacement are groups, a backslash makes the next character ordinary. */
export function replaceMatches(evaluation: Evaluation, pattern: Pattern, text: string, replacement: string): string {
  const names = pattern.namedGroups();
  return replaceWith(evaluation, pattern, text, (match) => expand(evaluation, replacement, (group) => match.groups[names[group] ?? Number(group)]?.text));
}

/** Replaces every match by what `replacementOf` answers. */
export function replaceWith(evaluation: Evaluation, pattern: Pattern, text: string, replacementOf: (match: PatternMatch) => string): string {
  let result = '';
  let end = 0;
  for (const match of matchesOf(evaluation, pattern, text)) {
    const piece = text.slice(end, match.start) + replacementOf(match);
    spendText(evaluation, Math.max(piece.length, result.length + piece.length > evaluation.limits.outputCharsMax ? result.length + piece.length : 0));
    result += piece;
    end = match.end;
  }
  return result + text.slice(end);
}

/** Java's split: empty texts at the end are left out unless a limit is given. */
export function splitText(evaluation: Evaluation, pattern: Pattern, text: string, limit: number): readonly string[] {
  payMatching(evaluation, pattern, text);
  const parts = pattern.split(text, limit);
  spendItems(evaluation, parts.length);
  return parts;
}

function payMatching(evaluation: Evaluation, pattern: Pattern, text: string): void {
  // Measured: re2js takes a microsecond for some ten characters times instructions, in the worst case for four.
  spend(evaluation, 2 + (text.length * pattern.programSize()) / 4);
}

function expand(evaluation: Evaluation, replacement: string, textOfGroup: (group: string) => string | null | undefined): string {
  return replacement.replace(/\\(.)|\$(?:(\d+)|\{([^}]*)\})|\$|\\$/gs, (whole: string, escaped?: string, digits?: string, name?: string) => {
    if (escaped !== undefined) return escaped;
    const group = digits ?? name;
    if (group === undefined) return fail(evaluation, 'function', `The replacement \`${replacement}\` has a stray "${whole}"; write \\${whole} for the character itself`);
    const text = textOfGroup(group);
    return text === undefined ? fail(evaluation, 'function', `The replacement \`${replacement}\` names the group \`${group}\`, which does not exist`) : (text ?? '');
  });
}
