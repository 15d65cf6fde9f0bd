import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { flows, triggers } from '../../../core/protocol/operations/index.ts';
import { topicFilter, triggerQuery } from '../list-query.ts';
import type { PageContext } from '../page.ts';
import type { TriggerListData } from './list.tsx';
import { triggerKey } from './words.ts';

/** Lines of a trigger's log that its row shows. */
export const shownLines = 30;
/** A flow's own page opens the logs of its triggers; of more they are opened one by one. */
const openedMax = 10;

/** A page of triggers; of one flow when it is given. */
export async function loadTriggerList({ ask, query }: Pick<PageContext, 'ask' | 'query'>, flow?: { readonly namespace: string; readonly id: string }, options: { readonly opened?: boolean } = {}): Promise<TriggerListData> {
  const input = triggerQuery(query, flow === undefined ? {} : { namespace: flow.namespace, flowId: flow.id });
  const [found, namespaces] = await Promise.all([ask(triggers.triggersSearch, input), flow === undefined ? ask(flows.flowsNamespaces, {}) : []]);
  const rows = found.results.map((one) => one.state);
  const opened = options.opened === true && rows.length <= openedMax ? rows : [];
  const logs = await Promise.all(opened.map(async (row): Promise<readonly [string, readonly LogEntry[]]> => {
    const { namespace, flowId, triggerId } = row;
    // Who may not read logs sees the list all the same.
    const lines = await ask(triggers.triggersLogs, { namespace, flowId, triggerId, size: shownLines }).then((page) => page.results, () => []);
    return [triggerKey(row), lines];
  }));
  return { rows, total: found.total, filter: topicFilter(input), namespaces, logs: Object.fromEntries(logs), ...(flow === undefined ? {} : { flow }) };
}
