/**
 * A child execution for each item: of a file (ForEachItem) or of the values of a Loop. The shell reads files and counts the children; here
 * is decided which of them begin, and what their states make of the task run.
 */
import { isTruthy } from '../../expression/index.ts';
import type { TaskModel } from '../../language/model.ts';
import { currentState, type TaskRunRow } from '../../protocol/entities/execution.ts';
import { parseJsonText } from '../../protocol/json.ts';
import { limits } from '../../protocol/limits.ts';
import { isStateType, isTerminal, type StateType } from '../../protocol/states.ts';
import type { EngineEvent } from '../events.ts';
import { countOf, runKey } from '../execution-state.ts';
import { enabled } from '../flow-index.ts';
import { FlowableError } from '../flowable/index.ts';
import { messageOf, type Stepper, waits } from '../stepper.ts';
import { variablesOf } from '../variables.ts';
import { finishAttempt, startAttempt } from './attempts.ts';
import { callOf } from './subflows.ts';
import { create } from './walk.ts';

export const isLoop = (task: TaskModel): boolean => task.kind === 'items' && task.children.type === 'list';
const isFlagged = (s: Stepper, row: TaskRunRow, task: TaskModel, name: string): boolean => {
  const given = task.properties[name];
  return given === undefined || given === null ? true : typeof given === 'string' ? isTruthy(s.render(row, task, given)) : given !== false;
};

/** The siblings of a ForEachItem are its parts `_split`, `_items` and `_merge`. */
function sibling(s: Stepper, row: TaskRunRow, from: string, to: string): TaskRunRow | undefined {
  const id = s.state.scope(row.parentTaskRunId ?? '').nominal.byKey.get(runKey(`${row.taskId.slice(0, -from.length)}${to}`, undefined));
  return id === undefined ? undefined : s.state.get(id);
}

export function startItems(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const again = currentState(row.histories) === 'RESTARTED' && row.decided?.items !== undefined;
  const running = startAttempt(s, row, s.atMs);
  // What has ended well is not done again: the children that failed go on where they failed.
  if (again) { s.commands.push({ type: 'restartItems', taskRunId: row.id }); return; }
  try {
    const source = isLoop(task) ? valuesOf(s, running, task) : { uri: String(sibling(s, row, '_items', '_split')?.outputs?.['splits'] ?? '') };
    if (source.uri !== undefined) {
      s.put({ ...running, decided: { items: { next: 0, uri: source.uri } }, outputs: { ...countsOf(task, {}, 0), ...(isLoop(task) ? {} : { subflowOutputsBaseUri: baseUri(s, row) }) } });
    } else {
      s.put({ ...running, decided: { values: source.values, items: { next: 0, total: source.values.length, ...(source.keys === undefined ? {} : { keys: source.keys }) } }, outputs: countsOf(task, {}, source.values.length) });
    }
    advance(s, row.id, task);
  } catch (error) {
    fail(s, s.state.get(row.id) ?? running, task, error);
  }
}

const baseUri = (s: Stepper, row: TaskRunRow): string => {
  const { header } = s.state;
  const slug = (text: string): string => text.toLowerCase().replaceAll('_', '-');
  return `kestra:///${header.namespace.replaceAll('.', '/')}/${slug(header.flowId)}/executions/${header.id}/tasks/${slug(row.taskId)}/${row.id}/`;
};

function fail(s: Stepper, row: TaskRunRow, task: TaskModel, error: unknown): void {
  s.log('ERROR', messageOf(error), row);
  finishAttempt(s, row, task, 'FAILED', undefined);
}

type Values = { readonly uri: string } | { readonly uri?: undefined; readonly values: readonly string[]; readonly keys?: readonly string[] };

/** A list, a map, a text that renders to either as JSON, or the address of a file with an item a line. */
function valuesOf(s: Stepper, row: TaskRunRow, task: TaskModel): Values {
  const context = s.context(row, task);
  const given = task.properties['values'];
  let value: unknown = typeof given === 'string' ? context.renderTyped(given) : context.renderDeep(given);
  if (typeof value === 'string') {
    const text = value.trim();
    if (/^(kestra|nsfile):\/\//.test(text)) return { uri: text };
    try {
      value = parseJsonText(text);
    } catch {
      throw new FlowableError(`\`values\` must be a list, a map or the address of a file, found \`${text.slice(0, 200)}\``);
    }
  }
  const text = (one: unknown): string => (typeof one === 'string' ? one : JSON.stringify(one ?? null));
  const entries = Array.isArray(value) ? value.map((one: unknown) => [undefined, text(one)] as const) : typeof value === 'object' && value !== null ? Object.entries(value).map(([key, one]) => [key, text(one)] as const) : undefined;
  if (entries === undefined) throw new FlowableError(`\`values\` must be a list, a map or the address of a file, found \`${String(value).slice(0, 200)}\``);
  if (entries.length > limits.flowableChildrenMax) throw new FlowableError(`${entries.length} values pass the limit of ${limits.flowableChildrenMax} iterations; write them into a file`);
  return { values: entries.map(([, one]) => one), ...(Array.isArray(value) ? {} : { keys: entries.map(([key]) => key ?? '') }) };
}

/** At most so many run at once. */
function roomOf(s: Stepper, row: TaskRunRow, task: TaskModel): number {
  const given = task.properties['concurrencyLimit'];
  const limit = !isLoop(task) ? 0 : given === undefined || given === null ? 1 : Number(typeof given === 'string' ? s.render(row, task, given) : given);
  if (!Number.isInteger(limit) || limit < 0) throw new FlowableError(`\`concurrencyLimit\` must be a whole number of 0 or more, found \`${String(given)}\``);
  const atOnce = limit === 0 ? limits.itemsAtOnceMax : Math.min(limit, limits.itemsAtOnceMax);
  return atOnce - ((row.decided?.items?.next ?? 0) - endedOf(row));
}

const iterationsOf = (row: TaskRunRow): Readonly<Record<string, number>> => row.decided?.iterations ?? {};
const endedOf = (row: TaskRunRow): number => Object.entries(iterationsOf(row)).reduce((sum, [state, count]) => (isStateType(state) && isTerminal(state) && state !== 'RETRIED' ? sum + count : sum), 0);

/** Begins what has room, reads on, or ends. */
function advance(s: Stepper, id: string, task: TaskModel): void {
  const row = s.state.get(id);
  const items = row?.decided?.items;
  if (row === undefined || items === undefined || currentState(row.histories) !== 'RUNNING') return;
  const failedFast = isLoop(task) && (iterationsOf(row)['FAILED'] ?? 0) > 0 && isFlagged(s, row, task, 'transmitFailed');
  const running = items.next - endedOf(row);
  if (items.total !== undefined && (items.next >= items.total || failedFast)) {
    if (running <= 0) over(s, row, task);
    return;
  }
  if (failedFast) { if (running <= 0) over(s, row, task); return; }
  const room = roomOf(s, row, task);
  if (room <= 0) return;
  if (row.decided?.values === undefined) {
    s.commands.push({ type: 'readItems', taskRunId: id, uri: items.uri ?? '', from: items.next, countMax: Math.min(room, limits.itemsReadMax), kind: isLoop(task) ? 'lines' : 'uris' });
    return;
  }
  begin(s, row, task, row.decided.values.slice(items.next, items.next + room), items.total);
}

function begin(s: Stepper, row: TaskRunRow, task: TaskModel, values: readonly string[], total: number | undefined): void {
  const from = row.decided?.items?.next ?? 0;
  for (const [offset, value] of values.entries()) createItem(s, row, task, from + offset, value);
  const items = { ...row.decided?.items, next: from + values.length, ...(total === undefined ? {} : { total }) };
  const iterations = { ...iterationsOf(row), ...(waits(task) ? {} : { SUCCESS: (iterationsOf(row)['SUCCESS'] ?? 0) + values.length }) };
  s.put({ ...row, decided: { ...row.decided, items, iterations }, outputs: { ...row.outputs, ...countsOf(task, iterations, total ?? items.next) } });
}

function createItem(s: Stepper, row: TaskRunRow, task: TaskModel, index: number, value: string): void {
  if (isLoop(task)) {
    const { loopRun } = s.state.header;
    const key = row.decided?.items?.keys?.[index];
    const parents = loopRun === undefined ? [] : [{ index: loopRun.index, value: loopRun.value, ...(loopRun.key === undefined ? {} : { key: loopRun.key }) }, ...(loopRun.parents ?? [])];
    s.commands.push({ type: 'createIteration', taskRunId: row.id, childId: s.lookup.newId(), loopRun: { taskId: row.taskId, taskRunId: row.id, index, value, ...(key === undefined ? {} : { key }), ...(parents.length === 0 ? {} : { parents }) } });
    return;
  }
  const variables = variablesOf(s.state, s.lookup, { task, taskRun: row });
  const taskrun = { ...(typeof variables['taskrun'] === 'object' ? variables['taskrun'] : {}), items: value, iteration: s.state.index.flow.level === '0.20' ? index + 1 : index };
  s.commands.push({ ...callOf(s, row, task, s.optionsOf({ ...variables, taskrun })), item: index });
}

function countsOf(task: TaskModel, iterations: Readonly<Record<string, number>>, total: number): Readonly<Record<string, unknown>> {
  if (!isLoop(task)) return { numberOfBatches: total, iterations: { CREATED: 0, RUNNING: 0, ...iterations } };
  const ended = Object.entries(iterations).reduce((sum, [state, count]) => (isStateType(state) && isTerminal(state) ? sum + count : sum), 0);
  const open = Object.values(iterations).reduce((sum, count) => sum + count, 0) - ended;
  return { iterationCount: total, runningIterations: open, terminatedIterations: ended };
}

export function itemsRead(s: Stepper, event: Extract<EngineEvent, { type: 'itemsRead' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    const items = row.decided?.items;
    if (items === undefined || items.next !== event.from || items.total !== undefined) return 'it does not wait for these items';
    try {
      begin(s, row, task, event.items, event.total);
      advance(s, row.id, task);
    } catch (error) {
      fail(s, row, task, error);
    }
    s.settle();
    return undefined;
  });
}

export function itemsMoved(s: Stepper, event: Extract<EngineEvent, { type: 'itemsMoved' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    const items = row.decided?.items;
    if (items === undefined) return 'it has no items';
    const iterations: Record<string, number> = {};
    for (const [state, count] of Object.entries(event.iterations)) iterations[state] = count;
    // Without waiting they count as done when they are started.
    if (waits(task)) s.put({ ...row, decided: { ...row.decided, iterations }, outputs: { ...row.outputs, ...countsOf(task, iterations, items.total ?? items.next) } });
    advance(s, row.id, task);
    s.settle();
    return undefined;
  });
}

export function itemsFailed(s: Stepper, event: Extract<EngineEvent, { type: 'itemsFailed' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    if (currentState(row.histories) !== 'RUNNING') return `it is ${currentState(row.histories)}`;
    fail(s, row, task, new Error(event.message));
    return undefined;
  });
}

// ------------------------------------------------------------------ the end of all items

/** The state that the children make of the task run. */
function outcome(s: Stepper, row: TaskRunRow, task: TaskModel): StateType {
  const has = (state: string): boolean => (iterationsOf(row)[state] ?? 0) > 0;
  if (!waits(task) || !isFlagged(s, row, task, 'transmitFailed')) return 'SUCCESS';
  if (has('FAILED') || has('CANCELLED')) return 'FAILED';
  if (has('KILLED')) return 'KILLED';
  return has('WARNING') ? 'WARNING' : 'SUCCESS';
}

function over(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  if (isLoop(task) && Array.isArray(task.properties['outputs']) && task.properties['outputs'].length > 0) s.commands.push({ type: 'mergeItems', taskRunId: row.id, itemsRunId: row.id });
  else walkItems(s, row, task);
}

/** After its items a Loop runs its `finally`; then the task run ends. */
export function walkItems(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const finals = enabled(task.finally);
  const scope = s.state.scope(row.id).finally;
  if (scope.open > 0) return;
  const next = finals[scope.runs.length];
  const broken = countOf(scope, 'FAILED') > 0;
  if (next !== undefined && !broken) { create(s, row.id, { task: next }); return; }
  finishAttempt(s, row, task, broken ? 'FAILED' : outcome(s, row, task), undefined);
}

export function startMerge(s: Stepper, row: TaskRunRow): void {
  startAttempt(s, row, s.atMs);
  mergeAgain(s, row);
}

export function mergeAgain(s: Stepper, row: TaskRunRow): void {
  s.commands.push({ type: 'mergeItems', taskRunId: row.id, itemsRunId: sibling(s, row, '_merge', '_items')?.id ?? '' });
}

export function merged(s: Stepper, event: Extract<EngineEvent, { type: 'merged' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    if (currentState(row.histories) !== 'RUNNING') return `it is ${currentState(row.histories)}`;
    if (event.problem !== undefined) { fail(s, row, task, new Error(event.problem)); return undefined; }
    const next = { ...row, outputs: { ...row.outputs, ...event.outputs } };
    if (task.kind === 'merge') { finishAttempt(s, row, task, 'SUCCESS', next.outputs); return undefined; }
    s.put(next);
    walkItems(s, next, task);
    s.settle();
    return undefined;
  });
}
