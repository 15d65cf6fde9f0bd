/** What follows: children are created and started, flowables end. */
import { isTruthy } from '../../expression/index.ts';
import type { TaskModel } from '../../language/model.ts';
import { currentState, type TaskRunRow } from '../../protocol/entities/execution.ts';
import { taskRunId } from '../../protocol/ids.ts';
import { limits } from '../../protocol/limits.ts';
import { isTerminal, type StateType } from '../../protocol/states.ts';
import { countOf, type Scope } from '../execution-state.ts';
import { forgiven, stateOfChildren } from '../final-state.ts';
import { enabled, never } from '../flow-index.ts';
import { FlowableError, flowables, type Started } from '../flowable/index.ts';
import { nextRuns, type Plan, plannedCount } from '../plan.ts';
import { messageOf, type Stepper } from '../stepper.ts';
import { endRun, runTask } from './attempts.ts';
import { end } from './ending.ts';
import { stopsAt } from './breakpoints.ts';
import { gathers, isDirectory, openDirectory } from './directories.ts';
import { changeExecution, exitWhenQuiet } from './execution-tasks.ts';
import { isLoop, startItems, startMerge, walkItems } from './items.ts';
import { roundOver } from './loops.ts';
import { pause } from './pauses.ts';
import { createSubflow } from './subflows.ts';

export function walk(s: Stepper, parentId: string): void {
  const parent = parentId === '' ? undefined : s.state.get(parentId);
  const task = parent === undefined ? undefined : s.task(parent);
  if (parentId !== '' && (parent === undefined || task === undefined || currentState(parent.histories) !== 'RUNNING')) return;
  if (s.state.header.exit !== undefined) { exitWhenQuiet(s); return; }
  const scope = s.state.scope(parentId);
  if (parent !== undefined && task?.kind === 'items') { walkItems(s, parent, task); return; }
  if (parent?.decided?.directory !== undefined && parent.decided.directory.phase !== 'open') return;
  const plan = planOf(s, parent, task);
  if (plan === undefined) return;
  const failed = countOf(scope.nominal, 'FAILED') > 0;
  const killed = countOf(scope.nominal, 'KILLED') > 0;
  if (scope.errors.runs.length > 0 || failed || killed) {
    if (scope.nominal.open > 0 || scope.errors.open > 0) return;
    const errors = enabled(task?.errors ?? s.state.index.flow.errors);
    const handlerFailed = countOf(scope.errors, 'FAILED') > 0;
    const next = errors[scope.errors.runs.length];
    if (failed && !handlerFailed && next !== undefined) { create(s, parentId, { task: next }); return; }
    finish(s, parent, task, scope, stateOfChildren(scope.nominal) === 'SUCCESS' ? 'FAILED' : stateOfChildren(scope.nominal));
    return;
  }
  for (const next of nextRuns(plan, scope, s.state)) {
    create(s, parentId, next);
    if (isWalked(s, parentId)) continue;
    scope.lookAgain();
    // An Exit ends it when nothing runs any more.
    if (s.state.header.exit !== undefined && !isTerminal(s.state.state)) exitWhenQuiet(s);
    return;
  }
  if (scope.nominal.open === 0 && scope.nominal.runs.length >= plannedCount(plan)) finish(s, parentId === '' ? undefined : s.state.get(parentId), task, scope, stateOfChildren(scope.nominal));
}

/** A child can end as it begins, and with it (an Exit, a new execution as retry, a kill) what is walked here. */
function isWalked(s: Stepper, parentId: string): boolean {
  if (s.state.header.exit !== undefined) return false;
  const parent = s.state.get(parentId);
  return parentId === '' ? !isTerminal(s.state.state) : parent !== undefined && currentState(parent.histories) === 'RUNNING';
}

/** All children have ended: `finally` runs, then the parent or the execution ends. */
export function finish(s: Stepper, parent: TaskRunRow | undefined, task: TaskModel | undefined, scope: Scope, nominal: StateType): void {
  const finals = enabled(task?.finally ?? s.state.index.flow.finally);
  if (finals.length > 0) {
    if (scope.finally.open > 0) return;
    const next = finals[scope.finally.runs.length];
    if (next !== undefined && countOf(scope.finally, 'FAILED') === 0) { create(s, scope.parentId, { task: next }); return; }
    if (countOf(scope.finally, 'FAILED') > 0 && nominal !== 'KILLED') nominal = 'FAILED';
  }
  if (parent === undefined || task === undefined) { end(s, nominal); return; }
  const kind = task.flowable === undefined ? undefined : flowables[task.flowable];
  if (kind?.neverEnds === true) {
    s.log('ERROR', `The state of ${task.id} can not be computed`, parent);
    nominal = 'FAILED';
  }
  if (task.flowable === 'loopUntil' && nominal !== 'FAILED' && nominal !== 'KILLED') {
    const over = roundOver(s, parent, task, nominal);
    if (over === undefined) return;
    nominal = over;
  }
  if (isDirectory(task) && gathers(s, parent, task, nominal)) return;
  const softened = kind?.forgives === true && nominal === 'FAILED' ? 'WARNING' : nominal;
  s.state.plans.delete(parent.id);
  s.put({ ...parent, histories: [...parent.histories, { state: forgiven(softened, task), atMs: s.atMs }] });
  s.mark(parent.parentTaskRunId ?? '');
}

/** The plan of a running parent; derived again after a crash or a restart. A failure to derive it fails the parent. */
export function planOf(s: Stepper, parent: TaskRunRow | undefined, task: TaskModel | undefined): Plan | undefined {
  if (parent === undefined || task === undefined) {
    const found = s.state.plans.get('');
    if (found !== undefined) return found;
    const made: Plan = { type: 'sequence', tasks: enabled(s.state.index.flow.tasks) };
    s.state.plans.set('', made);
    return made;
  }
  const found = s.state.plans.get(parent.id);
  if (found !== undefined) return found;
  const kind = task.flowable === undefined ? undefined : flowables[task.flowable];
  if (kind === undefined) return undefined;
  try {
    const context = s.context(parent, task);
    // Without anything kept (a replay from this very task run) it decides anew.
    const plan = parent.outputs === undefined && parent.decided === undefined ? started(s, parent, kind.start(context)) : kind.resume(context);
    s.state.plans.set(parent.id, plan);
    return plan;
  } catch (error) {
    s.log('ERROR', messageOf(error), parent);
    s.put({ ...parent, histories: [...parent.histories, { state: forgiven('FAILED', task), atMs: s.atMs }] });
    s.mark(parent.parentTaskRunId ?? '');
    return undefined;
  }
}

export function started(s: Stepper, parent: TaskRunRow, { plan, outputs, decided }: Started): Plan {
  if (outputs !== undefined || decided !== undefined) s.put({ ...parent, ...(outputs === undefined ? {} : { outputs: { ...parent.outputs, ...outputs } }), ...(decided === undefined ? {} : { decided }) });
  return plan;
}

export function create(s: Stepper, parentId: string, next: { readonly task: TaskModel; readonly value?: string; readonly iteration?: number }): void {
  if (s.state.size >= limits.flowableChildrenMax * 2) throw new FlowableError(`an execution holds at most ${limits.flowableChildrenMax * 2} task runs`);
  const row = s.put({
    id: taskRunId(s.lookup.newId()), position: s.state.nextPosition, taskId: next.task.id,
    ...(parentId === '' ? {} : { parentTaskRunId: taskRunId(parentId) }),
    ...(next.value === undefined ? {} : { value: next.value }), ...(next.iteration === undefined ? {} : { iteration: next.iteration }),
    histories: [{ state: 'CREATED', atMs: s.atMs }],
  });
  dispatch(s, row);
}

/** Starts a task run that is CREATED or RESTARTED, by the kind of its task. */
export function dispatch(s: Stepper, row: TaskRunRow): void {
  const task = s.task(row);
  if (task === undefined) {
    s.log('ERROR', `There is no task \`${row.taskId}\` in revision ${s.state.index.revision}`, row);
    endRun(s, row, 'FAILED');
    return;
  }
  if (stopsAt(s, row)) return;
  if (task.kind === 'runnable' || task.kind === 'flowable' || isLoop(task)) {
    const skip = skips(s, row, task);
    if (skip !== undefined) { endRun(s, row, skip); return; }
  }
  switch (task.kind) {
    case 'runnable': { runTask(s, row, task); return; }
    case 'flowable': { startFlowable(s, row, task); return; }
    case 'execution': { changeExecution(s, row, task); return; }
    case 'subflow': { createSubflow(s, row, task); return; }
    case 'items': { startItems(s, row, task); return; }
    case 'merge': { startMerge(s, row); return; }
    default: never(task.kind);
  }
}

/** SKIPPED when `runIf` is false, FAILED when it can not be rendered. */
export function skips(s: Stepper, row: TaskRunRow, task: TaskModel): StateType | undefined {
  if (task.runIf === 'true') return undefined;
  const parent = s.parent(row);
  // In 0.20 the tasks of a WorkingDirectory run whatever their `runIf` says.
  if (parent !== undefined && isDirectory(s.task(parent)) && s.state.index.flow.level === '0.20') return undefined;
  try {
    return isTruthy(s.render(row, task, task.runIf)) ? undefined : 'SKIPPED';
  } catch (error) {
    s.log('ERROR', `Unable to evaluate the runIf condition for task ${task.id}: ${messageOf(error)}`, row);
    return forgiven('FAILED', task);
  }
}

export function startFlowable(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const running = s.put({ ...row, histories: [...row.histories, { state: 'RUNNING', atMs: s.atMs }] });
  s.state.plans.delete(row.id);
  const kind = task.flowable === undefined ? undefined : flowables[task.flowable];
  if (kind === undefined) return;
  try {
    const context = s.context(running, task);
    const started = kind.start(context);
    const names = s.lookup.startOutputs?.(task.type) ?? [];
    const more = Object.fromEntries(names.map((name) => [name, context.render(task.properties[name] ?? null)]));
    const outputs = names.length === 0 && started.outputs === undefined ? undefined : { ...more, ...started.outputs };
    if (outputs !== undefined || started.decided !== undefined) {
      const { decided: _before, ...fresh } = running;
      s.put({ ...fresh, ...(outputs === undefined ? {} : { outputs }), ...(started.decided === undefined ? {} : { decided: started.decided }) });
    }
    s.state.plans.set(row.id, started.plan);
    if (kind.pauses === true) { pause(s, row.id, task, context); return; }
    if (isDirectory(task)) { openDirectory(s, s.state.get(row.id) ?? running, task); return; }
  } catch (error) {
    s.log('ERROR', messageOf(error), running);
    endRun(s, running, forgiven('FAILED', task));
    return;
  }
  s.mark(row.id);
}
