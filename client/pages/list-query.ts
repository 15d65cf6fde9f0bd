/** What lists ask, from the query of their address: one reading for the operation and for the live topic. Pure. */
import { filtersOfQuery } from '../../core/protocol/filters/syntax.ts';
import { pageOf, withPresets, type FilterField } from '../components/filter-bar/filters.ts';

const one = (query: URLSearchParams, name: string): string | undefined => {
  const value = query.get(name)?.trim();
  return value === undefined || value === '' ? undefined : value;
};
const many = (query: URLSearchParams, name: string): string[] | undefined => {
  const values = query.getAll(name).flatMap((text) => text.split(',')).map((text) => text.trim()).filter((text) => text !== '');
  return values.length === 0 ? undefined : values;
};

/** Only the members that are given: a member that is `undefined` is not the same as one that is missing. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
export function given<T extends object>(members: T): Given<T> {
  // Every member that is left out here may be missing in `Given`.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
}

export interface QueryOptions {
  /** What the page itself decides, whatever the address says. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Of the list: some of its filters stand unsaid. */
  readonly fields?: readonly FilterField[];
  /** Rows a page, while the address says nothing. */
  readonly size?: number;
}

/** Comparators beyond the plain parameters, and the scope, which the topic knows only so. */
function furtherFilters(query: URLSearchParams): unknown[] | undefined {
  const scope = many(query, 'scope');
  const entries = [...(filtersOfQuery(query) ?? []), ...(scope === undefined ? [] : [{ field: 'scope', operation: 'IN', value: scope }])];
  return entries.length === 0 ? undefined : entries;
}

export function executionQuery(address: URLSearchParams, { fixed = {}, fields = [], size }: QueryOptions = {}) {
  const query = withPresets(address, fields);
  return {
    ...pageOf(query, size),
    ...given({
      sort: many(query, 'sort'), q: one(query, 'q'), namespace: fixed['namespace'] ?? one(query, 'namespace'), flowId: fixed['flowId'] ?? one(query, 'flowId'), state: many(query, 'state'),
      labels: many(query, 'labels'), startDate: one(query, 'startDate'), endDate: one(query, 'endDate'), timeRange: one(query, 'timeRange'), childFilter: one(query, 'childFilter'), triggerExecutionId: one(query, 'triggerExecutionId'), filters: furtherFilters(query),
    }),
  };
}

export function flowQuery(query: URLSearchParams) {
  return { ...pageOf(query), ...given({ sort: many(query, 'sort'), q: one(query, 'q'), namespace: one(query, 'namespace'), labels: many(query, 'labels') }) };
}

export function triggerQuery(query: URLSearchParams, fixed: Readonly<Record<string, string>> = {}) {
  return { ...pageOf(query), ...given({ sort: many(query, 'sort'), q: one(query, 'q'), state: one(query, 'state'), namespace: fixed['namespace'] ?? one(query, 'namespace'), flowId: fixed['flowId'] ?? one(query, 'flowId') }) };
}

export function logQuery(address: URLSearchParams, { fixed = {}, fields = [], size }: QueryOptions = {}) {
  const query = withPresets(address, fields);
  return {
    ...pageOf(query, size),
    ...given({ q: one(query, 'q'), namespace: fixed['namespace'] ?? one(query, 'namespace'), flowId: fixed['flowId'] ?? one(query, 'flowId'), minLevel: one(query, 'minLevel'), timeRange: one(query, 'timeRange'), startDate: one(query, 'startDate'), endDate: one(query, 'endDate'), triggerId: one(query, 'triggerId'), sort: many(query, 'sort') }),
  };
}

export function auditQuery(query: URLSearchParams) {
  return { ...pageOf(query), ...given({ q: one(query, 'q'), participant: one(query, 'participant'), operation: one(query, 'operation') }) };
}

/** The filter of a topic: the same members in one order, so that all who see the same list share one topic. */
export function topicFilter(members: Readonly<Record<string, string | number | readonly unknown[] | undefined>>): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (value === undefined) continue;
    // Filters are objects; a list of anything else is joined.
    query.set(name, typeof value !== 'object' ? String(value) : name === 'filters' ? JSON.stringify(value) : value.join(','));
  }
  return query.toString();
}
