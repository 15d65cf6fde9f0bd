/** The worker of the engine's thread: trivial tasks at once, all others in task threads. It runs tasks; it decides nothing. */
import type { LanguageLevel } from '../../core/language/index.ts';
import type { DockerSettings } from '../../plugins/sdk/index.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { loadKv, type DataFolder, type FileStorage, type Reader } from '../store/index.ts';
import type { TaskJob, Worker, WorkerEvent } from './contract.ts';
import { createSignalMarked, directoryMark } from './escaped.ts';
import { createEncryption } from './encryption.ts';
import { createInline } from './inline.ts';
import { createPool } from './pool.ts';
import { passedVariables } from './process.ts';
import { startedByOf } from './task-store.ts';
import { secretsOf } from './world.ts';

export interface WorkerOptions {
  readonly ambient: Pick<Ambient, 'clock' | 'ids' | 'random' | 'timers' | 'logger' | 'environment'>;
  readonly catalog: Catalog;
  /** Whether the threads' catalogs have the test plugins, as `catalog` has. */
  readonly testPlugins: boolean;
  /** Of the data directory (`openData`): the threads open their own readers there, and directories of tasks are made in `work`. */
  readonly folders: Pick<DataFolder, 'engine' | 'logs' | 'files' | 'uploads' | 'work'>;
  /** Folders below which `file:///` addresses may be read. Default: none. */
  readonly localPaths?: readonly string[];
  /** For inline tasks. */
  readonly storage: FileStorage;
  /** The engine's environment, for `kv()` of inline tasks. */
  readonly reader: Reader;
  /** `SECRET_<NAME>` variables, base64; the prefix may be left out. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly encryptionKey?: string;
  readonly languageLevel: LanguageLevel;
  /** Default: the usual socket, no fall-back, nothing of this machine. */
  readonly docker?: DockerSettings;
  /** Default 2. */
  readonly threads?: number;
  /** Tasks that one thread runs at once, most of them waiting. Default 32. */
  readonly slotsPerThread?: number;
  /** Heap of one thread. Default 256 MB. */
  readonly heapBytesMax?: number;
}

/** Steps of one rendering in a task thread: about a fifth of a second. Inline tasks have `limits.expressionFuelMax`. */
const threadFuelMax = 1_000_000;
const threadsDefault = 2;
const slotsPerThreadDefault = 32;
const heapBytesMaxDefault = 256 * 1024 * 1024;

export function startWorker(options: WorkerOptions): Worker {
  const { ambient, folders } = options;
  const listeners = new Set<(event: WorkerEvent) => void>();
  const emit = (event: WorkerEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const baseEnvironment: Record<string, string> = {};
  for (const name of passedVariables) {
    const value = ambient.environment(name);
    if (value !== undefined) baseEnvironment[name] = value;
  }
  const kvErrorOnMissing = options.languageLevel !== '0.20';
  const inline = createInline({
    world: {
      nowMs: () => ambient.clock.nowMs(), random: () => ambient.random(), uuid: () => ambient.ids.uuid(), friendlyId: () => ambient.ids.friendly(),
      bytes: (count) => ambient.ids.bytes(count), timeZone: ambient.clock.timeZone(), secrets: secretsOf(options.secrets),
      kv: (tenant, namespace, key) => loadKv(options.reader, tenant, namespace, key, ambient.clock.nowMs())?.value, storage: options.storage, localPaths: options.localPaths ?? [], kvErrorOnMissing,
      startedBy: (tenant, id) => startedByOf(options.reader, tenant, id),
    },
    encryption: createEncryption(options.encryptionKey, (count) => ambient.ids.bytes(count)),
    languageLevel: options.languageLevel,
  });
  // A server that was killed may have left processes behind that had left their group. Their tasks run again, and must not be there twice.
  const directory = `${directoryMark(folders.work)}.`;
  const processMark = `${directory}${ambient.ids.friendly()}`;
  createSignalMarked()((mark) => mark.startsWith(directory) && !mark.startsWith(`${processMark}.`), 'SIGKILL').then(
    (count) => { if (count > 0) ambient.logger.warn('processes of an earlier run were still there and have been ended', { count }); },
    (error: unknown) => ambient.logger.warn('processes of an earlier run could not be looked for', { error }),
  );
  const pool = createPool({
    ambient, emit,
    threads: options.threads ?? threadsDefault,
    slotsPerThread: options.slotsPerThread ?? slotsPerThreadDefault,
    heapBytesMax: options.heapBytesMax ?? heapBytesMaxDefault,
    settings: {
      testPlugins: options.testPlugins, languageLevel: options.languageLevel,
      folders: { engine: folders.engine, logs: folders.logs, files: folders.files, uploads: folders.uploads, work: folders.work },
      localPaths: options.localPaths ?? [], secrets: options.secrets, baseEnvironment, kvErrorOnMissing, expressionFuelMax: threadFuelMax, processMark, docker: options.docker ?? { fallback: 'none', trusted: false },
      ...(options.encryptionKey === undefined ? {} : { encryptionKey: options.encryptionKey }),
    },
  });
  return {
    run: (job: TaskJob) => {
      const definition = options.catalog.definition(job.task.type);
      if (definition?.role === 'task' && definition.kind === 'runnable' && definition.runs === 'inline' && !job.task.logToFile) {
        const events = inline(definition, job);
        if (events !== undefined) return events;
      }
      pool.run(job);
      return undefined;
    },
    kill: (jobId) => pool.kill(jobId),
    answer: (jobId, requestId, answer) => pool.answer(jobId, requestId, answer),
    onEvent: (listener) => void listeners.add(listener),
    figures: () => [{ id: 'inline', kind: 'inline', busy: 0, slots: 1 }, ...pool.figures()],
    close: () => pool.close(),
  };
}
