/**
 * What a task asks of the engine: changes of rows that only this thread writes, another execution to be resumed, a flow to be run. A task
 * acts for the namespace of its flow; other namespaces are open to it, as in the reference. A change of rows is answered when it is on the
 * disk, a resume when it is decided, a flow when it has ended.
 */
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { kvKeyProblem } from '../../core/protocol/entities/kv.ts';
import { nameProblem } from '../../core/protocol/ids.ts';
import { isStateType } from '../../core/protocol/states.ts';
import type { ExecutorRequest, RequestAnswer, StateAddress, StoreRequest } from '../../plugins/sdk/index.ts';
import { isMap, messageOf } from '../../plugins/sdk/values.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import { executionsInOrder, keptLogRemoval, listKeptLogs, loadExecution, loadState, stateKeyOf, stateRemoval, stateWrite, type Environment, type LogOwner, type StateOwner } from '../store/index.ts';
import type { EngineLoop } from './engine-loop.ts';
import type { KvChanges } from './kv-changes.ts';
import { isEnded, type Removal } from './removal.ts';
import type { WrittenRows } from './written-rows.ts';

export interface TaskRequestRooms {
  readonly engine: Environment;
  readonly loop: EngineLoop;
  readonly scheduler: Scheduler;
  readonly kv: KvChanges;
  readonly rows: WrittenRows;
  readonly removal: Removal;
  readonly ambient: Pick<Ambient, 'clock' | 'timers'>;
}

export type TaskRequests = (asker: ExecutionRow, request: ExecutorRequest) => Promise<RequestAnswer>;

const stateBytesMax = 1024 * 1024;
/** Executions that are removed between two commits: the loop belongs to those that run. */
const sliceExecutions = 50;
/** Rows that are looked at before others get their turn. */
const sliceRows = 500;

export function createTaskRequests(rooms: TaskRequestRooms): TaskRequests {
  const { engine, loop, scheduler, kv, rows, removal, ambient } = rooms;
  const nowMs = (): number => ambient.clock.nowMs();
  const settled = async (value?: unknown): Promise<RequestAnswer> => {
    await loop.flushed();
    return { ok: true, ...(value === undefined ? {} : { value }) };
  };
  const refuse = (message: string): RequestAnswer => ({ ok: false, message });
  const nextTurn = (): Promise<void> => new Promise((resolve) => { ambient.timers.soon(resolve); });

  function changeState(asker: ExecutionRow, state: StateAddress, data: Readonly<Record<string, unknown>>): Promise<RequestAnswer> | RequestAnswer {
    const owner = stateOwner(asker, state);
    const merged = merge(loadState(rows, owner)?.data ?? {}, data);
    const bytes = JSON.stringify(merged).length;
    if (bytes > stateBytesMax) return refuse(`The state "${state.name}" would have ${bytes} bytes, at most ${stateBytesMax} are kept: store large values as a file and keep its address.`);
    rows.write(stateWrite(owner, { data: merged, updatedAtMs: nowMs() }));
    return settled({ count: Object.keys(merged).length, key: stateKeyOf(owner) });
  }

  async function purgeExecutions(asker: ExecutionRow, request: Extract<StoreRequest, { type: 'purgeExecutions' }>): Promise<RequestAnswer> {
    const { query } = request;
    const counts = { executionsCount: 0, logsCount: 0, metricsCount: 0, storagesCount: 0 };
    const states = query.states.filter(isStateType);
    let looked = 0;
    let inSlice: ExecutionRow[] = [];
    const finishSlice = async (): Promise<void> => {
      await loop.flushed();
      if (request.files) for (const row of inSlice) if (await removal.removeFiles(row)) counts.storagesCount += 1;
      inSlice = [];
    };
    for (const row of executionsInOrder(engine, asker.tenant, query)) {
      looked += 1;
      if (looked % sliceRows === 0) await nextTurn();
      const startMs = row.histories[0]?.atMs ?? 0;
      if (row.id === asker.id || !isEnded(row) || (states.length > 0 && !states.some((state) => state === row.histories[row.histories.length - 1]?.state))) continue;
      if ((query.startMs !== undefined && startMs < query.startMs) || (query.endMs !== undefined && startMs > query.endMs)) continue;
      const removed = removal.remove(row, { execution: request.executions, logs: request.logs, metrics: request.metrics, files: request.files });
      if (removed === undefined) continue;
      if (request.executions) counts.executionsCount += 1;
      counts.logsCount += removed.logLines;
      counts.metricsCount += removed.metrics;
      inSlice.push(row);
      if (inSlice.length >= sliceExecutions) await finishSlice();
    }
    await finishSlice();
    return settled(counts);
  }

  async function purgeLogs(asker: ExecutionRow, { query }: Extract<StoreRequest, { type: 'purgeLogs' }>): Promise<RequestAnswer> {
    const { tenant } = asker;
    const purge = { levels: query.levels, endMs: query.endMs, ...(query.startMs === undefined ? {} : { startMs: query.startMs }) };
    const isMeant = (owner: Pick<LogOwner, 'namespace' | 'flowId' | 'id'>): boolean => (query.namespace === undefined || owner.namespace === query.namespace || owner.namespace.startsWith(`${query.namespace}.`))
      && (query.flowId === undefined || owner.flowId === query.flowId) && (query.executionId === undefined || owner.id === query.executionId);
    let count = 0;
    let looked = 0;
    const one = query.executionId === undefined ? undefined : loadExecution(engine, tenant, query.executionId);
    for (const row of query.executionId === undefined ? executionsInOrder(engine, tenant, query) : one === undefined ? [] : [one]) {
      looked += 1;
      if (looked % sliceRows === 0) await nextTurn();
      if (isMeant(row) && isEnded(row) && !loop.isLive(tenant, row.id)) count += await removal.purgeLog(row, purge);
    }
    for (const kept of [...listKeptLogs(engine, tenant)]) {
      if (!isMeant(kept)) continue;
      count += await removal.purgeLog(kept, purge);
      if (purge.levels.length === 0 && kept.endedAtMs <= purge.endMs) loop.write([keptLogRemoval(kept)]);
    }
    return settled(count);
  }

  async function resume({ tenant }: ExecutionRow, request: Extract<ExecutorRequest, { type: 'resumeExecution' }>): Promise<RequestAnswer> {
    const target = loop.find(tenant, request.executionId);
    const header = target?.state.header;
    const isMeant = header !== undefined && (request.namespace === undefined || request.namespace === header.namespace) && (request.flowId === undefined || request.flowId === header.flowId);
    if (target === undefined || !isMeant) return refuse(`There is no execution '${request.executionId}'${request.flowId === undefined ? '' : ` of flow '${request.flowId}'`}`);
    const resumed = await loop.resume(target, { fields: request.inputs, files: [] });
    return resumed.ok ? { ok: true } : refuse(resumed.problem.message);
  }

  async function runSubflow(asker: ExecutionRow, request: Extract<ExecutorRequest, { type: 'runSubflow' }>): Promise<RequestAnswer> {
    try {
      return { ok: true, value: await loop.runSubflow(asker, request) };
    } catch (error) {
      return refuse(messageOf(error));
    }
  }

  async function change(asker: ExecutionRow, request: StoreRequest): Promise<RequestAnswer> {
    const named = 'query' in request ? nameProblem(request.query) : 'namespace' in request ? nameProblem(request) : undefined;
    if (named !== undefined) return refuse(named);
    switch (request.type) {
      case 'putKv': {
        const problem = kv.put({
          tenant: asker.tenant, namespace: request.namespace, key: request.key, value: request.value, overwrite: request.overwrite,
          ...(request.kvType === undefined ? {} : { type: request.kvType }), ...(request.ttlMs === undefined ? {} : { ttlMs: request.ttlMs }),
          ...(request.description === undefined ? {} : { description: request.description }),
        });
        return problem === undefined ? settled() : refuse(`${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`);
      }
      case 'deleteKv': return settled(kvKeyProblem(request.key) === undefined && kv.remove(asker.tenant, request.namespace, request.key));
      case 'purgeKv': return settled(kv.purge({
        tenant: asker.tenant, namespaces: request.namespaces, includeChildNamespaces: request.includeChildNamespaces, expiredOnly: request.expiredOnly,
        ...(request.keyPattern === undefined ? {} : { keyPattern: request.keyPattern }),
      }));
      case 'putState': return changeState(asker, request.state, request.data);
      case 'deleteState': {
        const owner = stateOwner(asker, request.state);
        const there = loadState(rows, owner) !== undefined;
        rows.write(stateRemoval(owner));
        return settled(there);
      }
      case 'purgeExecutions': return purgeExecutions(asker, request);
      case 'purgeLogs': return purgeLogs(asker, request);
      case 'toggleTrigger': {
        const { namespace, flowId, triggerId, enabled } = request;
        const changed = scheduler.command(asker.tenant, { namespace, flowId, triggerId }, { type: 'setDisabled', disabled: !enabled, reason: `task of execution ${asker.id}` }, `flow ${asker.flowId}`);
        return changed.ok ? settled() : refuse(changed.problem.message);
      }
    }
  }

  return async (asker, request) => {
    switch (request.type) {
      case 'fireTrigger': return refuse('Only a trigger starts executions');
      case 'resumeExecution': return resume(asker, request);
      case 'runSubflow': return runSubflow(asker, request);
      default: return change(asker, request);
    }
  };
}

const stateOwner = ({ tenant, namespace, flowId }: ExecutionRow, { name, ofNamespace, value }: StateAddress): StateOwner =>
  ({ tenant, namespace, flowId: ofNamespace ? '' : flowId, name, ...(value === undefined ? {} : { value }) });

const mergeDepthMax = 50;

/** Maps are merged member by member, everything else is replaced. */
function merge(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>, depth = 0): Readonly<Record<string, unknown>> {
  const merged = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(after)) {
    const present = merged.get(name);
    merged.set(name, isMap(present) && isMap(value) && depth < mergeDepthMax ? merge(present, value, depth + 1) : value);
  }
  // Not by assignment: a member called `__proto__` is one like any other.
  return Object.fromEntries(merged);
}
