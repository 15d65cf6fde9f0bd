// Tokens to an expression tree, by precedence climbing.
import type { LexerRange, Token } from './lexer.ts';
import { lex, SyntaxProblem } from './lexer.ts';
import { syntaxDepthMax } from './limits.ts';
import type { ArgumentNode, BinaryOperator, CallNode, ExpressionNode, UnaryOperator } from './syntax.ts';
import { doubleOf, integerLiteral } from './value/numbers.ts';

/** Reads tokens one after the other; the template parser uses it for tags too. */
export interface TokenReader {
  readonly source: string;
  readonly tokens: readonly Token[];
  position: number;
  /** Levels of nesting at this place; bounded because parser and closures recurse. */
  depth: number;
}

/** How tightly the operators bind. `??` binds tighter than a filter: `a ?? b | upper` filters whichever was found. */
const binaryPrecedence: Readonly<Record<BinaryOperator, number>> = {
  or: 10, and: 15, contains: 20,
  '==': 30, '!=': 30, '<': 30, '>': 30, '<=': 30, '>=': 30,
  '+': 40, '-': 40, '*': 60, '/': 60, '%': 60,
  '~': 110, '..': 120, '??': 120, '???': 120,
};
const testPrecedence = 20;
const filterPrecedence = 100;
/** `not` takes everything up to the end of the condition, as Pebble's does: `not a and b` is `not (a and b)`. */
const unaryPrecedence: Readonly<Record<UnaryOperator, number>> = { not: 5, '-': 500, '+': 500 };

const literals = new Map<string, unknown>([
  ['true', true], ['TRUE', true], ['false', false], ['FALSE', false],
  ['null', null], ['NULL', null], ['none', null], ['NONE', null],
]);

/** Words that are operators, so they can not name a variable. */
const operatorWords = new Set(['and', 'or', 'not', 'is', 'contains', 'equals']);

/** Parses one whole expression out of a range; throws SyntaxProblem. */
export function parseRange(source: string, range: LexerRange, depth: number): { readonly expression: ExpressionNode; readonly next: number; readonly trimsAfter: boolean } {
  const lexed = lex(source, range);
  const reader: TokenReader = { source, tokens: lexed.tokens, position: 0, depth };
  const expression = parseExpression(reader, 0);
  expectEnd(reader);
  return { expression, next: lexed.next, trimsAfter: lexed.trimsAfter };
}

/** Parses an expression whose operators bind at least as tightly as `precedenceMin`. */
export function parseExpression(reader: TokenReader, precedenceMin: number): ExpressionNode {
  const depthBefore = reader.depth;
  deepen(reader);
  let left = parseOperand(reader);
  for (;;) {
    const next = parseOperatorAfter(reader, left, precedenceMin);
    if (next === undefined) break;
    // A chain such as a ~ b ~ c grows a tree as deep as it is long.
    deepen(reader);
    left = next;
  }
  if (precedenceMin === 0 && takeSymbol(reader, '?')) {
    const then = parseExpression(reader, 0);
    expectSymbol(reader, ':', 'a ternary "condition ? a : b"');
    const otherwise = parseExpression(reader, 0);
    left = { type: 'ternary', condition: left, then, otherwise, ...spanBetween(left, otherwise) };
  }
  reader.depth = depthBefore;
  return left;
}

function parseOperatorAfter(reader: TokenReader, left: ExpressionNode, precedenceMin: number): ExpressionNode | undefined {
  const token = peek(reader);
  if (token.type === 'symbol' && token.text === '|' && filterPrecedence >= precedenceMin) {
    reader.position += 1;
    const call = parseCall(reader, 'the name of a filter');
    return { type: 'filter', input: left, call, offset: left.offset, length: endOfPrevious(reader) - left.offset };
  }
  if (token.type === 'name' && token.text === 'is' && testPrecedence >= precedenceMin) {
    reader.position += 1;
    const negated = takeName(reader, 'not');
    const call = parseCall(reader, 'the name of a test');
    return { type: 'test', input: left, call, negated, offset: left.offset, length: endOfPrevious(reader) - left.offset };
  }
  const operator = binaryOperatorOf(token);
  if (operator === undefined) return undefined;
  const precedence = binaryPrecedence[operator];
  if (precedence < precedenceMin) return undefined;
  reader.position += 1;
  const right = parseExpression(reader, precedence + 1);
  return { type: 'binary', operator, left, right, ...spanBetween(left, right) };
}

function binaryOperatorOf(token: Token): BinaryOperator | undefined {
  if (token.type !== 'symbol' && token.type !== 'name') return undefined;
  switch (token.text) {
    case 'equals':
      return '==';
    case 'or': case 'and': case 'contains': case '==': case '!=': case '<': case '>': case '<=': case '>=':
    case '+': case '-': case '*': case '/': case '%': case '~': case '..': case '??': case '???':
      return token.text;
    default:
      return undefined;
  }
}

function parseOperand(reader: TokenReader): ExpressionNode {
  const token = peek(reader);
  if ((token.type === 'name' && token.text === 'not') || (token.type === 'symbol' && (token.text === '-' || token.text === '+'))) {
    const operator: UnaryOperator = token.text === 'not' ? 'not' : token.text === '-' ? '-' : '+';
    reader.position += 1;
    const operand = parseExpression(reader, unaryPrecedence[operator]);
    return { type: 'unary', operator, operand, offset: token.offset, length: operand.offset + operand.length - token.offset };
  }
  return parsePostfix(reader, parsePrimary(reader));
}

function parsePrimary(reader: TokenReader): ExpressionNode {
  const token = peek(reader);
  reader.position += 1;
  const span = { offset: token.offset, length: token.end - token.offset };
  switch (token.type) {
    case 'number':
      return { type: 'literal', value: token.text.includes('.') ? doubleOf(Number(token.text.replace('L', ''))) : integerLiteral(token.text.replace('L', '')), ...span };
    case 'text':
      return parseText(reader, token);
    case 'name':
      if (literals.has(token.text)) return { type: 'literal', value: literals.get(token.text), ...span };
      if (operatorWords.has(token.text)) throw unexpected(token, 'a value');
      if (isSymbol(peek(reader), '(')) {
        const call: CallNode = { name: token.text, arguments: parseArguments(reader), ...span };
        return { type: 'call', call, offset: token.offset, length: endOfPrevious(reader) - token.offset };
      }
      return { type: 'name', name: token.text, ...span };
    case 'symbol':
      if (token.text === '(') {
        const inner = parseExpression(reader, 0);
        expectSymbol(reader, ')', 'brackets');
        return inner;
      }
      if (token.text === '[') return parseList(reader, token.offset);
      if (token.text === '{') return parseMap(reader, token.offset);
      throw unexpected(token, 'a value');
    case 'end':
      throw unexpected(token, 'an expression');
  }
}

function parseText(reader: TokenReader, token: Token & { readonly type: 'text' }): ExpressionNode {
  const span = { offset: token.offset, length: token.end - token.offset };
  const [first] = token.parts;
  if (token.parts.length === 1 && first?.type === 'literal') return { type: 'literal', value: first.text, ...span };
  const parts = token.parts.map((part): ExpressionNode =>
    part.type === 'literal'
      ? { type: 'literal', value: part.text, ...span }
      : parseRange(reader.source, { start: part.offset, until: { type: 'offset', offset: part.end } }, reader.depth + 1).expression,
  );
  return { type: 'interpolation', parts, ...span };
}

function parseList(reader: TokenReader, offset: number): ExpressionNode {
  const items: ExpressionNode[] = [];
  while (!isSymbol(peek(reader), ']')) {
    items.push(parseExpression(reader, 0));
    if (!takeSymbol(reader, ',')) break;
  }
  expectSymbol(reader, ']', 'a list');
  return { type: 'list', items, offset, length: endOfPrevious(reader) - offset };
}

function parseMap(reader: TokenReader, offset: number): ExpressionNode {
  const entries: { key: ExpressionNode; value: ExpressionNode }[] = [];
  while (!isSymbol(peek(reader), '}')) {
    const key = parseExpression(reader, 0);
    expectSymbol(reader, ':', 'a map');
    entries.push({ key, value: parseExpression(reader, 0) });
    if (!takeSymbol(reader, ',')) break;
  }
  expectSymbol(reader, '}', 'a map');
  return { type: 'map', entries, offset, length: endOfPrevious(reader) - offset };
}

function parsePostfix(reader: TokenReader, primary: ExpressionNode): ExpressionNode {
  const depthBefore = reader.depth;
  let target = primary;
  for (;;) {
    if (takeSymbol(reader, '.')) {
      const token = peek(reader);
      if (token.type !== 'name' && token.type !== 'number') throw unexpected(token, 'the name of an attribute');
      reader.position += 1;
      const span = { offset: token.offset, length: token.end - token.offset };
      if (isSymbol(peek(reader), '(')) {
        const call: CallNode = { name: token.text, arguments: parseArguments(reader), ...span };
        target = { type: 'method', target, call, offset: target.offset, length: endOfPrevious(reader) - target.offset };
      } else {
        target = { type: 'attribute', target, key: { type: 'literal', value: token.text, ...span }, offset: target.offset, length: token.end - target.offset };
      }
    } else if (takeSymbol(reader, '[')) {
      const key = parseExpression(reader, 0);
      expectSymbol(reader, ']', 'an attribute in square brackets');
      target = { type: 'attribute', target, key, offset: target.offset, length: endOfPrevious(reader) - target.offset };
    } else {
      reader.depth = depthBefore;
      return target;
    }
    deepen(reader);
  }
}

/** A name with arguments in brackets or none: a filter, a test. */
export function parseCall(reader: TokenReader, what: string): CallNode {
  const token = peek(reader);
  if (token.type !== 'name') throw unexpected(token, what);
  reader.position += 1;
  const args = isSymbol(peek(reader), '(') ? parseArguments(reader) : [];
  return { name: token.text, arguments: args, offset: token.offset, length: token.end - token.offset };
}

function parseArguments(reader: TokenReader): readonly ArgumentNode[] {
  expectSymbol(reader, '(', 'arguments');
  const args: ArgumentNode[] = [];
  while (!isSymbol(peek(reader), ')')) {
    const first = peek(reader);
    const named = first.type === 'name' && isSymbol(reader.tokens[reader.position + 1], '=');
    if (named) reader.position += 2;
    const value = parseExpression(reader, 0);
    args.push({ name: named ? first.text : undefined, value, offset: first.offset, length: endOfPrevious(reader) - first.offset });
    if (!takeSymbol(reader, ',')) break;
  }
  expectSymbol(reader, ')', 'arguments');
  return args;
}

/** The token to be read next; after the last there is always an `end`. */
export function peek(reader: TokenReader): Token {
  return reader.tokens[reader.position] ?? { type: 'end', offset: reader.source.length, end: reader.source.length };
}

/** Goes over a symbol if it is the next token. */
export function takeSymbol(reader: TokenReader, text: string): boolean {
  const found = isSymbol(peek(reader), text);
  if (found) reader.position += 1;
  return found;
}

/** Goes over a word if it is the next token. */
export function takeName(reader: TokenReader, text: string): boolean {
  const token = peek(reader);
  const found = token.type === 'name' && token.text === text;
  if (found) reader.position += 1;
  return found;
}

/** Goes over a symbol or refuses; `within` says what is being read. */
export function expectSymbol(reader: TokenReader, text: string, within: string): void {
  if (!takeSymbol(reader, text)) throw unexpected(peek(reader), `"${text}" of ${within}`);
}

/** Refuses anything after what has been read. */
export function expectEnd(reader: TokenReader): void {
  const token = peek(reader);
  if (token.type !== 'end') throw unexpected(token, 'an operator or the end of the expression');
}

/** Says what was found where something else was expected. */
export function unexpected(token: Token, expected: string): SyntaxProblem {
  const found = token.type === 'end' ? 'the end' : token.type === 'text' ? 'a text' : `"${token.text}"`;
  return new SyntaxProblem(`Expected ${expected}, found ${found}`, token.offset, Math.max(1, token.end - token.offset));
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.type === 'symbol' && token.text === text;
}

function deepen(reader: TokenReader): void {
  reader.depth += 1;
  if (reader.depth > syntaxDepthMax) {
    const token = peek(reader);
    throw new SyntaxProblem(`The expression is nested or chained more than ${syntaxDepthMax} levels deep; split it with {% set %}`, token.offset, 1);
  }
}

function endOfPrevious(reader: TokenReader): number {
  return reader.tokens[reader.position - 1]?.end ?? 0;
}

function spanBetween(first: ExpressionNode, last: ExpressionNode): { readonly offset: number; readonly length: number } {
  return { offset: first.offset, length: last.offset + last.length - first.offset };
}
