/** What a task thread sees of the store: KV pairs, states, logs and executions by a reader of its own, and the internal storage. */
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { kvKeyProblem } from '../../core/protocol/entities/kv.ts';
import type { LogEntry } from '../../core/protocol/entities/log-entry.ts';
import { nameProblem } from '../../core/protocol/ids.ts';
import { isStateType } from '../../core/protocol/states.ts';
import type { ExecutionQuery, LogQuery, TaskStores } from '../../plugins/sdk/index.ts';
import {
  createFileStorage, executionsInOrder, listKv, loadExecution, loadKv, loadState, openEnvironment, scanLog, searchExecutions, startedFromOf, stateKeyOf, type FileStorage, type Reader,
} from '../store/index.ts';

export interface TaskStore {
  /** The stored value as of now; undefined when there is none or its time is over. */
  kv(tenant: string, namespace: string, key: string): unknown;
  startedBy(tenant: string, executionId: string): string | undefined;
  /** For `errorLogs()`. */
  errorLogs(execution: ExecutionRow): readonly LogEntry[];
  storesOf(execution: ExecutionRow): TaskStores;
  readonly files: FileStorage;
}

export interface TaskStoreOptions {
  /** Folders of the data directory. */
  readonly engine: string;
  readonly logs: string;
  readonly files: string;
  readonly uploads: string;
  readonly nowMs: () => number;
  readonly uniqueName: () => string;
}

/** Lines between two turns of the loop: other tasks of this thread go on. */
const sliceLines = 2000;
/** Lines that one `errorLogs()` gives. */
const errorLogsMax = 1000;

/** The environment is opened when the first task asks for it: most never do. */
export function openTaskStore(options: TaskStoreOptions): TaskStore {
  let reader: ReturnType<typeof openEnvironment> | undefined;
  const fresh = (): Reader => {
    reader ??= openEnvironment({ name: 'engine', path: options.engine, mode: 'read' });
    reader.refresh();
    return reader;
  };
  return {
    kv: (tenant, namespace, key) => loadKv(fresh(), tenant, namespace, key, options.nowMs())?.value,
    startedBy: (tenant, id) => startedByOf(fresh(), tenant, id),
    errorLogs: (execution) => errorLogsOf(fresh(), options.logs, execution),
    storesOf: ({ tenant, namespace, flowId }) => ({
      kv: (owner, key) => {
        checkNames({ namespace: owner });
        // A key that could never have been set is simply not there.
        if (kvKeyProblem(key) !== undefined) return undefined;
        const row = loadKv(fresh(), tenant, owner, key, options.nowMs());
        return row === undefined ? undefined : { key, type: row.type, value: row.value };
      },
      kvKeys: (owner) => {
        checkNames({ namespace: owner });
        return [...listKv(fresh(), tenant, owner, options.nowMs())].map((row) => row.key);
      },
      state: ({ name, ofNamespace, value }) => {
        const owner = { tenant, namespace, flowId: ofNamespace ? '' : flowId, name, ...(value === undefined ? {} : { value }) };
        const row = loadState(fresh(), owner);
        return row === undefined ? undefined : { key: stateKeyOf(owner), data: row.data };
      },
      logs: (query) => {
        checkNames(query);
        return logsOf(fresh(), options.logs, tenant, query);
      },
      countExecutions: async (query) => {
        checkNames(query);
        return countOf(fresh(), tenant, query);
      },
    }),
    files: createFileStorage({ folder: options.files, uploads: options.uploads, uniqueName: options.uniqueName }),
  };
}

function checkNames(names: Parameters<typeof nameProblem>[0]): void {
  const problem = nameProblem(names);
  if (problem !== undefined) throw new Error(problem);
}

/** The execution that started another one through a subflow or a trigger. */
export function startedByOf(reader: Reader, tenant: string, executionId: string): string | undefined {
  const row = loadExecution(reader, tenant, executionId);
  return row === undefined ? undefined : startedFromOf(row);
}

/** ERROR lines of an execution, the first ones first; what a task has logged is stored with its end, so those of tasks before are there. */
function errorLogsOf(reader: Reader, folder: string, execution: ExecutionRow): readonly LogEntry[] {
  const found: LogEntry[] = [];
  for (const entry of scanLog({ reader, folder }, execution, { minLevel: 'ERROR' })) {
    if (found.length >= errorLogsMax) break;
    found.push(entry);
  }
  return found;
}

async function* logsOf(reader: Reader, folder: string, tenant: string, query: LogQuery): AsyncGenerator<LogEntry> {
  const tasks = new Set(query.taskIds);
  let lines = 0;
  const of = async function* (execution: ExecutionRow): AsyncGenerator<LogEntry> {
    for (const entry of scanLog({ reader, folder }, execution, { minLevel: query.minLevel })) {
      lines += 1;
      if (lines % sliceLines === 0) await nextTurn();
      if (tasks.size === 0 || (entry.taskId !== undefined && tasks.has(entry.taskId))) yield entry;
    }
  };
  if (query.executionId !== undefined) {
    const execution = loadExecution(reader, tenant, query.executionId);
    if (execution !== undefined) yield* of(execution);
    return;
  }
  for (const execution of executionsInOrder(reader, tenant, query)) yield* of(execution);
}

async function countOf(reader: Reader, tenant: string, query: ExecutionQuery): Promise<number> {
  const { namespace, flowId, startMs, endMs } = query;
  const list = await searchExecutions(reader, tenant, {
    states: query.states.filter(isStateType),
    ...(namespace === undefined ? {} : { namespace }), ...(flowId === undefined ? {} : { flowId }),
    ...(startMs === undefined ? {} : { startMs }), ...(endMs === undefined ? {} : { endMs }),
    // A flow is one of exactly this namespace.
    ...(namespace === undefined || flowId === undefined ? {} : { allowed: (owner: string) => owner === namespace }),
  }, { page: 1, size: 0 });
  return list.total;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
