/**
 * Filters of lists, as clients of two generations write them, read into one tree. Who adds filters to an operation does three things:
 *
 * 1. its input takes `...filterInput` (operations/parts.ts) beside the old parameters that it has. REST fills the member `filters` from
 *    `filters[FIELD][OP]=value` in any bracketing, from the SDK's comma-joined JSON objects, and from the body `{"filters": […]}` of a
 *    by-query call; on the RPC it is the list of entries itself;
 * 2. it says which fields its rows have, as a table of `FilterField`s (match.ts);
 * 3. its handler asks once: `compileFilters([...oldFilters(input), ...parseFilters(input.filters)], table, { what: 'triggers', nowMs })`
 *    and keeps the rows for which `matches(row)` holds. Everything wrong is a 422 that names the field, the operator or the value.
 *
 * An entry is `{field, operation, value}` (of labels also `key`), `{and: [entries]}` or `{or: [entries]}`; entries beside each other
 * must all hold. In an address groups are `filters[or][0][state][EQUALS]=FAILED&filters[or][1][flowId][EQUALS]=x`; items with the same
 * number are one `and`.
 */
import { ProtocolError } from '../errors.ts';

export const filterOperators = [
  'EQUALS', 'NOT_EQUALS', 'GREATER_THAN', 'LESS_THAN', 'GREATER_THAN_OR_EQUAL_TO', 'LESS_THAN_OR_EQUAL_TO', 'IN', 'NOT_IN',
  'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'REGEX', 'PREFIX',
] as const;
export type FilterOperator = (typeof filterOperators)[number];

export interface FilterTest {
  readonly type: 'test';
  readonly field: string;
  readonly operator: FilterOperator;
  /** One, but for IN and NOT_IN. */
  readonly values: readonly string[];
  /** Of labels: which one. */
  readonly key?: string;
  /** How the caller wrote it, for the error that names it. */
  readonly place: string;
}
export type FilterNode = FilterTest | { readonly type: 'and' | 'or'; readonly of: readonly FilterNode[] };

/** An entry of the member `filters`. */
export type FilterEntry =
  | { readonly field: string; readonly operation: string; readonly value: string | readonly string[]; readonly key?: string }
  | { readonly and: readonly FilterEntry[] }
  | { readonly or: readonly FilterEntry[] };

const testsMax = 200;
const depthMax = 8;
const valueCharsMax = 10_000;
const valuesMax = 1000;

/** A refusal that names the place in the filter, also in `_embedded.errors`. */
export const filterProblem = (place: string, why: string): ProtocolError =>
  new ProtocolError({ status: 422, message: `Illegal argument: ${place}: ${why}`, errors: [{ path: place, message: why }] });

const quoted = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);

// ------------------------------------------------------------------ addresses

interface Group {
  readonly tests: FilterEntry[];
  readonly and: Map<string, Group>;
  readonly or: Map<string, Group>;
}
const group = (): Group => ({ tests: [], and: new Map(), or: new Map() });

/** The entries that a query's parameters stand for; parameters with other names are passed over. Undefined when there are none. */
export function filtersOfQuery(parameters: Iterable<readonly [string, string]>): readonly unknown[] | undefined {
  const entries: unknown[] = [];
  const root = group();
  let any = false;
  for (const [name, value] of parameters) {
    if (name === 'filters') {
      any = true;
      entries.push(...jsonEntries(value));
    } else if (name.startsWith('filters[')) {
      any = true;
      addParameter(root, name, value);
    }
  }
  return any ? [...entries, ...entriesOf(root)] : undefined;
}

/** The SDK joins objects by commas; a list in brackets is what others send. */
function jsonEntries(text: string): readonly unknown[] {
  if (text.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(text.trim().startsWith('[') ? text : `[${text}]`);
    if (Array.isArray(value)) return value;
  } catch {
    // Told below.
  }
  throw filterProblem('filters', `${quoted(text)} is not JSON; expected {"field":"state","operation":"EQUALS","value":"FAILED"}, several separated by commas, or filters[state][EQUALS]=FAILED`);
}

function addParameter(root: Group, name: string, value: string): void {
  const parts = bracketed(name);
  let here = root;
  let at = 0;
  for (; parts[at] === 'or' || parts[at] === 'and'; at += 2) {
    const kind = parts[at] === 'or' ? here.or : here.and;
    const index = parts[at + 1];
    if (index === undefined || !/^\d{1,4}$/.test(index)) throw filterProblem(name, `a group's item has a number: filters[${parts[at]}][0][FIELD][OPERATOR]`);
    const next = kind.get(index) ?? group();
    kind.set(index, next);
    here = next;
    if (at > 2 * depthMax) throw filterProblem(name, `groups may be nested ${depthMax} deep`);
  }
  const [field, operation, key, ...more] = parts.slice(at);
  if (field === undefined || operation === undefined || more.length > 0) throw filterProblem(name, 'expected filters[FIELD][OPERATOR], of labels filters[labels][OPERATOR][KEY]');
  here.tests.push({ field, operation, value, ...(key === undefined ? {} : { key }) });
}

/** `filters[a][b][c]` to `a, b, c`. The third part after a field, a label's key, goes to the end: it may hold brackets itself. */
function bracketed(name: string): readonly string[] {
  const parts: string[] = [];
  let rest = name.slice('filters'.length);
  while (rest !== '') {
    const labelKey = /^labels?$/i.test(parts[parts.length - 2] ?? '');
    const end = labelKey ? rest.length - 1 : rest.indexOf(']');
    if (!rest.startsWith('[') || end < 1 || rest[end] !== ']') throw filterProblem(name, 'its brackets do not match; expected filters[FIELD][OPERATOR]=value');
    parts.push(rest.slice(1, end));
    rest = rest.slice(end + 1);
  }
  return parts;
}

function entriesOf({ tests, and, or }: Group): readonly FilterEntry[] {
  const items = (groups: Map<string, Group>): readonly FilterEntry[] =>
    [...groups].sort(([a], [b]) => Number(a) - Number(b)).map(([, item]) => { const inside = entriesOf(item); const [only] = inside; return inside.length === 1 && only !== undefined ? only : { and: inside }; });
  return [...tests, ...(and.size === 0 ? [] : [{ and: items(and) }]), ...(or.size === 0 ? [] : [{ or: items(or) }])];
}

// ------------------------------------------------------------------ entries

/** The tree of a member `filters`; its nodes must all hold. */
export function parseFilters(entries: readonly unknown[] | undefined): readonly FilterNode[] {
  let count = 0;
  const parse = (entry: unknown, place: string, depth: number): FilterNode => {
    count += 1;
    if (count > testsMax) throw filterProblem('filters', `at most ${testsMax} filters are taken`);
    if (depth > depthMax) throw filterProblem(place, `groups may be nested ${depthMax} deep`);
    const member = (name: string): unknown => (typeof entry === 'object' && entry !== null && Object.hasOwn(entry, name) ? (entry as Readonly<Record<string, unknown>>)[name] : undefined);
    for (const type of ['and', 'or'] as const) {
      const items = member(type);
      if (items === undefined) continue;
      if (!Array.isArray(items)) throw filterProblem(`${place}[${type}]`, 'expected a list of filters');
      return { type, of: items.map((item, index) => parse(item, `${place}[${type}][${index}]`, depth + 1)) };
    }
    const field = member('field');
    const operation = member('operation') ?? member('operator') ?? member('op');
    if (typeof field !== 'string' || typeof operation !== 'string' || member('value') === undefined) {
      throw filterProblem(place, `${quoted(JSON.stringify(entry) ?? 'undefined')} is no filter; expected {"field": …, "operation": …, "value": …}`);
    }
    return testOf({ field: fieldNameOf(field), operation, value: member('value'), key: member('key'), place: `${place}[${field}][${operation}]` });
  };
  return (entries ?? []).map((entry) => parse(entry, 'filters', 0));
}

function testOf({ field, operation, value, key, place }: { readonly field: string; readonly operation: string; readonly value: unknown; readonly key: unknown; readonly place: string }): FilterNode {
  const operator = operatorOf(operation);
  if (operator === undefined) throw filterProblem(place, `${quoted(operation)} is no filter operator; expected one of ${filterOperators.join(', ')}`);
  // Labels as an object: each of them.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { type: 'and', of: Object.entries(value).map(([name, one]) => ({ type: 'test', field, operator, values: valuesOf(one, operator, place), key: name, place: `${place}[${name}]` })) };
  }
  const keyText = key === undefined || key === null ? undefined : String(key);
  const test = (values: readonly string[], of = operator): FilterTest =>
    ({ type: 'test', field, operator: of, values, ...(keyText === undefined ? {} : { key: keyText }), place: keyText === undefined ? place : `${place}[${keyText}]` });
  // `EQUALS` with a list means one of them.
  if (Array.isArray(value) && operator === 'EQUALS') return test(valuesOf(value, 'IN', place), 'IN');
  if (Array.isArray(value) && operator === 'NOT_EQUALS') return test(valuesOf(value, 'NOT_IN', place), 'NOT_IN');
  return test(valuesOf(value, operator, place));
}

function valuesOf(value: unknown, operator: FilterOperator, place: string): readonly string[] {
  const isList = operator === 'IN' || operator === 'NOT_IN';
  const values = isList && !Array.isArray(value) ? listOf(textOf(value, place)) : Array.isArray(value) ? value.map((one: unknown) => textOf(one, place)) : [textOf(value, place)];
  if (values.length === 0) throw filterProblem(place, 'it has no value');
  if (values.length > (isList ? valuesMax : 1)) throw filterProblem(place, isList ? `a list may have ${valuesMax} values` : `${operator} takes one value`);
  return values;
}

function textOf(value: unknown, place: string): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') throw filterProblem(place, `${quoted(JSON.stringify(value) ?? 'undefined')} is no value; expected a text, a number, true or false`);
  const text = String(value);
  if (text.length > valueCharsMax) throw filterProblem(place, `the value has ${text.length} characters, at most ${valueCharsMax} are taken`);
  if (text.includes('\0')) throw filterProblem(place, 'the value holds a NUL character');
  return text;
}

/** `A,B` or `[A,B]`. */
const listOf = (text: string): readonly string[] => (/^\[.*\]$/s.test(text.trim()) ? text.trim().slice(1, -1) : text).split(',').map((part) => part.trim().replace(/^"(.*)"$/, '$1')).filter((part) => part !== '');

const oldWords: Readonly<Record<string, FilterOperator>> = {
  eq: 'EQUALS', ne: 'NOT_EQUALS', gt: 'GREATER_THAN', lt: 'LESS_THAN', gte: 'GREATER_THAN_OR_EQUAL_TO', lte: 'LESS_THAN_OR_EQUAL_TO', in: 'IN', notin: 'NOT_IN',
  startswith: 'STARTS_WITH', endswith: 'ENDS_WITH', contains: 'CONTAINS', regex: 'REGEX', prefix: 'PREFIX',
};
function operatorOf(text: string): FilterOperator | undefined {
  const word = text.trim().toUpperCase();
  const short = text.trim().replace(/^\$/, '').toLowerCase();
  return filterOperators.find((operator) => operator === word) ?? (Object.hasOwn(oldWords, short) ? oldWords[short] : undefined);
}

/** Enum names of other generations: `FLOW_ID` is `flowId`, `QUERY` is `q`, `MIN_LEVEL` and `minLevel` are `level`. */
export function fieldNameOf(text: string): string {
  const name = /^[A-Z][A-Z_]*$/.test(text) ? text.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()) : text;
  switch (name) {
    case 'query': return 'q';
    case 'minLevel': return 'level';
    case 'label': return 'labels';
    default: return name;
  }
}

// ------------------------------------------------------------------ old parameters

/** The parameters of 0.20 and 0.24. Left out and empty ones say nothing. */
export interface OldFilters {
  readonly q?: string | undefined;
  readonly scope?: readonly string[] | undefined;
  readonly namespace?: string | undefined;
  readonly flowId?: string | undefined;
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
  readonly timeRange?: string | undefined;
  readonly state?: readonly string[] | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly triggerExecutionId?: string | undefined;
  readonly childFilter?: string | undefined;
  readonly minLevel?: string | undefined;
  readonly triggerId?: string | undefined;
  readonly workerId?: string | undefined;
  readonly taskRunId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly attempt?: number | undefined;
}

/** The same tree from the old parameters: here `namespace` means it and all below. */
export function oldFilters(input: OldFilters): readonly FilterNode[] {
  const given = (text: string | undefined): text is string => text !== undefined && text !== '';
  if (given(input.timeRange) && given(input.startDate)) throw filterProblem('timeRange', 'timeRange and startDate exclude each other; give one of them');
  const nodes: FilterNode[] = [];
  const add = (place: string, value: string | undefined, operator: FilterOperator = 'EQUALS', field = place): void => {
    if (given(value)) nodes.push({ type: 'test', field, operator, values: [value], place });
  };
  const addAny = (place: string, values: readonly string[] | undefined): void => {
    const listed = (values ?? []).filter((value) => value !== '');
    if (listed.length > 0) nodes.push({ type: 'test', field: place, operator: 'IN', values: listed, place });
  };
  if (input.q?.trim() !== '*') add('q', input.q);
  addAny('scope', input.scope);
  add('namespace', input.namespace, 'PREFIX');
  add('flowId', input.flowId);
  add('startDate', input.startDate, 'GREATER_THAN_OR_EQUAL_TO');
  add('endDate', input.endDate, 'LESS_THAN_OR_EQUAL_TO');
  add('timeRange', input.timeRange);
  addAny('state', input.state);
  for (const label of input.labels ?? []) add('labels', label);
  add('triggerExecutionId', input.triggerExecutionId);
  add('childFilter', input.childFilter);
  add('minLevel', input.minLevel, 'EQUALS', 'level');
  add('triggerId', input.triggerId);
  add('workerId', input.workerId);
  add('taskRunId', input.taskRunId);
  add('taskId', input.taskId);
  add('attempt', input.attempt === undefined ? undefined : String(input.attempt), 'EQUALS', 'attemptNumber');
  return nodes;
}
