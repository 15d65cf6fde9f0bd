// Text of a jq expression to its tree.
import type { JqDefinition, JqNode, JqOperator, JqPattern, JqUpdate } from './syntax.ts';

/** Thrown for an expression that is none, with the position in it. */
export class JqSyntaxProblem extends Error {
  override readonly name = 'JqSyntaxProblem';
}

/** Levels of nesting and chaining; evaluation recurses that deep, several calls a level. */
const depthMax = 200;

interface Reader {
  readonly text: string;
  at: number;
  depth: number;
}

type Token = { readonly type: 'name' | 'number' | 'symbol' | 'quote' | 'field' | 'variable' | 'format' | 'end'; readonly text: string; readonly end: number };

const tokenPattern =
  /(?<field>\.[A-Za-z_]\w*)|(?<variable>\$[A-Za-z_]\w*|\$__loc__)|(?<format>@[A-Za-z0-9]+)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)|(?<quote>")|(?<symbol>\?\/\/|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\](){}|,:;=<>+\-*/%?])/y;
const spacePattern = /(?:\s+|#[^\n]*)*/y;
const words = new Set(['as', 'def', 'if', 'then', 'elif', 'else', 'end', 'and', 'or', 'reduce', 'foreach', 'try', 'catch', 'label', 'import', 'include', '__loc__']);

/** Parses a whole expression; throws JqSyntaxProblem. */
export function parseJq(text: string): JqNode {
  const reader: Reader = { text, at: 0, depth: 0 };
  const node = peek(reader).type === 'end' ? identity : parsePipe(reader);
  if (peek(reader).type !== 'end') throw unexpected(reader, 'the end');
  return node;
}

/** Parses definitions alone. */
export function parseJqDefinitions(text: string): readonly JqDefinition[] {
  const reader: Reader = { text, at: 0, depth: 0 };
  const definitions: JqDefinition[] = [];
  while (peek(reader).type !== 'end') definitions.push(parseDefinition(reader));
  return definitions;
}

const identity: JqNode = { type: 'identity' };

function parsePipe(reader: Reader): JqNode {
  return nested(reader, () => {
    if (isWord(reader, 'def')) {
      const definition = parseDefinition(reader);
      return { type: 'def', definition, rest: parsePipe(reader) };
    }
    if (takeWord(reader, 'label')) {
      const name = expectType(reader, 'variable', 'a label such as $out');
      expectSymbol(reader, '|');
      return { type: 'label', name, body: parsePipe(reader) };
    }
    const left = parseComma(reader);
    if (takeWord(reader, 'as')) {
      const patterns = [parsePattern(reader)];
      while (takeSymbol(reader, '?//')) patterns.push(parsePattern(reader));
      expectSymbol(reader, '|');
      return { type: 'bind', source: left, patterns, body: parsePipe(reader) };
    }
    return takeSymbol(reader, '|') ? { type: 'pipe', left, right: parsePipe(reader) } : left;
  });
}

function parseComma(reader: Reader): JqNode {
  return chain(reader, parseAlternative, (left) => (takeSymbol(reader, ',') ? { type: 'comma', left, right: parseAlternative(reader) } : undefined));
}

function parseAlternative(reader: Reader): JqNode {
  return nested(reader, () => {
    const left = parseUpdate(reader);
    return takeSymbol(reader, '//') ? { type: 'alternative', left, right: parseAlternative(reader) } : left;
  });
}

const updates: readonly JqUpdate[] = ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='];

function parseUpdate(reader: Reader): JqNode {
  const left = parseOr(reader);
  const operator = updates.find((candidate) => takeSymbol(reader, candidate));
  return operator === undefined ? left : { type: 'update', operator, left, right: parseAlternative(reader) };
}

function parseOr(reader: Reader): JqNode {
  return chain(reader, parseAnd, (left) => (takeWord(reader, 'or') ? { type: 'or', left, right: parseAnd(reader) } : undefined));
}

function parseAnd(reader: Reader): JqNode {
  return chain(reader, parseComparison, (left) => (takeWord(reader, 'and') ? { type: 'and', left, right: parseComparison(reader) } : undefined));
}

function parseComparison(reader: Reader): JqNode {
  const left = parseSum(reader);
  const operator = takeOperator(reader, ['==', '!=', '<=', '>=', '<', '>']);
  return operator === undefined ? left : { type: 'binary', operator, left, right: parseSum(reader) };
}

function parseSum(reader: Reader): JqNode {
  return chain(reader, parseProduct, (left) => {
    const operator = takeOperator(reader, ['+', '-']);
    return operator === undefined ? undefined : { type: 'binary', operator, left, right: parseProduct(reader) };
  });
}

function parseProduct(reader: Reader): JqNode {
  return chain(reader, parseUnary, (left) => {
    const operator = takeOperator(reader, ['*', '/', '%']);
    return operator === undefined ? undefined : { type: 'binary', operator, left, right: parseUnary(reader) };
  });
}

function parseUnary(reader: Reader): JqNode {
  return takeSymbol(reader, '-') ? nested(reader, () => ({ type: 'negate', operand: parseUnary(reader) })) : parsePostfix(reader);
}

function parsePostfix(reader: Reader): JqNode {
  return chain(reader, parseTerm, (target) => {
    const token = peek(reader);
    if (token.type === 'field') {
      reader.at = token.end;
      return { type: 'index', target, key: { type: 'literal', value: token.text.slice(1) } };
    }
    if (token.type !== 'symbol') return undefined;
    if (token.text === '[') return parseBrackets(reader, target);
    if (takeSymbol(reader, '?')) return { type: 'try', body: target, handler: undefined };
    if (token.text === '.') {
      reader.at = token.end;
      if (isSymbol(reader, '[')) return parseBrackets(reader, target);
      if (peek(reader).type === 'quote') return { type: 'index', target, key: parseText(reader, undefined) };
      throw unexpected(reader, 'a name after "."');
    }
    return undefined;
  });
}

function parseBrackets(reader: Reader, target: JqNode): JqNode {
  expectSymbol(reader, '[');
  if (takeSymbol(reader, ']')) return { type: 'iterate', target };
  const from = isSymbol(reader, ':') ? undefined : parsePipe(reader);
  if (takeSymbol(reader, ':')) {
    const to = isSymbol(reader, ']') ? undefined : parsePipe(reader);
    expectSymbol(reader, ']');
    return { type: 'slice', target, from, to };
  }
  expectSymbol(reader, ']');
  return from === undefined ? { type: 'iterate', target } : { type: 'index', target, key: from };
}

function parseTerm(reader: Reader): JqNode {
  const token = peek(reader);
  switch (token.type) {
    case 'number':
      reader.at = token.end;
      return { type: 'literal', value: Number(token.text) };
    case 'quote':
      return parseText(reader, undefined);
    case 'format':
      reader.at = token.end;
      return peek(reader).type === 'quote' ? parseText(reader, token.text) : { type: 'format', name: token.text };
    case 'field':
      reader.at = token.end;
      return { type: 'index', target: identity, key: { type: 'literal', value: token.text.slice(1) } };
    case 'variable':
      reader.at = token.end;
      if (token.text === '$__loc__') return { type: 'literal', value: { file: '<top-level>', line: reader.text.slice(0, token.end).split('\n').length } };
      return { type: 'variable', name: token.text };
    case 'name':
      return parseWord(reader, token);
    case 'symbol':
      return parseSymbolTerm(reader, token);
    case 'end':
      throw unexpected(reader, 'a filter');
  }
}

function parseSymbolTerm(reader: Reader, token: Token): JqNode {
  switch (token.text) {
    case '..':
      reader.at = token.end;
      return { type: 'call', name: 'recurse', args: [] };
    case '.':
      reader.at = token.end;
      return peek(reader).type === 'quote' ? { type: 'index', target: identity, key: parseText(reader, undefined) } : identity;
    case '(': {
      reader.at = token.end;
      const inner = parsePipe(reader);
      expectSymbol(reader, ')');
      return inner;
    }
    case '[': {
      reader.at = token.end;
      const body = isSymbol(reader, ']') ? undefined : parsePipe(reader);
      expectSymbol(reader, ']');
      return { type: 'array', body };
    }
    case '{':
      return parseObject(reader);
    default:
      throw unexpected(reader, 'a filter');
  }
}

function parseWord(reader: Reader, token: Token): JqNode {
  reader.at = token.end;
  switch (token.text) {
    case 'if':
      return nested(reader, () => parseIf(reader));
    case 'try': {
      const body = parsePostfix(reader);
      return { type: 'try', body, handler: takeWord(reader, 'catch') ? parsePostfix(reader) : undefined };
    }
    case 'reduce': {
      const { source, pattern } = parseSource(reader);
      const [initial, update] = parseArguments(reader);
      if (initial === undefined || update === undefined) throw unexpected(reader, 'reduce … as $x (initial; update)');
      return { type: 'reduce', source, pattern, initial, update };
    }
    case 'foreach': {
      const { source, pattern } = parseSource(reader);
      const [initial, update, extract] = parseArguments(reader);
      if (initial === undefined || update === undefined) throw unexpected(reader, 'foreach … as $x (initial; update; extract)');
      return { type: 'foreach', source, pattern, initial, update, extract };
    }
    case 'true': case 'false':
      return { type: 'literal', value: token.text === 'true' };
    case 'null':
      return { type: 'literal', value: null };
    case 'break':
      return { type: 'break', name: expectType(reader, 'variable', 'a label such as $out') };
    default:
      if (words.has(token.text)) {
        reader.at -= token.text.length;
        throw unexpected(reader, 'a filter');
      }
      return { type: 'call', name: token.text, args: isSymbol(reader, '(') ? parseArguments(reader) : [] };
  }
}

function parseSource(reader: Reader): { readonly source: JqNode; readonly pattern: JqPattern } {
  const source = parsePostfix(reader);
  if (!takeWord(reader, 'as')) throw unexpected(reader, '"as"');
  return { source, pattern: parsePattern(reader) };
}

function parseIf(reader: Reader): JqNode {
  const condition = parsePipe(reader);
  if (!takeWord(reader, 'then')) throw unexpected(reader, '"then"');
  const then = parsePipe(reader);
  if (takeWord(reader, 'elif')) return { type: 'if', condition, then, otherwise: nested(reader, () => parseIf(reader)) };
  const otherwise = takeWord(reader, 'else') ? parsePipe(reader) : undefined;
  if (!takeWord(reader, 'end')) throw unexpected(reader, '"end"');
  return { type: 'if', condition, then, otherwise };
}

function parseObject(reader: Reader): JqNode {
  expectSymbol(reader, '{');
  const entries: { key: JqNode; value: JqNode }[] = [];
  while (!isSymbol(reader, '}')) {
    entries.push(parseEntry(reader));
    if (!takeSymbol(reader, ',')) break;
  }
  expectSymbol(reader, '}');
  return { type: 'object', entries };
}

function parseEntry(reader: Reader): { readonly key: JqNode; readonly value: JqNode } {
  const token = peek(reader);
  const { key, shorthand } = parseKey(reader, token);
  if (takeSymbol(reader, ':')) return { key, value: parseEntryValue(reader) };
  if (shorthand === undefined) throw unexpected(reader, '":"');
  return { key, value: shorthand };
}

function parseKey(reader: Reader, token: Token): { readonly key: JqNode; readonly shorthand: JqNode | undefined } {
  if (token.type === 'name' || token.type === 'number') {
    reader.at = token.end;
    const key: JqNode = { type: 'literal', value: token.text };
    return { key, shorthand: token.type === 'name' ? { type: 'index', target: identity, key } : undefined };
  }
  if (token.type === 'variable') {
    reader.at = token.end;
    return { key: { type: 'literal', value: token.text.slice(1) }, shorthand: { type: 'variable', name: token.text } };
  }
  if (token.type === 'quote' || token.type === 'format') {
    const key = parseTerm(reader);
    return { key, shorthand: { type: 'index', target: identity, key } };
  }
  expectSymbol(reader, '(');
  const key = parsePipe(reader);
  expectSymbol(reader, ')');
  return { key, shorthand: undefined };
}

/** A value ends at a comma; several filters are joined by "|". */
function parseEntryValue(reader: Reader): JqNode {
  return nested(reader, () => {
    const left = parseAlternative(reader);
    return takeSymbol(reader, '|') ? { type: 'pipe', left, right: parseEntryValue(reader) } : left;
  });
}

function parseArguments(reader: Reader): readonly JqNode[] {
  expectSymbol(reader, '(');
  const args = [parsePipe(reader)];
  while (takeSymbol(reader, ';')) args.push(parsePipe(reader));
  expectSymbol(reader, ')');
  return args;
}

function parseDefinition(reader: Reader): JqDefinition {
  if (!takeWord(reader, 'def')) throw unexpected(reader, '"def"');
  const name = expectType(reader, 'name', 'the name of a function');
  const parameters: string[] = [];
  if (takeSymbol(reader, '(')) {
    do {
      const token = peek(reader);
      if (token.type !== 'name' && token.type !== 'variable') throw unexpected(reader, 'a parameter');
      reader.at = token.end;
      parameters.push(token.text);
    } while (takeSymbol(reader, ';'));
    expectSymbol(reader, ')');
  }
  expectSymbol(reader, ':');
  const body = parsePipe(reader);
  expectSymbol(reader, ';');
  return { name, parameters, body };
}

function parsePattern(reader: Reader): JqPattern {
  return nested(reader, () => {
    const token = peek(reader);
    if (token.type === 'variable') {
      reader.at = token.end;
      return { type: 'variable', name: token.text };
    }
    if (takeSymbol(reader, '[')) {
      const items = [parsePattern(reader)];
      while (takeSymbol(reader, ',')) items.push(parsePattern(reader));
      expectSymbol(reader, ']');
      return { type: 'list', items };
    }
    expectSymbol(reader, '{');
    const entries: { key: JqNode; variable: string | undefined; pattern: JqPattern | undefined }[] = [];
    do {
      const keyToken = peek(reader);
      const { key } = parseKey(reader, keyToken);
      const pattern = takeSymbol(reader, ':') ? parsePattern(reader) : undefined;
      const variable = keyToken.type === 'variable' ? keyToken.text : undefined;
      if (pattern === undefined && variable === undefined) throw unexpected(reader, '":" and a pattern');
      entries.push({ key, variable, pattern });
    } while (takeSymbol(reader, ','));
    expectSymbol(reader, '}');
    return { type: 'map', entries };
  });
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '/': '/', '\\': '\\', '"': '"' };

function parseText(reader: Reader, format: string | undefined): JqNode {
  reader.at = peek(reader).end;
  const parts: (string | JqNode)[] = [];
  let literal = '';
  for (;;) {
    const character = reader.text.charAt(reader.at);
    reader.at += 1;
    if (character === '') throw new JqSyntaxProblem('the closing " of a text is missing');
    if (character === '"') break;
    if (character !== '\\') {
      literal += character;
      continue;
    }
    const escaped = reader.text.charAt(reader.at);
    reader.at += 1;
    if (escaped === '(') {
      parts.push(literal, parsePipe(reader));
      literal = '';
      expectSymbol(reader, ')');
    } else if (escaped === 'u' && /^[\da-fA-F]{4}$/.test(reader.text.slice(reader.at, reader.at + 4))) {
      literal += String.fromCharCode(Number.parseInt(reader.text.slice(reader.at, reader.at + 4), 16));
      reader.at += 4;
    } else {
      literal += escapes[escaped] ?? invalidEscape(escaped);
    }
  }
  if (parts.length === 0) return { type: 'literal', value: literal };
  return { type: 'text', parts: [...parts, literal], format };
}

function invalidEscape(character: string): never {
  throw new JqSyntaxProblem(`"\\${character}" is no escape of a text`);
}

function chain(reader: Reader, first: (reader: Reader) => JqNode, next: (left: JqNode) => JqNode | undefined): JqNode {
  const depthBefore = reader.depth;
  let node = first(reader);
  for (let longer = next(node); longer !== undefined; longer = next(node)) {
    deepen(reader);
    node = longer;
  }
  reader.depth = depthBefore;
  return node;
}

function nested<Result>(reader: Reader, parse: () => Result): Result {
  const depthBefore = reader.depth;
  deepen(reader);
  const result = parse();
  reader.depth = depthBefore;
  return result;
}

function deepen(reader: Reader): void {
  reader.depth += 1;
  if (reader.depth > depthMax) throw new JqSyntaxProblem(`the expression is nested or chained more than ${depthMax} levels deep`);
}

function peek(reader: Reader): Token {
  spacePattern.lastIndex = reader.at;
  const start = reader.at + (spacePattern.exec(reader.text)?.[0].length ?? 0);
  tokenPattern.lastIndex = start;
  const match = tokenPattern.exec(reader.text);
  if (match === null) {
    if (start < reader.text.length) throw new JqSyntaxProblem(`unexpected "${reader.text.charAt(start)}" at position ${start + 1}`);
    return { type: 'end', text: '', end: start };
  }
  const groups = match.groups ?? {};
  const type = (['field', 'variable', 'format', 'number', 'name', 'quote', 'symbol'] as const).find((candidate) => groups[candidate] !== undefined) ?? 'symbol';
  return { type, text: match[0], end: start + match[0].length };
}

function isSymbol(reader: Reader, text: string): boolean {
  const token = peek(reader);
  return token.type === 'symbol' && token.text === text;
}

function takeSymbol(reader: Reader, text: string): boolean {
  const token = peek(reader);
  if (token.type !== 'symbol' || token.text !== text) return false;
  reader.at = token.end;
  return true;
}

function takeOperator(reader: Reader, operators: readonly JqOperator[]): JqOperator | undefined {
  return operators.find((operator) => takeSymbol(reader, operator));
}

function isWord(reader: Reader, text: string): boolean {
  const token = peek(reader);
  return token.type === 'name' && token.text === text;
}

function takeWord(reader: Reader, text: string): boolean {
  const token = peek(reader);
  if (token.type !== 'name' || token.text !== text) return false;
  reader.at = token.end;
  return true;
}

function expectSymbol(reader: Reader, text: string): void {
  if (!takeSymbol(reader, text)) throw unexpected(reader, `"${text}"`);
}

function expectType(reader: Reader, type: Token['type'], what: string): string {
  const token = peek(reader);
  if (token.type !== type) throw unexpected(reader, what);
  reader.at = token.end;
  return token.text;
}

function unexpected(reader: Reader, expected: string): JqSyntaxProblem {
  const token = peek(reader);
  const found = token.type === 'end' ? 'the end' : `"${token.text}" at position ${token.end - token.text.length + 1}`;
  return new JqSyntaxProblem(`expected ${expected}, found ${found}`);
}
