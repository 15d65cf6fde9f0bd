/** What the flow page asks, by tab. A flow that was never published has a draft only; an unknown one is an error page. */
import { flows } from '../../../core/protocol/operations/index.ts';
import type { Flow, FlowRow, RevisionAuthor, Revision } from '../../../core/protocol/entities/flow.ts';
import type { DraftAnswer } from '../../../core/protocol/operations/flows.ts';
import type { ExecutionListData } from '../executions/list.tsx';
import { loadExecutionList, loadExecutionRows, type ExecutionRows } from '../executions/load.ts';
import type { LogListData } from '../logs/list.tsx';
import { loadLogList } from '../logs/load.ts';
import type { PageContext } from '../page.ts';
import { loadConcurrency } from './concurrency.ts';
import { loadMetricsTab, type MetricsData } from './metrics-load.ts';
import type { TriggerListData } from '../triggers/list.tsx';
import { loadTriggerList } from '../triggers/load.ts';

export const flowTabs = ['overview', 'topology', 'executions', 'editor', 'revisions', 'triggers', 'logs', 'metrics', 'concurrency'] as const;
export type FlowTab = (typeof flowTabs)[number];

export type ListedRevision = Flow & { readonly publishedBy: RevisionAuthor; readonly publishedAt: string; readonly authors: readonly RevisionAuthor[]; readonly message?: string; readonly ranges: Revision['ranges'] };

export interface FlowData {
  readonly tab: FlowTab;
  readonly namespace: string;
  readonly id: string;
  readonly row: FlowRow | undefined;
  /** The latest revision as it is published; undefined for a draft that never was. */
  readonly flow: Flow | undefined;
  readonly draft: DraftAnswer;
  readonly revisions: readonly ListedRevision[];
  readonly executions: ExecutionListData | undefined;
  readonly triggers: TriggerListData | undefined;
  readonly logs: LogListData | undefined;
  readonly metrics: MetricsData | undefined;
  /** Who holds or waits for a slot; only of a flow with a limit. */
  readonly concurrency: ExecutionRows | undefined;
  readonly recent: ExecutionRows | undefined;
  /** Its triggers, for the overview. */
  readonly starts: TriggerListData | undefined;
}

export async function loadFlow(context: PageContext): Promise<FlowData> {
  const { ask, params, query } = context;
  const namespace = params['namespace'] ?? '';
  const id = params['id'] ?? '';
  const wanted = params['tab'] === 'edit' ? 'editor' : params['tab'];
  const tab = flowTabs.find((one) => one === wanted) ?? 'overview';
  const address = { namespace, id };
  // The draft is asked first: an unknown flow is refused there with one clear sentence.
  const draft = await ask(flows.flowsDraft, address);
  const [flow, rows, revisions, executions, triggers, logs, metrics, concurrency, recent, starts] = await Promise.all([
    draft.base === 0 ? undefined : ask(flows.flowsGet, { ...address, source: true }),
    ask(flows.flowsRows, { namespace, q: id, page: 1, size: 50 }),
    tab === 'revisions' ? ask(flows.flowsRevisions, address).catch(() => []) : [],
    tab === 'executions' ? loadExecutionList({ ask, query }, address) : undefined,
    tab === 'triggers' ? loadTriggerList({ ask, query }, address, { opened: true }) : undefined,
    tab === 'logs' ? loadLogList({ ask, query }, address) : undefined,
    tab === 'metrics' ? loadMetricsTab({ ask, query }, address) : undefined,
    tab === 'concurrency' ? loadConcurrency({ ask }, address) : undefined,
    tab === 'overview' ? loadExecutionRows({ ask, query: new URLSearchParams('size=50') }, { flow: address }) : undefined,
    tab === 'overview' ? loadTriggerList({ ask, query: new URLSearchParams('size=100') }, address) : undefined,
  ]);
  return { tab, namespace, id, flow, draft, revisions, executions, triggers, logs, metrics, concurrency, recent, starts, row: rows.results.find((row) => row.id === id && row.namespace === namespace) };
}
