/** The flow page: Overview, Topology, Executions, Editor, Revisions, Triggers, Logs, Metrics, Concurrency. */
import { Button } from '../../components/button/button.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { ExecutionList } from '../executions/list.tsx';
import { LogList } from '../logs/list.tsx';
import { definePage, readOnlyReason, to, toFlow, type Place } from '../page.ts';
import { TriggerList } from '../triggers/list.tsx';
import { ConcurrencyTab } from './concurrency-view.tsx';
import { discardRefusal, EditorView, type DraftFacts } from './editor-view.tsx';
import { flowTabs, loadFlow, type FlowData, type FlowTab } from './load.ts';
import { FlowOverview } from './overview.tsx';
import { MetricsTab } from './metrics-view.tsx';
import { RevisionsView } from './revisions.tsx';
import { TopologyTab } from './topology-view.tsx';

const titles: Readonly<Record<FlowTab, string>> = { overview: 'Overview', topology: 'Topology', executions: 'Executions', editor: 'Editor', revisions: 'Revisions', triggers: 'Triggers', logs: 'Logs', metrics: 'Metrics', concurrency: 'Concurrency' };

/** What stands between the draft and the latest revision, and the button that publishes; live. */
export function FlowActions({ data, draft, place }: { readonly data: FlowData; readonly draft: DraftFacts; readonly place: Place }) {
  const reader = readOnlyReason(place);
  const disabledFlow = data.row?.disabled === true;
  const published = draft.revision > 0;
  return (
    <span class="row" id="flow-actions">
      {data.tab === 'editor'
        ? <Button icon="play" action="run-draft" disabled={reader} keys="Ctrl E">Run draft</Button>
        : null}
      {data.tab === 'editor'
        ? <Button kind="primary" icon="publish" action="publish" disabled={reader ?? (draft.differs || !published ? undefined : 'The draft is what is published already')} keys="Ctrl S">{published ? (draft.differs ? `Publish ${draft.revision + 1}` : `Published ${draft.revision}`) : 'Publish'}</Button>
        : <Button kind="primary" icon="play" action="run" disabled={reader ?? (!published ? 'It was never published: open the editor and publish it' : disabledFlow ? 'The flow is disabled' : undefined)}>Run</Button>}
      <Menu id="flow-menu" title="More actions">
        {data.tab === 'editor' ? <MenuItem icon="play" action="run" disabled={reader ?? (published ? undefined : 'It was never published')}>Run revision {draft.revision}</MenuItem> : null}
        <MenuItem icon="copy" href={`${to(place, '/flows/new')}?copy=${encodeURIComponent(`${data.namespace}/${data.id}`)}`} disabled={reader}>Copy as a new flow</MenuItem>
        <MenuItem icon="download" action="export" disabled={published ? undefined : 'Nothing is published yet'}>Export</MenuItem>
        <MenuItem icon={disabledFlow ? 'play' : 'pause'} action={disabledFlow ? 'enable' : 'disable'} disabled={reader ?? (published ? undefined : 'It was never published')}>{disabledFlow ? 'Enable flow' : 'Disable flow'}</MenuItem>
        {data.tab === 'editor' ? <MenuItem icon="history" danger action="discard-draft" disabled={discardRefusal(draft, place)}>Discard draft…</MenuItem> : null}
        {data.tab === 'logs' ? <MenuItem icon="trash" danger action="delete-logs" disabled={reader}>Delete its logs…</MenuItem> : null}
        <MenuItem icon="trash" danger action="delete" disabled={reader}>Delete flow</MenuItem>
      </Menu>
    </span>
  );
}

function Body({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  switch (data.tab) {
    case 'overview': return <FlowOverview data={data} place={place} />;
    case 'topology': return <TopologyTab editor={toFlow(place, data.namespace, data.id, 'editor')} />;
    case 'executions': return <div class="scrolls">{data.executions === undefined ? null : <ExecutionList data={data.executions} place={place} />}</div>;
    case 'editor': return <EditorView data={data} place={place} />;
    case 'revisions': return <RevisionsView data={data} place={place} />;
    case 'triggers': return <div class="scrolls">{data.triggers === undefined ? null : <TriggerList data={data.triggers} place={place} />}<Webhooks data={data} place={place} /></div>;
    case 'metrics': return <div class="scrolls">{data.metrics === undefined ? null : <MetricsTab data={data.metrics} place={place} />}</div>;
    case 'concurrency': return <div class="scrolls"><ConcurrencyTab data={data} place={place} /></div>;
    case 'logs': return <div class="scrolls">{data.logs === undefined ? null : <LogList data={data.logs} place={place} />}</div>;
  }
}

/** Addresses of webhooks, to be copied; a key that is an expression is the server's secret and is not shown. */
function Webhooks({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const hooks = (data.flow?.triggers ?? []).filter((trigger) => /\.Webhook$/.test(String(trigger['type'])));
  if (hooks.length === 0) return null;
  return (
    <div class="page-pad"><Panel title="Webhooks"><table class="table value-table webhooks"><tbody>
      {hooks.map((hook) => {
        const key = String(hook['key'] ?? '');
        const path = `/api/v1/${place.tenant}/executions/webhook/${encodeURIComponent(data.namespace)}/${encodeURIComponent(data.id)}/${key.includes('{{') ? 'KEY' : encodeURIComponent(key)}`;
        return <tr><th class="mono" scope="row">{String(hook['id'])}</th><td class="mono"><span class="row"><span class="cut">{path}</span><Button kind="quiet" size="small" icon="copy" action="copy-address" value={path}>Copy address</Button></span></td></tr>;
      })}
    </tbody></table></Panel></div>
  );
}

export const flowPage = definePage<FlowData>({
  name: 'flow',
  route: '/flows/edit/:namespace/:id/:tab?',
  section: 'flows',
  fill: true,
  rail: 'narrow',
  title: (data) => data.id,
  crumbs: (data, place) => [{ text: 'Flows', href: to(place, '/flows') }, { text: data.namespace, href: `${to(place, '/flows')}?namespace=${encodeURIComponent(data.namespace)}` }],
  tabs: (data, place) => ({ current: data.tab, links: flowTabs.map((id) => ({ id, title: titles[id], href: toFlow(place, data.namespace, data.id, id), disabled: id === 'triggers' && data.flow !== undefined && (data.flow.triggers ?? []).length === 0 ? 'The flow has no triggers: give it a `triggers` section' : undefined })) }),
  actions: (data, place) => <FlowActions data={data} draft={{ revision: data.draft.base, differs: data.draft.differs, hunkCount: data.draft.hunks.length }} place={place} />,
  load: loadFlow,
  view: (data, place) => <Body data={data} place={place} />,
});
