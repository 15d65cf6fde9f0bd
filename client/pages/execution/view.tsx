/** The execution page: one frame, six tabs, each drawn by the same view first and live. */
import type { ExecutionHeader, TaskRun } from '../../../core/protocol/entities/execution.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Labels } from '../../components/label/label.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty, ErrorBox } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { StateIcon, StatePill } from '../../components/state-pill/state-pill.tsx';
import { Duration, Moment } from '../../components/time/time.tsx';
import { exactWords, momentWords } from '../../components/time/words.ts';
import { ganttOf, GanttView } from '../../gantt/index.ts';
import { LogLineView, LogView } from '../../logs/index.ts';
import { refusalOf } from '../executions/allowed.ts';
import { definePage, readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { executionTabs, loadExecution, type ExecutionData } from './load.ts';
import { OutputsView } from './outputs-view.tsx';

const titles: Readonly<Record<ExecutionData['tab'], string>> = { overview: 'Overview', gantt: 'Gantt', logs: 'Logs', topology: 'Topology', outputs: 'Outputs', metrics: 'Metrics' };
/** Rows in the first byte; the rest come with the first scroll. */
const firstRows = 60;

const visibleLabels = (execution: ExecutionHeader) => execution.labels.filter((label) => !label.key.startsWith('system.'));
const spanOf = (execution: ExecutionHeader): { readonly startMs: number; readonly endMs: number | undefined } => ({ startMs: Date.parse(execution.state.startDate), endMs: execution.state.endDate === undefined ? undefined : Date.parse(execution.state.endDate) });

/** State, duration, labels beside the title; live. */
export function ExecutionStatus({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  const { startMs, endMs } = spanOf(execution);
  return (
    <span class="row execution-status" id="execution-status">
      <StatePill state={execution.state.current} />
      <Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} title={`Started ${exactWords(startMs, place.zone)}`} />
    </span>
  );
}

export function ExecutionActions({ execution, place }: { readonly execution: ExecutionHeader; readonly place: Place }) {
  const reader = readOnlyReason(place);
  const state = execution.state.current;
  const ended = isTerminal(state);
  return (
    <span class="row" id="execution-actions">
      {state === 'PAUSED'
        ? <Button kind="primary" icon="play" action="resume" disabled={reader}>Resume</Button>
        : ended ? null : <Button icon="pause" action="pause" disabled={reader ?? refusalOf('pause', state)}>Pause</Button>}
      {ended
        ? <Button {...(state === 'FAILED' || state === 'KILLED' ? { kind: 'primary' as const } : {})} icon="replay" action={state === 'FAILED' || state === 'KILLED' ? 'restart' : 'replay'} disabled={reader}>{state === 'FAILED' || state === 'KILLED' ? 'Restart' : 'Replay'}</Button>
        : <Button kind="danger" icon="stop" action="kill" disabled={reader ?? refusalOf('kill', state)}>Kill</Button>}
      <Menu id="execution-menu" title="More actions">
        <MenuItem icon="replay" action="restart" disabled={reader ?? refusalOf('restart', state)}>Restart from where it failed</MenuItem>
        <MenuItem icon="replay" action="replay" disabled={reader}>Replay from the start</MenuItem>
        <MenuItem icon="tag" action="labels" disabled={reader ?? refusalOf('labels', state)}>Change labels</MenuItem>
        <MenuItem icon="edit" action="status" disabled={reader ?? refusalOf('labels', state)}>Change state</MenuItem>
        <MenuItem icon="copy" action="copy-id" value={execution.id}>Copy id</MenuItem>
        <MenuItem icon="download" href={`/api/v1/${place.tenant}/logs/${execution.id}/download`} download="">Download log</MenuItem>
        <MenuItem icon="trash" danger action="delete" disabled={reader ?? refusalOf('delete', state)}>Delete execution</MenuItem>
      </Menu>
    </span>
  );
}

const labelOf = (taskRun: TaskRun): string => (taskRun.value === undefined ? taskRun.taskId : `${taskRun.taskId} ${taskRun.value}`);
/** The first that failed and was no parent of a failure: what a person wants to read first. */
export function firstFailure(state: ExecutionTopicState): TaskRun | undefined {
  const failed = state.order.map((id) => state.taskRuns[id]).filter((taskRun) => taskRun?.state.current === 'FAILED');
  const parents = new Set(failed.map((taskRun) => taskRun?.parentTaskRunId));
  return failed.find((taskRun) => taskRun !== undefined && !parents.has(taskRun.id));
}

function Overview({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const { execution } = data.state;
  if (execution === null) return <Gone />;
  const { startMs, endMs } = spanOf(execution);
  const failure = firstFailure(data.state);
  const error = failure === undefined ? undefined : data.logs.lines.find((line) => line.level === 'ERROR' && line.taskRunId === failure.id) ?? data.logs.lines.find((line) => line.level === 'ERROR');
  const parent = execution.trigger?.variables['executionId'];
  return (
    <div class="page-pad execution-overview" id="execution-overview">
      {failure === undefined ? null : (
        <ErrorBox title={`${labelOf(failure)} failed`}>
          <pre>{error?.message ?? 'It left no line in its log.'}</pre>
          <span class="row"><Button size="small" icon="logs" href={`${toExecution(place, execution, 'logs')}${error?.position === undefined ? '' : `?line=${error.position}`}`}>Log</Button><Button size="small" icon="task-store" href={toExecution(place, execution, 'outputs')}>Outputs</Button></span>
        </ErrorBox>
      )}
      <div class="execution-panels">
        <Panel title="Run">
          <dl class="facts panel-body">
            <dt>State</dt><dd><StatePill state={execution.state.current} /></dd>
            <dt>Flow</dt><dd><a class="link mono" href={toFlow(place, execution.namespace, execution.flowId)}>{execution.namespace}.{execution.flowId}</a></dd>
            <dt>Revision</dt><dd class="num">{execution.flowRevision === 0 ? 'a draft, unpublished' : execution.flowRevision}</dd>
            <dt>Started</dt><dd><Moment at={startMs} nowMs={place.nowMs} zone={place.zone} /></dd>
            <dt>Ended</dt><dd>{endMs === undefined ? 'not yet' : <Moment at={endMs} nowMs={place.nowMs} zone={place.zone} />}</dd>
            <dt>Duration</dt><dd><Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} /></dd>
            <dt>By</dt><dd>{execution.startedBy ?? 'unknown'}</dd>
            <dt>Attempt</dt><dd class="num">{execution.metadata.attemptNumber}</dd>
            {execution.scheduleDate === undefined ? null : <><dt>Not before</dt><dd><Moment at={execution.scheduleDate} nowMs={place.nowMs} zone={place.zone} /></dd></>}
            {execution.parentId === undefined ? null : <><dt>Replay of</dt><dd><a class="link mono" href={toExecution(place, { ...execution, id: execution.parentId })}>{execution.parentId.slice(0, 8)}</a></dd></>}
            {typeof parent !== 'string' ? null : <><dt>Started from</dt><dd><a class="link mono" href={toExecution(place, { namespace: String(execution.trigger?.variables['namespace'] ?? ''), flowId: String(execution.trigger?.variables['flowId'] ?? ''), id: parent })}>{parent.slice(0, 8)}</a></dd></>}
            <dt>Children</dt><dd><a class="link" href={`${to(place, '/executions')}?triggerExecutionId=${execution.id}`}>started from this one</a></dd>
            <dt>Labels</dt><dd>{visibleLabels(execution).length === 0 ? <span class="faint">none</span> : <Labels labels={visibleLabels(execution)} most={20} />}</dd>
          </dl>
        </Panel>
        <Panel title="History">
          <ol class="history panel-body">
            {execution.state.histories.map((change, index) => {
              const next = execution.state.histories[index + 1];
              return <li class="row"><StatePill state={change.state} /><span class="num faint" title={exactWords(Date.parse(change.date), place.zone)}>{momentWords(Date.parse(change.date), place.nowMs, place.zone)}</span><span class="grow"></span>{next === undefined ? null : <Duration startMs={Date.parse(change.date)} endMs={Date.parse(next.date)} nowMs={place.nowMs} />}</li>;
            })}
          </ol>
        </Panel>
        <Panel title="Inputs">{execution.inputs === undefined || Object.keys(execution.inputs).length === 0 ? <p class="panel-body faint">It was given none.</p> : <ValueTable values={execution.inputs} />}</Panel>
        <Panel title="Outputs">{execution.outputs === undefined || Object.keys(execution.outputs).length === 0 ? <p class="panel-body faint">{data.flow?.outputs === undefined ? 'The flow declares none.' : 'None yet.'}</p> : <ValueTable values={execution.outputs} />}</Panel>
        {execution.trigger === undefined ? null : <Panel title="Trigger"><ValueTable values={{ id: execution.trigger.id, type: execution.trigger.type, ...execution.trigger.variables }} /></Panel>}
      </div>
    </div>
  );
}

export function ValueTable({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  return <table class="table value-table"><tbody>{Object.entries(values).map(([key, value]) => <tr><th class="mono" scope="row">{key}</th><td class="mono"><pre>{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre></td></tr>)}</tbody></table>;
}

function Gone() {
  return <div class="page-pad"><section class="panel"><Empty icon="search" title="This execution is gone"><p>Somebody has deleted it, with its logs and files.</p></Empty></section></div>;
}

function GanttTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const model = ganttOf(data.state, { nowMs: place.nowMs, collapsed: new Set(), timeText: (ms) => momentWords(ms, place.nowMs, place.zone) });
  return (
    <div class="split" data-split="side" id="gantt-split">
      <section class="page gantt-page" data-fill aria-label="Gantt">
        {model.rows.length === 0 ? <div id="gantt-empty"><Empty icon="clock" title="Nothing has begun yet"><p>Task runs appear here as soon as the first one is created.</p></Empty></div> : null}
        <div id="gantt" data-owned=""><GanttView label="Task runs" rows={model.rows.slice(0, firstRows)} scale={model.scale} selected={undefined} marks={[]} first={0} total={model.rows.length} rowHeight={32} /></div>
      </section>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize details"></div>
      <aside class="drawer" id="task-drawer" aria-label="Task run"><TaskDrawer state={data.state} logs={data.logs.lines} selected={undefined} place={place} /></aside>
    </div>
  );
}

export function TaskDrawer({ state, logs, selected, place }: { readonly state: ExecutionTopicState; readonly logs: ExecutionData['logs']['lines']; readonly selected: string | undefined; readonly place: Place }) {
  const taskRun = selected === undefined ? undefined : state.taskRuns[selected];
  const { execution } = state;
  if (taskRun === undefined || execution === null) return <div class="drawer-body"><Empty icon="executions" title="Choose a task run"><p>Its attempts, last lines and outputs appear here. Arrow keys walk, Enter opens.</p></Empty></div>;
  const reader = readOnlyReason(place);
  const attempts = taskRun.attempts ?? [];
  const lines = logs.filter((line) => line.taskRunId === taskRun.id).slice(-8);
  const startMs = Date.parse(taskRun.state.startDate);
  return (
    <>
      <div class="drawer-head"><h2 class="mono cut">{taskRun.taskId}</h2>{taskRun.value === undefined ? null : <span class="label cut">{taskRun.value}</span>}<span class="grow"></span><StatePill state={taskRun.state.current} /></div>
      <div class="drawer-body">
        <dl class="facts">
          <dt>Created</dt><dd><Moment at={startMs} nowMs={place.nowMs} zone={place.zone} /></dd>
          <dt>Duration</dt><dd><Duration startMs={startMs} endMs={taskRun.state.endDate === undefined ? undefined : Date.parse(taskRun.state.endDate)} nowMs={place.nowMs} /></dd>
          <dt>Id</dt><dd class="mono cut" title={taskRun.id}>{taskRun.id}</dd>
        </dl>
        {attempts.length === 0 ? null : (
          <table class="table"><thead><tr><th>Attempt</th><th>State</th><th class="end">Duration</th></tr></thead><tbody>
            {attempts.map((attempt, index) => <tr><td class="num">{index + 1}</td><td><StatePill state={attempt.state.current} /></td><td class="end"><Duration startMs={Date.parse(attempt.state.startDate)} endMs={attempt.state.endDate === undefined ? undefined : Date.parse(attempt.state.endDate)} nowMs={place.nowMs} /></td></tr>)}
          </tbody></table>
        )}
        {lines.length === 0 ? null : <div class="stack"><h3>Last lines</h3><div class="log-box">{lines.map((entry) => <LogLineView entry={entry} timeText={(ms) => momentWords(ms, place.nowMs, place.zone)} task="" />)}</div></div>}
        {Object.keys(taskRun.outputs).length === 0 ? null : <div class="stack"><h3>Outputs</h3><ValueTable values={taskRun.outputs} /></div>}
      </div>
      <div class="drawer-foot">
        <Button icon="replay" action="replay-from" value={taskRun.id} disabled={reader}>Replay from here</Button>
        <Button kind="quiet" icon="edit" action="task-state" value={taskRun.id} disabled={reader ?? (isTerminal(execution.state.current) ? undefined : 'It has not ended yet')}>Change state</Button>
        <Button kind="quiet" icon="logs" href={`${toExecution(place, execution, 'logs')}?taskRunId=${taskRun.id}`}>Log</Button>
      </div>
    </>
  );
}

function LogsTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  return (
    <>
      <div class="toolbar">
        <div class="filterbar log-filter" role="search" aria-label="Filter log lines">
          <Icon name="search" />
          <select id="log-level" aria-label="Lowest level">{['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'].map((level) => <option value={level}>{level === 'TRACE' ? 'All levels' : `${level.charAt(0)}${level.slice(1).toLowerCase()} and above`}</option>)}</select>
          <select id="log-task" aria-label="Task run"><option value="">All task runs</option></select>
          <input id="log-search" type="search" aria-label="Search in messages" placeholder="Search in messages" autocomplete="off" />
        </div>
        <span class="toolbar-gap"></span>
        <span class="small faint num" id="log-status" role="status"></span>
        <Button kind="quiet" size="small" icon="chevron-up" action="log-top" title="To the first line">First</Button>
        <Button kind="quiet" size="small" icon="state-failed" action="log-next-error" title="Next error (E)">Error</Button>
        <Button kind="quiet" size="small" icon="copy" action="log-copy" title="Copy the shown lines" />
        <Button kind="quiet" size="small" icon="download" href={`/api/v1/${place.tenant}/logs/${data.state.execution?.id ?? ''}/download`} download="" title="Download the whole log" />
      </div>
      <div class="log-wrap" id="log-view" data-owned="">
        <LogView label="Log lines" lines={data.logs.lines} timeText={(ms) => momentWords(ms, place.nowMs, place.zone)} taskName={(entry) => taskNameOf(data.state, entry.taskRunId)} />
        <button type="button" class="button log-tail" data-action="log-follow" id="log-tail" hidden><Icon name="arrow-down" /><span data-words="">Follow the end</span></button>
      </div>
    </>
  );
}

export function taskNameOf(state: ExecutionTopicState, taskRunId: string | undefined): string | undefined {
  const taskRun = taskRunId === undefined ? undefined : state.taskRuns[taskRunId];
  return taskRun === undefined ? undefined : labelOf(taskRun);
}

function TopologyTab({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  return (
    <div class="split" data-split="side">
      <div class="graph" id="topology" data-owned="">{data.flow === undefined ? <Empty icon="branch" title="The flow of this revision is gone" /> : null}</div>
      <div class="splitter" role="separator" aria-orientation="vertical" aria-label="Resize details"></div>
      <aside class="drawer" id="task-drawer" aria-label="Task run"><TaskDrawer state={data.state} logs={data.logs.lines} selected={undefined} place={place} /></aside>
    </div>
  );
}

export function MetricsView({ state, place }: { readonly state: ExecutionTopicState; readonly place: Place }) {
  if (state.metrics.length === 0) return <section class="panel"><Empty icon="stats" title="No metrics"><p>Tasks report counters and timers; a script does it with a line such as <code>{'::{"metrics":[{"name":"rows","type":"counter","value":12}]}::'}</code></p></Empty></section>;
  const largest = new Map<string, number>();
  for (const metric of state.metrics) largest.set(metric.name, Math.max(largest.get(metric.name) ?? 0, Math.abs(metric.value)));
  return (
    <section class="panel" aria-label="Metrics">
      <table class="table"><thead><tr><th>Task run</th><th>Metric</th><th>Type</th><th class="end">Value</th><th class="wide">Share of the largest</th><th class="wide">Tags</th><th class="wide end">At</th></tr></thead>
        <tbody>{state.metrics.map((metric) => (
          <tr><td class="mono cut">{taskNameOf(state, metric.taskRunId) ?? metric.taskId}</td><td class="mono">{metric.name}</td><td>{metric.type}</td><td class="end num">{metric.type === 'timer' ? `${metric.value} ms` : metric.value}</td>
            <td class="wide"><svg class="metric-bar" width="120" height="8" role="img" aria-label={`${metric.value} of at most ${largest.get(metric.name) ?? 0}`}><rect class="bar" data-state="RUNNING" width={Math.max(1, (Math.abs(metric.value) / (largest.get(metric.name) || 1)) * 120)} height="8" rx="2" /></svg></td>
            <td class="wide">{Object.entries(metric.tags ?? {}).map(([key, value]) => <span class="label">{key}:{value}</span>)}</td><td class="wide end"><Moment at={metric.timestamp} nowMs={place.nowMs} zone={place.zone} /></td></tr>
        ))}</tbody></table>
    </section>
  );
}

function Body({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  if (data.state.execution === null) return <Gone />;
  switch (data.tab) {
    case 'overview': return <Overview data={data} place={place} />;
    case 'gantt': return <GanttTab data={data} place={place} />;
    case 'logs': return <LogsTab data={data} place={place} />;
    case 'topology': return <TopologyTab data={data} place={place} />;
    case 'outputs': return <OutputsView data={data} place={place} />;
    case 'metrics': return <div class="page-pad" id="execution-metrics"><MetricsView state={data.state} place={place} /></div>;
  }
}

export { Overview, StateIcon };

export const executionPage = definePage<ExecutionData>({
  name: 'execution',
  route: '/executions/:namespace/:flowId/:id/:tab?',
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
  view: (data, place) => <Body data={data} place={place} />,
});
