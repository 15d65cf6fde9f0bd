/**
 * What must hold after every step, whatever the world did: the laws of design.md and of docs/spec/engine.md. Each throws a sentence.
 */
import type { Advance, EngineEvent, ExecutionState } from '../../core/engine/index.ts';
import { currentState, type ExecutionRow, type TaskRunRow } from '../../core/protocol/entities/execution.ts';
import { isTerminal, type StateChange, type StateType } from '../../core/protocol/states.ts';

/** Where an execution may go from each state. Ended states are left only by the events of `reopening`. */
const executionEdges: Readonly<Record<StateType, readonly StateType[]>> = {
  CREATED: ['RUNNING', 'QUEUED', 'CANCELLED', 'FAILED', 'KILLING'],
  QUEUED: ['RUNNING', 'KILLING', 'CANCELLED', 'FAILED'],
  RUNNING: ['PAUSED', 'BREAKPOINT', 'RETRYING', 'RETRIED', 'KILLING', 'SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED'],
  PAUSED: ['RESTARTED', 'RUNNING', 'KILLING', 'SUCCESS', 'WARNING', 'FAILED', 'CANCELLED', 'KILLED', 'RETRIED'],
  BREAKPOINT: ['RUNNING', 'KILLING', 'FAILED', 'CANCELLED', 'RESTARTED', 'SUCCESS', 'WARNING', 'KILLED', 'RETRIED'],
  RESTARTED: ['RUNNING', 'KILLING', 'FAILED'],
  RETRYING: ['RUNNING', 'PAUSED', 'BREAKPOINT', 'KILLING', 'SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'RETRIED'],
  KILLING: ['KILLED', 'FAILED', 'CANCELLED'],
  RETRIED: [], KILLED: [], SUCCESS: [], WARNING: [], FAILED: [], CANCELLED: [], SKIPPED: [],
};

const taskRunEdges: Readonly<Record<StateType, readonly StateType[]>> = {
  // FAILED and what it is softened to without RUNNING: an expression could not be rendered.
  CREATED: ['RUNNING', 'SKIPPED', 'FAILED', 'WARNING', 'SUCCESS', 'KILLED', 'CANCELLED', 'BREAKPOINT'],
  QUEUED: [],
  RUNNING: ['SUCCESS', 'WARNING', 'FAILED', 'KILLING', 'KILLED', 'PAUSED', 'RETRIED', 'CANCELLED'],
  // An Exit ends what pauses with its own state.
  PAUSED: ['RUNNING', 'KILLING', 'KILLED', 'FAILED', 'CANCELLED', 'RETRIED', 'SUCCESS', 'WARNING'],
  BREAKPOINT: ['CREATED', 'KILLED', 'FAILED', 'CANCELLED'],
  RESTARTED: ['RUNNING', 'SKIPPED', 'FAILED', 'WARNING', 'SUCCESS', 'KILLED', 'CANCELLED', 'BREAKPOINT'],
  RETRYING: ['CREATED', 'KILLED', 'FAILED', 'CANCELLED'],
  KILLING: ['KILLED', 'SUCCESS', 'WARNING', 'FAILED', 'CANCELLED'],
  FAILED: ['RETRYING', 'RETRIED'],
  RETRIED: [], KILLED: [], SUCCESS: [], WARNING: [], CANCELLED: [], SKIPPED: [],
};

/** Events by which people leave an ended state. */
const reopening: ReadonlySet<EngineEvent['type']> = new Set(['restartRequested', 'taskRunStateChanged', 'statusChanged']);

export interface Before {
  readonly header: ExecutionRow;
  readonly rows: ReadonlyMap<string, TaskRunRow>;
}

export const snapshot = (state: ExecutionState): Before => ({ header: state.header, rows: new Map([...state.all()].map((row) => [row.id, row])) });

function broken(sentence: string): never {
  throw new Error(`A law is broken: ${sentence}`);
}

const path = (histories: readonly StateChange[]): string => histories.map((change) => change.state).join(' > ');

/** Checks one step: what changed, and what stands now. */
export function checkStep(before: Before, event: EngineEvent, advance: Advance, state: ExecutionState): void {
  if (advance.type === 'ignored') {
    if (state.header !== before.header || [...state.all()].some((row) => before.rows.get(row.id) !== row)) broken(`an ignored ${event.type} changed something`);
    return;
  }
  if (advance.fault !== undefined) throw new Error(`the engine's own fault at ${event.type}`, { cause: advance.fault });
  extended('the execution', before.header.histories, state.header.histories, executionEdges, event);
  for (const row of advance.changed) extended(`${row.taskId}/${row.value ?? ''}`, before.rows.get(row.id)?.histories ?? [], row.histories, taskRunEdges, event);
  for (const [id, row] of before.rows) if (state.get(id) !== row && !advance.changed.some((one) => one.id === id) && !advance.removed.some((one) => one.id === id)) broken(`${row.taskId} has changed and is not among the changes of ${event.type}`);
  checkState(state);
}

/** The old history is the beginning of the new one, and what was added goes along the edges. No state twice in a row. */
function extended(what: string, old: readonly StateChange[], now: readonly StateChange[], edges: Readonly<Record<StateType, readonly StateType[]>>, event: EngineEvent): void {
  if (old.some((change, index) => now[index]?.state !== change.state || now[index]?.atMs !== change.atMs)) broken(`the history of ${what} was rewritten by ${event.type}: ${path(old)} became ${path(now)}`);
  const first = now[0];
  if (old.length === 0 && first?.state !== 'CREATED') broken(`${what} begins as ${first?.state ?? 'nothing'}`);
  for (let index = Math.max(1, old.length); index < now.length; index += 1) {
    const [from, to] = [now[index - 1], now[index]];
    if (from === undefined || to === undefined) continue;
    if (to.atMs < from.atMs) broken(`${what} goes back in time: ${path(now)}`);
    if (edges[from.state].includes(to.state)) continue;
    // The restart of a paused execution: a directory whose tasks have failed is made again, though its error tasks run.
    if (event.type === 'restartRequested' && from.state === 'RUNNING' && to.state === 'RESTARTED') continue;
    // A person may say what is so already.
    if (event.type === 'taskRunStateChanged') continue;
    if (reopening.has(event.type) && from.state !== to.state && (isTerminal(from.state) || from.state === 'PAUSED')) continue;
    broken(`${what} goes from ${from.state} to ${to.state} by ${event.type}: ${path(now)}`);
  }
}

function checkState(state: ExecutionState): void {
  const rows = state.ordered();
  const ended = isTerminal(state.state);
  const positions = new Set<number>();
  for (const row of rows) {
    const current = currentState(row.histories);
    const indexed = state.index.tasks.get(row.taskId);
    if (positions.has(row.position)) broken(`two task runs stand at position ${row.position}`);
    positions.add(row.position);
    if (ended && !isTerminal(current) && state.header.afterExecution === undefined) broken(`the execution is ${state.state} and ${row.taskId} is ${current}`);
    const parent = row.parentTaskRunId === undefined ? undefined : state.get(row.parentTaskRunId);
    if (row.parentTaskRunId !== undefined && parent === undefined) broken(`the parent of ${row.taskId} is gone`);
    if (parent !== undefined) {
      if (isTerminal(currentState(parent.histories)) && !isTerminal(current)) broken(`${parent.taskId} is ${currentState(parent.histories)} before its child ${row.taskId}, which is ${current}`);
      if (parent.position > row.position) broken(`${row.taskId} was created before its parent`);
    }
    const last = row.attempts?.at(-1);
    if (last !== undefined && isTerminal(current) && !isTerminal(currentState(last.histories))) broken(`${row.taskId} is ${current} and its last attempt is ${currentState(last.histories)}`);
    if (indexed?.task.disabled === true) broken(`the disabled task ${row.taskId} has a task run`);
  }
  checkLimits(state, rows);
}

/** Parallel, Dag and the tasks of a flow keep to what may run at once. */
function checkLimits(state: ExecutionState, rows: readonly TaskRunRow[]): void {
  const open = new Map<string, number>();
  for (const row of rows) {
    if (isTerminal(currentState(row.histories)) || row.dynamic === true || state.index.tasks.get(row.taskId)?.branch !== 'nominal') continue;
    open.set(row.parentTaskRunId ?? '', (open.get(row.parentTaskRunId ?? '') ?? 0) + 1);
  }
  for (const [parentId, count] of open) {
    const parent = state.get(parentId);
    const task = parent === undefined ? undefined : state.index.tasks.get(parent.taskId)?.task;
    // A change of state by hand may open several at once.
    const isReopened = (parent ?? state.header).histories.some((change) => change.state === 'RESTARTED') || rows.some((row) => row.histories.some((change) => change.state === 'RESTARTED'));
    if (isReopened) continue;
    const limit = task === undefined ? 1 : task.flowable === 'parallel' || task.flowable === 'dag' ? Number(task.properties['concurrent'] ?? 0) : task.flowable === 'sequential' ? 1 : 0;
    if (limit > 0 && count > limit) broken(`${count} children of ${task?.id ?? 'the flow'} are open, at most ${limit} may be`);
  }
}
