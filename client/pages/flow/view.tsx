/** The flow page: Overview, Topology, Executions, Editor, Revisions, Triggers, Logs. */
import type { Diagnostic } from '../../../core/protocol/entities/flow.ts';
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Labels } from '../../components/label/label.tsx';
import { Markdown } from '../../components/markdown/markdown.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty, Notice } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { StateIcon } from '../../components/state-pill/state-pill.tsx';
import { Ago, Moment } from '../../components/time/time.tsx';
import { ExecutionList } from '../executions/list.tsx';
import { LogList } from '../logs/list.tsx';
import { definePage, readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { TriggerList } from '../triggers/list.tsx';
import { flowTabs, loadFlow, type FlowData, type FlowTab } from './load.ts';
import { RevisionsView } from './revisions.tsx';

const titles: Readonly<Record<FlowTab, string>> = { overview: 'Overview', topology: 'Topology', executions: 'Executions', editor: 'Editor', revisions: 'Revisions', triggers: 'Triggers', logs: 'Logs' };

export interface DraftFacts {
  readonly revision: number;
  readonly differs: boolean;
  readonly hunkCount: number;
}

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
        <MenuItem icon="trash" danger action="delete" disabled={reader}>Delete flow</MenuItem>
      </Menu>
    </span>
  );
}

function Overview({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const { flow, row } = data;
  const triggers = row?.triggers ?? [];
  return (
    <div class="page-pad flow-overview">
      {data.draft.base === 0 ? <Notice kind="warn"><span>This flow is only a draft: nobody can run it until it is published. <a class="link" href={toFlow(place, data.namespace, data.id, 'editor')}>Open the editor</a></span></Notice> : null}
      {flow?.exception === undefined ? null : <Notice kind="error"><span>The published text does not parse any more: {flow.exception}</span></Notice>}
      <div class="execution-panels">
        <Panel title="About">
          <div class="panel-body">{flow?.description === undefined ? <p class="faint">No description yet. Add <code>description:</code> to the source; Markdown is fine.</p> : <Markdown text={flow.description} />}</div>
          <dl class="facts panel-body">
            <dt>Namespace</dt><dd class="mono"><a class="link" href={`${to(place, '/flows')}?namespace=${encodeURIComponent(data.namespace)}`}>{data.namespace}</a></dd>
            <dt>Revision</dt><dd class="num">{data.draft.base === 0 ? 'none yet' : data.draft.base}{' '}{data.draft.differs && data.draft.base > 0 ? <span class="label">unpublished changes</span> : null}</dd>
            {row === undefined ? null : <><dt>Changed</dt><dd><Ago at={row.updated} nowMs={place.nowMs} zone={place.zone} /></dd></>}
            <dt>Authors</dt><dd>{row === undefined || row.authors.length === 0 ? <span class="faint">unknown</span> : row.authors.join(', ')}</dd>
            <dt>Labels</dt><dd>{row === undefined || row.labels.length === 0 ? <span class="faint">none</span> : <Labels labels={row.labels} most={20} />}</dd>
            <dt>Starts by</dt><dd>{triggers.length === 0 ? <span class="faint">hand or API</span> : triggers.map((trigger) => <span class="label mono">{trigger.id}</span>)}</dd>
            <dt>Inputs</dt><dd>{flow?.inputs === undefined || flow.inputs.length === 0 ? <span class="faint">none</span> : flow.inputs.map((input) => <span class="label mono">{String(input['id'] ?? input['name'])}: {String(input['type'])}</span>)}</dd>
          </dl>
        </Panel>
        <Panel title="Last runs" more={{ text: 'All', href: toFlow(place, data.namespace, data.id, 'executions') }}>
          {data.recent === undefined || data.recent.rows.length === 0
            ? <Empty icon="executions" title="It has not run yet"><p>Each run appears here at once.</p></Empty>
            : <ol class="history panel-body">{data.recent.rows.slice(0, 12).map((one) => <li class="row"><StateIcon state={one.state.current} size={14} /><a class="link mono" href={toExecution(place, one)}>{one.id.slice(0, 8)}</a><span class="grow"></span><span class="faint small">{one.startedBy}</span><Ago at={one.state.startDate} nowMs={place.nowMs} zone={place.zone} /></li>)}</ol>}
        </Panel>
      </div>
    </div>
  );
}

function Editor({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const reader = readOnlyReason(place);
  return (
    <>
      <div class="toolbar" id="draft-bar"><DraftBar data={data} draft={{ revision: data.draft.base, differs: data.draft.differs, hunkCount: data.draft.hunks.length }} diagnostics={data.draft.diagnostics} /></div>
      {reader === undefined ? null : <Notice kind="warn">{reader}</Notice>}
      <div id="editor-notice" hidden></div>
      <div class="split editor-split" data-split="half">
        <div class="editor-host" id="editor" data-owned=""><pre class="mono editor-first">{data.draft.source}</pre></div>
        <div class="splitter" id="editor-splitter" role="separator" aria-orientation="vertical" aria-valuemin={25} aria-valuemax={75} aria-valuenow={50} aria-label="Resize source and topology" tabindex={0}></div>
        <div class="graph" id="topology" data-owned=""></div>
      </div>
      <section class="dock" id="problems" aria-label="Problems"><Problems diagnostics={data.draft.diagnostics} /></section>
    </>
  );
}

export function DraftBar({ data, draft, diagnostics }: { readonly data: FlowData; readonly draft: DraftFacts; readonly diagnostics: readonly Diagnostic[] }) {
  const errors = diagnostics.filter((one) => one.severity === 'error').length;
  const warnings = diagnostics.filter((one) => one.severity === 'warning').length;
  return (
    <>
      <span class="row"><Icon name="revision" /><span>{draft.revision === 0 ? 'Draft of a new flow' : draft.differs ? `Draft on ${draft.revision}: ${draft.hunkCount} ${draft.hunkCount === 1 ? 'change' : 'changes'}` : `Same as revision ${draft.revision}`}</span></span>
      <span class="row" id="editor-people"></span>
      <span class="toolbar-gap"></span>
      <span class="small faint" id="editor-status" role="status"></span>
      <span class="row problem-counts"><span class={errors > 0 ? 'problem-mark row' : 'faint row'}><Icon name="state-failed" size={14} />{errors} {errors === 1 ? 'error' : 'errors'}</span><span class="faint row"><Icon name="state-warning" size={14} />{warnings} {warnings === 1 ? 'warning' : 'warnings'}</span></span>
      {data.draft.base === 0 ? null : <Button kind="quiet" size="small" icon="history" action="show-changes">Changes</Button>}
    </>
  );
}

export function Problems({ diagnostics }: { readonly diagnostics: readonly Diagnostic[] }) {
  return (
    <>
      <div class="tabs"><span class="tab" aria-current="page">Problems<span class="count" data-kind={diagnostics.some((one) => one.severity === 'error') ? 'alert' : undefined}>{diagnostics.length}</span></span></div>
      {diagnostics.length === 0 ? <p class="problem-none faint small">Nothing is wrong with this text.</p> : (
        <div class="problem-list">
          {diagnostics.slice(0, 100).map((one) => (
            <button type="button" class="problem" data-kind={one.severity === 'error' ? undefined : one.severity === 'warning' ? 'warn' : 'info'} data-action="to-problem" data-value={`${one.line}:${one.column}`}>
              <Icon name={one.severity === 'error' ? 'state-failed' : one.severity === 'warning' ? 'state-warning' : 'info'} />
              <span class="problem-text">{one.message}{one.remedy === undefined ? null : <span class="faint"> {one.remedy}</span>}</span>
              <span class="faint mono small">{one.line}:{one.column}</span>
              {one.author === undefined ? <span></span> : <span class="row small"><Avatar who={one.author} size={16} />{one.author.name}</span>}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function Topology() {
  return (
    <div class="split" data-split="side">
      <div class="graph" id="topology" data-owned=""></div>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize details"></div>
      <aside class="drawer" id="task-source" aria-label="Task"><div class="drawer-body"><Empty icon="code" title="Choose a task"><p>Its source appears here. Arrow keys walk along the edges.</p></Empty></div></aside>
    </div>
  );
}

function Body({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  switch (data.tab) {
    case 'overview': return <Overview data={data} place={place} />;
    case 'topology': return <Topology />;
    case 'executions': return <div class="scrolls">{data.executions === undefined ? null : <ExecutionList data={data.executions} place={place} />}</div>;
    case 'editor': return <Editor data={data} place={place} />;
    case 'revisions': return <RevisionsView data={data} place={place} />;
    case 'triggers': return <div class="scrolls">{data.triggers === undefined ? null : <TriggerList data={data.triggers} place={place} />}<Webhooks data={data} place={place} /></div>;
    case 'logs': return <div class="scrolls">{data.logs === undefined ? null : <LogList data={data.logs} place={place} />}</div>;
  }
}

/** Addresses of webhooks, to be copied; a key that is an expression is the server's secret and is not shown. */
function Webhooks({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const hooks = (data.flow?.triggers ?? []).filter((trigger) => /\.Webhook$/.test(String(trigger['type'])));
  if (hooks.length === 0) return null;
  return (
    <div class="page-pad"><Panel title="Webhooks"><table class="table value-table"><tbody>
      {hooks.map((hook) => {
        const key = String(hook['key'] ?? '');
        const path = `/api/v1/${place.tenant}/executions/webhook/${encodeURIComponent(data.namespace)}/${encodeURIComponent(data.id)}/${key.includes('{{') ? 'KEY' : encodeURIComponent(key)}`;
        return <tr><th class="mono" scope="row">{String(hook['id'])}</th><td class="mono"><span class="row"><span class="cut">{path}</span><Button kind="quiet" size="small" icon="copy" action="copy-address" value={path}>Copy address</Button></span></td></tr>;
      })}
    </tbody></table></Panel></div>
  );
}

export { Moment };

export const flowPage = definePage<FlowData>({
  name: 'flow',
  route: '/flows/edit/:namespace/:id/:tab?',
  section: 'flows',
  fill: true,
  rail: 'narrow',
  title: (data) => data.id,
  crumbs: (data, place) => [{ text: 'Flows', href: to(place, '/flows') }, { text: data.namespace, href: `${to(place, '/flows')}?namespace=${encodeURIComponent(data.namespace)}` }],
  tabs: (data, place) => ({ current: data.tab, links: flowTabs.map((id) => ({ id, title: titles[id], href: toFlow(place, data.namespace, data.id, id) })) }),
  actions: (data, place) => <FlowActions data={data} draft={{ revision: data.draft.base, differs: data.draft.differs, hunkCount: data.draft.hunks.length }} place={place} />,
  load: loadFlow,
  view: (data, place) => <Body data={data} place={place} />,
});
