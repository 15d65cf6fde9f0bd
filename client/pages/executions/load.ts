import type { Execution, ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { charts, executions, flows, preferences } from '../../../core/protocol/operations/index.ts';
import type { FilterField } from '../../components/filter-bar/filters.ts';
import { listPreferences } from '../../components/list-settings/list-preferences.ts';
import { executionQuery, topicFilter } from '../list-query.ts';
import type { PageContext } from '../page.ts';
import { knownColumns, listOf } from './columns.ts';
import { executionFields } from './fields.ts';
import { isTimeline, type ExecutionListData } from './list.tsx';

type Asking = Pick<PageContext, 'ask' | 'query'>;
interface FlowAddress { readonly namespace: string; readonly id: string }

/** A timeline shows as many as a page can hold. */
const timelineRows = 100;

/** A page of executions; of one flow when it is given. */
export async function loadExecutionList({ ask, query }: Asking, flow?: FlowAddress): Promise<ExecutionListData> {
  const ofFlow = flow !== undefined;
  const [chosen, namespaces] = await Promise.all([ask(preferences.preferencesGet, {}), ofFlow ? [] : ask(flows.flowsNamespaces, {})]);
  const settings = listPreferences(chosen.values, listOf(ofFlow), knownColumns(ofFlow));
  const shown = isTimeline(query.toString()) && !query.has('size') ? timelineRows : settings.size;
  const { rows, total, filter } = await loadExecutionRows({ ask, query }, { flow, size: shown, fields: executionFields(namespaces, ofFlow) });
  const lastTasks = settings.columns.includes('task') && rows.length > 0 ? await ask(charts.executionsLastTasks, { ids: rows.map((row) => row.id).slice(0, timelineRows) }) : {};
  return { rows, total, filter, namespaces, settings: { ...settings, size: shown }, searches: chosen.searches, lastTasks, ...(ofFlow ? { flow } : {}) };
}

export interface ExecutionRows {
  readonly rows: readonly ExecutionHeader[];
  readonly total: number;
  /** The filter of the topic that keeps these rows live. */
  readonly filter: string;
}

/** Only the rows, for a place that shows some of them. */
export async function loadExecutionRows({ ask, query }: Asking, { flow, size, fields = [] }: { readonly flow?: FlowAddress | undefined; readonly size?: number; readonly fields?: readonly FilterField[] }): Promise<ExecutionRows> {
  const input = executionQuery(query, { fixed: flow === undefined ? {} : { namespace: flow.namespace, flowId: flow.id }, fields, ...(size === undefined ? {} : { size }) });
  const found = await ask(executions.executionsSearch, input);
  return { rows: found.results.map(headerOf), total: found.total, filter: topicFilter(input) };
}

/** A list needs no task runs, inputs or outputs: an execution of 5,000 children is one row. */
function headerOf(execution: Execution): ExecutionHeader {
  const { taskRunList: _taskRuns, inputs: _inputs, outputs: _outputs, variables: _variables, ...header } = execution;
  return header;
}
