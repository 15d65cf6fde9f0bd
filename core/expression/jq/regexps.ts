// `test`, `match`, `sub` and others, on the room's linear-time regular expressions.
import type { Evaluation } from '../evaluation.ts';
import { spendText } from '../evaluation.ts';
import type { Pattern, PatternMatch } from '../regular-expression.ts';
import { compilePattern, isFound, matchesOf } from '../regular-expression.ts';
import { isList } from '../value/kinds.ts';
import { mapFrom } from '../value/maps.ts';
import type { Builtin, Closure, Machine } from './evaluate.ts';
import { valuesOf } from './evaluate.ts';
import { described, JqError } from './values.ts';

/** The functions on regular expressions. */
export function regexpBuiltins(): readonly (readonly [string, Builtin])[] {
  return [
    ['test/2', withPattern((e, text, { pattern }, emit) => emit(isFound(e, pattern, text)))],
    ['match/2', withPattern((e, text, { pattern, isGlobal }, emit) => matchesOf(e, pattern, text, isGlobal ? undefined : 1).forEach((match) => emit(matchMap(pattern, match, text))))],
    ['splits/2', withPattern((e, text, { pattern }, emit) => pieces(text, matchesOf(e, pattern, text)).forEach(emit))],
    ['sub/2', (machine, [re, to], input, emit) => substitute(machine, re, to, undefined, '', input.value, (value) => emit({ value, path: undefined }))],
    ['sub/3', (machine, [re, to, flags], input, emit) => substitute(machine, re, to, flags, '', input.value, (value) => emit({ value, path: undefined }))],
    ['gsub/2', (machine, [re, to], input, emit) => substitute(machine, re, to, undefined, 'g', input.value, (value) => emit({ value, path: undefined }))],
    ['gsub/3', (machine, [re, to, flags], input, emit) => substitute(machine, re, to, flags, 'g', input.value, (value) => emit({ value, path: undefined }))],
  ];
}

interface Compiled {
  readonly pattern: Pattern;
  readonly isGlobal: boolean;
}

function withPattern(apply: (evaluation: Evaluation, text: string, compiled: Compiled, emit: (value: unknown) => void) => void): Builtin {
  return (machine, [re, flags], input, emit) => {
    const { evaluation } = machine;
    if (re === undefined) return;
    valuesOf(machine, re, input.value, (source) =>
      valuesOfOptional(machine, flags, input.value, (letters) =>
        apply(evaluation, textOf(evaluation, input.value), compiled(evaluation, source, letters, ''), (value) => emit({ value, path: undefined })),
      ),
    );
  };
}

function valuesOfOptional(machine: Machine, closure: Closure | undefined, input: unknown, use: (value: unknown) => void): void {
  if (closure === undefined) use(null);
  else valuesOf(machine, closure, input, use);
}

function textOf(evaluation: Evaluation, value: unknown): string {
  if (typeof value !== 'string') throw new JqError(`${described(evaluation, value)} cannot be matched, as it is not a string`);
  return value;
}

/** The pattern may also be a list of pattern and flags. */
function compiled(evaluation: Evaluation, source: unknown, letters: unknown, moreLetters: string): Compiled {
  if (isList(source)) return compiled(evaluation, source[0], source[1] ?? null, moreLetters);
  if (typeof source !== 'string' || (letters !== null && typeof letters !== 'string')) throw new JqError('A regular expression and its flags are strings');
  const flags = (letters ?? '') + moreLetters;
  const unknown = /[^gimnpslx]/.exec(flags);
  if (unknown !== null) throw new JqError(`${flags} is not a valid modifier string`);
  const pattern = compilePattern(evaluation, flags.includes('x') ? source.replace(/\\#|\\\s|#[^\n]*|\s+/g, (piece) => (piece.startsWith('\\') ? piece : '')) : source, {
    ignoreCase: flags.includes('i'),
    dotMatchesNewline: /[sp]/.test(flags),
  });
  return { pattern, isGlobal: flags.includes('g') };
}

function matchMap(pattern: Pattern, match: PatternMatch, text: string): unknown {
  const names = new Map(Object.entries(pattern.namedGroups()).map(([name, index]) => [index, name]));
  const [whole, ...groups] = match.groups;
  return mapFrom([
    ['offset', match.start],
    ['length', match.end - match.start],
    ['string', whole?.text ?? text.slice(match.start, match.end)],
    ['captures', groups.map((group, index) => mapFrom([['offset', group.start], ['length', group.text?.length ?? 0], ['string', group.text], ['name', names.get(index + 1) ?? null]]))],
  ]);
}

function pieces(text: string, matches: readonly PatternMatch[]): readonly string[] {
  const starts = [0, ...matches.map(({ end }) => end)];
  return starts.map((start, index) => text.slice(start, matches[index]?.start));
}

/** Replaces by a filter that sees the named groups; of several results the first is taken. */
function substitute(machine: Machine, re: Closure | undefined, to: Closure | undefined, flags: Closure | undefined, moreLetters: string, input: unknown, emit: (value: unknown) => void): void {
  const { evaluation } = machine;
  const text = textOf(evaluation, input);
  if (re === undefined || to === undefined) return;
  valuesOf(machine, re, input, (source) =>
    valuesOfOptional(machine, flags, input, (letters) => {
      const { pattern, isGlobal } = compiled(evaluation, source, letters, moreLetters);
      const names = Object.entries(pattern.namedGroups());
      const matches = matchesOf(evaluation, pattern, text, isGlobal ? undefined : 1);
      // Where the filter gives several texts for a match, every combination is a result, as in jq 1.7.
      let results: readonly string[] = [''];
      let end = 0;
      for (const match of matches) {
        const groups = mapFrom(names.map(([name, index]) => [name, match.groups[index]?.text ?? null]));
        const replacements: string[] = [];
        valuesOf(machine, to, groups, (value) => replacements.push(textOf(evaluation, value)));
        const piece = text.slice(end, match.start);
        const before = results;
        results = replacements.flatMap((replacement) => before.map((start) => {
          const charCount = start.length + piece.length + replacement.length;
          // Only the new piece is paid for, but the whole must fit.
          spendText(evaluation, charCount > evaluation.limits.outputCharsMax ? charCount : piece.length + replacement.length);
          return start + piece + replacement;
        }));
        end = match.end;
      }
      for (const start of results) emit(start + text.slice(end));
    }),
  );
}
