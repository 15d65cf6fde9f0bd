/** The filters of log lines of both generations: what the search's indexes and heads can answer, and a condition for the rest. */
import { isLogLevel, type LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { compileNode, conjunctsOf, dateOf, type FilterContext, type FilterFields } from '../../../core/protocol/filters/match.ts';
import { oldFilters, parseFilters, type FilterNode, type OldFilters } from '../../../core/protocol/filters/syntax.ts';
import { parseDurationMs } from '../../../core/protocol/time.ts';
import type { FlowName, LogFilter, LogSearch } from '../../store/index.ts';

export interface LogFilterInput extends OldFilters {
  readonly filters?: readonly unknown[] | undefined;
}

const flowFields: FilterFields<FlowName> = { namespace: { type: 'text', of: (flow) => flow.namespace }, flowId: { type: 'text', of: (flow) => flow.flowId }, scope: { type: 'scope', of: (flow) => flow.namespace } };
const atMs = (entry: LogEntry): number => Date.parse(entry.timestamp);
const fields: FilterFields<LogEntry> = {
  q: { type: 'search', phrase: true, of: (entry) => entry.message },
  scope: { type: 'scope', of: (entry) => entry.namespace },
  namespace: { type: 'text', of: (entry) => entry.namespace },
  flowId: { type: 'text', of: (entry) => entry.flowId },
  level: { type: 'level', of: (entry) => entry.level },
  startDate: { type: 'date', of: atMs },
  endDate: { type: 'date', of: atMs },
  timeRange: { type: 'timeRange', of: atMs },
  triggerId: { type: 'text', of: (entry) => entry.triggerId },
  executionId: { type: 'text', of: (entry) => entry.executionId },
  taskId: { type: 'text', of: (entry) => entry.taskId },
  taskRunId: { type: 'text', of: (entry) => entry.taskRunId },
  attemptNumber: { type: 'number', of: (entry) => entry.attemptNumber ?? 0 },
};

type Draft = { -readonly [Member in keyof LogSearch]: LogSearch[Member] };

export interface LogFilters {
  readonly filter: Omit<LogSearch, 'where' | 'allowed'>;
  readonly where: ((entry: LogEntry) => boolean) | undefined;
}

export function logFilterOf(input: LogFilterInput, nowMs: number): LogFilters {
  const context: FilterContext = { what: 'logs', nowMs };
  const draft: Draft = {};
  const flowTests: ((flow: FlowName) => boolean)[] = [];
  const tests: ((entry: LogEntry) => boolean)[] = [];
  for (const node of conjunctsOf([...oldFilters(input), ...parseFilters(input.filters)])) {
    const holds = compileNode(node, fields, context);
    if (isOfFlows(node)) {
      if (!names(draft, node)) flowTests.push(compileNode(node, flowFields, context));
    } else if (!takes(draft, node, nowMs)) tests.push(holds);
  }
  return {
    filter: { ...draft, ...(flowTests.length === 0 ? {} : { flows: (flow: FlowName) => flowTests.every((test) => test(flow)) }) },
    where: tests.length === 0 ? undefined : (entry) => tests.every((test) => test(entry)),
  };
}

const isOfFlows = (node: FilterNode): boolean => (node.type === 'test' ? Object.hasOwn(flowFields, node.field) : node.of.every(isOfFlows));

function names(draft: Draft, node: FilterNode): boolean {
  if (node.type !== 'test') return false;
  const [value = ''] = node.values;
  if (node.field === 'namespace' && node.operator === 'PREFIX' && draft.namespace === undefined) draft.namespace = value;
  else if (node.field === 'flowId' && node.operator === 'EQUALS' && draft.flowId === undefined) draft.flowId = value;
  else return false;
  return true;
}

/** Puts a test into the draft when the search itself can ask it. */
function takes(draft: Draft, node: FilterNode, nowMs: number): boolean {
  if (node.type !== 'test') return false;
  const { field, operator, values, place } = node;
  const [value = ''] = values;
  const once = <Name extends 'triggerId' | 'executionId' | 'taskId' | 'taskRunId'>(name: Name): boolean => {
    if (operator !== 'EQUALS' || draft[name] !== undefined) return false;
    draft[name] = value;
    return true;
  };
  switch (field) {
    case 'triggerId': case 'executionId': case 'taskId': case 'taskRunId': return once(field);
    case 'q': {
      if (operator !== 'EQUALS' || draft.text !== undefined) return false;
      draft.text = value.trim();
      return true;
    }
    case 'level': {
      if (operator !== 'EQUALS' && operator !== 'GREATER_THAN_OR_EQUAL_TO') return false;
      if (draft.minLevel !== undefined) return false;
      draft.minLevel = levelOf(value);
      return true;
    }
    case 'attemptNumber': {
      if (operator !== 'EQUALS' || draft.attempt !== undefined) return false;
      draft.attempt = Number(value);
      return true;
    }
    case 'timeRange': {
      draft.startMs = Math.max(draft.startMs ?? 0, nowMs - (parseDurationMs(value) ?? 0));
      return true;
    }
    case 'startDate': case 'endDate': {
      const ms = dateOf(value, place);
      if (operator === 'GREATER_THAN_OR_EQUAL_TO') draft.startMs = Math.max(draft.startMs ?? ms, ms);
      else if (operator === 'LESS_THAN_OR_EQUAL_TO') draft.endMs = Math.min(draft.endMs ?? ms, ms);
      else return false;
      return true;
    }
    default: return false;
  }
}

const levelOf = (text: string): NonNullable<LogFilter['minLevel']> => {
  const level = text.trim().toUpperCase();
  // `compileNode` has looked at it before.
  if (!isLogLevel(level)) throw new Error(`no level: ${text}`);
  return level;
};

/** For the lines of one log. `scan`: what a scan passes over by itself; `filter` is undefined when nothing is asked. */
export function lineTest(input: LogFilterInput, nowMs: number): { readonly filter: LogFilters | undefined; readonly scan: LogFilter; readonly holds: (entry: LogEntry) => boolean } {
  const { filter, where } = logFilterOf(input, nowMs);
  const isEmpty = Object.keys(filter).length === 0 && where === undefined;
  const nodes = conjunctsOf([...oldFilters(input), ...parseFilters(input.filters)]).map((node) => compileNode(node, fields, { what: 'logs', nowMs }));
  return { filter: isEmpty ? undefined : { filter, where }, scan: filter.minLevel === undefined ? {} : { minLevel: filter.minLevel }, holds: isEmpty ? () => true : (entry) => nodes.every((test) => test(entry)) };
}
