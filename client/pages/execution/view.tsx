/** The execution page: one frame, six tabs, each drawn by the same view first and live. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { isLogLevel, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { ExecutionTopicState, LogsTopicState } from '../../../core/protocol/topics.ts';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Duration, Moment } from '../../components/time/time.tsx';
import { exactWords, durationWords, momentWords } from '../../components/time/words.ts';
import { EventsView, eventsOf, ganttOf, GanttView } from '../../gantt/index.ts';
import { LogLevels, logTimeText, LogView } from '../../logs/index.ts';
import { refusalOf } from '../executions/allowed.ts';
import { definePage, readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { taskNameOf } from './failure.ts';
import { executionTabs, loadExecution, type ExecutionData } from './load.ts';
import { OutputsView } from './outputs-view.tsx';
import { Gone, Overview, spanOf } from './overview.tsx';
import { TaskDrawer } from './task-drawer.tsx';

const titles: Readonly<Record<ExecutionData['tab'], string>> = { overview: 'Overview', gantt: 'Gantt', logs: 'Logs', topology: 'Topology', outputs: 'Outputs', metrics: 'Metrics' };
/** Rows in the first byte; the rest come with the first scroll. */
const firstRows = 60;
const firstEvents = 12;

/** State and duration beside the title; live. */
export function ExecutionStatus({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  const { startMs, endMs } = spanOf(execution);
  return (
    <span class="row execution-status" id="execution-status">
      <StatePill state={execution.state.current} />
      <Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} title={`Started ${exactWords(startMs, place.zone)} by ${execution.startedBy ?? 'nobody known'}`} />
    </span>
  );
}

/** The one thing that helps most in this state. */
function Primary({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  const reader = readOnlyReason(place);
  const state = execution.state.current;
  if (state === 'PAUSED' || state === 'BREAKPOINT') return <Button kind="primary" icon="play" action="resume" disabled={reader}>Resume</Button>;
  if (state === 'FAILED' || state === 'KILLED') return <Button kind="primary" icon="replay" action="restart" disabled={reader}>Restart</Button>;
  return isTerminal(state) ? <Button icon="replay" action="replay" disabled={reader}>Replay</Button> : <Button icon="pause" action="pause" disabled={reader ?? refusalOf('pause', state)}>Pause</Button>;
}

export function ExecutionActions({ execution, place, id = 'execution-actions' }: { readonly execution: ExecutionHeader; readonly place: Place; readonly id?: string }) {
  const reader = readOnlyReason(place);
  const state = execution.state.current;
  const ended = isTerminal(state);
  return (
    <span class="row" id={id}>
      <Primary execution={execution} place={place} />
      {ended ? null : <Button kind="danger" icon="stop" action="kill" disabled={reader ?? refusalOf('kill', state)}>Kill</Button>}
      <Menu id={`${id}-menu`} title="More actions">
        <MenuItem icon="replay" action="restart" disabled={reader ?? refusalOf('restart', state)}>Restart from where it failed</MenuItem>
        <MenuItem icon="replay" action="restart-latest" disabled={reader ?? refusalOf('restart', state)}>Restart on the latest revision</MenuItem>
        <MenuItem icon="replay" action="replay" disabled={reader}>Replay from the start</MenuItem>
        <MenuItem icon="replay" action="replay-latest" disabled={reader}>Replay on the latest revision</MenuItem>
        {state === 'QUEUED' ? <MenuItem icon="play" action="unqueue" disabled={reader}>Start now, over the limit</MenuItem> : null}
        {ended ? null : <MenuItem icon="play" action="force-run" disabled={reader}>Force run</MenuItem>}
        <MenuItem icon="tag" action="labels" disabled={reader ?? refusalOf('labels', state)}>Change labels</MenuItem>
        <MenuItem icon="edit" action="status" disabled={reader ?? refusalOf('labels', state)}>Change state</MenuItem>
        <MenuItem icon="edit" href={toFlow(place, execution.namespace, execution.flowId, 'editor')}>Edit flow</MenuItem>
        <MenuItem icon="copy" action="copy" value={execution.id}>Copy id</MenuItem>
        <MenuItem icon="download" href={`/api/v1/${place.tenant}/logs/${execution.id}/download`} download="">Download log</MenuItem>
        <MenuItem icon="code" href={`/api/v1/${place.tenant}/executions/${execution.id}`}>As JSON</MenuItem>
        <MenuItem icon="trash" danger action="delete" disabled={reader ?? refusalOf('delete', state)}>Delete execution</MenuItem>
      </Menu>
    </span>
  );
}

/** On a phone the actions take the place of the navigation: under the thumb. */
export function PhoneActions({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  return <div class="execution-acts" id="execution-acts"><ExecutionActions execution={execution} place={place} id="execution-thumb" /></div>;
}

export const rowTimeText = (place: Place) => (ms: number): string => momentWords(ms, place.nowMs, place.zone);

function GanttTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const model = ganttOf(data.state, { nowMs: place.nowMs, collapsed: new Set(), timeText: rowTimeText(place) });
  const events = eventsOf(data.state);
  return (
    <div class="split" data-split="side" id="gantt-split">
      <section class="page gantt-page" data-fill aria-label="Gantt">
        <div id="gantt-empty" hidden={model.rows.length > 0}><Empty icon="clock" title="Nothing has begun yet"><p>Task runs appear here as soon as the first one is created.</p></Empty></div>
        <div id="gantt" data-owned=""><GanttView label="Task runs" rows={model.rows.slice(0, firstRows)} scale={model.scale} selected={undefined} marks={[]} first={0} total={model.rows.length} rowHeight={32} /></div>
        <details class="events-panel" open id="events-panel">
          <summary><Icon name="chevron-right" size={12} />Events <span class="count" id="events-count">{events.length}</span></summary>
          <div class="events" id="events" role="group" aria-label="Events, oldest first" data-owned=""><EventsView events={events.slice(-firstEvents)} first={0} total={Math.min(events.length, firstEvents)} rowHeight={28} selected={undefined} timeText={(ms) => logTimeText(ms, place.zone)} /></div>
        </details>
        <Legend />
      </section>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize details"></div>
      <aside class="drawer" id="task-drawer" aria-label="Task run"><TaskDrawer state={data.state} lines={data.logs.lines} selected={undefined} place={place} /></aside>
    </div>
  );
}

function Legend() {
  return (
    <div class="gantt-legend" aria-hidden="true">
      <span><svg width="20" height="8"><line class="bar-queued" x1="0" x2="20" y1="4" y2="4" /></svg>waited</span>
      <span><svg width="20" height="8"><rect class="bar" data-state="SUCCESS" width="20" height="8" rx="2" /></svg>ran</span>
      <span><svg width="20" height="8"><rect class="bar" data-state="RUNNING" width="20" height="8" rx="2" /></svg>runs now</span>
      <span><svg width="20" height="8"><rect class="bar-retry" data-state="FAILED" width="20" height="8" rx="2" /></svg>an attempt that failed</span>
      <span><svg width="20" height="8"><line class="bar-gap" data-state="RETRYING" x1="0" x2="20" y1="4" y2="4" /></svg>between attempts</span>
    </div>
  );
}

export const levelOfSearch = (search: string): LogLevel => {
  const wanted = new URLSearchParams(search).get('minLevel') ?? '';
  return isLogLevel(wanted) ? wanted : 'TRACE';
};
export const LevelsView = ({ logs, minLevel }: { readonly logs: LogsTopicState; readonly minLevel: LogLevel }) => <LogLevels counts={logs.counts} minLevel={minLevel} />;

function LogsTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const query = new URLSearchParams(place.search);
  const execution = data.state.execution;
  return (
    <>
      <div class="toolbar log-toolbar">
        <div class="filterbar log-filter" role="search" aria-label="Filter log lines">
          <Icon name="search" />
          <select id="log-task" aria-label="Task run"><option value="">All task runs</option>{data.state.order.map((id) => <option value={id} selected={query.get('taskRunId') === id}>{taskNameOf(data.state, id)}</option>)}</select>
          <input id="log-search" type="search" aria-label="Search in messages" placeholder="Search in messages" autocomplete="off" value={query.get('q') ?? ''} />
        </div>
        <LogLevels counts={data.logs.counts} minLevel={levelOfSearch(place.search)} />
        <span class="toolbar-gap"></span>
        <span class="small faint num log-status" id="log-status" role="status"></span>
        <span class="row wide" data-gap="1"><Button kind="quiet" size="small" icon="link" action="log-link" title="Copy a link to the chosen line" />
        <Button kind="quiet" size="small" icon="chevron-up" action="log-top" title="To the first line" />
        <Button kind="quiet" size="small" icon="copy" action="log-copy" title="Copy the shown lines" /></span>
        <Button kind="quiet" size="small" icon="download" href={`/api/v1/${place.tenant}/logs/${execution?.id ?? ''}/download`} download="" title="Download the whole log" />
      </div>
      <div id="log-empty" hidden={data.logs.total > 0}><Empty icon="logs" title="No lines yet"><p>{execution !== null && isTerminal(execution.state.current) ? 'Nothing was logged by this run.' : 'Lines appear here as tasks write them.'}</p></Empty></div>
      <div class="log-wrap" id="log-view" data-owned="">
        <LogView label="Log lines" lines={data.logs.lines} timeText={(ms) => logTimeText(ms, place.zone)} taskName={(entry) => taskNameOf(data.state, entry.taskRunId)} />
        <button type="button" class="button log-tail" data-action="log-follow" id="log-tail" hidden><Icon name="arrow-down" /><span data-words="">Follow the end</span></button>
      </div>
    </>
  );
}

function TopologyTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  return (
    <div class="split" data-split="side" id="topology-split">
      <div class="graph" id="topology" data-owned="">{data.flow === undefined ? <Empty icon="branch" title="The flow of this revision is gone"><p>It was deleted after this run; task runs are still in the Gantt.</p></Empty> : null}</div>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize details"></div>
      <aside class="drawer" id="task-drawer" aria-label="Task run"><TaskDrawer state={data.state} lines={data.logs.lines} selected={undefined} place={place} /></aside>
    </div>
  );
}

export function MetricsView({ state, place }: { readonly state: ExecutionTopicState; readonly place: Place }) {
  if (state.metrics.length === 0) return <section class="panel"><Empty icon="stats" title="No metrics"><p>Tasks report counters and timers; a script does it with a line such as <code>{'::{"metrics":[{"name":"rows","type":"counter","value":12}]}::'}</code></p></Empty></section>;
  const largest = new Map<string, number>();
  for (const metric of state.metrics) largest.set(metric.name, Math.max(largest.get(metric.name) ?? 0, Math.abs(metric.value)));
  return (
    <section class="panel" aria-label="Metrics">
      <table class="table"><thead><tr><th>Task run</th><th>Metric</th><th class="wide">Type</th><th class="end">Value</th><th class="wide">Share of the largest</th><th class="wide">Tags</th><th class="wide end">At</th></tr></thead>
        <tbody>{state.metrics.slice(0, metricsShown).map((metric) => (
          <tr><td class="mono cut" data-cell="sub">{taskNameOf(state, metric.taskRunId) ?? metric.taskId}</td><td class="mono" data-cell="main">{metric.name}</td><td class="wide">{metric.type}</td><td class="end num" data-cell="side" title={metric.type === 'timer' ? `${metric.value} ms` : undefined}>{metric.type === 'timer' ? durationWords(metric.value) : metric.value.toLocaleString('en-US')}</td>
            <td class="wide"><svg class="metric-bar" width="120" height="8" role="img" aria-label={`${metric.value} of at most ${largest.get(metric.name) ?? 0}`}><rect class="bar" data-state="RUNNING" width={Math.max(1, (Math.abs(metric.value) / (largest.get(metric.name) || 1)) * 120)} height="8" rx="2" /></svg></td>
            <td class="wide">{Object.entries(metric.tags ?? {}).map(([key, value]) => <span class="label">{key}:{value}</span>)}</td><td class="wide end"><Moment at={metric.timestamp} nowMs={place.nowMs} zone={place.zone} /></td></tr>
        ))}</tbody></table>
      {state.metrics.length > metricsShown ? <p class="panel-body faint small">{state.metrics.length - metricsShown} more are in the API: GET /api/v1/metrics/{state.execution?.id}</p> : null}
    </section>
  );
}
const metricsShown = 500;

function Body({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  switch (data.tab) {
    case 'overview': return <Overview data={data} place={place} />;
    case 'gantt': return <GanttTab data={data} place={place} />;
    case 'logs': return <LogsTab data={data} place={place} />;
    case 'topology': return <TopologyTab data={data} place={place} />;
    case 'outputs': return <OutputsView data={data} place={place} />;
    case 'metrics': return <div class="page-pad execution-metrics" id="execution-metrics"><MetricsView state={data.state} place={place} /></div>;
    default: return never(data.tab);
  }
}

function never(value: never): never {
  throw new Error(`not a tab: ${String(value)}`);
}

export const executionPage = definePage<ExecutionData>({
  name: 'execution',
  route: '/executions/:namespace/:flowId/:id/:tab?',
  // Who is where knows only the id.
  also: ['/executions/:id'],
  section: 'executions',
  fill: true,
  rail: 'narrow',
  title: (data) => data.state.execution?.id.slice(0, 8) ?? 'Execution',
  crumbs: (data, place) => (data.state.execution === null ? [] : [
    { text: 'Executions', href: to(place, '/executions') },
    { text: data.state.execution.flowId, href: toFlow(place, data.state.execution.namespace, data.state.execution.flowId) },
  ]),
  tabs: (data, place) => ({
    current: data.tab,
    links: executionTabs.map((id) => ({ id, title: titles[id], href: data.state.execution === null ? place.path : toExecution(place, data.state.execution, id) })),
  }),
  actions: (data, place) => (data.state.execution === null ? <></> : <><ExecutionStatus execution={data.state.execution} place={place} /><ExecutionActions execution={data.state.execution} place={place} /></>),
  load: loadExecution,
  view: (data, place) => (data.state.execution === null ? <Gone /> : <><Body data={data} place={place} /><PhoneActions execution={data.state.execution} place={place} /></>),
});
