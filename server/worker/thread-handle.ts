/**
 * One task thread as the worker sees it. It is in one of three states: `open` takes tasks; `retiring` takes none and is ended after its
 * last ones, which may take as long as they like; `gone`. Whatever ends it, each of its tasks gets exactly one `ended` event, and its process groups are ended.
 */
import { Worker as NodeWorker } from 'node:worker_threads';
import { durationText } from '../../core/protocol/time.ts';
import type { RequestAnswer } from '../../plugins/sdk/index.ts';
import type { Ambient } from '../ambient/index.ts';
import type { TaskJob, WorkerEvent } from './contract.ts';
import { signalGroup } from './process.ts';
import type { FromThread, ThreadSettings, ToThread } from './thread-protocol.ts';

/** How long a task may take to end after it was told to; with a process it has the process's own grace before that. */
const stopGraceMs = 5000;
const processStopGraceMs = 8000;
/** A thread that does not answer within this time is blocked. */
const pingMs = 1000;
/** A thread begins a task in a millisecond, unless it is busy. */
const stalledMs = 250;

export interface ThreadHandle {
  readonly id: string;
  readonly busy: () => number;
  readonly processes: () => number;
  /** Takes tasks. */
  readonly isOpen: () => boolean;
  /** A task that it was given has not begun for a while: it is starting up, or something keeps it busy. */
  readonly isStalled: () => boolean;
  run(job: TaskJob): void;
  has(jobId: string): boolean;
  kill(jobId: string): void;
  answer(jobId: string, requestId: string, answer: RequestAnswer): void;
  /** Ends the thread with all its tasks and commands. Its tasks get no event: they run again at the next start. */
  close(): Promise<void>;
}

export interface ThreadHandleOptions {
  readonly id: string;
  readonly settings: ThreadSettings;
  readonly heapBytesMax: number;
  readonly ambient: Pick<Ambient, 'clock' | 'timers' | 'logger'>;
  readonly emit: (event: WorkerEvent) => void;
  /** A slot became free, or the thread is gone. `unstarted`: tasks that it never began; they run elsewhere. */
  readonly freed: (unstarted: readonly TaskJob[]) => void;
}

interface Running {
  readonly job: TaskJob;
  readonly givenAtMs: number;
  isStarted: boolean;
  /** Its time to stop is over. */
  isOverdue: boolean;
  /** Why it was told to end. */
  reason: 'killed' | 'timedOut' | undefined;
  readonly groups: Set<number>;
  /** How long it may take to end after it was told to, as it said itself. */
  stopsWithinMs: number;
  cancelTimeout: () => void;
  cancelGrace: () => void;
}

export function startThread(options: ThreadHandleOptions): ThreadHandle {
  const { ambient, emit } = options;
  const running = new Map<string, Running>();
  let state: 'open' | 'retiring' | 'gone' = 'open';
  let cancelPing = (): void => {};
  let isPinging = false;
  let closing: Promise<void> | undefined;
  const entry = entryOf(import.meta.url);
  const thread = new NodeWorker(entry.code, {
    eval: entry.isSource,
    workerData: options.settings,
    name: options.id,
    // The server's variables hold secrets: a task thread gets only what commands get, too.
    env: { ...options.settings.baseEnvironment },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(options.heapBytesMax / 1024 / 1024), maxYoungGenerationSizeMb: 16 },
  });
  const post = (message: ToThread): void => thread.postMessage(message);

  const forget = (jobId: string): Running | undefined => {
    const entry = running.get(jobId);
    if (entry === undefined) return undefined;
    entry.cancelTimeout();
    entry.cancelGrace();
    running.delete(jobId);
    return entry;
  };
  /** Ends a task in the place of its thread. */
  const endFor = (entry: Running, message: string): void => {
    forget(entry.job.jobId);
    for (const groupId of entry.groups) signalGroup(groupId, 'SIGKILL');
    const { jobId } = entry.job;
    const atMs = ambient.clock.nowMs();
    const said = entry.reason === 'timedOut' ? timeoutMessage(entry.job) : message;
    if (entry.reason !== 'killed') emit({ type: 'logged', jobId, lines: [{ atMs, level: 'ERROR', message: said }] });
    emit({ type: 'ended', jobId, atMs, outcome: { type: 'failed', message: said }, killed: entry.reason === 'killed', timedOut: entry.reason === 'timedOut' });
  };
  /** The thread is gone: each of its tasks is ended, or handed back when it had not begun. */
  const lost = (why: string): void => {
    if (state === 'gone') return;
    state = 'gone';
    cancelPing();
    const unstarted: TaskJob[] = [];
    for (const entry of [...running.values()]) {
      if (entry.isStarted || entry.reason !== undefined) endFor(entry, why);
      else {
        forget(entry.job.jobId);
        unstarted.push(entry.job);
      }
    }
    options.freed(unstarted);
  };
  const terminate = async (why: string): Promise<void> => {
    lost(why);
    await thread.terminate();
  };
  /** After this the thread takes nothing, and ends with its last task. */
  const retire = (): void => {
    if (state === 'open') state = 'retiring';
    if (state === 'retiring' && running.size === 0) void terminate('the thread was retired'); // Nothing of it is left that could fail.
  };

  const closed = async (): Promise<void> => {
    state = 'gone';
    cancelPing();
    for (const entry of [...running.values()]) {
      forget(entry.job.jobId);
      for (const groupId of entry.groups) signalGroup(groupId, 'SIGKILL');
    }
    await thread.terminate();
  };

  const stop = (entry: Running, reason: 'killed' | 'timedOut'): void => {
    if (entry.reason !== undefined) return;
    entry.reason = reason;
    post({ type: 'abort', jobId: entry.job.jobId, reason });
    entry.cancelGrace = ambient.timers.after(Math.max(entry.groups.size > 0 ? processStopGraceMs : stopGraceMs, entry.stopsWithinMs), () => overdue(entry));
  };
  /** A task did not end when it was told to: is its thread blocked, or does it not listen? */
  const overdue = (entry: Running): void => {
    if (!running.has(entry.job.jobId)) return;
    entry.isOverdue = true;
    const place = placeOf(entry.job);
    ambient.logger.warn('a task did not end when it was told to', { place, thread: options.id });
    if (isPinging) return;
    isPinging = true;
    post({ type: 'ping' });
    cancelPing = ambient.timers.after(pingMs, () => {
      void terminate(`The thread of this task was busy and had to be ended, after ${place} on it was told to stop and did not. This task had begun; run it again if it may run twice.`); // `lost` has told everybody before the thread ends.
    });
  };
  const answered = (): void => {
    cancelPing();
    isPinging = false;
    for (const entry of [...running.values()]) {
      if (entry.isOverdue) endFor(entry, 'The task was told to end and did not.');
    }
    retire();
  };

  const receive = (message: FromThread): void => {
    switch (message.type) {
      case 'events':
        post({ type: 'acknowledge', bytes: message.bytes });
        for (const event of message.events) receiveEvent(event);
        return;
      case 'groupStarted': {
        const entry = running.get(message.jobId);
        if (entry === undefined) signalGroup(message.groupId, 'SIGKILL');
        else entry.groups.add(message.groupId);
        return;
      }
      case 'groupEnded': running.get(message.jobId)?.groups.delete(message.groupId); return;
      case 'stopsWithin': {
        const entry = running.get(message.jobId);
        if (entry !== undefined) entry.stopsWithinMs = message.durationMs;
        return;
      }
      case 'pong': answered(); return;
      default: { const never: never = message; throw new Error(`unknown message ${JSON.stringify(never)}`); }
    }
  };
  const receiveEvent = (event: WorkerEvent): void => {
    const entry = running.get(event.jobId);
    // A task that was ended in its thread's place may still speak.
    if (entry === undefined) return;
    if (event.type === 'started') {
      entry.isStarted = true;
      startTimeout(entry);
    }
    if (event.type === 'ended') forget(event.jobId);
    emit(event);
    if (event.type !== 'ended') return;
    if (state === 'retiring') retire();
    options.freed([]);
  };
  const startTimeout = (entry: Running): void => {
    const { timeoutMs } = entry.job;
    if (timeoutMs !== undefined) entry.cancelTimeout = ambient.timers.after(Math.min(timeoutMs, 2_147_483_647), () => stop(entry, 'timedOut'));
  };

  thread.on('message', receive);
  thread.on('error', (error: Error & { code?: string }) => {
    ambient.logger.error('a task thread broke', { thread: options.id, error });
    lost(error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? `The thread of this task ran out of memory (${options.heapBytesMax} bytes for all its tasks): handle less at once, or use files.`
      : `The thread of this task broke: ${error.message}`);
  });
  thread.on('exit', () => lost('The thread of this task ended unexpectedly.'));

  return {
    id: options.id,
    busy: () => running.size,
    processes: () => [...running.values()].filter((entry) => entry.groups.size > 0).length,
    isOpen: () => state === 'open',
    isStalled: () => {
      const sinceMs = ambient.clock.monotonicMs() - stalledMs;
      return [...running.values()].some((entry) => !entry.isStarted && entry.givenAtMs < sinceMs);
    },
    has: (jobId) => running.has(jobId),
    run: (job) => {
      running.set(job.jobId, { job, givenAtMs: ambient.clock.monotonicMs(), isStarted: false, isOverdue: false, reason: undefined, groups: new Set(), stopsWithinMs: 0, cancelTimeout: () => {}, cancelGrace: () => {} });
      post({ type: 'run', job });
    },
    kill: (jobId) => {
      const entry = running.get(jobId);
      if (entry !== undefined) stop(entry, 'killed');
    },
    answer: (jobId, requestId, answer) => {
      if (running.has(jobId)) post({ type: 'answer', jobId, requestId, answer });
    },
    close: () => (closing ??= closed()),
  };
}

const placeOf = (job: TaskJob): string => `the task "${job.task.id}" of execution ${job.execution.id}`;
const timeoutMessage = (job: TaskJob): string => `Timeout after ${durationText(job.timeoutMs ?? 0)}`;

/** In the bundle a file beside this one. In tests TypeScript, which a thread only reads after it has registered tsx itself. */
function entryOf(here: string): { readonly code: URL | string; readonly isSource: boolean } {
  if (!here.endsWith('.ts')) return { code: new URL('./task-thread.js', here), isSource: false };
  const [tsx, entry] = [import.meta.resolve('tsx/esm/api'), new URL('./task-thread.ts', here).href];
  return { code: `import(${JSON.stringify(tsx)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(entry)}); })`, isSource: true };
}
