// Characters to tokens. One lexer reads the inside of one pair of delimiters; the template parser looks for the delimiters.

/** A piece of an expression; offsets count from the start of the template. */
export type Token =
  | { readonly type: 'name'; readonly text: string; readonly offset: number; readonly end: number }
  | { readonly type: 'number'; readonly text: string; readonly offset: number; readonly end: number }
  | { readonly type: 'text'; readonly parts: readonly TextPart[]; readonly offset: number; readonly end: number }
  | { readonly type: 'symbol'; readonly text: string; readonly offset: number; readonly end: number }
  | { readonly type: 'end'; readonly offset: number; readonly end: number };

/** A quoted text is literal pieces and, in double quotes, the insides of `#{…}`. */
export type TextPart =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'expression'; readonly offset: number; readonly end: number };

/** Thrown inside the parser only; the template parser turns it into a problem. */
export class SyntaxProblem extends Error {
  readonly offset: number;
  readonly length: number;

  constructor(message: string, offset: number, length: number) {
    super(message);
    this.name = 'SyntaxProblem';
    this.offset = offset;
    this.length = length;
  }
}

/** Where reading starts and what ends it: a closing delimiter, or for `#{…}` a fixed offset. */
export interface LexerRange {
  readonly start: number;
  readonly until: { readonly type: 'delimiter'; readonly text: '}}' | '%}' } | { readonly type: 'offset'; readonly offset: number };
}

/** The tokens of a range; `next` is the offset behind the closing delimiter, `trimsAfter` whether it was written with `-`. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly next: number;
  readonly trimsAfter: boolean;
}

const symbols = ['???', '??', '==', '!=', '<=', '>=', '..', '(', ')', '[', ']', '{', '}', ',', ':', '?', '|', '~', '+', '-', '*', '/', '%', '<', '>', '=', '.'];
const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const namePattern = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const numberPattern = /\d+(?:\.\d+)?L?/y;
const spacePattern = /\s+/y;

/** Reads the tokens of a range; throws SyntaxProblem. */
export function lex(source: string, range: LexerRange): Lexed {
  const tokens: Token[] = [];
  const open: { readonly text: string; readonly offset: number }[] = [];
  let at = range.start;
  for (;;) {
    at += matchLength(spacePattern, source, at);
    if (range.until.type === 'offset' && at >= range.until.offset) {
      const unclosed = open.at(-1);
      if (unclosed !== undefined) throw new SyntaxProblem(`"${unclosed.text}" is never closed`, unclosed.offset, 1);
      return finished(tokens, range.until.offset, range.until.offset, false);
    }
    if (at >= source.length) {
      const unclosed = open.at(-1);
      if (unclosed !== undefined) throw new SyntaxProblem(`"${unclosed.text}" is never closed`, unclosed.offset, 1);
      const delimiter = range.until.type === 'delimiter' ? range.until.text : '}';
      throw new SyntaxProblem(`The closing "${delimiter}" is missing`, range.start, source.length - range.start);
    }
    // Inside brackets `}}` closes two maps, as in {{ {"a": {}} }}.
    if (range.until.type === 'delimiter' && open.length === 0) {
      if (source.startsWith(range.until.text, at)) return finished(tokens, at, at + 2, false);
      if (source.startsWith(`-${range.until.text}`, at)) return finished(tokens, at, at + 3, true);
    }
    const token = readToken(source, at);
    if (token.type === 'symbol') {
      const last = open.at(-1);
      if (closerOf[token.text] !== undefined) open.push({ text: token.text, offset: at });
      else if (token.text === ')' || token.text === ']' || token.text === '}') {
        if (last === undefined || closerOf[last.text] !== token.text) {
          throw new SyntaxProblem(
            last === undefined ? `"${token.text}" closes nothing` : `"${token.text}" found where "${closerOf[last.text] ?? ''}" was expected`,
            at,
            1,
          );
        }
        open.pop();
      }
    }
    tokens.push(token);
    at = token.end;
  }
}

function finished(tokens: Token[], offset: number, next: number, trimsAfter: boolean): Lexed {
  tokens.push({ type: 'end', offset, end: offset });
  return { tokens, next, trimsAfter };
}

function readToken(source: string, at: number): Token {
  const character = source.charAt(at);
  if (character === '"' || character === "'") return readText(source, at, character);
  const nameLength = matchLength(namePattern, source, at);
  if (nameLength > 0) return { type: 'name', text: source.slice(at, at + nameLength), offset: at, end: at + nameLength };
  const numberLength = matchLength(numberPattern, source, at);
  if (numberLength > 0) return { type: 'number', text: source.slice(at, at + numberLength), offset: at, end: at + numberLength };
  const symbol = symbols.find((candidate) => source.startsWith(candidate, at));
  if (symbol === undefined) throw new SyntaxProblem(`Unexpected character "${character}"`, at, 1);
  return { type: 'symbol', text: symbol, offset: at, end: at + symbol.length };
}

/** Only the quote itself is escaped by a backslash: other backslashes stay, so that regular expressions need no doubling. */
function readText(source: string, start: number, quote: '"' | "'"): Token {
  const parts: TextPart[] = [];
  let literal = '';
  let at = start + 1;
  while (at < source.length) {
    const character = source.charAt(at);
    if (character === quote) {
      if (literal !== '' || parts.length === 0) parts.push({ type: 'literal', text: literal });
      return { type: 'text', parts, offset: start, end: at + 1 };
    }
    if (character === '\\' && at + 1 < source.length) {
      const escaped = source.charAt(at + 1);
      literal += escaped === quote ? quote : `\\${escaped}`;
      at += 2;
    } else if (quote === '"' && character === '#' && source.charAt(at + 1) === '{') {
      const end = endOfInterpolation(source, at + 2);
      if (literal !== '') parts.push({ type: 'literal', text: literal });
      literal = '';
      parts.push({ type: 'expression', offset: at + 2, end });
      at = end + 1;
    } else {
      literal += character;
      at += 1;
    }
  }
  throw new SyntaxProblem(`The closing ${quote} of the text is missing`, start, source.length - start);
}

function endOfInterpolation(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (character === '{') depth += 1;
    else if (character === '}') {
      if (depth === 0) return at;
      depth -= 1;
    } else if (character === "'" || character === '"') {
      const close = source.indexOf(character, at + 1);
      if (close === -1) break;
      at = close;
    }
  }
  throw new SyntaxProblem('The closing "}" of "#{" is missing', start - 2, source.length - start + 2);
}

function matchLength(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0].length ?? 0;
}
