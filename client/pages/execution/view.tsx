/** The execution page: one frame, its tabs, each drawn by the same view first and live. */
import { Empty } from '../../components/notice/notice.tsx';
import { beatsOf, eventsOf, shownMoment, spanOfRun, stateAt, Transport } from '../../gantt/index.ts';
import { logTimeText } from '../../logs/index.ts';
import { definePage, to, toExecution, toFlow, type Place } from '../page.ts';
import { ExecutionActions, ExecutionStatus, PhoneActions } from './actions.tsx';
import { GanttTab } from './gantt-view.tsx';
import { DependenciesView } from './dependencies-view.tsx';
import { executionTabs, loadExecution, type ExecutionData } from './load.ts';
import { hasLoops, LoopsView } from './loops-view.tsx';
import { LogsTab } from './logs-view.tsx';
import { MetricsView } from './metrics-view.tsx';
import { MomentStrip } from './moment-strip.tsx';
import { speeds } from './moment.ts';
import { OutputsView } from './outputs-view.tsx';
import { Gone, Overview } from './overview.tsx';
import { TaskDrawer } from './task-drawer.tsx';

const titles: Readonly<Record<ExecutionData['tab'], string>> = { overview: 'Overview', gantt: 'Gantt', logs: 'Logs', topology: 'Topology', outputs: 'Outputs', metrics: 'Metrics', dependencies: 'Dependencies', loops: 'Loops' };
function TopologyTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  return (
    <div class="split" data-split="side" id="topology-split">
      <div class="graph" id="topology" data-owned="">{data.flow === undefined ? <Empty icon="branch" title="The flow of this revision is gone"><p>It was deleted after this run; task runs are still in the Gantt.</p></Empty> : null}</div>
      <div class="splitter" role="separator" tabindex={0} aria-orientation="vertical" aria-label="Resize details" aria-valuemin={15} aria-valuemax={75} aria-valuenow={26} data-splits="topology"></div>
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
    case 'dependencies': return <DependenciesView related={data.related} executionId={data.state.execution?.id ?? ''} place={place} />;
    case 'loops': return <div class="page-pad execution-metrics" id="execution-loops"><LoopsView state={data.state} lines={data.failure} nowMs={shownMoment(data.state, place.search, place.nowMs) ?? place.nowMs} place={place} /></div>;
    default: return never(data.tab);
  }
}

/** One bar and one moment for all faces. */
function TransportBar({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const span = spanOfRun(data.state, place.nowMs);
  const atMs = shownMoment(data.state, place.search, place.nowMs);
  return (
    <>
      <Transport {...span} atMs={atMs} playing={false} speed={1} speeds={speeds} beats={beatsOf(eventsOf(data.state), span.fromMs, span.toMs)} viewers={[]} timeText={(ms) => logTimeText(ms, place.zone)} />
      <MomentStrip mode={atMs === undefined ? { state: 'live' } : { state: 'past', atMs }} followers={[]} asker={undefined} watchers={[]} timeText={(ms) => logTimeText(ms, place.zone).slice(0, 8)} />
    </>
  );
}

/** Faces show the moment of the address from the first byte on. */
function Shown({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const atMs = shownMoment(data.state, place.search, place.nowMs);
  // The Gantt outlines what came later, so it takes the whole run.
  return <><TransportBar data={data} place={place} />{data.tab === 'gantt' ? <GanttTab data={data} place={place} /> : <Body data={{ ...data, state: stateAt(data.state, atMs) }} place={place} />}</>;
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
    // A run without loops has nothing to say there.
    links: executionTabs.filter((id) => id !== 'loops' || data.tab === 'loops' || hasLoops(data.flow)).map((id) => ({ id, title: titles[id], href: data.state.execution === null ? place.path : toExecution(place, data.state.execution, id) })),
  }),
  actions: (data, place) => (data.state.execution === null ? <></> : <><ExecutionStatus execution={data.state.execution} place={place} /><ExecutionActions execution={data.state.execution} place={place} /></>),
  load: loadExecution,
  view: (data, place) => (data.state.execution === null ? <Gone /> : <><Shown data={data} place={place} /><PhoneActions execution={data.state.execution} place={place} /></>),
});
