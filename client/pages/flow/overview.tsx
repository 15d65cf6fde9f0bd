/** The flow at a glance: what it is, how it has run lately, what starts it next. Runs and triggers are live. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Labels } from '../../components/label/label.tsx';
import { Markdown } from '../../components/markdown/markdown.tsx';
import { Empty, Notice } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { Ago, Duration, Moment } from '../../components/time/time.tsx';
import { durationWords } from '../../components/time/words.ts';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { startsWords } from '../triggers/words.ts';
import type { FlowData } from './load.ts';

const listedMax = 8;
const stripMax = 40;
const stripHeight = 48;

export function FlowOverview({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const { flow } = data;
  return (
    <div class="page-pad flow-overview">
      {data.draft.base === 0 ? <Notice kind="warn"><span>This flow is only a draft: nobody can run it until it is published. <a class="link" href={toFlow(place, data.namespace, data.id, 'editor')}>Open the editor</a></span></Notice> : null}
      {flow?.exception === undefined ? null : <Notice kind="error"><span>The published text does not parse any more: {flow.exception}</span></Notice>}
      {data.row?.disabled === true ? <Notice kind="warn"><span class="grow">This flow is disabled: nothing starts it.</span><Button size="small" icon="play" action="enable" disabled={readOnlyReason(place)}>Enable flow</Button></Notice> : null}
      <div id="recent-runs"><RecentRuns rows={data.recent?.rows ?? []} total={data.recent?.total ?? 0} data={data} place={place} /></div>
      <div class="cols" data-cols="2-1">
        <About data={data} place={place} />
        <div class="stack flow-side">
          <Panel title="Starts by" {...((data.starts?.rows ?? []).length === 0 ? {} : { more: { text: 'Triggers', href: toFlow(place, data.namespace, data.id, 'triggers') } })}>
            <div class="panel-body" id="flow-starts"><Starts rows={data.starts?.rows ?? []} place={place} /></div>
          </Panel>
          <SourceFacts data={data} place={place} />
        </div>
      </div>
    </div>
  );
}

export interface RecentRunsProps {
  readonly rows: readonly ExecutionHeader[];
  readonly total: number;
  readonly data: Pick<FlowData, 'namespace' | 'id' | 'draft'>;
  readonly place: Place;
}

/** Newest at the right: height is the duration, colour and title the state. */
export function RecentRuns({ rows, total, data, place }: RecentRunsProps) {
  const all = { text: total > 0 ? `All ${total}` : 'All', href: toFlow(place, data.namespace, data.id, 'executions') };
  if (rows.length === 0) {
    return (
      <Panel title="Last runs">
        <Empty icon="executions" title="It has not run yet"><p>Each run appears here at once.</p>{data.draft.base === 0 ? null : <Button kind="primary" icon="play" action="run" disabled={readOnlyReason(place)}>Run it</Button>}</Empty>
      </Panel>
    );
  }
  const strip = rows.slice(0, stripMax).toReversed();
  const spanMs = (row: ExecutionHeader): number => (row.state.endDate === undefined ? place.nowMs : Date.parse(row.state.endDate)) - Date.parse(row.state.startDate);
  const ended = rows.filter((row) => isTerminal(row.state.current));
  const good = ended.filter((row) => row.state.current === 'SUCCESS').length;
  const spans = ended.map(spanMs).sort((a, b) => a - b);
  const middle = spans[Math.floor(spans.length / 2)];
  const longest = Math.max(1, ...rows.slice(0, stripMax).map(spanMs));
  const step = 100 / Math.max(strip.length, 12);
  return (
    <Panel title="Last runs" more={all} aside={<span class="small dim num">{ended.length === 0 ? '' : `${good} of ${ended.length} ended well`}{middle === undefined || ended.length < 4 ? '' : `, half of them within ${durationWords(middle)}`}</span>}>
      <div class="panel-body">
        <svg class="chart run-strip" height={stripHeight + 4} width="100%" role="group" aria-label={`The last ${strip.length} runs, oldest first`}>
          <line class="grid" x1="0" x2="100%" y1={stripHeight + 0.5} y2={stripHeight + 0.5} />
          {strip.map((row, index) => {
            const height = Math.max(4, Math.round((spanMs(row) / longest) * (stripHeight - 4)));
            const title = `${stateWord(row.state.current)}, ${durationWords(spanMs(row))}, ${row.id.slice(0, 8)}${row.startedBy === undefined ? '' : ` by ${row.startedBy}`}`;
            const x = `${Math.round(index * step * 100) / 100}%`;
            return (
              <a href={toExecution(place, row)} aria-label={title}>
                <title>{title}</title>
                <rect class="hit" x={x} y="0" width={`${Math.round(step * 100) / 100}%`} height={stripHeight} />
                <rect data-state={row.state.current} x={x} y={stripHeight - height} width={`${Math.round(step * 76) / 100}%`} height={height} rx="1" />
                {row.state.current === 'SUCCESS' ? <rect class="cap" data-state="SUCCESS" x={x} y={stripHeight - height} width={`${Math.round(step * 76) / 100}%`} height="2" /> : null}
              </a>
            );
          })}
        </svg>
        <ol class="run-list">
          {rows.slice(0, listedMax).map((row) => (
            <li class="row" id={`run-${row.id}`}>
              <StatePill state={row.state.current} /><a class="id" href={toExecution(place, row)} title={row.id}>{row.id.slice(0, 8)}</a>
              <span class="faint small cut grow">{row.startedBy === undefined ? '' : `by ${row.startedBy}`}</span>
              <Duration startMs={Date.parse(row.state.startDate)} endMs={isTerminal(row.state.current) && row.state.endDate !== undefined ? Date.parse(row.state.endDate) : undefined} nowMs={place.nowMs} />
              <span class="small dim run-ago"><Ago at={row.state.startDate} nowMs={place.nowMs} zone={place.zone} /></span>
            </li>
          ))}
        </ol>
      </div>
    </Panel>
  );
}

function About({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const { flow, row } = data;
  return (
    <Panel title="About">
      <div class="panel-body">{flow?.description === undefined ? <p class="faint">No description yet. Add <code>description:</code> to the source; Markdown is fine.</p> : <Markdown text={flow.description} />}</div>
      <dl class="facts panel-body">
        <dt>Namespace</dt><dd class="mono"><a class="link" href={`${to(place, '/flows')}?namespace=${encodeURIComponent(data.namespace)}`}>{data.namespace}</a></dd>
        <dt>Revision</dt><dd class="row"><span class="num">{data.draft.base === 0 ? 'none yet' : data.draft.base}</span>{data.draft.differs && data.draft.base > 0 ? <a class="label" href={toFlow(place, data.namespace, data.id, 'editor')}>unpublished changes</a> : null}</dd>
        {row === undefined ? null : <><dt>Changed</dt><dd><Ago at={row.updated} nowMs={place.nowMs} zone={place.zone} /></dd></>}
        <dt>Authors</dt><dd>{row === undefined || row.authors.length === 0 ? <span class="faint">unknown</span> : row.authors.join(', ')}</dd>
        <dt>Labels</dt><dd class="wraps">{row === undefined || row.labels.length === 0 ? <span class="faint">none</span> : <Labels labels={row.labels} most={20} />}</dd>
        <dt>Inputs</dt><dd class="wraps">{flow?.inputs === undefined || flow.inputs.length === 0 ? <span class="faint">none</span> : flow.inputs.map((input) => <span class="label mono">{String(input['id'] ?? input['name'])}: {String(input['type'])}</span>)}</dd>
        <dt>Here now</dt><dd class="row" id="flow-people"><span class="faint">nobody else</span></dd>
      </dl>
    </Panel>
  );
}

/** What starts it, and when next. */
export function Starts({ rows, place }: { readonly rows: readonly Trigger[]; readonly place: Place }) {
  if (rows.length === 0) return <p class="dim">By hand, the API, or another flow.</p>;
  return (
    <ul class="start-list">
      {rows.map((row) => {
        const on = !row.disabled && !row.sourceDisabled;
        return (
          <li class="row" data-dim={on ? undefined : ''}>
            <Icon name={row.kind === 'SCHEDULE' ? 'clock' : row.kind === 'WEBHOOK' ? 'webhook' : 'triggers'} size={14} class="faint" />
            <span class="stack grow start-what"><span class="mono cut">{row.triggerId}</span><span class="small dim">{startsWords(row)}</span></span>
            {!on ? <span class="small faint">off</span> : row.nextExecutionDate === undefined ? null : <span class="small end start-next"><Moment at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} /><br /><span class="faint"><Ago at={row.nextExecutionDate} nowMs={place.nowMs} zone={place.zone} /></span></span>}
          </li>
        );
      })}
    </ul>
  );
}

/** Where a flowable keeps its children. */
const childKeys: ReadonlySet<string> = new Set(['tasks', 'task', 'then', 'else', 'errors', 'finally', 'defaults']);
/** Tasks at any depth: whatever has an id and a type below a list of tasks. */
function taskCount(tasks: unknown): number {
  if (Array.isArray(tasks)) return tasks.reduce((sum: number, task: unknown) => sum + taskCount(task), 0);
  if (typeof tasks !== 'object' || tasks === null) return 0;
  const inside = Object.entries(tasks).reduce((sum, [key, value]) => sum + (key === 'cases' && typeof value === 'object' && value !== null ? taskCount(Object.values(value)) : childKeys.has(key) ? taskCount(value) : 0), 0);
  return inside + ('id' in tasks && 'type' in tasks ? 1 : 0);
}

function SourceFacts({ data, place }: { readonly data: FlowData; readonly place: Place }) {
  const { source } = data.draft;
  const tasks = [data.flow?.tasks, data.flow?.errors, data.flow?.['finally']].reduce((sum: number, list) => sum + taskCount(list), 0);
  const errors = data.draft.diagnostics.filter((one) => one.severity === 'error').length;
  const others = data.draft.diagnostics.length - errors;
  return (
    <Panel title="Source" more={{ text: 'Open the editor', href: toFlow(place, data.namespace, data.id, 'editor') }}>
      <dl class="facts panel-body">
        <dt>Lines</dt><dd class="num">{source.split('\n').length - (source.endsWith('\n') ? 1 : 0)}</dd>
        {data.flow === undefined ? null : <><dt>Tasks</dt><dd class="num">{tasks}</dd></>}
        <dt>Problems</dt><dd>{data.draft.diagnostics.length === 0 ? <span class="faint">none</span> : <><span class={errors > 0 ? 'problem-mark' : undefined}>{errors} {errors === 1 ? 'error' : 'errors'}</span>, {others} {others === 1 ? 'warning' : 'warnings'}</>}</dd>
      </dl>
    </Panel>
  );
}
