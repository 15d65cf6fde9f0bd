/** The loops of a run: how far each is, what is in flight, and what failed, gathered by its words. */
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { Empty } from '../../components/notice/notice.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { Duration } from '../../components/time/time.tsx';
import { to, toExecution, type Place } from '../page.ts';
import { toLogs } from './addresses.ts';
import { taskTypesOf } from './flow-tasks.ts';
import { failuresOf, loopsOf, type Iteration, type Loop } from './loops.ts';

const inFlightShown = 20;
const namesShown = 12;
const groupsShown = 20;

/** Has the flow a loop at all? Then its run has this tab, from its first moment. */
export const hasLoops = (flow: Flow | undefined): boolean => [...taskTypesOf(flow).values()].some((type) => /\.(ForEach|ForEachItem|EachSequential|EachParallel|Loop|LoopUntil|WaitFor)$/.test(type));

interface Shown {
  readonly state: ExecutionTopicState;
  readonly lines: readonly LogEntry[];
  /** The present, or the moment that is shown. */
  readonly nowMs: number;
  readonly place: Place;
}

function Progress({ loop }: { readonly loop: Loop }) {
  let x = 0;
  return (
    <svg class="loop-progress" width="100%" height="12" role="img" aria-label={loop.counts.map((one) => `${one.count} ${stateWord(one.state)}`).join(', ')}>
      <rect class="progress-ground" width="100%" height="12" rx="3" />
      {loop.counts.map((one) => {
        const share = (one.count / Math.max(1, loop.total)) * 100;
        const rect = <rect class="bar" data-state={one.state} x={`${x.toFixed(2)}%`} width={`${share.toFixed(2)}%`} height="12" />;
        x += share;
        return rect;
      })}
    </svg>
  );
}

const nameLink = (one: Iteration, { state, place }: Shown) => (state.execution === null ? <></> : <a class="label mono" href={toLogs(place, state.execution, { taskRunId: one.taskRunId })} title={`Log of ${one.taskId} ${one.name}`}>{one.name}</a>);

function LoopPanel({ loop, shown }: { readonly loop: Loop; readonly shown: Shown }) {
  const { state, place, nowMs } = shown;
  const failures = failuresOf(loop.failed, shown.lines);
  const rest = loop.inFlight.length - inFlightShown;
  return (
    <section class="panel" aria-label={`Loop ${loop.taskId}`} id={`loop-${loop.taskId}`}>
      <div class="panel-head"><h2 class="mono cut">{loop.taskId}</h2>{loop.runs > 1 ? <span class="small dim">run {loop.runs} times</span> : null}<span class="grow"></span><StatePill state={loop.state} /></div>
      <div class="panel-body stack">
        <div class="row"><span class="num"><b>{loop.total.toLocaleString('en-US')}</b> {loop.batches === undefined ? (loop.total === 1 ? 'iteration' : 'iterations') : (loop.total === 1 ? 'batch' : 'batches')}</span>{loop.perMinute === undefined ? null : <span class="small faint num">{loop.perMinute < 10 ? loop.perMinute.toFixed(1) : Math.round(loop.perMinute).toLocaleString('en-US')} a minute</span>}<span class="grow"></span>
          {loop.counts.map((one) => <span class="row" data-gap="1">{loop.batches === undefined ? <StatePill state={one.state} /> : <a href={`${to(place, '/executions')}?triggerExecutionId=${state.execution?.id ?? ''}&state=${one.state}`}><StatePill state={one.state} /></a>}<span class="num small">{one.count.toLocaleString('en-US')}</span></span>)}</div>
        <Progress loop={loop} />
        {loop.inFlight.length === 0 ? null : (
          <div class="stack"><h3>In flight</h3>
            <table class="table"><thead><tr><th>Iteration</th><th>Task</th><th>State</th><th class="end">For</th></tr></thead><tbody>
              {loop.inFlight.slice(0, inFlightShown).map((one) => <tr><td class="mono" data-cell="main">{nameLink(one, shown)}</td><td class="mono" data-cell="sub">{one.taskId}</td><td data-cell="side"><StatePill state={one.state} /></td><td class="end"><Duration startMs={one.sinceMs} nowMs={nowMs} {...(nowMs === place.nowMs ? {} : { endMs: nowMs })} /></td></tr>)}
            </tbody></table>
            {rest > 0 ? <p class="faint small">and {rest.toLocaleString('en-US')} more</p> : null}
          </div>
        )}
        {failures.length === 0 ? null : (
          <div class="stack"><h3>{loop.failed.length.toLocaleString('en-US')} failed, by message</h3>
            <ul class="loop-failures">{failures.slice(0, groupsShown).map((group) => (
              <li>
                <span class="count" data-kind="alert">{group.iterations.length.toLocaleString('en-US')}</span><span class="mono loop-words">{group.words}</span>
                <span class="row loop-names">{group.iterations.slice(0, namesShown).map((one) => nameLink(one, shown))}{group.iterations.length > namesShown ? <span class="faint small">and {(group.iterations.length - namesShown).toLocaleString('en-US')} more</span> : null}</span>
              </li>
            ))}</ul>
            {failures.length > groupsShown ? <p class="faint small">and {failures.length - groupsShown} further messages</p> : null}
          </div>
        )}
        {loop.batches === undefined || state.execution === null ? null : <p class="small"><a class="link" href={`${to(place, '/executions')}?triggerExecutionId=${state.execution.id}`}>All executions that it started</a></p>}
      </div>
    </section>
  );
}

export function LoopsView(shown: Shown) {
  const { state } = shown;
  const loops = loopsOf(state, shown.nowMs);
  if (loops.length === 0) return <section class="panel"><Empty icon="task-loop" title="No iteration yet"><p>What loops do appears here as soon as the first iteration begins.{state.execution === null ? '' : ' '}{state.execution === null ? null : <a class="link" href={toExecution(shown.place, state.execution, 'gantt')}>The Gantt</a>}</p></Empty></section>;
  return <>{loops.map((loop) => <LoopPanel loop={loop} shown={shown} />)}</>;
}
