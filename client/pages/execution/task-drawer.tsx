/** The chosen task run, at the side of Gantt and topology or over the log: attempts, lines, outputs, metrics, source, and what can be done with it. */
import { isTerminal } from '../../../core/protocol/states.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { Button } from '../../components/button/button.tsx';
import { Icon } from '../../components/icon/icon.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { Duration, Moment } from '../../components/time/time.tsx';
import { iconOfType } from '../../topology/index.ts';
import { readOnlyReason, type Place } from '../page.ts';
import { toLogs, toOutputs } from './addresses.ts';
import { Attempts } from './attempts.tsx';
import { childOf, Iterations, iterationsOf, toChild, TaskLines, TaskMetrics, TaskOutputs, TaskSource, type ChildRun } from './task-parts.tsx';

/** Siblings in the list; the Gantt has them all. */
const siblingsMax = 200;

/** Why the state of a task run can not be changed now. */
const stateRefusal = (state: ExecutionTopicState, taskRun: TaskRun): string | undefined =>
  state.execution !== null && !isTerminal(state.execution.state.current) && taskRun.state.current !== 'PAUSED' ? 'The execution has not ended yet' : undefined;
/** A replay would race with the run that it begins from. */
const replayRefusal = (state: ExecutionTopicState): string | undefined =>
  state.execution !== null && !isTerminal(state.execution.state.current) && state.execution.state.current !== 'PAUSED' ? 'It still runs: a replay begins from what has ended' : undefined;

export const taskViews = ['log', 'outputs', 'metrics', 'source'] as const;
export type TaskView = (typeof taskViews)[number];
const viewTitles: Readonly<Record<TaskView, string>> = { log: 'Log', outputs: 'Outputs', metrics: 'Metrics', source: 'Source' };

export interface TaskDrawerProps {
  readonly state: ExecutionTopicState;
  /** Lines of the log, of any task run. */
  readonly lines: readonly LogEntry[];
  readonly selected: string | undefined;
  readonly place: Place;
  readonly view?: TaskView;
  /** Which attempt is looked at, from 0; all of them when left out. */
  readonly attempt?: number | undefined;
  readonly loading?: boolean;
  readonly child?: ChildRun | undefined;
  /** The text of the task; null when it is not in the flow's. */
  readonly source?: string | null | undefined;
  readonly types?: ReadonlyMap<string, string>;
}

export function TaskDrawer({ state, lines, selected, place, view = 'log', attempt, loading, child, source, types }: TaskDrawerProps) {
  const taskRun = selected === undefined ? undefined : state.taskRuns[selected];
  const { execution } = state;
  if (taskRun === undefined || execution === null) return <div class="drawer-body" data-empty=""><Empty icon="executions" title="Choose a task run"><p>Its attempts, lines, outputs and source appear here. Arrow keys walk, Enter opens its log.</p></Empty></div>;
  const type = types?.get(taskRun.taskId);
  const shown = attempt === undefined ? undefined : taskRun.attempts?.[attempt];
  const startMs = Date.parse(shown?.state.startDate ?? taskRun.state.startDate);
  const endDate = shown === undefined ? taskRun.state.endDate : shown.state.endDate;
  const endMs = endDate === undefined ? undefined : Date.parse(endDate);
  const ranAt = taskRun.attempts?.[0]?.state.startDate;
  const siblings = state.order.filter((id) => state.taskRuns[id]?.taskId === taskRun.taskId);
  const own = lines.filter((line) => line.taskRunId === taskRun.id && (attempt === undefined || (line.attemptNumber ?? 0) === attempt));
  return (
    <>
      <div class="drawer-head">{type === undefined ? null : <Icon name={iconOfType(type)} />}<h2 class="mono cut" title={type === undefined ? taskRun.taskId : `${taskRun.taskId}, ${type}`}>{taskRun.taskId}</h2>{taskRun.value === undefined ? null : <span class="label cut">{taskRun.value}</span>}<span class="grow"></span><StatePill state={shown?.state.current ?? taskRun.state.current} /><Menu id="drawer-menu" title={`Actions for ${taskRun.taskId}`}><TaskItems state={state} taskRun={taskRun} place={place} /></Menu><Button kind="quiet" icon="close" action="unselect" title="Close" /></div>
      <div class="drawer-body">
        {siblings.length < 2 ? null : (
          <label class="field"><span class="small dim">{siblings.length} runs of this task</span>
            <span class="input"><select id="drawer-run" aria-label="Run of this task">{siblings.slice(0, siblingsMax).map((id, index) => { const one = state.taskRuns[id]; return <option value={id} selected={id === taskRun.id}>{one?.value ?? `run ${index + 1}`}: {one?.state.current.toLowerCase()}</option>; })}</select></span>
          </label>
        )}
        <AttemptSelect taskRun={taskRun} attempt={attempt} />
        <dl class="facts">
          <dt>{shown === undefined ? 'Created' : 'From'}</dt><dd><Moment at={startMs} nowMs={place.nowMs} zone={place.zone} /></dd>
          {shown === undefined || endMs === undefined ? null : <><dt>To</dt><dd><Moment at={endMs} nowMs={place.nowMs} zone={place.zone} /></dd></>}
          {ranAt === undefined || shown !== undefined ? null : <><dt>Waited</dt><dd><Duration startMs={startMs} endMs={Date.parse(ranAt)} nowMs={place.nowMs} /></dd></>}
          <dt>Duration</dt><dd><Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} /></dd>
          <dt>Id</dt><dd class="mono cut" title={taskRun.id}>{taskRun.id}</dd>
          <Started taskRun={taskRun} place={place} />
        </dl>
        {(taskRun.attempts?.length ?? 0) === 0 ? null : <div class="stack"><h3>Attempts</h3><div><Attempts taskRun={taskRun} nowMs={place.nowMs} /></div></div>}
        <Iterations taskRun={taskRun} place={place} />
        <div class="segmented task-views" role="group" aria-label="Of this task run">{taskViews.map((one) => <button type="button" data-action="task-view" data-value={JSON.stringify([taskRun.id, one])} aria-pressed={one === view ? 'true' : 'false'}>{viewTitles[one]}</button>)}</div>
        {view === 'log' ? <TaskLines taskRun={taskRun} lines={own} loading={loading === true} child={child} address={execution} place={place} />
          : view === 'outputs' ? <TaskOutputs taskRun={taskRun} href={toOutputs(place, execution, state, taskRun)} place={place} />
            : view === 'metrics' ? <TaskMetrics state={state} taskRun={taskRun} /> : <TaskSource source={source} revision={execution.flowRevision} />}
      </div>
      <div class="drawer-foot">
        <Button icon="replay" action="replay-from" value={taskRun.id} disabled={readOnlyReason(place) ?? replayRefusal(state)}>Replay from here</Button>
        <Button kind="quiet" icon="edit" action="task-state" value={taskRun.id} disabled={readOnlyReason(place) ?? stateRefusal(state, taskRun)}>Change state</Button>
      </div>
    </>
  );
}

/** Over a page that has no place for the drawer at its side. */
export function TaskDialog() {
  return <dialog class="dialog preview-drawer task-dialog" id="task-dialog" aria-label="Task run"><div class="drawer" data-task-drawer=""></div></dialog>;
}

function Started({ taskRun, place }: { readonly taskRun: TaskRun; readonly place: Place }) {
  const child = childOf(taskRun);
  return child === undefined ? <></> : <><dt>Started</dt><dd><a class="link mono" href={toChild(place, child)} title={child.id}>{child.id.slice(0, 8)}</a></dd></>;
}

function AttemptSelect({ taskRun, attempt }: { readonly taskRun: TaskRun; readonly attempt: number | undefined }) {
  const attempts = taskRun.attempts ?? [];
  if (attempts.length === 0) return <></>;
  const one = attempts.length === 1;
  return (
    <label class="field"><span class="small dim">Attempt</span>
      <span class="input"><select id="drawer-attempt" aria-label="Attempt" disabled={one} title={one ? 'There was only one' : undefined}>
        {one ? null : <option value="" selected={attempt === undefined}>All {attempts.length} attempts</option>}
        {attempts.map((_, index) => <option value={String(index)} selected={index === attempt}>Attempt {index + 1}: {stateWord(attempts[index]?.state.current ?? 'CREATED').toLowerCase()}</option>)}
      </select></span>
    </label>
  );
}

/** What can be done with a task run: at its row, at its node, at its lines, in its drawer. */
export function TaskItems({ state, taskRun, place }: { readonly state: ExecutionTopicState; readonly taskRun: TaskRun; readonly place: Place }) {
  const { execution } = state;
  if (execution === null) return <></>;
  const reader = readOnlyReason(place);
  const child = childOf(taskRun);
  const look = (view: TaskView): string => JSON.stringify([taskRun.id, view]);
  const hasOutputs = Object.keys(taskRun.outputs).length > 0;
  const hasMetrics = state.metrics.some((metric) => metric.taskRunId === taskRun.id);
  return (
    <>
      {child === undefined ? null : <MenuItem icon="task-flow" href={toChild(place, child)}>Open the execution it started</MenuItem>}
      {iterationsOf(taskRun) === undefined ? null : <MenuItem icon="executions" href={`/ui/${place.tenant}/executions?triggerExecutionId=${execution.id}`}>Open its executions</MenuItem>}
      <MenuItem icon="logs" href={toLogs(place, execution, { taskRunId: taskRun.id })}>Log of this task run</MenuItem>
      <MenuItem icon="task-store" action="task-view" value={look('outputs')} disabled={hasOutputs ? undefined : 'It gave no outputs'}>Outputs</MenuItem>
      <MenuItem icon="stats" action="task-view" value={look('metrics')} disabled={hasMetrics ? undefined : 'It reported no metrics'}>Metrics</MenuItem>
      <MenuItem icon="code" action="task-view" value={look('source')}>Source of the task</MenuItem>
      <hr />
      <MenuItem icon="replay" action="replay-from" value={taskRun.id} disabled={reader ?? replayRefusal(state)}>Replay from here</MenuItem>
      <MenuItem icon="edit" action="task-state" value={taskRun.id} disabled={reader ?? stateRefusal(state, taskRun)}>Change state</MenuItem>
      <hr />
      <MenuItem icon="download" href={`/api/v1/${place.tenant}/logs/${execution.id}/download?taskRunId=${taskRun.id}`} download="">Download its log</MenuItem>
      <MenuItem icon="trash" danger action="task-log-delete" value={taskRun.id} disabled={reader ?? (isTerminal(execution.state.current) ? undefined : 'The execution has not ended yet')}>Delete its log</MenuItem>
      <MenuItem icon="copy" action="copy" value={taskRun.id}>Copy its id</MenuItem>
    </>
  );
}

/** The same as a menu at the row. */
export function TaskMenu({ state, taskRunId, place }: { readonly state: ExecutionTopicState; readonly taskRunId: string; readonly place: Place }) {
  const taskRun = state.taskRuns[taskRunId];
  if (taskRun === undefined) return <></>;
  return <div class="menu" id="task-menu" role="menu" aria-label={`Actions for ${taskRun.taskId}`}><TaskItems state={state} taskRun={taskRun} place={place} /></div>;
}
