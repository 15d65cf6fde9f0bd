import type { Execution, ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { executions, flows } from '../../../core/protocol/operations/index.ts';
import { executionQuery, topicFilter } from '../list-query.ts';
import type { PageContext } from '../page.ts';
import type { ExecutionListData } from './list.tsx';

/** A page of executions; of one flow when it is given. */
export async function loadExecutionList({ ask, query }: Pick<PageContext, 'ask' | 'query'>, flow?: { readonly namespace: string; readonly id: string }): Promise<ExecutionListData> {
  const input = executionQuery(query, flow === undefined ? {} : { namespace: flow.namespace, flowId: flow.id });
  const [found, namespaces] = await Promise.all([ask(executions.executionsSearch, input), flow === undefined ? ask(flows.flowsNamespaces, {}) : []]);
  return { rows: found.results.map(headerOf), total: found.total, filter: topicFilter(input), namespaces, ...(flow === undefined ? {} : { flow }) };
}

/** A list needs no task runs, inputs or outputs: an execution of 5,000 children is one row. */
function headerOf(execution: Execution): ExecutionHeader {
  const { taskRunList: _taskRuns, inputs: _inputs, outputs: _outputs, variables: _variables, ...header } = execution;
  return header;
}
