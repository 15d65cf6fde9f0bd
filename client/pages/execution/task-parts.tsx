/** Parts of what is shown of one task run: its lines, its outputs, its metrics, its text, the executions that it started. */
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import { isStateType, type StateType } from '../../../core/protocol/states.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { Button } from '../../components/button/button.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { durationWords } from '../../components/time/words.ts';
import { LogLineView, logTimeText } from '../../logs/index.ts';
import { to, toExecution, type Place } from '../page.ts';
import { toLogs } from './addresses.ts';
import { fileNameOf, isFile, secretMark } from './outputs.ts';
import { fileAddress } from './value-pane.tsx';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Child {
  readonly id: string;
  /** Not every task says which flow it started. */
  readonly flow: { readonly namespace: string; readonly flowId: string } | undefined;
}

/** The execution that a task run started, and what is known of it. */
export interface ChildRun extends Child {
  readonly state: StateType | undefined;
  readonly lines: readonly LogEntry[];
  readonly total: number;
}

export const toChild = (place: Pick<Place, 'tenant'>, child: Child, tab?: string): string =>
  (child.flow === undefined ? to(place, `/executions/${encodeURIComponent(child.id)}`) : toExecution(place, { ...child.flow, id: child.id }, tab));

export function childOf(taskRun: TaskRun): Child | undefined {
  const { executionId, namespace, flowId } = taskRun.outputs;
  return typeof executionId === 'string' ? { id: executionId, flow: typeof namespace === 'string' && typeof flowId === 'string' ? { namespace, flowId } : undefined } : undefined;
}

/** How many executions of a task over items are in which state. */
export function iterationsOf(taskRun: TaskRun): { readonly total: number; readonly states: readonly { readonly state: StateType; readonly count: number }[] } | undefined {
  const { iterations, numberOfBatches, iterationCount, runningIterations, terminatedIterations } = taskRun.outputs;
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  // A Loop counts what runs and what has ended, whatever its state.
  if (typeof iterationCount === 'number') return { total: iterationCount, states: [{ state: 'SUCCESS', count: number(terminatedIterations) }, { state: 'RUNNING', count: number(runningIterations) }] };
  if (!isRecord(iterations)) return undefined;
  const states = Object.entries(iterations).flatMap(([state, count]) => (isStateType(state) && typeof count === 'number' && count > 0 ? [{ state, count }] : []));
  const counted = states.reduce((sum, one) => sum + one.count, 0);
  return { total: Math.max(counted, typeof numberOfBatches === 'number' ? numberOfBatches : 0), states };
}

export function Iterations({ taskRun, place }: { readonly taskRun: TaskRun; readonly place: Place }) {
  const found = iterationsOf(taskRun);
  if (found === undefined) return <></>;
  let from = 0;
  return (
    <div class="stack">
      <h3 class="row">Iterations<span class="grow"></span><a class="link small" href={`${to(place, '/executions')}?triggerExecutionId=${taskRun.executionId}`}>{found.total} executions</a></h3>
      <svg class="iterations" width="100%" height="8" role="img" aria-label={found.states.map(({ state, count }) => `${count} ${stateWord(state)}`).join(', ')}>
        {found.states.filter(({ count }) => count > 0).map(({ state, count }) => { const x = from; const share = (count / Math.max(1, found.total)) * 100; from += share; return <rect class="bar" data-state={state} x={`${x.toFixed(2)}%`} width={`${share.toFixed(2)}%`} height="8" />; })}
      </svg>
      <span class="row">{found.states.map(({ state, count }) => <a class="row small" href={`${to(place, '/executions')}?triggerExecutionId=${taskRun.executionId}&state=${state}`}><StatePill state={state} /><span class="num">{count}</span></a>)}</span>
    </div>
  );
}

export interface TaskLinesProps {
  readonly taskRun: TaskRun;
  readonly lines: readonly LogEntry[];
  readonly loading: boolean;
  readonly child: ChildRun | undefined;
  readonly address: { readonly namespace: string; readonly flowId: string; readonly id: string };
  readonly place: Place;
}

export function TaskLines({ taskRun, lines, loading, child, address, place }: TaskLinesProps) {
  const line = (entry: LogEntry, prefix: string) => <LogLineView entry={entry} timeText={(ms) => logTimeText(ms, place.zone)} task="" prefix={prefix} />;
  const own = (
    <div class="stack">
      <h3 class="row">Log<span class="grow"></span><a class="link small" href={toLogs(place, address, { taskRunId: taskRun.id })}>All lines</a></h3>
      {lines.length === 0 ? <p class="faint">{loading ? 'Reading…' : 'It has logged nothing.'}</p> : <div class="log-box" role="log" aria-label={`Log of ${taskRun.taskId}`} tabindex={0}>{lines.map((entry) => line(entry, 'drawer'))}</div>}
      {(taskRun.attempts ?? []).map((attempt) => attempt.logFile).filter(isFile).map((file) => (
        <div class="row log-file"><span class="mono cut" title={file}>{fileNameOf(file)}</span><span class="grow"></span><Button size="small" icon="eye" action="preview" value={file}>Preview</Button><Button size="small" icon="download" href={fileAddress(place, address.id, file)} download={fileNameOf(file)} title="Download the log file" /></div>
      ))}
    </div>
  );
  if (child === undefined) return own;
  return (
    <>
      {own}
      <div class="stack">
        <h3 class="row">Log of what it started{child.state === undefined ? null : <StatePill state={child.state} />}<span class="grow"></span><a class="link small" href={toChild(place, child, 'logs')}>{child.flow?.flowId ?? child.id.slice(0, 8)}</a></h3>
        {child.lines.length === 0 ? <p class="faint">It has logged nothing.</p> : <div class="log-box sublog" role="log" aria-label="Log of what it started" tabindex={0}>{child.lines.map((entry) => line(entry, `child-${child.id}`))}</div>}
        {child.total > child.lines.length ? <p class="faint small">The last {child.lines.length} of {child.total} lines.</p> : null}
      </div>
    </>
  );
}

const outputCharsMax = 4000;

/** Key and value; files with what one can do with them. */
export function TaskOutputs({ taskRun, href, place }: { readonly taskRun: TaskRun; readonly href: string; readonly place: Place }) {
  const entries = Object.entries(taskRun.outputs);
  if (entries.length === 0) return <p class="faint">It gave no outputs.</p>;
  return (
    <div class="stack">
      <h3 class="row">Outputs<span class="grow"></span><a class="link small" href={href}>In columns</a></h3>
      <table class="table value-table"><tbody>{entries.map(([key, value]) => <tr><th class="mono" scope="row">{key}</th><td class="mono"><OutputValue name={key} value={value} taskRun={taskRun} place={place} /></td></tr>)}</tbody></table>
    </div>
  );
}

function OutputValue({ name, value, taskRun, place }: { readonly name: string; readonly value: unknown; readonly taskRun: TaskRun; readonly place: Place }) {
  if (value === null || value === undefined) return <i class="faint">null</i>;
  if (isFile(value)) return <span class="row"><span class="cut" title={value}>{fileNameOf(value)}</span><Button size="small" kind="quiet" icon="eye" action="preview" value={value} title={`Preview ${fileNameOf(value)}`} /><Button size="small" kind="quiet" icon="download" href={fileAddress(place, taskRun.executionId, value)} download={fileNameOf(value)} title={`Download ${fileNameOf(value)}`} /></span>;
  if (name === 'executionId' && typeof value === 'string') return <a class="link" href={to(place, `/executions/${encodeURIComponent(value)}`)}>{value}</a>;
  if (isRecord(value) && value['type'] === 'io.kestra.datatype:aes_encrypted') return <span class="faint">{secretMark}</span>;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return <pre tabindex={0} aria-label={`Value of ${name}`}>{text.slice(0, outputCharsMax)}{text.length > outputCharsMax ? ' …' : ''}</pre>;
}

export function TaskMetrics({ state, taskRun }: { readonly state: ExecutionTopicState; readonly taskRun: TaskRun }) {
  const metrics = state.metrics.filter((metric) => metric.taskRunId === taskRun.id);
  if (metrics.length === 0) return <p class="faint">It reported no metrics.</p>;
  return (
    <div class="stack">
      <h3>Metrics</h3>
      <table class="table value-table"><tbody>{metrics.map((metric) => (
        <tr><th class="mono" scope="row">{metric.name}</th><td><span class="num" title={metric.type === 'timer' ? `${metric.value} ms` : undefined}>{metric.type === 'timer' ? durationWords(metric.value) : metric.value.toLocaleString('en-US')}</span> {Object.entries(metric.tags ?? {}).map(([key, value]) => <span class="label">{key}:{value}</span>)}</td></tr>
      ))}</tbody></table>
    </div>
  );
}

/** Undefined while it is being read, null when the text has no such task (any more). */
export function TaskSource({ source, revision }: { readonly source: string | null | undefined; readonly revision: number }) {
  return (
    <div class="stack">
      <h3 class="row">Source<span class="dim">{revision === 0 ? 'of the draft that ran' : `of revision ${revision}`}</span><span class="grow"></span>{typeof source === 'string' ? <Button size="small" kind="quiet" icon="copy" action="copy" value={source} title="Copy the source" /> : null}</h3>
      {source === undefined ? <p class="faint">Reading…</p> : source === null ? <p class="faint">It is not in the text of this revision: a task of a template or a dynamic one.</p> : <pre class="code task-source mono" tabindex={0}>{source}</pre>}
    </div>
  );
}
