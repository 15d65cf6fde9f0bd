/** The overview of a run: what went wrong first, then what it is, was given and gave. On a phone it is the page of who is on call. */
import { Button } from '../../components/button/button.tsx';
import { Labels } from '../../components/label/label.tsx';
import { Empty, ErrorBox } from '../../components/notice/notice.tsx';
import { Panel } from '../../components/panel/panel.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Ago, Duration, Moment } from '../../components/time/time.tsx';
import { exactWords, momentWords } from '../../components/time/words.ts';
import { LogLineView, logTimeText } from '../../logs/index.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { ExecutionHeader, TaskRun } from '../../../core/protocol/entities/execution.ts';
import { readOnlyReason, to, toExecution, toFlow, type Place } from '../page.ts';
import { Attempts } from './attempts.tsx';
import { errorOf, firstFailure, labelOf, linesOfFailure, tasksNotRun } from './failure.ts';
import type { ExecutionData } from './load.ts';
import { toLogs, toOutputs } from './addresses.ts';

const lastLinesShown = 6;
export const visibleLabels = (execution: ExecutionHeader) => execution.labels.filter((label) => !label.key.startsWith('system.'));
export const spanOf = (execution: ExecutionHeader): { readonly startMs: number; readonly endMs: number | undefined } => ({ startMs: Date.parse(execution.state.startDate), endMs: execution.state.endDate === undefined ? undefined : Date.parse(execution.state.endDate) });

export function Gone() {
  return <div class="page-pad"><section class="panel"><Empty icon="search" title="This execution is gone"><p>Somebody has deleted it, with its logs and files.</p></Empty></section></div>;
}

function Failure({ data, failed, execution, place }: { readonly data: ExecutionData; readonly failed: TaskRun; readonly execution: ExecutionHeader; readonly place: Place }) {
  const lines = linesOfFailure(failed, data.failure, data.logs.lines);
  const error = errorOf(lines);
  const attempts = failed.attempts?.length ?? 0;
  return (
    <>
      <ErrorBox title={`${labelOf(failed)} failed`}>
        <p class="fail-words">{error?.message ?? 'It left no line in its log.'}</p>
      </ErrorBox>
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
    </>
  );
}

export function Overview({ data, place }: { readonly data: ExecutionData; readonly place: Place }) {
  const { execution } = data.state;
  if (execution === null) return <Gone />;
  const { startMs, endMs } = spanOf(execution);
  const failed = firstFailure(data.state);
  const parent = execution.trigger?.variables['executionId'];
  const state = execution.state.current;
  const ended = isTerminal(state);
  const notRun = ended && state !== 'SUCCESS' ? tasksNotRun(data.flow, data.state) : [];
  const labels = visibleLabels(execution);
  return (
    <div class="page-pad execution-overview" id="execution-overview">
      <section class="fail-head" aria-label="The run">
        <div class="row"><StatePill state={state} /><span class="mono dim">{execution.id.slice(0, 8)}</span><span class="grow"></span><span class="small faint"><Ago at={endMs ?? startMs} nowMs={place.nowMs} zone={place.zone} />, {endMs === undefined ? 'running for ' : 'took '}<Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} /></span></div>
        {notRun.length === 0 ? null : <p class="small dim">{notRun.slice(0, 5).map((id, index) => <>{index === 0 ? '' : ', '}<span class="mono">{id}</span></>)}{notRun.length > 5 ? ` and ${notRun.length - 5} more` : ''} did not run.</p>}
      </section>
      {failed === undefined ? null : <Failure data={data} failed={failed} execution={execution} place={place} />}
      <div class="execution-panels">
        <Panel title="Run">
          <dl class="facts panel-body">
            <dt>Flow</dt><dd><a class="link mono" href={toFlow(place, execution.namespace, execution.flowId)}>{execution.namespace}.{execution.flowId}</a></dd>
            <dt>Revision</dt><dd>{execution.flowRevision === 0 ? 'a draft, unpublished' : <a class="link num" href={toFlow(place, execution.namespace, execution.flowId, 'revisions')}>{execution.flowRevision}</a>}</dd>
            <dt>Started by</dt><dd>{execution.startedBy ?? 'unknown'}</dd>
            <dt>Started</dt><dd><Moment at={startMs} nowMs={place.nowMs} zone={place.zone} /></dd>
            <dt>Ended</dt><dd>{endMs === undefined ? 'not yet' : <Moment at={endMs} nowMs={place.nowMs} zone={place.zone} />}</dd>
            <dt>Task runs</dt><dd class="num">{data.state.order.length}</dd>
            <dt>Attempt</dt><dd class="num">{execution.metadata.attemptNumber}</dd>
            {execution.scheduleDate === undefined ? null : <><dt>Not before</dt><dd><Moment at={execution.scheduleDate} nowMs={place.nowMs} zone={place.zone} /></dd></>}
            {execution.parentId === undefined ? null : <><dt>Replay of</dt><dd><a class="link mono" href={toExecution(place, { ...execution, id: execution.parentId })}>{execution.parentId.slice(0, 8)}</a></dd></>}
            {typeof parent !== 'string' ? null : <><dt>Started from</dt><dd><a class="link mono" href={toExecution(place, { namespace: String(execution.trigger?.variables['namespace'] ?? ''), flowId: String(execution.trigger?.variables['flowId'] ?? ''), id: parent })}>{parent.slice(0, 8)}</a></dd></>}
            <dt>Children</dt><dd><a class="link" href={`${to(place, '/executions')}?triggerExecutionId=${execution.id}`}>started from this one</a></dd>
            <dt>Id</dt><dd class="mono" title={execution.id}>{execution.id}</dd>
            <dt>Labels</dt><dd class="row">{labels.length === 0 ? <span class="faint">none</span> : <Labels labels={labels} most={20} hrefOf={(label) => `${to(place, '/executions')}?labels=${encodeURIComponent(`${label.key}:${label.value}`)}`} />}{ended ? <Button kind="quiet" size="small" icon="edit" action="labels" title="Change labels" disabled={readOnlyReason(place)} /> : null}</dd>
          </dl>
        </Panel>
        <Panel title="History">
          <ol class="history panel-body">
            {execution.state.histories.map((change, index) => {
              const next = execution.state.histories[index + 1];
              return <li class="row"><StatePill state={change.state} /><span class="num faint" title={exactWords(Date.parse(change.date), place.zone)}>{momentWords(Date.parse(change.date), place.nowMs, place.zone)}</span><span class="grow"></span>{next === undefined ? ended ? null : <Duration startMs={Date.parse(change.date)} nowMs={place.nowMs} /> : <Duration startMs={Date.parse(change.date)} endMs={Date.parse(next.date)} nowMs={place.nowMs} />}</li>;
            })}
          </ol>
        </Panel>
        <Panel title="Inputs">{execution.inputs === undefined || Object.keys(execution.inputs).length === 0 ? <p class="panel-body faint">It was given none.</p> : <ValueTable values={execution.inputs} />}</Panel>
        <Panel title="Outputs">{execution.outputs === undefined || Object.keys(execution.outputs).length === 0 ? <p class="panel-body faint">{data.flow?.outputs === undefined ? 'The flow declares none.' : 'None yet.'}</p> : <ValueTable values={execution.outputs} />}</Panel>
        {execution.variables === undefined || Object.keys(execution.variables).length === 0 ? null : <Panel title="Variables"><ValueTable values={execution.variables} /></Panel>}
        {execution.trigger === undefined ? null : <Panel title="Trigger"><ValueTable values={{ id: execution.trigger.id, type: execution.trigger.type, ...execution.trigger.variables }} /></Panel>}
      </div>
    </div>
  );
}

export function ValueTable({ values }: { readonly values: Readonly<Record<string, unknown>> }) {
  return <table class="table value-table"><tbody>{Object.entries(values).map(([key, value]) => <tr><th class="mono" scope="row">{key}</th><td class="mono"><pre>{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre></td></tr>)}</tbody></table>;
}
