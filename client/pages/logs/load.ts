import { flows, runs } from '../../../core/protocol/operations/index.ts';
import { logQuery } from '../list-query.ts';
import type { PageContext } from '../page.ts';
import type { LogListData } from './list.tsx';

/** A page of log lines; of one flow when it is given. */
export async function loadLogList({ ask, query }: Pick<PageContext, 'ask' | 'query'>, flow?: { readonly namespace: string; readonly id: string }): Promise<LogListData> {
  const input = logQuery(query, { fixed: flow === undefined ? {} : { namespace: flow.namespace, flowId: flow.id } });
  const [found, namespaces] = await Promise.all([ask(runs.logsSearch, input), flow === undefined ? ask(flows.flowsNamespaces, {}) : []]);
  return { lines: found.results, total: found.total, namespaces, ...(flow === undefined ? {} : { flow }) };
}
