/** The chosen task run at the side of Gantt and topology: attempts, last lines, outputs, and what can be done with it. */
import { isTerminal } from '../../../core/protocol/states.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { Button } from '../../components/button/button.tsx';
import { MenuItem } from '../../components/menu/menu.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import { Duration, Moment } from '../../components/time/time.tsx';
import { LogLineView, logTimeText } from '../../logs/index.ts';
import { readOnlyReason, toExecution, type Place } from '../page.ts';
import { toLogs, toOutputs } from './addresses.ts';
import { Attempts } from './attempts.tsx';
import { ValueTable } from './overview.tsx';

const lastLinesShown = 8;
/** Siblings in the list; the Gantt has them all. */
const siblingsMax = 200;

/** Why the state of a task run can not be changed now. */
const stateRefusal = (state: ExecutionTopicState, taskRun: TaskRun): string | undefined =>
  state.execution !== null && !isTerminal(state.execution.state.current) && taskRun.state.current !== 'PAUSED' ? 'The execution has not ended yet' : undefined;

/** Executions that this task run started. */
const childOf = (taskRun: TaskRun): string | undefined => (typeof taskRun.outputs['executionId'] === 'string' ? taskRun.outputs['executionId'] : undefined);

export interface TaskDrawerProps {
  readonly state: ExecutionTopicState;
  readonly lines: readonly LogEntry[];
  readonly selected: string | undefined;
  readonly place: Place;
}

export function TaskDrawer({ state, lines, selected, place }: TaskDrawerProps) {
  const taskRun = selected === undefined ? undefined : state.taskRuns[selected];
  const { execution } = state;
  if (taskRun === undefined || execution === null) return <div class="drawer-body" data-empty=""><Empty icon="executions" title="Choose a task run"><p>Its attempts, last lines and outputs appear here. Arrow keys walk, Enter opens its log.</p></Empty></div>;
  const reader = readOnlyReason(place);
  const own = lines.filter((line) => line.taskRunId === taskRun.id).slice(-lastLinesShown);
  const startMs = Date.parse(taskRun.state.startDate);
  const endMs = taskRun.state.endDate === undefined ? undefined : Date.parse(taskRun.state.endDate);
  const ranAt = taskRun.attempts?.[0]?.state.startDate;
  const siblings = state.order.filter((id) => state.taskRuns[id]?.taskId === taskRun.taskId);
  const child = childOf(taskRun);
  return (
    <>
      <div class="drawer-head"><h2 class="mono cut" title={taskRun.taskId}>{taskRun.taskId}</h2>{taskRun.value === undefined ? null : <span class="label cut">{taskRun.value}</span>}<span class="grow"></span><StatePill state={taskRun.state.current} /><Button kind="quiet" icon="close" action="unselect" title="Close" /></div>
      <div class="drawer-body">
        {siblings.length < 2 ? null : (
          <label class="field"><span class="small dim">{siblings.length} runs of this task</span>
            <span class="input"><select id="drawer-run" aria-label="Run of this task">{siblings.slice(0, siblingsMax).map((id, index) => { const one = state.taskRuns[id]; return <option value={id} selected={id === taskRun.id}>{one?.value ?? `run ${index + 1}`}: {one?.state.current.toLowerCase()}</option>; })}</select></span>
          </label>
        )}
        <dl class="facts">
          <dt>Created</dt><dd><Moment at={startMs} nowMs={place.nowMs} zone={place.zone} /></dd>
          {ranAt === undefined ? null : <><dt>Waited</dt><dd><Duration startMs={startMs} endMs={Date.parse(ranAt)} nowMs={place.nowMs} /></dd></>}
          <dt>Duration</dt><dd><Duration startMs={startMs} endMs={endMs} nowMs={place.nowMs} /></dd>
          <dt>Id</dt><dd class="mono cut" title={taskRun.id}>{taskRun.id}</dd>
          {child === undefined ? null : <><dt>Started</dt><dd><a class="link mono" href={toExecution(place, { namespace: String(taskRun.outputs['namespace'] ?? execution.namespace), flowId: String(taskRun.outputs['flowId'] ?? execution.flowId), id: child })}>{child.slice(0, 8)}</a></dd></>}
        </dl>
        {(taskRun.attempts?.length ?? 0) === 0 ? null : <div class="stack"><h3>Attempts</h3><div><Attempts taskRun={taskRun} nowMs={place.nowMs} /></div></div>}
        {own.length === 0 ? null : <div class="stack"><h3 class="row">Last lines<span class="grow"></span><a class="link small" href={toLogs(place, execution, { taskRunId: taskRun.id })}>All</a></h3><div class="log-box">{own.map((entry) => <LogLineView entry={entry} timeText={(ms) => logTimeText(ms, place.zone)} task="" prefix="drawer" />)}</div></div>}
        {Object.keys(taskRun.outputs).length === 0 ? null : <div class="stack"><h3 class="row">Outputs<span class="grow"></span><a class="link small" href={toOutputs(place, execution, state, taskRun)}>Open</a></h3><ValueTable values={taskRun.outputs} /></div>}
      </div>
      <div class="drawer-foot">
        <Button icon="replay" action="replay-from" value={taskRun.id} disabled={reader}>Replay from here</Button>
        <Button kind="quiet" icon="edit" action="task-state" value={taskRun.id} disabled={reader ?? stateRefusal(state, taskRun)}>Change state</Button>
        <Button kind="quiet" icon="logs" href={toLogs(place, execution, { taskRunId: taskRun.id })}>Log</Button>
      </div>
    </>
  );
}

/** The same as a menu at the row. */
export function TaskMenu({ state, taskRunId, place }: { readonly state: ExecutionTopicState; readonly taskRunId: string; readonly place: Place }) {
  const taskRun = state.taskRuns[taskRunId];
  const { execution } = state;
  if (taskRun === undefined || execution === null) return <></>;
  const reader = readOnlyReason(place);
  return (
    <div class="menu" id="task-menu" role="menu" aria-label={`Actions for ${taskRun.taskId}`}>
      <MenuItem icon="replay" action="replay-from" value={taskRun.id} disabled={reader}>Replay from here</MenuItem>
      <MenuItem icon="edit" action="task-state" value={taskRun.id} disabled={reader ?? stateRefusal(state, taskRun)}>Change state</MenuItem>
      <MenuItem icon="logs" href={toLogs(place, execution, { taskRunId: taskRun.id })}>Log of this task run</MenuItem>
      <MenuItem icon="download" href={`/api/v1/${place.tenant}/logs/${execution.id}/download?taskRunId=${taskRun.id}`} download="">Download its log</MenuItem>
      <MenuItem icon="task-store" href={toOutputs(place, execution, state, taskRun)} disabled={Object.keys(taskRun.outputs).length === 0 ? 'It gave no outputs' : undefined}>Outputs</MenuItem>
      <MenuItem icon="copy" action="copy" value={taskRun.id}>Copy its id</MenuItem>
    </div>
  );
}
