import { flows } from '../../../core/protocol/operations/index.ts';
import { flowQuery, topicFilter } from '../list-query.ts';
import type { PageContext } from '../page.ts';
import type { FlowListData } from './list.tsx';

export async function loadFlowList({ ask, query }: PageContext): Promise<FlowListData> {
  const input = flowQuery(query);
  const [found, namespaces] = await Promise.all([ask(flows.flowsRows, input), ask(flows.flowsNamespaces, {})]);
  return { rows: found.results, total: found.total, filter: topicFilter(input), namespaces };
}
