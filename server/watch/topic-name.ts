/** What a topic's text asks for: parsed once, at the door. A bad filter is the caller's fault and is answered with its name. */
import { isTerminal, isStateType, type StateType } from '../../core/protocol/states.ts';
import { limits } from '../../core/protocol/limits.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { parseDurationMs } from '../../core/protocol/time.ts';
import type { Permission } from '../../core/protocol/operation.ts';
import { filtersOfQuery, oldFilters, parseFilters } from '../../core/protocol/filters/syntax.ts';
import { executionFilterOf, type ExecutionFilter, type ExecutionPage, type ExecutionSortField } from '../store/index.ts';

export interface RowFilter {
  readonly namespace?: string;
  readonly flowId?: string;
  readonly text?: string;
  /** Of triggers: switched on, or off. */
  readonly state?: 'ENABLED' | 'DISABLED';
  /** Of triggers: `field:asc`. */
  readonly sort?: string;
  readonly labels: readonly { readonly key: string; readonly value: string }[];
  readonly page: number;
  readonly size: number;
}

export type TopicName =
  | { readonly type: 'execution'; readonly id: string }
  | { readonly type: 'logs'; readonly id: string }
  | { readonly type: 'console'; readonly id: string }
  | { readonly type: 'executions'; readonly filter: ExecutionFilter; readonly page: ExecutionPage }
  | { readonly type: 'flows'; readonly filter: RowFilter }
  | { readonly type: 'flow'; readonly namespace: string; readonly id: string }
  | { readonly type: 'triggers'; readonly filter: RowFilter }
  | { readonly type: 'stats' }
  | { readonly type: 'audit' }
  | { readonly type: 'presence' }
  | { readonly type: 'preferences' };

const topicCharsMax = 4000;

/** `nowMs` turns `timeRange` into a start; it is fixed at that moment. */
export function parseTopic(text: string, nowMs: number): TopicName {
  if (text.length > topicCharsMax) throw bad(text, `it has ${text.length} characters, at most ${topicCharsMax} are taken`);
  const question = text.indexOf('?');
  const path = question === -1 ? text : text.slice(0, question);
  const query = new Query(text, question === -1 ? '' : text.slice(question + 1));
  const parts = path.split('/');
  const [first, second, third, ...more] = parts;
  if (parts.some((part) => part === '' || part.includes('\0')) || more.length > 0) throw unknownTopic(text);
  if (first === 'execution' && second !== undefined && question === -1) {
    if (third === undefined) return { type: 'execution', id: second };
    if (third === 'logs') return { type: 'logs', id: second };
    if (third === 'console') return { type: 'console', id: second };
  }
  if (first === 'flow' && second !== undefined && third !== undefined && question === -1) return { type: 'flow', namespace: second, id: third };
  if (second !== undefined) throw unknownTopic(text);
  switch (first) {
    case 'executions': return executionsTopic(query, nowMs);
    case 'flows': return { type: 'flows', filter: rowFilter(query) };
    case 'triggers': return { type: 'triggers', filter: { ...rowFilter(query), ...triggerFilter(query) } };
    case 'stats': return { type: 'stats' };
    case 'audit': return { type: 'audit' };
    case 'presence': return { type: 'presence' };
    case 'preferences': return { type: 'preferences' };
    default: throw unknownTopic(text);
  }
}

export interface TopicPermission {
  /** What one must be allowed to watch the topic at all. */
  readonly permission: Permission | 'open';
  readonly namespace?: string;
  /** What one must be allowed in a row's namespace to be shown it, where that is not the same. */
  readonly rows?: Permission;
}

/** What one must be allowed to see a topic, and in which namespace when it has one. */
export function permissionOf(topic: TopicName): TopicPermission {
  switch (topic.type) {
    case 'execution': return { permission: { resource: 'execution', action: 'read' } };
    case 'logs': return { permission: { resource: 'log', action: 'read' } };
    // As evaluating itself: a result may hold what a reader of executions could not ask for.
    case 'console': return { permission: { resource: 'execution', action: 'update' } };
    case 'executions': return { permission: { resource: 'execution', action: 'read' }, ...namespaceOf(topic.filter.namespace) };
    case 'flows': return { permission: { resource: 'flow', action: 'read' }, ...namespaceOf(topic.filter.namespace) };
    case 'flow': return { permission: { resource: 'flow', action: 'read' }, namespace: topic.namespace };
    case 'triggers': return { permission: { resource: 'trigger', action: 'read' }, ...namespaceOf(topic.filter.namespace) };
    case 'stats': return { permission: { resource: 'execution', action: 'read' } };
    case 'audit': return { permission: { resource: 'audit', action: 'read' } };
    // Whoever is in the workspace may ask who is here; who is in a place that they may not read is left out.
    case 'presence': return { permission: 'open', rows: { resource: 'flow', action: 'read' } };
    case 'preferences': return { permission: 'open' };
    default: {
      const unknown: never = topic;
      throw new Error(`not a topic: ${JSON.stringify(unknown)}`);
    }
  }
}

const namespaceOf = (namespace: string | undefined): { readonly namespace?: string } => (namespace === undefined ? {} : { namespace });

function executionsTopic(query: Query, nowMs: number): TopicName {
  const states: StateType[] = [];
  for (const state of query.list('state')) {
    if (!isStateType(state)) throw query.bad('state', `"${state}" is no state`);
    states.push(state);
  }
  const namespace = query.one('namespace');
  const flowId = query.one('flowId');
  const text = query.one('q');
  const labels = labelsOf(query);
  const range = query.one('timeRange');
  const rangeMs = range === undefined ? undefined : parseDurationMs(range);
  if (range !== undefined && rangeMs === undefined) throw query.bad('timeRange', `"${range}" is no ISO duration such as P7D`);
  const startMs = rangeMs === undefined ? query.date('startDate') : nowMs - rangeMs;
  const endMs = query.date('endDate');
  const triggerExecutionId = query.one('triggerExecutionId');
  const childFilter = query.one('childFilter');
  if (childFilter !== undefined && childFilter !== 'CHILD' && childFilter !== 'MAIN') throw query.bad('childFilter', `"${childFilter}" is neither CHILD nor MAIN`);
  const sort = sortOf(query);
  const filters = query.filters();
  return {
    type: 'executions',
    filter: filters !== undefined ? executionFilterOf([...oldFilters({ ...query.texts('q', 'namespace', 'flowId', 'startDate', 'endDate', 'timeRange', 'triggerExecutionId', 'childFilter'), state: states, labels: query.list('labels'), scope: query.list('scope') }), ...parseFilters(filters)], { nowMs }) : {
      states, labels,
      ...(namespace === undefined ? {} : { namespace }), ...(flowId === undefined ? {} : { flowId }), ...(text === undefined ? {} : { text }),
      ...(startMs === undefined ? {} : { startMs }), ...(endMs === undefined ? {} : { endMs }),
      ...(triggerExecutionId === undefined ? {} : { triggerExecutionId }), ...(childFilter === undefined ? {} : { childFilter }),
    },
    page: { ...query.page(), ...(sort === undefined ? {} : { sort }) },
  };
}

const sortFields: ReadonlySet<string> = new Set<ExecutionSortField>(['id', 'namespace', 'flowId', 'state.current', 'state.startDate', 'state.endDate', 'state.duration']);
const isSortField = (field: string): field is ExecutionSortField => sortFields.has(field);

function sortOf(query: Query): ExecutionPage['sort'] {
  const text = query.one('sort');
  if (text === undefined) return undefined;
  const [field, direction = 'asc'] = text.split(':');
  if (field === undefined || !isSortField(field) || (direction !== 'asc' && direction !== 'desc')) {
    throw query.bad('sort', `"${text}" is not FIELD:asc or FIELD:desc with one of ${[...sortFields].join(', ')}`);
  }
  return { field, direction };
}

function rowFilter(query: Query): RowFilter {
  const namespace = query.one('namespace');
  const flowId = query.one('flowId');
  const text = query.one('q');
  return {
    ...(namespace === undefined ? {} : { namespace }), ...(flowId === undefined ? {} : { flowId }), ...(text === undefined ? {} : { text }),
    labels: labelsOf(query), ...query.page(),
  };
}

function triggerFilter(query: Query): Pick<RowFilter, 'state' | 'sort'> {
  const state = query.one('state')?.toUpperCase();
  if (state !== undefined && state !== 'ENABLED' && state !== 'DISABLED') throw query.bad('state', `"${state}" is neither ENABLED nor DISABLED`);
  const sort = query.one('sort');
  return { ...(state === undefined ? {} : { state }), ...(sort === undefined ? {} : { sort }) };
}

function labelsOf(query: Query): readonly { readonly key: string; readonly value: string }[] {
  return query.list('labels').map((label) => {
    const colon = label.indexOf(':');
    if (colon < 1) throw query.bad('labels', `"${label}" is not key:value`);
    return { key: label.slice(0, colon), value: label.slice(colon + 1) };
  });
}

class Query {
  readonly #topic: string;
  readonly #parameters: URLSearchParams;

  constructor(topic: string, query: string) {
    this.#topic = topic;
    this.#parameters = new URLSearchParams(query);
  }

  /** The value, or undefined when it is absent or empty. */
  one(name: string): string | undefined {
    const value = this.#parameters.get(name) ?? '';
    if (value.includes('\0')) throw this.bad(name, 'it holds a NUL character');
    return value === '' ? undefined : value;
  }

  /** Repeated, or with commas. */
  list(name: string): readonly string[] {
    return this.#parameters.getAll(name).flatMap((value) => value.split(',')).filter((value) => value !== '');
  }

  /** `filters[FIELD][OPERATOR]`, and what only they can say: `scope`. */
  filters(): readonly unknown[] | undefined {
    return filtersOfQuery(this.#parameters) ?? (this.#parameters.has('scope') ? [] : undefined);
  }

  texts(...names: readonly string[]): Readonly<Record<string, string>> {
    return Object.fromEntries(names.flatMap((name) => { const value = this.one(name); return value === undefined ? [] : [[name, value]]; }));
  }

  date(name: string): number | undefined {
    const text = this.one(name);
    if (text === undefined) return undefined;
    const atMs = Date.parse(text);
    if (Number.isNaN(atMs)) throw this.bad(name, `"${text}" is no ISO date`);
    return atMs;
  }

  page(): { readonly page: number; readonly size: number } {
    return { page: this.#integer('page', 1, Number.MAX_SAFE_INTEGER), size: this.#integer('size', 25, limits.pageSizeMax) };
  }

  bad(name: string, why: string): ProtocolError {
    return bad(this.#topic, `${name}: ${why}`);
  }

  #integer(name: string, otherwise: number, highest: number): number {
    const text = this.one(name);
    if (text === undefined) return otherwise;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1 || value > highest) throw this.bad(name, `"${text}" is no whole number from 1 to ${highest}`);
    return value;
  }
}

const bad = (topic: string, why: string): ProtocolError => new ProtocolError({ status: 400, message: `The topic "${topic.slice(0, 200)}" has a bad filter: ${why}` });
const unknownTopic = (topic: string): ProtocolError => new ProtocolError({
  status: 404,
  message: `There is no topic "${topic.slice(0, 200)}"; there are execution/ID, execution/ID/logs, executions?FILTER, flows?FILTER, flow/NAMESPACE/ID, triggers?FILTER, stats, audit, presence, preferences`,
});

/** States in which an execution is at work now. */
export const runningStates: readonly StateType[] = (['RUNNING', 'RESTARTED', 'RETRYING', 'KILLING'] as const).filter((state) => !isTerminal(state));
