/** The execution page: one frame, six tabs, each drawn by the same view first and live. */
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { momentWords } from '../../components/time/words.ts';
import { beatsOf, EventsView, eventsOf, ganttOf, GanttView, Transport } from '../../gantt/index.ts';
import { logTimeText } from '../../logs/index.ts';
import { definePage, to, toExecution, toFlow, type Place } from '../page.ts';
import { ExecutionActions, ExecutionStatus, PhoneActions } from './actions.tsx';
import { executionTabs, loadExecution, type ExecutionData } from './load.ts';
import { LogsTab } from './logs-view.tsx';
import { MetricsView } from './metrics-view.tsx';
import { speeds } from './moment.ts';
import { OutputsView } from './outputs-view.tsx';
import { Gone, Overview } from './overview.tsx';
import { momentOfSearch, spanOfRun, stateAt } from './state-at.ts';
import { TaskDrawer } from './task-drawer.tsx';

const titles: Readonly<Record<ExecutionData['tab'], string>> = { overview: 'Overview', gantt: 'Gantt', logs: 'Logs', topology: 'Topology', outputs: 'Outputs', metrics: 'Metrics' };
/** Rows in the first byte; the rest come with the first scroll. */
const firstRows = 60;
const firstEvents = 12;

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

function TopologyTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  return (
    <div class="split" data-split="side" id="topology-split">
      <div class="graph" id="topology" data-owned="">{data.flow === undefined ? <Empty icon="branch" title="The flow of this revision is gone"><p>It was deleted after this run; task runs are still in the Gantt.</p></Empty> : null}</div>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize details"></div>
      <aside class="drawer" id="task-drawer" aria-label="Task run"><TaskDrawer state={data.state} lines={data.logs.lines} selected={undefined} place={place} /></aside>
    </div>
  );
}

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

/** One bar and one moment for all faces. */
function TransportBar({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const span = spanOfRun(data.state, place.nowMs);
  const atMs = momentOfSearch(place.search);
  return (
    <>
      <Transport {...span} atMs={atMs} playing={false} speed={1} speeds={speeds} beats={beatsOf(eventsOf(data.state), span.fromMs, span.toMs)} viewers={[]} timeText={(ms) => logTimeText(ms, place.zone)} />
      <div id="moment-strip" hidden></div>
    </>
  );
}

/** Faces show the moment of the address from the first byte on. */
function Shown({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  return <><TransportBar data={data} place={place} /><Body data={{ ...data, state: stateAt(data.state, momentOfSearch(place.search)) }} place={place} /></>;
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
  view: (data, place) => (data.state.execution === null ? <Gone /> : <><Shown data={data} place={place} /><PhoneActions execution={data.state.execution} place={place} /></>),
});
