/** Trivial tasks in the engine's own thread: they are rendered within little fuel, read nothing large, and end before they return. */
import type { LanguageLevel } from '../../core/language/index.ts';
import { limits } from '../../core/protocol/limits.ts';
import { isoText } from '../../core/protocol/time.ts';
import type { RunnableDefinition, TaskFiles, TaskOutcome, TaskStores } from '../../plugins/sdk/index.ts';
import type { TaskJob, WorkerEvent } from './contract.ts';
import type { Encryption } from './encryption.ts';
import { createMask } from './mask.ts';
import { checkedOutcome, failureOf } from './outcome.ts';
import { createTaskContext } from './task-context.ts';
import { createTaskLog, type TaskLogLine } from './task-log.ts';
import { NeedsThread, worldOf, type WorldServices } from './world.ts';

/** Log lines of one inline task; a task that writes more is not trivial and runs in a thread. */
const inlineLinesMax = 1000;

export interface InlineOptions {
  readonly world: Omit<WorldServices, 'refuse' | 'readBytesMax'>;
  readonly encryption: Encryption;
  readonly languageLevel: LanguageLevel;
}

/** A file that an inline expression may read. */
const inlineReadBytesMax = 64 * 1024;
const neverAborted = new AbortController().signal;

/** The events of the whole run, or undefined when it turned out to be more than trivial: then it has to run in a thread, from the start. */
export type RunInline = (definition: RunnableDefinition, job: TaskJob) => readonly WorkerEvent[] | undefined;

/** What is the same for all inline tasks is made once: they are the engine's hot path, and run one after the other. */
export function createInline(options: InlineOptions): RunInline {
  const { nowMs } = options.world;
  let needsThread = false;
  const refuse = (what: string): never => {
    needsThread = true;
    throw new NeedsThread(what);
  };
  const world = { ...options.world, readBytesMax: inlineReadBytesMax, refuse };
  const services = {
    signal: neverAborted, nowMs, languageLevel: options.languageLevel,
    encrypt: (plaintext: string) => options.encryption.wrap(plaintext),
    files: refusedFiles(refuse), sleep: () => refuse('sleeping'), after: () => refuse('waiting'), process: () => refuse('a process'), taskRunner: () => refuse('a task runner'),
    docker: { fallback: 'none', trusted: false } as const, lineReader: () => refuse('reading'), stopsWithin: () => refuse('stopping'), request: () => refuse('a request'),
    stores: refusedStores(refuse), namespaceFiles: () => refuse('files'), runTask: () => refuse('another task'),
  };
  return (definition, job) => {
    needsThread = false;
    const mask = createMask(job.secretValues);
    const lines: TaskLogLine[] = [];
    const metrics: Extract<WorkerEvent, { type: 'measured' }>['metrics'][number][] = [];
    const startedAtMs = nowMs();
    const log = createTaskLog({
      minLevel: job.task.logLevel, mask, nowMs,
      write: (line) => {
        if (lines.length >= inlineLinesMax) refuse('a long log');
        lines.push(line);
      },
    });
    const context = createTaskContext({
      job,
      fuelMax: limits.expressionFuelMax,
      world: worldOf(world, job.execution, mask),
      services: { ...services, log: log.log, metric: (metric) => void metrics.push({ ...metric, timestamp: isoText(nowMs()) }) },
    });
    let outcome: TaskOutcome;
    try {
      const returned = definition.run(context);
      if (returned instanceof Promise) throw new Error(`The task type "${definition.type}" is marked inline and returned a promise: mark it as "thread".`);
      outcome = returned;
    } catch (thrown) {
      if (needsThread || isOutOfFuel(thrown)) return undefined;
      outcome = failureOf(thrown);
    }
    if (needsThread) return undefined;
    const checked = checkedOutcome(outcome, mask);
    if (checked.type === 'failed') log.log('ERROR', checked.message);
    log.finish();
    const { jobId } = job;
    const endedAtMs = nowMs();
    return [
      // Of a task that begins and ends in the same millisecond its end says all: one step of the engine instead of two.
      ...(endedAtMs === startedAtMs ? [] : [{ type: 'started', jobId, atMs: startedAtMs } as const]),
      ...(lines.length > 0 ? [{ type: 'logged', jobId, lines } as const] : []),
      ...(metrics.length > 0 ? [{ type: 'measured', jobId, metrics } as const] : []),
      { type: 'ended', jobId, atMs: endedAtMs, outcome: checked, killed: false, timedOut: false },
    ];
  };
}

/** An expression that needs more than a moment gets its full budget in a thread. */
const isOutOfFuel = (thrown: unknown): boolean => thrown instanceof Error && 'kind' in thrown && thrown.kind === 'limit';

function refusedFiles(refuse: (what: string) => never): TaskFiles {
  const files = (): never => refuse('files');
  return { workingDirectory: files, read: files, fetch: files, store: files, put: files, write: files, cached: files, cache: files, find: files, stream: files, sizeBytes: files, putStream: files, removeStored: files, removeOfExecution: files, isShared: false, discard: files, cacheDirectory: files };
}

function refusedStores(refuse: (what: string) => never): TaskStores {
  const store = (): never => refuse('the store');
  return { kv: store, kvKeys: store, state: store, logs: store, countExecutions: store };
}
