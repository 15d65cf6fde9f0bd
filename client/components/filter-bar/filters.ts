/** Filters live in the address. Pure: takes and gives query texts. */
import { exactWords } from '../time/words.ts';

export interface FilterField {
  /** Name in the address and in the topic's filter. */
  readonly name: string;
  readonly title: string;
  /** `is`, `in`, `starts with`: what `name=value` means. */
  readonly comparator: string;
  /** Further comparators, spelled `filters[name][OP]=value`. */
  readonly others?: readonly Comparator[];
  /** Several values at once, comma-separated in the address. */
  readonly many?: boolean;
  readonly options?: readonly FilterOption[];
  /** An example for a free value. */
  readonly placeholder?: string;
  /** A span of time, `startDate` to `endDate`, chosen in a dialog. */
  readonly kind?: 'dates';
  /** Members of the address that this one takes the place of: two spans of time exclude each other. */
  readonly excludes?: readonly string[];
  /** Stands while the address says nothing of it; an empty value in the address takes it away. */
  readonly preset?: string;
}

export interface Comparator {
  readonly op: string;
  readonly words: string;
  readonly many?: boolean;
}

export interface FilterOption {
  readonly value: string;
  readonly text: string;
}

export interface FilterTag {
  readonly field: FilterField;
  /** Left out for the field's own comparator. */
  readonly op?: string;
  readonly comparator: string;
  readonly values: readonly string[];
  readonly text: string;
  /** It stands unsaid. */
  readonly isPreset?: boolean;
}

export const searchField: FilterField = { name: 'q', title: 'text', comparator: 'contains' };
const otherName = (field: FilterField, op: string): string => `filters[${field.name}][${op}]`;

/** The tags that the address asks for, in the order of the fields. Times are told in the reader's zone. */
export function tagsOf(search: string, fields: readonly FilterField[], zone = 'UTC'): readonly FilterTag[] {
  const query = new URLSearchParams(search);
  return [...fields, searchField].flatMap((field): FilterTag[] => {
    if (field.kind === 'dates') {
      const [start, end] = [query.get('startDate') ?? '', query.get('endDate') ?? ''];
      return start === '' && end === '' ? [] : [{ field, comparator: field.comparator, values: [start, end], text: datesText(start, end, zone) }];
    }
    const own = valuesOf(query, field);
    const values = own.length > 0 ? own : presetOf(query, field);
    const tags: FilterTag[] = values.length === 0 ? [] : [{ field, comparator: field.comparator, values, text: valuesText(field, values), ...(own.length > 0 ? {} : { isPreset: true }) }];
    for (const { op, words, many } of field.others ?? []) {
      const others = query.getAll(otherName(field, op)).flatMap((text) => (many === true ? splitValues(text) : [text])).filter((value) => value !== '');
      if (others.length > 0) tags.push({ field, op, comparator: words, values: others, text: valuesText(field, others) });
    }
    return tags;
  });
}

const valuesText = (field: FilterField, values: readonly string[]): string => values.map((value) => field.options?.find((option) => option.value === value)?.text ?? value).join(', ');

function datesText(start: string, end: string, zone: string): string {
  const words = (text: string): string => {
    const atMs = Date.parse(text);
    return Number.isNaN(atMs) ? text : exactWords(atMs, zone).slice(0, 16);
  };
  if (end === '') return `from ${words(start)}`;
  return start === '' ? `until ${words(end)}` : `${words(start)} to ${words(end)}`;
}

const splitValues = (text: string): readonly string[] => text.split(',').map((value) => value.trim());

function valuesOf(query: URLSearchParams, field: FilterField): readonly string[] {
  const given = query.getAll(field.name).flatMap((text) => (field.many === true ? splitValues(text) : [text.trim()]));
  return given.filter((value) => value !== '');
}

function presetOf(query: URLSearchParams, field: FilterField): readonly string[] {
  if (field.preset === undefined || query.has(field.name) || (field.excludes ?? []).some((name) => (query.get(name) ?? '') !== '')) return [];
  return [field.preset];
}

/** The address as a list has to read it: with what stands unsaid, without what was taken away. */
export function withPresets(query: URLSearchParams, fields: readonly FilterField[]): URLSearchParams {
  const effective = new URLSearchParams(query);
  for (const field of fields) {
    const [preset] = presetOf(query, field);
    if (preset !== undefined) effective.set(field.name, preset);
    else if (effective.get(field.name) === '') effective.delete(field.name);
  }
  return effective;
}

/** The query with one more filter; the page goes back to the first. */
export function withFilter(search: string, field: FilterField | undefined, value: string, op?: string): string {
  const target = field ?? searchField;
  const query = new URLSearchParams(search);
  const many = op === undefined ? target.many === true : target.others?.find((other) => other.op === op)?.many === true;
  const known = tagsOf(search, [target]).find((tag) => tag.field.name === target.name && tag.op === op)?.values ?? [];
  return withValues(query, target, many ? [...known.filter((one) => one !== value), value] : [value], op);
}

/** The values of a field by a comparator, as they are chosen in its list; none of them takes the filter away. */
export function withValues(search: URLSearchParams | string, field: FilterField, values: readonly string[], op?: string): string {
  const query = new URLSearchParams(search);
  query.delete('page');
  const name = op === undefined ? field.name : otherName(field, op);
  if (values.length === 0) remove(query, field, name);
  else query.set(name, values.join(','));
  if (values.length > 0) for (const excluded of field.excludes ?? []) query.delete(excluded);
  return queryText(query);
}

/** A filter by a value is switched: there it goes, else it comes. What labels do. */
export function withToggled(search: string, field: FilterField, value: string): string {
  const values = tagsOf(search, [field]).find((tag) => tag.field.name === field.name && tag.op === undefined)?.values ?? [];
  return values.includes(value) ? withValues(search, field, values.filter((one) => one !== value)) : withFilter(search, field, value);
}

export function withDates(search: string, field: FilterField, start: string, end: string): string {
  const query = new URLSearchParams(search);
  query.delete('page');
  for (const [name, value] of [['startDate', start], ['endDate', end]] as const) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  if (start !== '' || end !== '') for (const excluded of field.excludes ?? []) query.delete(excluded);
  return queryText(query);
}

export function withoutFilter(search: string, tag: FilterTag): string {
  const query = new URLSearchParams(search);
  query.delete('page');
  if (tag.field.kind === 'dates') {
    query.delete('startDate');
    query.delete('endDate');
  } else {
    remove(query, tag.field, tag.op === undefined ? tag.field.name : otherName(tag.field, tag.op));
  }
  return queryText(query);
}

/** Without any filter: what stands unsaid is taken away, too. Order, page size and view stay. */
export function withoutFilters(search: string, fields: readonly FilterField[]): string {
  const query = new URLSearchParams(search);
  for (const name of ['page', 'q', 'startDate', 'endDate']) query.delete(name);
  for (const field of fields) {
    remove(query, field, field.name);
    for (const { op } of field.others ?? []) query.delete(otherName(field, op));
  }
  return queryText(query);
}

function remove(query: URLSearchParams, field: FilterField, name: string): void {
  if (field.preset !== undefined && name === field.name) query.set(name, '');
  else query.delete(name);
}

/** Only the filters of an address, for a saved search: neither the page nor its size. */
export function filtersOnly(search: string): string {
  const query = new URLSearchParams(search);
  for (const name of ['page', 'size', 'execute']) query.delete(name);
  return queryText(query);
}

/** Sets members of the query; undefined removes one. */
export function withQuery(search: string, changes: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name);
    else query.set(name, String(value));
  }
  return queryText(query);
}

/** Readable: commas, colons, slashes and brackets stay as they are typed. */
function queryText(query: URLSearchParams): string {
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/').replaceAll('%5B', '[').replaceAll('%5D', ']');
  return text === '' ? '' : `?${text}`;
}

export const pageSizes = [10, 25, 50, 100] as const;
export const pageSizeDefault = 25;

/** Page and size of the address, within 10 to 100; `preferred` is what the reader chose last. */
export function pageOf(query: URLSearchParams, preferred: number = pageSizeDefault): { readonly page: number; readonly size: number } {
  const page = Number(query.get('page') ?? '1');
  const size = Number(query.get('size') ?? preferred);
  return {
    page: Number.isInteger(page) && page >= 1 ? page : 1,
    size: pageSizes.find((known) => known === size) ?? pageSizeDefault,
  };
}

export const timeRanges: readonly FilterOption[] = [
  { value: 'PT5M', text: 'last 5 minutes' }, { value: 'PT15M', text: 'last 15 minutes' }, { value: 'PT1H', text: 'last hour' }, { value: 'PT12H', text: 'last 12 hours' },
  { value: 'PT24H', text: 'last 24 hours' }, { value: 'PT48H', text: 'last 48 hours' }, { value: 'P7D', text: 'last 7 days' }, { value: 'P30D', text: 'last 30 days' }, { value: 'P365D', text: 'last 365 days' },
];

/** The two spans of time of every list; each takes the other's place. */
export const relativeField: FilterField = { name: 'timeRange', title: 'time', comparator: 'in', options: timeRanges, excludes: ['startDate', 'endDate'] };
export const datesField: FilterField = { name: 'startDate', title: 'dates', comparator: 'between', kind: 'dates', excludes: ['timeRange'] };

/** A namespace and all those above it: `a.b.c` is also found under `a` and `a.b`. */
export function namespaceOptions(namespaces: readonly string[]): readonly FilterOption[] {
  const all = new Set<string>();
  for (const namespace of namespaces) {
    const parts = namespace.split('.');
    for (let length = 1; length <= parts.length; length += 1) all.add(parts.slice(0, length).join('.'));
  }
  return [...all].sort().map((name) => ({ value: name, text: name }));
}
