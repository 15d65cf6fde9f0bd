// A template to its tree: text, `{{ }}`, `{% %}` and `{# #}`. It never throws: what it can not read becomes a problem, and reading goes on behind it.
import { lex, SyntaxProblem } from './lexer.ts';
import { syntaxDepthMax } from './limits.ts';
import type { TokenReader } from './parser.ts';
import { expectEnd, expectSymbol, parseCall, parseExpression, parseRange, peek, takeName, takeSymbol, unexpected } from './parser.ts';
import type { Body, CallNode, ExpressionNode, ParameterNode, Problem, TemplateNode } from './syntax.ts';

/** The tree of what could be read, and what could not, in the order of the text. */
export interface ParsedTemplate {
  readonly ast: Body;
  readonly problems: readonly Problem[];
}

/** A tag that waits for its end: `if`, `for`, … */
interface OpenTag {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  /** Makes the node from the bodies, once the end is there. */
  readonly close: (end: number) => TemplateNode;
  /** Handles `else` and `elseif`; answers false when the tag knows no such part. */
  readonly part: (name: string, reader: TokenReader) => boolean;
  nodes: TemplateNode[];
}

interface TemplateReader {
  readonly source: string;
  readonly problems: Problem[];
  readonly root: TemplateNode[];
  readonly open: OpenTag[];
  at: number;
  /** The next text loses its leading blanks, because of `-}}`. */
  trimNext: boolean;
}

const rawStart = /\{%-*\s*(raw|verbatim)\s*-*%\}/y;
const rawEnd = { raw: /\{%-*\s*endraw\s*-*%\}/g, verbatim: /\{%-*\s*endverbatim\s*-*%\}/g } as const;

/** Parses a template; never throws. */
export function parseTemplateNodes(source: string): ParsedTemplate {
  const reader: TemplateReader = { source, problems: [], root: [], open: [], at: 0, trimNext: false };
  while (reader.at < source.length) readNext(reader);
  for (const tag of reader.open.splice(0).reverse()) {
    addProblem(reader, `The tag "${tag.name}" is never closed: {% end${tag.name} %} is missing`, tag.offset, tag.length);
  }
  return { ast: reader.root, problems: reader.problems.sort((a, b) => a.offset - b.offset) };
}

function readNext(reader: TemplateReader): void {
  const { source } = reader;
  let start = source.indexOf('{', reader.at);
  while (start !== -1 && !'{%#'.includes(source.charAt(start + 1) || ' ')) start = source.indexOf('{', start + 1);
  if (start === -1) start = source.length;
  const trimsBefore = source.charAt(start + 2) === '-';
  if (start > reader.at) addText(reader, reader.at, start, trimsBefore);
  reader.at = start;
  if (start === source.length) return;
  // What stands before the `-` keeps its blanks in the case of raw: its tags are found without regard to their dashes.
  if (readRaw(reader, start)) return;
  reader.trimNext = false;
  switch (source.charAt(start + 1)) {
    case '#':
      return readComment(reader, start);
    case '{':
      return guarded(reader, start, '}}', () => readPrint(reader, start, start + (trimsBefore ? 3 : 2)));
    default:
      return guarded(reader, start, '%}', () => readTag(reader, start, start + (trimsBefore ? 3 : 2)));
  }
}

function addText(reader: TemplateReader, start: number, end: number, trimsBefore: boolean): void {
  let text = reader.source.slice(start, end);
  if (reader.trimNext) text = text.trimStart();
  rawStart.lastIndex = end;
  if (trimsBefore && !rawStart.test(reader.source)) text = text.trimEnd();
  reader.trimNext = false;
  if (text !== '') currentNodes(reader).push({ type: 'text', text, offset: start, length: end - start });
}

function readRaw(reader: TemplateReader, start: number): boolean {
  rawStart.lastIndex = start;
  const opening = rawStart.exec(reader.source);
  const kind = opening?.[1];
  if (opening === null || (kind !== 'raw' && kind !== 'verbatim')) return false;
  const contentStart = start + opening[0].length;
  const pattern = rawEnd[kind];
  pattern.lastIndex = contentStart;
  const closing = pattern.exec(reader.source);
  if (closing === null) {
    addProblem(reader, `The tag "${kind}" is never closed: {% end${kind} %} is missing`, start, opening[0].length);
    reader.at = reader.source.length;
    return true;
  }
  const end = closing.index + closing[0].length;
  const text = reader.source.slice(contentStart, closing.index);
  currentNodes(reader).push({ type: kind === 'raw' ? 'raw' : 'text', text, offset: start, length: end - start });
  reader.at = end;
  return true;
}

function readComment(reader: TemplateReader, start: number): void {
  const end = reader.source.indexOf('#}', start + 2);
  if (end === -1) {
    addProblem(reader, 'The comment is never closed: "#}" is missing', start, reader.source.length - start);
    reader.at = reader.source.length;
    return;
  }
  reader.trimNext = reader.source.charAt(end - 1) === '-' && end - 1 > start + 1;
  reader.at = end + 2;
}

/** Runs one reading; when it fails, notes the problem and goes on behind the next closing delimiter. */
function guarded(reader: TemplateReader, start: number, closer: '}}' | '%}', read: () => void): void {
  try {
    read();
  } catch (thrown) {
    if (!(thrown instanceof SyntaxProblem)) throw thrown;
    addProblem(reader, thrown.message, thrown.offset, thrown.length);
    if (reader.at > start) return;
    const end = reader.source.indexOf(closer, start + 2);
    reader.at = end === -1 ? reader.source.length : end + 2;
  }
}

function readPrint(reader: TemplateReader, start: number, inside: number): void {
  const parsed = parseRange(reader.source, { start: inside, until: { type: 'delimiter', text: '}}' } }, reader.open.length);
  currentNodes(reader).push({ type: 'print', expression: parsed.expression, offset: start, length: parsed.next - start });
  reader.at = parsed.next;
  reader.trimNext = parsed.trimsAfter;
}

function readTag(reader: TemplateReader, start: number, inside: number): void {
  const lexed = lex(reader.source, { start: inside, until: { type: 'delimiter', text: '%}' } });
  reader.at = lexed.next;
  reader.trimNext = lexed.trimsAfter;
  const tokens: TokenReader = { source: reader.source, tokens: lexed.tokens, position: 0, depth: reader.open.length };
  const first = peek(tokens);
  const span = { offset: start, length: lexed.next - start };
  if (first.type !== 'name') throw unexpected(first, 'the name of a tag');
  tokens.position += 1;
  if (first.text.startsWith('end')) return closeTag(reader, first.text.slice(3), tokens, span);
  const top = reader.open.at(-1);
  if (top !== undefined && (first.text === 'else' || first.text === 'elseif')) {
    if (top.part(first.text, tokens)) return expectEnd(tokens);
    throw new SyntaxProblem(`The tag "${first.text}" does not belong to the open tag "${top.name}"`, start, span.length);
  }
  if (reader.open.length >= syntaxDepthMax / 4) throw new SyntaxProblem(`Tags are nested more than ${syntaxDepthMax / 4} levels deep`, start, span.length);
  const open = openers.get(first.text);
  if (open !== undefined) {
    try {
      return open(reader, tokens, span);
    } catch (thrown) {
      // The tag is opened all the same, so that its end is not a second problem.
      openTag(reader, first.text, span, (end) => ({ type: 'text', text: '', offset: span.offset, length: end - span.offset }), () => true);
      throw thrown;
    }
  }
  switch (first.text) {
    case 'set': {
      const name = expectWord(tokens, 'the name of a variable');
      expectSymbol(tokens, '=', 'the tag "set"');
      const value = parseExpression(tokens, 0);
      expectEnd(tokens);
      currentNodes(reader).push({ type: 'set', name, value, ...span });
      return;
    }
    default:
      throw new SyntaxProblem(`Unexpected tag name "${first.text}"; known are block, filter, for, if, macro, raw, set, verbatim`, first.offset, first.end - first.offset);
  }
}

type TagSpan = { readonly offset: number; readonly length: number };

const openers: ReadonlyMap<string, (reader: TemplateReader, tokens: TokenReader, span: TagSpan) => void> = new Map([
  ['if', openIf],
  ['for', openFor],
  ['macro', openMacro],
  ['block', openBlock],
  ['filter', openFilter],
]);

function openTag(reader: TemplateReader, name: string, span: TagSpan, close: OpenTag['close'], part: OpenTag['part'] = () => false): OpenTag {
  const tag: OpenTag = { name, ...span, close, part, nodes: [] };
  reader.open.push(tag);
  return tag;
}

function openIf(reader: TemplateReader, tokens: TokenReader, span: TagSpan): void {
  const branches: { condition: ExpressionNode; body: Body }[] = [];
  let condition: ExpressionNode | undefined = parseExpression(tokens, 0);
  expectEnd(tokens);
  let otherwise: Body | undefined;
  const endPart = (): void => {
    if (condition === undefined) otherwise = tag.nodes;
    else branches.push({ condition, body: tag.nodes });
    tag.nodes = [];
  };
  const tag = openTag(
    reader,
    'if',
    span,
    (end) => {
      endPart();
      return { type: 'if', branches, otherwise, offset: span.offset, length: end - span.offset };
    },
    (name, partTokens) => {
      if (condition === undefined) return false;
      const nextCondition = name === 'elseif' ? parseExpression(partTokens, 0) : undefined;
      endPart();
      condition = nextCondition;
      return true;
    },
  );
}

function openFor(reader: TemplateReader, tokens: TokenReader, span: TagSpan): void {
  const variable = expectWord(tokens, 'the name of the loop variable');
  if (!takeName(tokens, 'in')) throw unexpected(peek(tokens), '"in" of the tag "for"');
  const iterable = parseExpression(tokens, 0);
  expectEnd(tokens);
  let body: Body | undefined;
  const tag = openTag(
    reader,
    'for',
    span,
    (end) => ({
      type: 'for', variable, iterable, body: body ?? tag.nodes, otherwise: body === undefined ? undefined : tag.nodes,
      offset: span.offset, length: end - span.offset,
    }),
    (name) => {
      if (name !== 'else' || body !== undefined) return false;
      body = tag.nodes;
      tag.nodes = [];
      return true;
    },
  );
}

function openMacro(reader: TemplateReader, tokens: TokenReader, span: TagSpan): void {
  const name = expectWord(tokens, 'the name of the macro');
  expectSymbol(tokens, '(', 'the parameters of a macro');
  const parameters: ParameterNode[] = [];
  while (peek(tokens).type === 'name') {
    const token = peek(tokens);
    const parameter = expectWord(tokens, 'the name of a parameter');
    const defaultValue = takeSymbol(tokens, '=') ? parseExpression(tokens, 0) : undefined;
    parameters.push({ name: parameter, defaultValue, offset: token.offset, length: token.end - token.offset });
    if (!takeSymbol(tokens, ',')) break;
  }
  expectSymbol(tokens, ')', 'the parameters of a macro');
  expectEnd(tokens);
  const tag = openTag(reader, 'macro', span, (end) => ({ type: 'macro', name, parameters, body: tag.nodes, offset: span.offset, length: end - span.offset }));
}

function openBlock(reader: TemplateReader, tokens: TokenReader, span: TagSpan): void {
  const name = expectWordOrText(tokens, 'the name of the block');
  expectEnd(tokens);
  const tag = openTag(reader, 'block', span, (end) => ({ type: 'block', name, body: tag.nodes, offset: span.offset, length: end - span.offset }));
}

function openFilter(reader: TemplateReader, tokens: TokenReader, span: TagSpan): void {
  const calls: CallNode[] = [parseCall(tokens, 'the name of a filter')];
  while (takeSymbol(tokens, '|')) calls.push(parseCall(tokens, 'the name of a filter'));
  expectEnd(tokens);
  const tag = openTag(reader, 'filter', span, (end) => ({ type: 'filterTag', calls, body: tag.nodes, offset: span.offset, length: end - span.offset }));
}

function closeTag(reader: TemplateReader, name: string, tokens: TokenReader, span: TagSpan): void {
  const top = reader.open.at(-1);
  if (top === undefined) throw new SyntaxProblem(`{% end${name} %} closes nothing`, span.offset, span.length);
  if (top.name !== name) throw new SyntaxProblem(`{% end${name} %} found where {% end${top.name} %} was expected`, span.offset, span.length);
  // Blocks and macros may repeat their name at the end.
  if (name === 'block' || name === 'macro') expectOptionalWord(tokens);
  expectEnd(tokens);
  reader.open.pop();
  currentNodes(reader).push(top.close(span.offset + span.length));
}

function expectWord(tokens: TokenReader, what: string): string {
  const token = peek(tokens);
  if (token.type !== 'name') throw unexpected(token, what);
  tokens.position += 1;
  return token.text;
}

function expectWordOrText(tokens: TokenReader, what: string): string {
  const token = peek(tokens);
  const [part] = token.type === 'text' ? token.parts : [];
  if (part?.type !== 'literal') return expectWord(tokens, what);
  tokens.position += 1;
  return part.text;
}

function expectOptionalWord(tokens: TokenReader): void {
  const { type } = peek(tokens);
  if (type === 'name' || type === 'text') tokens.position += 1;
}

function currentNodes(reader: TemplateReader): TemplateNode[] {
  return reader.open.at(-1)?.nodes ?? reader.root;
}

function addProblem(reader: TemplateReader, message: string, offset: number, length: number): void {
  reader.problems.push({ kind: 'syntax', message, offset, length });
}
