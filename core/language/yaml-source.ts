/**
 * The only file that knows the YAML library: text to nodes with places, and the problems of the text as YAML.
 * It never throws and always ends soon: size, tokens, depth and what aliases add are limited.
 */
import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, type ParsedNode, Parser, parseDocument, type Range, type Scalar } from 'yaml';
import { limits } from '../protocol/limits.ts';
import { languageLimits } from './limits.ts';
import { child, type ListNode, type MapEntry, type Path, type ScalarNode, type SourceNode, type Span } from './source-node.ts';
import { type TextLines, textLines } from './text-lines.ts';

export interface SourceProblem extends Span {
  readonly severity: 'error' | 'warning';
  readonly path: Path | undefined;
  readonly message: string;
  readonly remedy?: string;
}

export interface YamlSource {
  /** Undefined for an empty text, and for one that is refused as a whole. */
  readonly root: SourceNode | undefined;
  readonly problems: readonly SourceProblem[];
  readonly lines: TextLines;
  /** From here on the text is no YAML and the nodes are a guess. */
  readonly brokenFrom?: number;
}

const options = { schema: 'core', merge: false, uniqueKeys: false, strict: true, prettyErrors: false, keepSourceTokens: false, resolveKnownTags: false, intAsBigInt: false, logLevel: 'silent', version: '1.2' } as const;

export function readYaml(source: string): YamlSource {
  const lines = textLines(source);
  const refusal = refusalOf(source, lines);
  if (refusal !== undefined) return { root: undefined, problems: [refusal], lines };
  const reading: Reading = { source, problems: strangeCharacters(source), anchors: new Map(), aliasedValues: 0, tooDeep: false, tooMany: false, brokenFrom: undefined };
  try {
    const document = compose(source, reading);
    const root = document?.contents === null || document?.contents === undefined ? undefined : convert(document.contents, undefined, 0, reading).node;
    const problems = root === undefined ? reading.problems : reading.problems.map((problem) => pointToQuote(problem, root, source));
    return { root, problems, lines, ...(reading.brokenFrom === undefined ? {} : { brokenFrom: reading.brokenFrom }) };
  } catch (error) {
    // The library gives up by exception only when the stack or the memory ends.
    if (!(error instanceof RangeError)) throw error;
    reading.problems.push(tooDeepProblem({ from: 0, to: firstLineEnd(source) }));
    return { root: undefined, problems: reading.problems, lines };
  }
}

/** A YAML (or JSON) text as plain data, for inputs of type YAML; the message of the first error otherwise. */
export function readYamlValue(text: string): { readonly value: unknown } | { readonly error: string } {
  if (text.length > limits.sourceBytesMax) return { error: `the text is longer than ${limits.sourceBytesMax} characters` };
  try {
    const document = parseDocument(text, options);
    const error = document.errors[0];
    if (error !== undefined) return { error: firstSentence(error.message) };
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    return { error: error instanceof Error ? firstSentence(error.message) : 'it can not be read' };
  }
}

interface Reading {
  readonly source: string;
  readonly problems: SourceProblem[];
  readonly anchors: Map<string, Converted>;
  aliasedValues: number;
  tooDeep: boolean;
  tooMany: boolean;
  brokenFrom: number | undefined;
}

/** `size` counts all values inside, aliases expanded. */
interface Converted {
  readonly node: SourceNode;
  readonly size: number;
}

function refusalOf(source: string, lines: TextLines): SourceProblem | undefined {
  const start = { severity: 'error', path: undefined, from: 0, to: firstLineEnd(source) } as const;
  if (source.length > limits.sourceBytesMax) {
    return { ...start, message: `The flow has ${source.length} characters; at most ${limits.sourceBytesMax} are read`, remedy: 'Move large values into namespace files and split the flow with Subflow.' };
  }
  if (lines.count > languageLimits.linesMax) {
    return { ...start, message: `The flow has ${lines.count} lines; at most ${languageLimits.linesMax} are read`, remedy: 'Move large values into namespace files and split the flow with Subflow.' };
  }
  return undefined;
}

const strangePattern = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Control characters and halves of surrogate pairs: invisible, so they are named by their code. */
function strangeCharacters(source: string): SourceProblem[] {
  const problems: SourceProblem[] = [];
  for (const match of source.matchAll(strangePattern)) {
    const code = match[0].charCodeAt(0);
    problems.push({
      severity: 'error',
      path: undefined,
      from: match.index,
      to: match.index + 1,
      message: code >= 0xd800 ? `Half a character (an unpaired surrogate, U+${hex(code)}) stands here` : `The control character U+${hex(code)} is not allowed in YAML`,
      remedy: code >= 0xd800 ? 'Delete it; the text was damaged on its way.' : 'Delete it, or write it as an escape inside double quotes.',
    });
    if (problems.length >= languageLimits.syntaxErrorsMax) break;
  }
  return problems;
}

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, '0');

function compose(source: string, reading: Reading): Document.Parsed | undefined {
  const composer = new Composer(options);
  const documents: Document.Parsed[] = [];
  for (const token of parserTokens(source, reading)) {
    documents.push(...composer.next(token));
    if (documents.length > 1) break;
  }
  documents.push(...composer.end(documents.length === 0, source.length));
  const [first, second] = documents;
  if (second !== undefined && second.contents !== null) {
    const from = second.contents.range?.[0] ?? second.range[0];
    reading.problems.push({ severity: 'error', path: undefined, from, to: lineEnd(source, from), message: 'A second document begins here; a flow is one document', remedy: 'Remove the line `---` above, or save the second flow on its own.' });
  }
  let line = -1;
  for (const error of (first?.errors ?? []).slice(0, languageLimits.syntaxErrorsMax)) {
    // Further errors of one line are consequences of its first.
    const from = source.lastIndexOf('\n', error.pos[0] - 1) + 1;
    if (from !== line) reading.problems.push(syntaxProblem(error, source));
    line = from;
    if (error.code !== 'BAD_ALIAS' && error.code !== 'TAG_RESOLVE_FAILED') reading.brokenFrom = Math.min(reading.brokenFrom ?? source.length, error.pos[0]);
  }
  return first;
}

function* parserTokens(source: string, reading: Reading): Generator<Parameters<Composer['next']>[0]> {
  const parser = new Parser();
  let tokens = 0;
  let strayTokens = 0;
  for (const lexeme of new Lexer().lex(source)) {
    tokens += 1;
    if (tokens > languageLimits.tokensMax) {
      reading.problems.push({ severity: 'error', path: undefined, from: 0, to: firstLineEnd(source), message: `The text has more than ${languageLimits.tokensMax} tokens; it was not read`, remedy: 'Move large values into namespace files and split the flow with Subflow.' });
      return;
    }
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') strayTokens += 1;
      yield token;
    }
    if (strayTokens > languageLimits.strayTokensMax) break;
  }
  yield* parser.end();
}

function syntaxProblem(error: { readonly code: string; readonly message: string; readonly pos: readonly [number, number] }, source: string): SourceProblem {
  const [from, to] = error.pos;
  if (/call stack/i.test(error.message)) return tooDeepProblem({ from, to });
  const known = syntaxWords.find(({ pattern }) => pattern.test(error.message));
  const line = source.slice(source.lastIndexOf('\n', from - 1) + 1, lineEnd(source, from));
  const remedy = /^\s*(?:- )?(?:[\w.-]+:)?\s*\{\{/.test(line) ? expressionRemedy : (known?.remedy ?? syntaxRemedies[error.code]);
  return {
    severity: 'error',
    path: undefined,
    from: Math.min(from, source.length),
    // A mark on one blank would not be seen.
    to: source.slice(from, to).trim() === '' ? Math.max(lineEnd(source, from), from + 1) : Math.max(Math.min(to, lineEnd(source, from)), from + 1),
    message: known?.message ?? firstSentence(error.message),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

const expressionRemedy = 'Put quotes around a value that begins with "{{".';

const unclosedQuote = 'The quote that opens here is never closed';

/** The library's words for mistakes that everybody makes, said for people who write flows. */
const syntaxWords: readonly { readonly pattern: RegExp; readonly message: string; readonly remedy: string }[] = [
  { pattern: /Nested mappings are not allowed/, message: 'A ": " inside this value makes it a second key on the line', remedy: 'Put quotes around the value.' },
  { pattern: /Sequence item without - indicator/, message: 'The indentation fits neither the list nor its last item', remedy: 'Give the line the indentation of the keys above it.' },
  { pattern: /All mapping items must start at the same column|All sequence items must start at the same column/, message: 'The indentation differs from that of the lines before', remedy: 'Give all keys of one map, and all items of one list, the same indentation.' },
  { pattern: /Implicit map keys need to be followed by map values/, message: 'A key without a colon stands here', remedy: 'Write ": " and a value after the key.' },
  { pattern: /Implicit keys need to be on a single line/, message: 'A text without a colon stands where a key was expected', remedy: 'Write ": " after the key, or indent the line if it belongs to the value above.' },
  { pattern: /Missing closing .quote/, message: unclosedQuote, remedy: 'Close the quote.' },
];

/** The library points to the end of the text; the opening quote is where the mistake is. */
function pointToQuote(problem: SourceProblem, root: SourceNode, source: string): SourceProblem {
  if (problem.message !== unclosedQuote) return problem;
  let node = root;
  while (node.type !== 'scalar') {
    const inner: readonly SourceNode[] = node.type === 'list' ? node.items : node.entries.map((entry) => entry.value);
    const last = inner.findLast((item) => item.from <= problem.from);
    if (last === undefined) return problem;
    node = last;
  }
  return { ...problem, from: node.from, to: lineEnd(source, node.from) };
}

const tooDeepProblem = (at: Span): SourceProblem => ({
  severity: 'error', path: undefined, from: at.from, to: at.to, message: `The text is nested more than ${languageLimits.depthMax} levels deep`, remedy: 'Split the flow with Subflow.',
});

const syntaxRemedies: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Give all keys of one map, and all items of one list, the same indentation.',
  BLOCK_AS_IMPLICIT_KEY: 'Put quotes around a value that contains ": ".',
  MULTILINE_IMPLICIT_KEY: 'A key ends with a colon on its own line; put quotes around a value that contains ": ".',
  MISSING_CHAR: 'Close the quote or bracket, or put quotes around the whole value.',
  BAD_SCALAR_START: 'Put quotes around the value.',
  BAD_DQ_ESCAPE: 'Write the backslash twice, or use single quotes.',
  BAD_ALIAS: 'Define the anchor (&name) above, or put quotes around the value.',
  UNEXPECTED_TOKEN: 'Put quotes around the whole value, or begin a new line.',
  TAG_RESOLVE_FAILED: 'Put quotes around a value that begins with "!".',
  KEY_OVER_1024_CHARS: 'A key and its colon stand on one line.',
};

/** The library adds the place and an excerpt to its messages; the place is in the diagnostic already. */
const firstSentence = (message: string): string => (message.split(/ at line \d+|:?\n/)[0] ?? message).trim();

const firstLineEnd = (source: string): number => lineEnd(source, 0);
const lineEnd = (source: string, from: number): number => {
  const end = source.indexOf('\n', from);
  return end === -1 ? source.length : end;
};

function convert(node: ParsedNode, path: Path | undefined, depth: number, reading: Reading): Converted {
  const { from, to } = spanOf(node.range);
  if (depth > languageLimits.depthMax) {
    if (!reading.tooDeep) reading.problems.push({ ...tooDeepProblem({ from, to }), path });
    reading.tooDeep = true;
    return emptyScalar(from);
  }
  if (isAlias(node)) return aliased(node.source, { from, to }, path, reading);
  let converted: Converted;
  if (isMap(node) && reading.source.startsWith('{{', from)) {
    // YAML sees a map whose key is a map; the writer meant an expression.
    reading.problems.push({ severity: 'error', path, from, to, message: 'A value that begins with "{{" needs quotes', remedy: `Write "${reading.source.slice(from, Math.min(to, lineEnd(reading.source, from), from + 80)).replaceAll('"', "'")}" in quotes.` });
    const text = reading.source.slice(from, to);
    return { node: { type: 'scalar', from, to, value: text, text, style: 'plain' }, size: 1 };
  }
  if (isMap(node)) converted = convertMap(node, { from, to }, path, depth, reading);
  else if (isSeq(node)) {
    const items = node.items.map((item, index) => convert(item as ParsedNode, child(path, index), depth + 1, reading));
    const list: ListNode = { type: 'list', from, to, items: items.map((item) => item.node) };
    converted = { node: list, size: sum(items) };
  } else converted = { node: scalarOf(node, { from, to }), size: 1 };
  // Registered when complete, so an alias inside its own anchor finds nothing instead of a circle.
  if (node.anchor !== undefined) reading.anchors.set(node.anchor, converted);
  return converted;
}

const sum = (items: readonly Converted[]): number => items.reduce((size, item) => size + item.size, 1);
const emptyScalar = (at: number): Converted => ({ node: { type: 'scalar', from: at, to: at, value: null, text: '', style: 'plain' }, size: 1 });
const spanOf = (range: Range | null | undefined): Span => ({ from: range?.[0] ?? 0, to: range?.[1] ?? 0 });

function aliased(name: string, at: Span, path: Path | undefined, reading: Reading): Converted {
  const target = reading.anchors.get(name);
  if (target === undefined) {
    reading.problems.push({ severity: 'error', path, ...at, message: `Unresolved alias "*${name}"`, remedy: `Define the anchor &${name} above this line, or put quotes around the value.` });
    return emptyScalar(at.from);
  }
  reading.aliasedValues += target.size;
  if (reading.aliasedValues > languageLimits.aliasedValuesMax) {
    if (!reading.tooMany) reading.problems.push({ severity: 'error', path, ...at, message: `Aliases expand to more than ${languageLimits.aliasedValuesMax} values`, remedy: 'Use pluginDefaults, variables or Subflow instead of repeating large anchors.' });
    reading.tooMany = true;
    return emptyScalar(at.from);
  }
  return { node: { ...target.node, from: at.from, to: at.to }, size: target.size };
}

type YamlMap = Extract<ParsedNode, { items: unknown[] }>;

function convertMap(node: YamlMap, span: Span, path: Path | undefined, depth: number, reading: Reading): Converted {
  const entries: MapEntry[] = [];
  const seen = new Set<string>();
  const merged: { readonly node: SourceNode; readonly at: Span }[] = [];
  let size = 1;
  for (const pair of node.items) {
    if (!('key' in pair)) continue;
    const key = keyOf(pair.key as ParsedNode | null, span, path, reading);
    if (key === undefined) continue;
    const keyPath = child(path, key.text);
    const value = pair.value === null || pair.value === undefined ? emptyScalar(key.to) : convert(pair.value as ParsedNode, keyPath, depth + 1, reading);
    size += value.size;
    const keySpan = { from: key.from, to: key.to };
    if (key.text === '<<' && key.plain) {
      merged.push({ node: value.node, at: keySpan });
      continue;
    }
    if (key.text === '__proto__') {
      // A key that would reach an object's prototype wherever somebody copies the data by assignment.
      reading.problems.push({ severity: 'error', path: keyPath, ...keySpan, message: 'The name `__proto__` can not be used as a key', remedy: 'Choose another name.' });
      continue;
    }
    if (seen.has(key.text)) {
      reading.problems.push({ severity: 'error', path: keyPath, ...keySpan, message: `Duplicate field '${key.text}'`, remedy: 'Keep one of them.' });
      continue;
    }
    seen.add(key.text);
    entries.push({ key: key.text, keySpan, value: value.node });
  }
  for (const { node: from, at } of merged) {
    for (const source of from.type === 'list' ? from.items : [from]) {
      if (source.type !== 'map') {
        reading.problems.push({ severity: 'error', path: child(path, '<<'), ...at, message: 'A merge key `<<` takes a map, or a list of maps', remedy: 'Write `<<: *name` with an anchor that stands at a map.' });
        continue;
      }
      for (const entry of source.entries) {
        if (seen.has(entry.key)) continue;
        seen.add(entry.key);
        entries.push(entry);
      }
    }
  }
  return { node: { type: 'map', from: span.from, to: span.to, entries }, size };
}

function keyOf(key: ParsedNode | null, map: Span, path: Path | undefined, reading: Reading): { readonly text: string; readonly plain: boolean; readonly from: number; readonly to: number } | undefined {
  if (key !== null && isScalar(key)) {
    const { from, to } = spanOf(key.range);
    const text = scalarSource(key);
    if (text !== '' || key.type !== 'PLAIN') return { text, plain: key.type === 'PLAIN', from, to };
    reading.problems.push({ severity: 'error', path, from, to: Math.max(to, from + 1), message: 'A key is missing before the colon', remedy: 'Write `key: value`.' });
    return undefined;
  }
  const at = key === null ? { from: map.from, to: map.from } : spanOf(key.range);
  reading.problems.push({ severity: 'error', path, ...at, message: 'A key has to be a text', remedy: 'Put quotes around a value that begins with "{", "[" or "*".' });
  return undefined;
}

const scalarSource = (scalar: Scalar): string => scalar.source ?? (scalar.value === null || scalar.value === undefined ? '' : String(scalar.value));

function scalarOf(scalar: Scalar, span: Span): ScalarNode {
  const text = scalarSource(scalar);
  const style = scalar.type === 'QUOTE_SINGLE' ? 'single' : scalar.type === 'QUOTE_DOUBLE' ? 'double' : scalar.type === 'PLAIN' || scalar.type === undefined ? 'plain' : 'block';
  const value = scalar.value;
  const base = { type: 'scalar', from: span.from, to: span.to, style } as const;
  if (typeof value === 'string') return { ...base, value, text: value };
  if (value === null || value === undefined) return { ...base, value: null, text };
  if (typeof value === 'boolean') return { ...base, value, text };
  // A number that JSON or a double can not carry stays what was written.
  if (typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return { ...base, value, text };
  return { ...base, value: text, text };
}
