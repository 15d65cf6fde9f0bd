/** Filters of executions as clients write them, turned into what the indexes can answer; whatever else they ask becomes a condition on rows. */
import { currentState, executionKinds, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import { filterProblem, type FilterNode } from '../../../core/protocol/filters/syntax.ts';
import { compileNode, conjunctsOf, dateOf, labelOf, type FilterContext, type FilterFields } from '../../../core/protocol/filters/match.ts';
import { executionId } from '../../../core/protocol/ids.ts';
import { stateTypes, type StateType } from '../../../core/protocol/states.ts';
import { parseDurationMs } from '../../../core/protocol/time.ts';
import type { ExecutionFilter, FlowName } from './execution-filter.ts';
import { startedFromOf } from './execution-indexes.ts';

const startMs = (row: ExecutionRow): number => row.histories[0]?.atMs ?? 0;

const flowFields: FilterFields<FlowName> = {
  namespace: { type: 'text', of: (flow) => flow.namespace },
  flowId: { type: 'text', of: (flow) => flow.flowId },
  scope: { type: 'scope', of: (flow) => flow.namespace },
};
const isFlowField = (field: string): boolean => Object.hasOwn(flowFields, field);

const fields: FilterFields<ExecutionRow> = {
  q: { type: 'search', of: (row) => `${row.namespace}.${row.flowId} ${row.id}` },
  scope: { type: 'scope', of: (row) => row.namespace },
  namespace: { type: 'text', of: (row) => row.namespace },
  flowId: { type: 'text', of: (row) => row.flowId },
  flowRevision: { type: 'number', of: (row) => row.flowRevision },
  kind: { type: 'words', words: executionKinds, of: (row) => row.kind ?? 'NORMAL' },
  labels: { type: 'labels', of: (row) => row.labels },
  id: { type: 'text', of: (row) => row.id },
  executionId: { type: 'text', of: (row) => row.id },
  state: { type: 'words', words: stateTypes, of: (row) => currentState(row.histories) },
  startDate: { type: 'date', of: startMs },
  endDate: { type: 'date', of: startMs },
  created: { type: 'date', of: startMs },
  updated: { type: 'date', of: (row) => row.histories[row.histories.length - 1]?.atMs },
  timeRange: { type: 'timeRange', of: startMs },
  triggerExecutionId: { type: 'text', of: startedFromOf },
  triggerId: { type: 'text', of: (row) => row.trigger?.id },
  childFilter: { type: 'words', words: ['CHILD', 'MAIN'], of: (row) => (startedFromOf(row) === undefined ? 'MAIN' : 'CHILD') },
};

type Draft = { -readonly [Member in keyof ExecutionFilter]: ExecutionFilter[Member] };

/** All nodes must hold. Throws a 422 that names what is wrong. */
export function executionFilterOf(nodes: readonly FilterNode[], { nowMs }: Pick<FilterContext, 'nowMs'>): ExecutionFilter {
  const context: FilterContext = { what: 'executions', nowMs };
  const draft: Draft = {};
  const flowTests: ((flow: FlowName) => boolean)[] = [];
  const rowTests: ((row: ExecutionRow) => boolean)[] = [];
  for (const node of conjunctsOf(nodes)) {
    const holds = compileNode(node, fields, context);
    if (isOfFlows(node)) {
      if (!namesFlow(draft, node)) flowTests.push(compileNode(node, flowFields, context));
    } else if (!isIndexed(draft, node, context, holds)) rowTests.push(holds);
  }
  if (draft.states?.length === 0 || draft.kinds?.length === 0) flowTests.push(() => false);
  if (draft.startMs !== undefined && draft.endMs !== undefined && draft.startMs > draft.endMs) throw filterProblem('startDate', 'startDate is after endDate');
  return {
    ...draft,
    ...(flowTests.length === 0 ? {} : { flows: (flow: FlowName) => flowTests.every((test) => test(flow)) }),
    ...(rowTests.length === 0 ? {} : { where: (row: ExecutionRow) => rowTests.every((test) => test(row)) }),
  };
}

/** True when nothing but the flow is asked, also in groups. */
const isOfFlows = (node: FilterNode): boolean => (node.type === 'test' ? isFlowField(node.field) : node.of.every(isOfFlows));

/** The one namespace and flow of a list have members of their own: permissions and topics are about them. */
function namesFlow(draft: Draft, node: FilterNode): boolean {
  if (node.type !== 'test') return false;
  const [value = ''] = node.values;
  if (node.field === 'namespace' && node.operator === 'PREFIX' && draft.namespace === undefined) draft.namespace = value;
  else if (node.field === 'flowId' && node.operator === 'EQUALS' && draft.flowId === undefined) draft.flowId = value;
  else return false;
  return true;
}

/** Puts a test into the draft when an index can answer it. */
function isIndexed(draft: Draft, node: FilterNode, context: FilterContext, holds: (row: ExecutionRow) => boolean): boolean {
  if (node.type !== 'test') return false;
  const { field, operator, values, place, key } = node;
  const [value = ''] = values;
  const isOne = operator === 'EQUALS' || (operator === 'IN' && values.length === 1);
  switch (field) {
    case 'state': {
      draft.states = (draft.states ?? stateTypes).filter((state: StateType) => holds(rowOfState(state)));
      return true;
    }
    case 'kind': {
      draft.kinds = executionKinds.filter((kind) => draft.kinds?.includes(kind) !== false && holds(kind === 'NORMAL' ? rowOfState('CREATED') : { ...rowOfState('CREATED'), kind }));
      return true;
    }
    case 'q': {
      if (operator !== 'EQUALS') return false;
      draft.text = `${draft.text ?? ''} ${value}`.trim();
      return true;
    }
    case 'labels': {
      if (!isOne) return false;
      draft.labels = [...(draft.labels ?? []), key === undefined ? labelOf(value, place) : { key, value }];
      return true;
    }
    case 'timeRange': {
      atLeast(draft, context.nowMs - (parseDurationMs(value) ?? 0));
      return true;
    }
    case 'startDate': case 'endDate': case 'created': {
      const ms = dateOf(value, place);
      switch (operator) {
        case 'GREATER_THAN_OR_EQUAL_TO': atLeast(draft, ms); return true;
        case 'GREATER_THAN': atLeast(draft, ms + 1); return true;
        case 'LESS_THAN_OR_EQUAL_TO': atMost(draft, ms); return true;
        case 'LESS_THAN': atMost(draft, ms - 1); return true;
        case 'EQUALS': atLeast(draft, ms); atMost(draft, ms); return true;
        default: return false;
      }
    }
    case 'triggerExecutionId': {
      if (!isOne || draft.triggerExecutionId !== undefined) return false;
      draft.triggerExecutionId = value;
      return true;
    }
    case 'childFilter': {
      if (!isOne || draft.childFilter !== undefined) return false;
      draft.childFilter = value.trim().toUpperCase() === 'CHILD' ? 'CHILD' : 'MAIN';
      return true;
    }
    case 'id': case 'executionId': {
      if ((operator !== 'EQUALS' && operator !== 'IN') || draft.ids !== undefined) return false;
      draft.ids = values;
      return true;
    }
    default: return false;
  }
}

function atLeast(draft: Draft, ms: number): void {
  draft.startMs = Math.max(draft.startMs ?? ms, ms);
}
function atMost(draft: Draft, ms: number): void {
  draft.endMs = Math.min(draft.endMs ?? ms, ms);
}

const noId = executionId('');
/** To ask a state's test about a state. */
const rowOfState = (state: StateType): ExecutionRow => ({
  number: 0, id: noId, tenant: '', namespace: '', flowId: '', flowRevision: 0, labels: [], histories: [{ state, atMs: 0 }], originalId: noId, metadata: { attemptNumber: 1, originalCreatedAtMs: 0 },
});
