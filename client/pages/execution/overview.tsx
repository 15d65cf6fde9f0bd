/** The overview of a run: what went wrong first, then what it is, was given and gave. On a phone it is the page of who is on call. */
import { Button } from '../../components/button/button.tsx';
import { Labels } from '../../components/label/label.tsx';
import { Empty, ErrorBox } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Ago, Duration, Moment } from '../../components/time/time.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { durationWords, exactWords, momentWords } from '../../components/time/words.ts';
import { LogLineView, logTimeText } from '../../logs/index.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { ExecutionHeader, TaskRun } from '../../../core/protocol/entities/execution.ts';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { Attempts } from './attempts.tsx';
import { errorOf, firstFailure, labelOf, linesOfFailure, taskNameOf, tasksNotRun } from './failure.ts';
import type { ExecutionData } from './load.ts';
import { toLogs, toOutputs } from './addresses.ts';
import { ValueSection, valueSections, type ValuePaths, type ValueSectionName } from './overview-values.tsx';

const lastLinesShown = 6;
export const visibleLabels = (execution: ExecutionHeader) => execution.labels.filter((label) => !label.key.startsWith('system.'));
export const spanOf = (execution: ExecutionHeader): { readonly startMs: number; readonly endMs: number | undefined } => ({ startMs: Date.parse(execution.state.startDate), endMs: execution.state.endDate === undefined ? undefined : Date.parse(execution.state.endDate) });

export function Gone() {
  return <div class="page-pad"><section class="panel"><Empty icon="search" title="This execution is gone"><p>Somebody has deleted it, with its logs and files.</p></Empty></section></div>;
}

/** Errors of any task, the last ones. */
const lastErrorsShown = 5;

function Failure({ data, failed, execution, place }: { readonly data: ExecutionData; readonly failed: TaskRun | undefined; readonly execution: ExecutionHeader; readonly place: Place }) {
  const errors = data.logs.lines.filter((entry) => entry.level === 'ERROR');
  const lines = failed === undefined ? [] : linesOfFailure(failed, data.failure, data.logs.lines);
  const error = failed === undefined ? errors[errors.length - 1] : errorOf(lines);
  const attempts = failed?.attempts?.length ?? 0;
  const count = Math.max(data.logs.counts.ERROR, errors.length);
  return (
    <>
      <ErrorBox title={failed === undefined ? 'The execution failed' : `${labelOf(failed)} failed`}>
        <p class="fail-words">{error?.message ?? 'It left no line in its log.'}</p>
        {errors.length === 0 ? null : (
          <details class="fail-more" id="fail-more">
            <summary class="small">Last error lines</summary>
            <div class="log-box">{errors.slice(-lastErrorsShown).map((entry) => <LogLineView entry={entry} timeText={(ms) => logTimeText(ms, place.zone)} task={taskNameOf(data.state, entry.taskRunId) ?? ''} prefix="error" />)}</div>
            <a class="link small" href={toLogs(place, execution, { minLevel: 'ERROR' })}>{count > 1 ? `All ${count} errors in the log` : 'In the log'}</a>
          </details>
        )}
      </ErrorBox>
      {failed === undefined ? null : (
        <div class="execution-panels" id="execution-failure">
          <section class="panel" aria-label="Failed task">
            <div class="panel-head"><h2 class="mono cut">{failed.taskId}</h2>{failed.value === undefined ? null : <span class="label cut">{failed.value}</span>}<span class="grow"></span><span class="small dim">{attempts === 0 ? 'no attempt' : attempts === 1 ? '1 attempt' : `${attempts} attempts`}</span><a class="link small" href={toOutputs(place, execution, data.state, failed)}>Outputs</a></div>
            <div class="panel-body"><Attempts taskRun={failed} nowMs={place.nowMs} /></div>
          </section>
          <section class="panel" aria-label="Last lines">
            <div class="panel-head"><h2>Last lines</h2><span class="grow"></span><a class="link small" href={toLogs(place, execution, { taskRunId: failed.id, line: error?.position })}>All lines</a></div>
            {lines.length === 0 ? <p class="panel-body faint">None.</p> : <div class="log-box">{lines.slice(-lastLinesShown).map((entry) => <LogLineView entry={entry} timeText={(ms) => logTimeText(ms, place.zone)} task="" prefix="failure" />)}</div>}
          </section>
        </div>
      )}
    </>
  );
}

/** Each state it was in and for how long, for a tooltip. */
export function historyText(execution: ExecutionHeader, place: Place): string {
  const { histories } = execution.state;
  return histories.map((change, index) => {
    const next = histories[index + 1];
    const atMs = Date.parse(change.date);
    return `${stateWord(change.state)} ${momentWords(atMs, place.nowMs, place.zone)}${next === undefined ? '' : `, for ${durationWords(Date.parse(next.date) - atMs)}`}`;
  }).join('\n');
}

/** The execution that started this one. */
function parentOf(execution: ExecutionHeader): { readonly namespace: string; readonly flowId: string; readonly id: string } | undefined {
  const { executionId, namespace, flowId } = execution.trigger?.variables ?? {};
  return typeof executionId === 'string' ? { id: executionId, namespace: String(namespace ?? execution.namespace), flowId: String(flowId ?? execution.flowId) } : undefined;
}

function Facts({ data, execution, place }: { readonly data: ExecutionData; readonly execution: ExecutionHeader; readonly place: Place }) {
  const { startMs, endMs } = spanOf(execution);
  const ended = isTerminal(execution.state.current);
  const labels = visibleLabels(execution);
  const parent = parentOf(execution);
  const changed = execution.state.histories[execution.state.histories.length - 1]?.date;
  const revision = execution.flowRevision;
  const createdFirst = execution.metadata.originalCreatedDate;
  const execLink = (id: string) => <a class="link mono" href={toExecution(place, { ...execution, id })} title={id}>{id.slice(0, 8)}</a>;
  return (
    <dl class="facts panel-body">
      <dt>Namespace</dt><dd><a class="link mono" href={`${to(place, '/executions')}?namespace=${encodeURIComponent(execution.namespace)}`}>{execution.namespace}</a></dd>
      <dt>Flow</dt><dd><a class="link mono" href={toFlow(place, execution.namespace, execution.flowId)}>{execution.flowId}</a></dd>
      <dt>Revision</dt><dd>{revision === 0 ? 'a draft, unpublished' : <a class="link num" title={revision > 1 ? `What revision ${revision} changed` : 'Revisions'} href={`${toFlow(place, execution.namespace, execution.flowId, 'revisions')}${revision > 1 ? `?left=${revision - 1}&right=${revision}` : ''}`}>{revision}</a>}</dd>
      <dt>Labels</dt><dd class="row">{labels.length === 0 ? <span class="faint">none</span> : <Labels labels={labels} most={20} hrefOf={(label) => `${to(place, '/executions')}?labels=${encodeURIComponent(`${label.key}:${label.value}`)}`} />}{ended ? <Button kind="quiet" size="small" icon="edit" action="labels" title="Set labels" disabled={readOnlyReason(place)} /> : null}</dd>
      <dt>Started by</dt><dd>{execution.startedBy ?? 'unknown'}</dd>
      <dt>Created</dt><dd><Moment at={startMs} nowMs={place.nowMs} zone={place.zone} /></dd>
      {changed === undefined ? null : <><dt>Updated</dt><dd><Ago at={changed} nowMs={place.nowMs} zone={place.zone} /></dd></>}
      <dt>Duration</dt><dd><Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} title={historyText(execution, place)} /></dd>
      <dt>Steps</dt><dd class="num">{data.state.order.length}</dd>
      <dt>Attempt</dt><dd class="num">{execution.metadata.attemptNumber}</dd>
      {Date.parse(createdFirst) === startMs ? null : <><dt>First created</dt><dd><Moment at={createdFirst} nowMs={place.nowMs} zone={place.zone} /></dd></>}
      {execution.scheduleDate === undefined ? null : <><dt>Not before</dt><dd><Moment at={execution.scheduleDate} nowMs={place.nowMs} zone={place.zone} /></dd></>}
      {parent === undefined ? null : <><dt>Parent</dt><dd><a class="link mono" href={toExecution(place, parent)} title={`${parent.namespace}.${parent.flowId}`}>{parent.id.slice(0, 8)}</a> <span class="dim">{parent.flowId}</span></dd></>}
      {execution.parentId === undefined ? null : <><dt>Replay of</dt><dd>{execLink(execution.parentId)}</dd></>}
      {execution.originalId === execution.id || execution.originalId === execution.parentId ? null : <><dt>Original</dt><dd>{execLink(execution.originalId)}</dd></>}
      <dt>Related</dt><dd><a class="link" href={toExecution(place, execution, 'dependencies')}>what it started, what started it</a></dd>
      <dt>Id</dt><dd class="mono row"><span class="cut" title={execution.id}>{execution.id}</span><Button kind="quiet" size="small" icon="copy" action="copy" value={execution.id} title="Copy the id" /></dd>
    </dl>
  );
}

export function Overview({ data, place, paths = {} }: { readonly data: ExecutionData; readonly place: Place; readonly paths?: ValuePaths }) {
  const { execution } = data.state;
  if (execution === null) return <Gone />;
  const { startMs, endMs } = spanOf(execution);
  const failed = firstFailure(data.state);
  const state = execution.state.current;
  const ended = isTerminal(state);
  const notRun = ended && state !== 'SUCCESS' ? tasksNotRun(data.flow, data.state) : [];
  const empties: Readonly<Record<ValueSectionName, string | undefined>> = { inputs: 'It was given none.', outputs: data.flow?.outputs === undefined ? undefined : ended ? 'It gave none.' : 'None yet.', variables: undefined, trigger: undefined };
  return (
    <div class="page-pad execution-overview" id="execution-overview">
      <section class="fail-head" aria-label="The run">
        <div class="row"><StatePill state={state} /><span class="mono dim">{execution.id.slice(0, 8)}</span><span class="grow"></span><span class="small faint"><Ago at={endMs ?? startMs} nowMs={place.nowMs} zone={place.zone} />, {endMs === undefined ? 'running for ' : 'took '}<Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} /></span></div>
        {notRun.length === 0 ? null : <p class="small dim">{notRun.slice(0, 5).map((id, index) => <>{index === 0 ? '' : ', '}<span class="mono">{id}</span></>)}{notRun.length > 5 ? ` and ${notRun.length - 5} more` : ''} did not run.</p>}
      </section>
      {failed === undefined && state !== 'FAILED' ? null : <Failure data={data} failed={failed} execution={execution} place={place} />}
      <div class="execution-panels">
        <Panel title="Run"><Facts data={data} execution={execution} place={place} /></Panel>
        <div class="execution-stack">
          {valueSections.map((section) => <ValueSection section={section} execution={execution} flow={data.flow} path={paths[section] ?? []} place={place} empty={empties[section]} />)}
          <Panel title="History">
            <ol class="history panel-body">
              {execution.state.histories.map((change, index) => {
                const next = execution.state.histories[index + 1];
                return <li class="row"><StatePill state={change.state} /><span class="num faint" title={exactWords(Date.parse(change.date), place.zone)}>{momentWords(Date.parse(change.date), place.nowMs, place.zone)}</span><span class="grow"></span>{next === undefined ? ended ? null : <Duration startMs={Date.parse(change.date)} nowMs={place.nowMs} /> : <Duration startMs={Date.parse(change.date)} endMs={Date.parse(next.date)} nowMs={place.nowMs} />}</li>;
              })}
            </ol>
          </Panel>
        </div>
      </div>
    </div>
  );
}
