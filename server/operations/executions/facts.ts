/** What is asked about executions beside themselves. */
import { currentState, taskRunOf, type ExecutionRow, type TaskRun } from '../../../core/protocol/entities/execution.ts';
import { illegalArgument, notFound } from '../../../core/protocol/errors.ts';
import type * as facts from '../../../core/protocol/operations/execution-facts.ts';
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import { isTerminal } from '../../../core/protocol/states.ts';
import type { Caller } from '../../access/contract.ts';
import { listFlowRecords, loadExecutionByNumber, loadFlowCounts, loadTaskRuns, matchesExecution, newestNumbers, type FlowRecord } from '../../store/index.ts';
import { existingFlow, flowAnswer, latestRevision, parsedRevision, revisionOf } from '../flows/flow-answer.ts';
import type { Handler, Rooms } from '../handler.ts';
import { needExecution, pageOf, parseSort } from '../rooms.ts';
import { executionFilter, stateOfText } from './filter.ts';

const lookedAtMax = 10_000;
const rowsPerTurn = 500;
const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

// ------------------------------------------------------------------ flows that can run

const mayRead = (rooms: Rooms, caller: Caller, namespace: string): boolean => rooms.access.refusal(caller, { resource: 'flow', action: 'read' }, namespace) === undefined;
const isRunnable = (record: FlowRecord): boolean => record.revision > 0 && !record.disabled && record.exception === undefined;

export const namespaces: Handler<typeof facts.executionsNamespaces> = ({ rooms, caller }) =>
  [...new Set([...listFlowRecords(rooms.front, caller.tenant)].filter((record) => isRunnable(record) && mayRead(rooms, caller, record.namespace)).map(({ namespace }) => namespace))].sort();

export const flowsOfNamespace: Handler<typeof facts.executionsFlowsOfNamespace> = async ({ rooms, caller, input }) => {
  const flows: Flow[] = [];
  for (const record of listFlowRecords(rooms.front, caller.tenant)) {
    if (record.namespace === input.namespace && isRunnable(record) && mayRead(rooms, caller, record.namespace)) flows.push(toRun(await flowAnswer(rooms, record, latestRevision(rooms.front, record), { source: false })));
  }
  return flows;
};

export const flowToRun: Handler<typeof facts.executionsFlowToRun> = async ({ rooms, caller, input }) => {
  const record = existingFlow(rooms.front, caller.tenant, input.namespace, input.flowId);
  if (!mayRead(rooms, caller, record.namespace)) throw notFound(`flow ${input.namespace}.${input.flowId}`);
  return toRun(await flowAnswer(rooms, record, revisionOf(rooms.front, record, input.revision), { source: false }));
};

/** What is kept of a task: who it is, and which flow it starts. Whatever else it says (a command, a password) is nobody's who only runs it. */
const taskMembers = new Set(['id', 'type', 'description', 'disabled', 'namespace', 'flowId', 'revision']);
const taskLists = ['tasks', 'errors', 'finally', 'afterExecution', 'triggers'] as const;

function toRun(flow: Flow): Flow {
  const { id, namespace, revision, disabled, deleted, labels, tenantId, description, inputs, updated, exception } = flow;
  const lists = Object.fromEntries(taskLists.filter((name) => Array.isArray(flow[name])).map((name) => [name, reducedTasks(flow[name])]));
  const given = Object.fromEntries(Object.entries({ labels, tenantId, description, inputs, updated, exception }).filter(([, value]) => value !== undefined));
  return { id, namespace, revision, disabled, deleted, tasks: [], ...lists, ...given };
}

function reducedTasks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reducedTasks);
  if (typeof value !== 'object' || value === null) return undefined;
  const isTask = 'type' in value && typeof value.type === 'string';
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (isTask && taskMembers.has(name) && typeof member !== 'object') members[name] = member;
    else if (typeof member === 'object' && member !== null) {
      const inner = reducedTasks(member);
      if (holdsTask(inner)) members[name] = inner;
    }
  }
  return members;
}
const holdsTask = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(holdsTask);
  return typeof value === 'object' && value !== null && ('type' in value || Object.values(value).some(holdsTask));
};

// ------------------------------------------------------------------ values and outputs

const valuesOf: Readonly<Record<string, (row: ExecutionRow) => readonly (string | undefined)[]>> = {
  namespace: (row) => [row.namespace],
  flowId: (row) => [row.flowId],
  state: (row) => [currentState(row.histories)],
  flowRevision: (row) => [String(row.flowRevision)],
  triggerId: (row) => [row.trigger?.id],
  kind: (row) => [row.kind ?? 'NORMAL'],
  labels: (row) => row.labels.filter(({ key }) => !key.startsWith('system.')).map(({ key, value }) => `${key}:${value}`),
};

export const distinctValues: Handler<typeof facts.executionsDistinctValues> = async ({ rooms, caller, input }) => {
  const read = Object.hasOwn(valuesOf, input.field) ? valuesOf[input.field] : undefined;
  if (read === undefined) throw illegalArgument(`field "${input.field}" has no list of values; expected one of ${Object.keys(valuesOf).join(', ')}`);
  const filter = executionFilter(rooms, caller, input);
  const values = new Set<string>();
  const { namespace, flowId, flows, states, allowed, ...others } = filter;
  if (['namespace', 'flowId', 'state'].includes(input.field) && Object.keys(others).length === 0) {
    for (const count of loadFlowCounts(rooms.engine, caller.tenant)) {
      const of = { namespace: count.namespace, flowId: count.flowId };
      if ((states?.length ?? 0) > 0 && states?.includes(count.state) !== true) continue;
      if ((namespace === undefined || count.namespace === namespace || count.namespace.startsWith(`${namespace}.`)) && (flowId === undefined || count.flowId === flowId) && flows?.(of) !== false && allowed?.(count.namespace) !== false) values.add(input.field === 'state' ? count.state : input.field === 'namespace' ? count.namespace : count.flowId);
    }
  } else {
    let looked = 0;
    for (const number of newestNumbers(rooms.engine, caller.tenant, filter)) {
      looked += 1;
      if (looked > lookedAtMax) break;
      if (looked % rowsPerTurn === 0) await nextTurn();
      const row = loadExecutionByNumber(rooms.engine, caller.tenant, number);
      if (row !== undefined && matchesExecution(row, filter)) for (const value of read(row)) if (value !== undefined) values.add(value);
    }
  }
  return [...values].sort().slice(0, input.size ?? 100);
};

export const outputs: Handler<typeof facts.executionsOutputs> = ({ rooms, caller, input }) => {
  const row = needExecution(rooms, caller, input.executionId);
  return loadTaskRuns(rooms.engine, row).filter((taskRun) => Object.keys(taskRun.outputs ?? {}).length > 0).map((taskRun) => ({
    taskId: taskRun.taskId, taskRunId: taskRun.id, inline: taskRun.outputs ?? {},
    ...(taskRun.value === undefined ? {} : { value: taskRun.value }), ...(taskRun.iteration === undefined ? {} : { iteration: taskRun.iteration }),
  }));
};

export const outputsOfTaskRun: Handler<typeof facts.executionsOutputsOfTaskRun> = ({ rooms, caller, input }) => {
  const row = needExecution(rooms, caller, input.executionId);
  const taskRun = loadTaskRuns(rooms.engine, row).find(({ id }) => id === input.taskRunId);
  if (taskRun === undefined) throw notFound(`execution ${row.id} has no task run "${input.taskRunId}"`);
  return taskRun.outputs ?? {};
};

// ------------------------------------------------------------------ task runs

export const taskRuns: Handler<typeof facts.taskRunsSearch> = async ({ rooms, caller, input }) => {
  const sort = parseSort(input.sort, ['state.startDate']);
  if (sort?.direction === 'asc') throw illegalArgument('task runs are listed with those of the newest executions first; sort=state.startDate:desc');
  const { state, ...ofExecution } = input;
  const states = (state ?? []).filter((text) => text !== '').map(stateOfText);
  const filter = executionFilter(rooms, caller, ofExecution);
  const size = input.size ?? 10;
  const offset = ((input.page ?? 1) - 1) * size;
  const results: TaskRun[] = [];
  let total = 0;
  let looked = 0;
  for (const number of newestNumbers(rooms.engine, caller.tenant, filter)) {
    looked += 1;
    if (looked % rowsPerTurn === 0) await nextTurn();
    const row = loadExecutionByNumber(rooms.engine, caller.tenant, number);
    if (row === undefined || !matchesExecution(row, filter)) continue;
    for (const taskRun of loadTaskRuns(rooms.engine, row)) {
      if (states.length > 0 && !states.includes(currentState(taskRun.histories))) continue;
      if (total >= offset && results.length < size) results.push(taskRunOf(taskRun, row));
      total += 1;
    }
    if (total >= lookedAtMax + offset || looked >= lookedAtMax * 10) break;
  }
  return { results, total };
};

// ------------------------------------------------------------------ concurrency

function running(rooms: Rooms, tenant: string, namespace: string, flowId: string): number {
  let count = 0;
  for (const flow of loadFlowCounts(rooms.engine, tenant, namespace, flowId)) if (!isTerminal(flow.state) && flow.state !== 'QUEUED' && flow.state !== 'CREATED') count += flow.count;
  return count;
}

export const concurrencyLimits: Handler<typeof facts.concurrencyLimitsSearch> = async ({ rooms, caller, input }) => {
  parseSort(input.sort, ['namespace', 'flowId']);
  const rows: facts.ConcurrencyLimit[] = [];
  for (const record of listFlowRecords(rooms.front, caller.tenant)) {
    if (!isRunnable(record) || !mayRead(rooms, caller, record.namespace)) continue;
    const revision = latestRevision(rooms.front, record);
    // Most flows have none, and a text that does not say the word has none for sure.
    if (revision === undefined || !revision.source.includes('concurrency')) continue;
    const parsed = await parsedRevision(rooms, record, revision);
    if (parsed.flow?.concurrency !== undefined) rows.push({ tenantId: record.tenant, namespace: record.namespace, flowId: record.id, running: running(rooms, record.tenant, record.namespace, record.id) });
  }
  return pageOf(rows, input);
};

export const updateConcurrencyLimit: Handler<typeof facts.concurrencyLimitsUpdate> = ({ rooms, caller, input }) => {
  const record = existingFlow(rooms.front, caller.tenant, input.namespace, input.flowId);
  return { tenantId: record.tenant, namespace: record.namespace, flowId: record.id, running: running(rooms, record.tenant, record.namespace, record.id) };
};
