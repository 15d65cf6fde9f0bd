import { flows, triggers } from '../../../core/protocol/operations/index.ts';
import { topicFilter, triggerQuery } from '../list-query.ts';
import type { PageContext } from '../page.ts';
import type { TriggerListData } from './list.tsx';

/** A page of triggers; of one flow when it is given. */
export async function loadTriggerList({ ask, query }: Pick<PageContext, 'ask' | 'query'>, flow?: { readonly namespace: string; readonly id: string }): Promise<TriggerListData> {
  const input = triggerQuery(query, flow === undefined ? {} : { namespace: flow.namespace, flowId: flow.id });
  const [found, namespaces] = await Promise.all([ask(triggers.triggersSearch, input), flow === undefined ? ask(flows.flowsNamespaces, {}) : []]);
  return { rows: found.results.map((one) => one.state), total: found.total, filter: topicFilter(input), namespaces, ...(flow === undefined ? {} : { flow }) };
}
