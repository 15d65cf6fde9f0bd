/** A real worker for tests of this room: a store in a folder of its own, the test plugins, and events to wait for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { executionId, taskRunId } from '../../core/protocol/ids.ts';
import { createAmbient, type Ambient } from '../ambient/index.ts';
import { loadCatalog } from '../catalog/index.ts';
import { createFileStorage, openData, openEnvironment, type Environment, type FileStorage } from '../store/index.ts';
import type { TaskJob, Worker, WorkerEvent } from './contract.ts';
import { startWorker, type WorkerOptions } from './worker.ts';

export interface TaskResult {
  readonly logs: readonly { readonly level: string; readonly message: string }[];
  readonly metrics: Extract<WorkerEvent, { type: 'measured' }>['metrics'];
  readonly ended: Extract<WorkerEvent, { type: 'ended' }>;
  /** Whether the task ended before `run` returned. */
  readonly inline: boolean;
}

export interface Bench {
  readonly worker: Worker;
  readonly environment: Environment;
  readonly storage: FileStorage;
  readonly path: string;
  /** Runs a task to its end. */
  run(type: string, properties?: Readonly<Record<string, unknown>>, more?: MoreOfJob): Promise<TaskResult>;
  /** Starts one; `seen` resolves with the first event that a test accepts. */
  start(type: string, properties?: Readonly<Record<string, unknown>>, more?: MoreOfJob): { readonly jobId: string; readonly result: Promise<TaskResult>; seen(accepts: (event: WorkerEvent) => boolean): Promise<WorkerEvent> };
  close(): Promise<void>;
}

export interface MoreOfJob {
  readonly task?: Partial<TaskJob['task']>;
  readonly job?: Partial<Omit<TaskJob, 'task' | 'jobId'>>;
  /** False: the lines are dropped when the listeners of the worker have seen them. Default true. */
  readonly keepsLogs?: boolean;
}

export async function openBench(options: Partial<WorkerOptions> & { readonly environmentVariables?: Readonly<Record<string, string>> } = {}): Promise<Bench> {
  const path = await mkdtemp(join(tmpdir(), 'ensemble-worker-'));
  const real = createAmbient({ logLevel: 'silent' });
  const ambient: Ambient = { ...real, environment: (name) => options.environmentVariables?.[name] ?? real.environment(name) };
  const folders = openData(join(path, 'data'));
  const environment = openEnvironment({ name: 'engine', path: folders.engine, mode: 'write' });
  const storage = createFileStorage({ folder: folders.files, uploads: folders.uploads, uniqueName: () => ambient.ids.friendly() });
  const worker = startWorker({
    ambient, folders, storage, reader: environment, catalog: loadCatalog({ testPlugins: true }), testPlugins: true, secrets: {}, languageLevel: '1.x', ...options,
  });
  const listeners = new Set<(event: WorkerEvent) => void>();
  worker.onEvent((event) => {
    for (const listener of [...listeners]) listener(event);
  });
  let count = 0;
  const start: Bench['start'] = (type, properties = {}, more = {}) => {
    count += 1;
    const job = jobOf(`job-${count}`, type, properties, more);
    const events: WorkerEvent[] = [];
    const waiting = new Set<{ readonly accepts: (event: WorkerEvent) => boolean; readonly resolve: (event: WorkerEvent) => void }>();
    let finish: (result: TaskResult) => void = () => {};
    const result = new Promise<TaskResult>((resolve) => {
      finish = resolve;
    });
    const hear = (event: WorkerEvent, inline: boolean): void => {
      if (event.jobId !== job.jobId) return;
      if (event.type !== 'logged' || more.keepsLogs !== false) events.push(event);
      for (const entry of [...waiting]) {
        if (!entry.accepts(event)) continue;
        waiting.delete(entry);
        entry.resolve(event);
      }
      if (event.type === 'ended') finish({ logs: events.flatMap((one) => (one.type === 'logged' ? one.lines : [])), metrics: events.flatMap((one) => (one.type === 'measured' ? one.metrics : [])), ended: event, inline });
    };
    const listener = (event: WorkerEvent): void => {
      hear(event, false);
      if (event.jobId === job.jobId && event.type === 'ended') listeners.delete(listener);
    };
    listeners.add(listener);
    for (const event of worker.run(job) ?? []) hear(event, true);
    return {
      jobId: job.jobId,
      result,
      seen: (accepts) => {
        const before = events.find(accepts);
        return before === undefined ? new Promise((resolve) => void waiting.add({ accepts, resolve })) : Promise.resolve(before);
      },
    };
  };
  return {
    worker, environment, storage, path, start,
    run: (type, properties, more) => start(type, properties, more).result,
    close: async () => {
      await worker.close();
      await environment.close();
      folders.close();
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** A job as the executor makes it, for an execution of a flow `tests/flow`. */
export function jobOf(jobId: string, type: string, properties: Readonly<Record<string, unknown>>, more: MoreOfJob = {}): TaskJob {
  const id = executionId('execution0000000000000');
  return {
    jobId,
    execution: {
      number: 1, id, tenant: 'main', namespace: 'io.tests', flowId: 'flow', flowRevision: 1, labels: [], originalId: id,
      histories: [{ state: 'RUNNING', atMs: 0 }], metadata: { attemptNumber: 1, originalCreatedAtMs: 0 },
    },
    taskRun: { id: taskRunId(`taskrun-${jobId}`), position: 0, taskId: 'task', histories: [{ state: 'RUNNING', atMs: 0 }] },
    variables: { flow: { id: 'flow', namespace: 'io.tests' }, outputs: {}, inputs: {} },
    attempt: 1,
    secretValues: [],
    ...more.job,
    task: {
      id: 'task', type, kind: 'runnable', disabled: false, allowFailure: false, allowWarning: false, runIf: 'true', logToFile: false, pure: false,
      properties, children: { type: 'none' }, errors: [], finally: [], ...more.task,
    },
  };
}
