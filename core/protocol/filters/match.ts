/** Filters against rows: each kind of field knows its operators, reads its values once, and says what is wrong with them. */
import { RE2JS } from 're2js';
import { isLogLevel, logLevels, passesLevel, type LogLevel } from '../entities/log-entry.ts';
import { parseDateMs, parseDurationMs } from '../time.ts';
import { filterProblem, type FilterNode, type FilterOperator, type FilterTest } from './syntax.ts';

/** What a field of a row is, and where it is read. `undefined` is equal to nothing. */
export type FilterField<Row> =
  | { readonly type: 'text'; readonly of: (row: Row) => string | undefined }
  /** One of some words, in any case; `words` in the spelling of the rows. */
  | { readonly type: 'words'; readonly words: readonly string[]; readonly of: (row: Row) => string | undefined }
  | { readonly type: 'number'; readonly of: (row: Row) => number | undefined }
  /** Epoch ms. */
  | { readonly type: 'date'; readonly of: (row: Row) => number | undefined }
  /** An ISO duration back from now: at or after that moment. */
  | { readonly type: 'timeRange'; readonly of: (row: Row) => number | undefined }
  /** EQUALS means this level and above. */
  | { readonly type: 'level'; readonly of: (row: Row) => LogLevel | undefined }
  | { readonly type: 'labels'; readonly of: (row: Row) => readonly { readonly key: string; readonly value: string }[] }
  /** Free text: each of its words must be in the row's text, no matter of case; a phrase as it is. */
  | { readonly type: 'search'; readonly of: (row: Row) => string; readonly phrase?: true }
  /** SYSTEM is the system's namespace, USER every other. */
  | { readonly type: 'scope'; readonly of: (row: Row) => string }
  | { readonly type: 'flag'; readonly of: (row: Row) => boolean };

export type FilterFields<Row> = Readonly<Record<string, FilterField<Row>>>;

export interface FilterContext {
  /** The rows in the plural, for errors: `triggers`. */
  readonly what: string;
  /** `timeRange` counts back from here. */
  readonly nowMs: number;
}

export interface CompiledFilters<Row> {
  readonly matches: (row: Row) => boolean;
}

const systemNamespace = 'system';
const programSizeMax = 5000;

const equality: readonly FilterOperator[] = ['EQUALS', 'NOT_EQUALS'];
const choice: readonly FilterOperator[] = [...equality, 'IN', 'NOT_IN'];
const order: readonly FilterOperator[] = [...choice, 'GREATER_THAN', 'LESS_THAN', 'GREATER_THAN_OR_EQUAL_TO', 'LESS_THAN_OR_EQUAL_TO'];
const words: readonly FilterOperator[] = [...choice, 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'REGEX', 'PREFIX'];
const operatorsOf: Readonly<Record<FilterField<unknown>['type'], readonly FilterOperator[]>> = {
  text: words, words: choice, number: order, date: order, timeRange: ['EQUALS'], level: [...choice, 'GREATER_THAN_OR_EQUAL_TO', 'LESS_THAN_OR_EQUAL_TO', 'GREATER_THAN', 'LESS_THAN'],
  labels: words, search: equality, scope: choice, flag: equality,
};

/** All of the nodes as one question to a row. Throws a 422 for whatever does not fit the table. */
export function compileFilters<Row>(nodes: readonly FilterNode[], fields: FilterFields<Row>, context: FilterContext): CompiledFilters<Row> {
  const tests = nodes.map((node) => compileNode(node, fields, context));
  return { matches: (row) => tests.every((test) => test(row)) };
}

/** The tests that must hold whatever else does: what an index can answer. The rest are groups of `or`. */
export function conjunctsOf(nodes: readonly FilterNode[]): readonly FilterNode[] {
  return nodes.flatMap((node) => (node.type === 'and' ? conjunctsOf(node.of) : node.type === 'or' && node.of.length === 1 ? conjunctsOf(node.of) : [node]));
}

export function compileNode<Row>(node: FilterNode, fields: FilterFields<Row>, context: FilterContext): (row: Row) => boolean {
  switch (node.type) {
    case 'and': {
      const tests = node.of.map((inner) => compileNode(inner, fields, context));
      return (row) => tests.every((test) => test(row));
    }
    case 'or': {
      const tests = node.of.map((inner) => compileNode(inner, fields, context));
      return (row) => tests.some((test) => test(row));
    }
    case 'test': {
      const field = Object.hasOwn(fields, node.field) ? fields[node.field] : undefined;
      if (field === undefined) throw filterProblem(node.place, `${JSON.stringify(node.field)} is no filter field of ${context.what}; expected one of ${Object.keys(fields).join(', ')}`);
      const allowed = operatorsOf[field.type];
      if (!allowed.includes(node.operator)) throw filterProblem(node.place, `field "${node.field}" of ${context.what} takes ${allowed.length === 1 ? `${allowed[0]} only` : allowed.join(', ')}, not ${node.operator}`);
      return compileTest(node, field, context);
    }
    default: return never(node);
  }
}

function compileTest<Row>(test: FilterTest, field: FilterField<Row>, context: FilterContext): (row: Row) => boolean {
  switch (field.type) {
    case 'text': {
      const holds = textTest(test);
      return (row) => holds(field.of(row));
    }
    case 'words': {
      const wanted = test.values.map((value) => {
        const word = field.words.find((known) => known === value.trim().toUpperCase()) ?? field.words.find((known) => known.toUpperCase() === value.trim().toUpperCase());
        if (word === undefined) throw filterProblem(test.place, `${JSON.stringify(value)} is none of ${field.words.join(', ')}`);
        return word;
      });
      const isNot = test.operator === 'NOT_EQUALS' || test.operator === 'NOT_IN';
      return (row) => { const value = field.of(row); return (value !== undefined && wanted.includes(value)) !== isNot; };
    }
    case 'number': {
      const holds = orderTest(test.operator, test.values.map((value) => {
        const number = Number(value);
        if (value.trim() === '' || !Number.isFinite(number)) throw filterProblem(test.place, `${JSON.stringify(value)} is not a number`);
        return number;
      }));
      return (row) => holds(field.of(row));
    }
    case 'date': {
      const holds = orderTest(test.operator, test.values.map((value) => dateOf(value, test.place)));
      return (row) => holds(field.of(row));
    }
    case 'timeRange': {
      const text = test.values[0] ?? '';
      const rangeMs = parseDurationMs(text);
      if (rangeMs === undefined || rangeMs <= 0) throw filterProblem(test.place, `${JSON.stringify(text)} is not an ISO-8601 duration such as PT24H`);
      const fromMs = context.nowMs - rangeMs;
      return (row) => { const atMs = field.of(row); return atMs !== undefined && atMs >= fromMs; };
    }
    case 'level': {
      const levels = test.values.map((value) => levelOf(value, test.place));
      const holds = levelTest(test.operator, levels);
      return (row) => { const level = field.of(row); return level !== undefined && holds(level); };
    }
    case 'labels': return labelTest(test, field.of);
    case 'search': {
      const parts = field.phrase === true ? [(test.values[0] ?? '').trim().toLowerCase()] : wordsOf(test.values[0] ?? '');
      const isNot = test.operator === 'NOT_EQUALS';
      return (row) => { const text = field.of(row).toLowerCase(); return parts.every((part) => text.includes(part)) !== isNot; };
    }
    case 'scope': {
      const holds = compileTest<Row>(test, { type: 'words', words: ['USER', 'SYSTEM'], of: (row) => (field.of(row) === systemNamespace ? 'SYSTEM' : 'USER') }, context);
      return holds;
    }
    case 'flag': {
      const word = (test.values[0] ?? '').trim().toLowerCase();
      if (word !== 'true' && word !== 'false') throw filterProblem(test.place, `${JSON.stringify(word)} is neither true nor false`);
      const wanted = (word === 'true') !== (test.operator === 'NOT_EQUALS');
      return (row) => field.of(row) === wanted;
    }
    default: return never(field);
  }
}

/** Words of a free text, in lower case. */
export const wordsOf = (text: string): readonly string[] => text.toLowerCase().split(/\s+/).filter((word) => word !== '' && word !== '*');

export function dateOf(text: string, place: string): number {
  const ms = parseDateMs(text);
  if (ms === undefined) throw filterProblem(place, `${JSON.stringify(text)} is not a date; expected yyyy-MM-ddTHH:mm:ss with Z or an offset`);
  return ms;
}

function levelOf(text: string, place: string): LogLevel {
  const level = text.trim().toUpperCase();
  if (!isLogLevel(level)) throw filterProblem(place, `${JSON.stringify(text)} is none of ${logLevels.join(', ')}`);
  return level;
}

/** On one text; what is missing matches only what says "not". */
function textTest({ operator, values, place }: FilterTest): (text: string | undefined) => boolean {
  const value = values[0] ?? '';
  const lower = value.toLowerCase();
  switch (operator) {
    case 'EQUALS': return (text) => text === value;
    case 'NOT_EQUALS': return (text) => text !== value;
    case 'IN': return (text) => text !== undefined && values.includes(text);
    case 'NOT_IN': return (text) => text === undefined || !values.includes(text);
    case 'STARTS_WITH': return (text) => text?.toLowerCase().startsWith(lower) === true;
    case 'ENDS_WITH': return (text) => text?.toLowerCase().endsWith(lower) === true;
    case 'CONTAINS': return (text) => text?.toLowerCase().includes(lower) === true;
    case 'PREFIX': return (text) => text === value || text?.startsWith(`${value}.`) === true;
    case 'REGEX': {
      const pattern = patternOf(value, place);
      return (text) => text !== undefined && pattern.test(text);
    }
    default: throw filterProblem(place, `${operator} does not compare texts`);
  }
}

/** Linear in the text's length, whatever the pattern. */
function patternOf(source: string, place: string): RE2JS {
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(source);
  } catch (error) {
    throw filterProblem(place, `the regular expression ${JSON.stringify(source)} can not be used: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (pattern.programSize() > programSizeMax) throw filterProblem(place, `the regular expression ${JSON.stringify(source.slice(0, 200))} is too large`);
  return pattern;
}

function orderTest(operator: FilterOperator, values: readonly number[]): (value: number | undefined) => boolean {
  const wanted = values[0] ?? 0;
  switch (operator) {
    case 'NOT_EQUALS': case 'NOT_IN': return (value) => value === undefined || !values.includes(value);
    case 'GREATER_THAN': return (value) => value !== undefined && value > wanted;
    case 'LESS_THAN': return (value) => value !== undefined && value < wanted;
    case 'GREATER_THAN_OR_EQUAL_TO': return (value) => value !== undefined && value >= wanted;
    case 'LESS_THAN_OR_EQUAL_TO': return (value) => value !== undefined && value <= wanted;
    default: return (value) => value !== undefined && values.includes(value);
  }
}

function levelTest(operator: FilterOperator, levels: readonly LogLevel[]): (level: LogLevel) => boolean {
  const wanted = levels[0] ?? 'TRACE';
  switch (operator) {
    case 'EQUALS': case 'GREATER_THAN_OR_EQUAL_TO': return (level) => passesLevel(level, wanted);
    case 'NOT_EQUALS': case 'LESS_THAN': return (level) => !passesLevel(level, wanted);
    case 'GREATER_THAN': return (level) => level !== wanted && passesLevel(level, wanted);
    case 'LESS_THAN_OR_EQUAL_TO': return (level) => level === wanted || !passesLevel(level, wanted);
    case 'NOT_IN': return (level) => !levels.includes(level);
    default: return (level) => levels.includes(level);
  }
}

type Labels<Row> = (row: Row) => readonly { readonly key: string; readonly value: string }[];

function labelTest<Row>(test: FilterTest, of: Labels<Row>): (row: Row) => boolean {
  const isNot = test.operator === 'NOT_EQUALS' || test.operator === 'NOT_IN';
  const { key } = test;
  if (key !== undefined) {
    const positive: FilterTest = isNot ? { ...test, operator: test.operator === 'NOT_IN' ? 'IN' : 'EQUALS' } : test;
    const holds = textTest(positive);
    return (row) => of(row).some((label) => label.key === key && holds(label.value)) !== isNot;
  }
  if (!['EQUALS', 'NOT_EQUALS', 'IN', 'NOT_IN'].includes(test.operator)) throw filterProblem(test.place, `${test.operator} of labels needs the label's key: filters[labels][${test.operator}][KEY]=value`);
  const wanted = test.values.map((text) => labelOf(text, test.place));
  return (row) => wanted.some((one) => of(row).some((label) => label.key === one.key && label.value === one.value)) !== isNot;
}

/** `key:value`; only the first colon splits. */
export function labelOf(text: string, place: string): { readonly key: string; readonly value: string } {
  const at = text.indexOf(':');
  if (at < 1) throw filterProblem(place, `label ${JSON.stringify(text)} is not of the form key:value`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

function never(value: never): never {
  throw new Error(`unknown case ${JSON.stringify(value)}`);
}
