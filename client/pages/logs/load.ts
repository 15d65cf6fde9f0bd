import { flows, preferences, runs } from '../../../core/protocol/operations/index.ts';
import { listPreferences } from '../../components/list-settings/list-preferences.ts';
import { logQuery } from '../list-query.ts';
import type { PageContext } from '../page.ts';
import { logColumns, logFields, logListOf } from './fields.ts';
import type { LogListData } from './list.tsx';

/** A page of log lines; of one flow when it is given. */
export async function loadLogList({ ask, query }: Pick<PageContext, 'ask' | 'query'>, flow?: { readonly namespace: string; readonly id: string }): Promise<LogListData> {
  const ofFlow = flow !== undefined;
  const [chosen, namespaces] = await Promise.all([ask(preferences.preferencesGet, {}), ofFlow ? [] : ask(flows.flowsNamespaces, {})]);
  const settings = listPreferences(chosen.values, logListOf(ofFlow), logColumns);
  const found = await ask(runs.logsSearch, logInput(query, { namespaces, flow, size: settings.size }));
  return { lines: found.results, total: found.total, namespaces, settings, searches: chosen.searches, ...(ofFlow ? { flow } : {}) };
}

/** What is asked for lines, first and again. */
export const logInput = (query: URLSearchParams, { namespaces, flow, size }: { readonly namespaces: readonly string[]; readonly flow: { readonly namespace: string; readonly id: string } | undefined; readonly size: number }) =>
  logQuery(query, { fixed: flow === undefined ? {} : { namespace: flow.namespace, flowId: flow.id }, fields: logFields(namespaces, flow !== undefined), size });
