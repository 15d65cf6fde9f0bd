/** Tasks that the worker runs: their attempts, and the retries that answer a failure. */
import type { RetryModel, TaskModel } from '../../language/model.ts';
import { currentState, type TaskRunRow } from '../../protocol/entities/execution.ts';
import { taskRunId } from '../../protocol/ids.ts';
import { isTerminal, type StateChange, type StateType } from '../../protocol/states.ts';
import { parseDurationMs } from '../../protocol/time.ts';
import type { EngineEvent } from '../events.ts';
import { forgiven } from '../final-state.ts';
import { nextAttemptMs, triedOf } from '../retry.ts';
import { messageOf, type Stepper } from '../stepper.ts';
import { isDirectory } from './directories.ts';
import { end } from './ending.ts';
import { unschedulePause } from './pauses.ts';

export function taskStarted(s: Stepper, event: Extract<EngineEvent, { type: 'taskStarted' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row) => {
    const current = currentState(row.histories);
    if (current !== 'CREATED' && current !== 'RESTARTED') return `it is ${current}`;
    if ((row.attempts?.length ?? 0) + 1 !== event.attempt) return `attempt ${event.attempt} is not the next one`;
    startAttempt(s, row, event.atMs);
    return undefined;
  });
}

export function startAttempt(s: Stepper, row: TaskRunRow, atMs: number): TaskRunRow {
  const attempt = { histories: [{ state: 'CREATED' as const, atMs }, { state: 'RUNNING' as const, atMs }] };
  return s.put({ ...row, histories: [...row.histories, { state: 'RUNNING', atMs }], attempts: [...(row.attempts ?? []), attempt] });
}

export function taskEnded(s: Stepper, event: Extract<EngineEvent, { type: 'taskEnded' }>): string | undefined {
  return s.withOpen(event.taskRunId, (open, task) => {
    let row = open;
    const current = currentState(row.histories);
    if (current === 'CREATED' || current === 'RESTARTED') {
      if ((row.attempts?.length ?? 0) + 1 !== event.attempt) return `attempt ${event.attempt} is not the next one`;
      row = startAttempt(s, row, event.atMs);
    } else if (current !== 'RUNNING' && current !== 'KILLING') {
      return `it is ${current}`;
    } else if ((row.attempts?.length ?? 0) !== event.attempt) {
      return `attempt ${event.attempt} is not the current one`;
    }
    if (event.message !== undefined && event.state === 'FAILED' && currentState(row.histories) !== 'KILLING') s.log('ERROR', event.message, row);
    for (const dynamic of event.dynamic ?? []) addDynamic(s, row, dynamic);
    finishAttempt(s, row, task, currentState(row.histories) === 'KILLING' && event.state === 'FAILED' ? 'KILLED' : event.state, event.outputs, event.logFile);
    return undefined;
  });
}

export function addDynamic(s: Stepper, parent: TaskRunRow, dynamic: { readonly taskId: string; readonly value?: string; readonly state: StateType }): void {
  const histories: readonly StateChange[] = (['CREATED', 'RUNNING', dynamic.state] as const).map((one) => ({ state: one, atMs: s.atMs }));
  s.put({
    id: taskRunId(s.lookup.newId()), position: s.state.nextPosition, taskId: dynamic.taskId, parentTaskRunId: parent.id, dynamic: true,
    ...(dynamic.value === undefined ? {} : { value: dynamic.value }), attempts: [{ histories }], histories,
  });
}

/** Ends an attempt: the attempt keeps its raw state; the task run's follows from retries, allowFailure and allowWarning. */
export function finishAttempt(s: Stepper, row: TaskRunRow, task: TaskModel, raw: StateType, outputs: Readonly<Record<string, unknown>> | undefined, logFile?: string): void {
  const attempts = [...(row.attempts ?? [])];
  const last = attempts.pop();
  if (last !== undefined) attempts.push({ histories: [...last.histories, { state: raw, atMs: s.atMs }], ...(logFile === undefined ? {} : { logFile }) });
  const ended: TaskRunRow = { ...row, attempts, ...(outputs === undefined ? {} : { outputs }) };
  if (raw === 'FAILED' && s.state.state !== 'KILLING' && retry(s, ended, task)) return;
  const retried = task.retry?.warningOnRetry === true && attempts.length > 1 && raw === 'SUCCESS';
  endRun(s, ended, forgiven(retried ? 'WARNING' : raw, task));
}

/** Sets a task run's last state and tells its parent. */
export function endRun(s: Stepper, row: TaskRunRow, state: StateType): void {
  s.put({ ...row, histories: [...row.histories, { state, atMs: s.atMs }] });
  s.mark(row.parentTaskRunId ?? '');
  s.settle();
}

/** True when the failure is answered by a retry. */
export function retry(s: Stepper, row: TaskRunRow, task: TaskModel): boolean {
  const retry = retryOf(s, task);
  if (retry === undefined) return false;
  if (retry.behavior === 'CREATE_NEW_EXECUTION') {
    // What runs after the end does not begin everything anew.
    if (isTerminal(s.state.state)) return false;
    const { metadata } = s.state.header;
    const nextMs = nextAttemptMs(retry, { attempts: metadata.attemptNumber, firstStartMs: metadata.originalCreatedAtMs, lastEndMs: s.atMs }, s.lookup.world.random);
    if (nextMs === undefined) return false;
    s.put({ ...row, histories: [...row.histories, { state: 'FAILED', atMs: s.atMs }, { state: 'RETRIED', atMs: s.atMs }] });
    for (let parent = s.parent(row); parent !== undefined; parent = s.parent(parent)) s.put({ ...parent, histories: [...parent.histories, { state: 'RETRIED', atMs: s.atMs }] });
    stopOthers(s);
    s.commands.push({ type: 'schedule', dueAtMs: nextMs, what: { type: 'newExecution' } });
    end(s, 'RETRIED');
    return true;
  }
  const nextMs = nextAttemptMs(retry, triedOf(row.attempts ?? []), s.lookup.world.random);
  if (nextMs === undefined) return false;
  s.put({ ...row, histories: [...row.histories, { state: 'FAILED', atMs: s.atMs }, { state: 'RETRYING', atMs: s.atMs }] });
  if (s.state.state === 'RUNNING') s.setState('RETRYING');
  s.commands.push({ type: 'schedule', dueAtMs: nextMs, what: { type: 'retry', taskRunId: row.id, attempt: (row.attempts?.length ?? 0) + 1 } });
  return true;
}

/** What runs beside a task run that begins everything anew is done for nothing. */
function stopOthers(s: Stepper): void {
  const open = s.state.ordered().filter((row) => !isTerminal(currentState(row.histories)));
  if (open.length > 0) s.commands.push({ type: 'killChildren' });
  for (const row of open) {
    const current = currentState(row.histories);
    if (current === 'PAUSED') unschedulePause(s, row.id);
    if (current === 'RETRYING') s.commands.push({ type: 'unschedule', what: { type: 'retry', taskRunId: row.id, attempt: 0 } });
    s.abandon(row, 'KILLED');
  }
}

/** Its own retry, else the nearest enclosing flowable's, else the flow's. */
export function retryOf(s: Stepper, task: TaskModel): RetryModel | undefined {
  for (let one: TaskModel | undefined = task; one !== undefined; one = s.state.index.tasks.get(one.id)?.parent) if (one.retry !== undefined) return one.retry;
  return s.state.index.flow.retry;
}

export function runTask(s: Stepper, row: TaskRunRow, task: TaskModel, attempt = (row.attempts?.length ?? 0) + 1): void {
  let timeoutMs: number | undefined;
  if (task.timeout !== undefined) {
    try {
      const text = s.render(row, task, task.timeout) ?? '';
      timeoutMs = parseDurationMs(text);
      if (timeoutMs === undefined) throw new Error(`\`timeout\` must be an ISO duration such as PT5M, found \`${text}\``);
    } catch (error) {
      s.log('ERROR', messageOf(error), row);
      finishAttempt(s, currentState(row.histories) === 'RUNNING' ? row : startAttempt(s, row, s.atMs), task, 'FAILED', undefined);
      return;
    }
  }
  const parent = s.parent(row);
  const directoryOf = parent !== undefined && isDirectory(s.task(parent)) ? parent.id : undefined;
  s.state.handed.add(row.id);
  s.commands.push({ type: 'runTask', taskRunId: row.id, attempt, task, ...(directoryOf === undefined ? {} : { directoryOf }), ...(timeoutMs === undefined ? {} : { timeoutMs }) });
}
