/**
 * Task threads and their slots. A thread starts when the first task needs it; the next one when all others have something to do.
 * Tasks that find no free slot wait in the order in which they came.
 */
import { limits } from '../../core/protocol/limits.ts';
import type { RequestAnswer } from '../../plugins/sdk/index.ts';
import type { TaskJob } from './contract.ts';
import { startThread, type ThreadHandle, type ThreadHandleOptions } from './thread-handle.ts';

export interface Pool {
  run(job: TaskJob): void;
  kill(jobId: string): void;
  answer(jobId: string, requestId: string, answer: RequestAnswer): void;
  figures(): readonly { readonly id: string; readonly kind: 'thread' | 'process'; readonly busy: number; readonly slots: number }[];
  close(): Promise<void>;
}

/** After so many threads that ended before it began, a task fails. */
const handedBackMax = 3;

export interface PoolOptions extends Omit<ThreadHandleOptions, 'id' | 'freed'> {
  readonly threads: number;
  readonly slotsPerThread: number;
}

export function createPool(options: PoolOptions): Pool {
  let threads: ThreadHandle[] = [];
  /** Tasks without a slot, oldest first. */
  const waiting = new Map<string, TaskJob>();
  /** How often a task was handed back by a thread that ended before the task began. */
  const handedBack = new Map<string, number>();
  let count = 0;
  let isClosed = false;

  const open = (): ThreadHandle => {
    count += 1;
    const thread: ThreadHandle = startThread({
      ...options,
      id: `tasks-${count}`,
      freed: (unstarted) => {
        // Those handed back came first: they go in front of those that have waited.
        if (unstarted.length > 0) {
          const later = [...waiting];
          waiting.clear();
          for (const job of unstarted) takeBack(job);
          for (const [jobId, job] of later) waiting.set(jobId, job);
        }
        dispatch();
      },
    });
    threads.push(thread);
    return thread;
  };
  const refuse = (job: TaskJob, message: string): void => {
    const atMs = options.ambient.clock.nowMs();
    options.emit({ type: 'logged', jobId: job.jobId, lines: [{ atMs, level: 'ERROR', message }] });
    options.emit({ type: 'ended', jobId: job.jobId, atMs, outcome: { type: 'failed', message }, killed: false, timedOut: false });
  };
  /** Threads that cannot even begin must not be started for ever. */
  const takeBack = (job: TaskJob): void => {
    const times = (handedBack.get(job.jobId) ?? 0) + 1;
    if (times < handedBackMax) {
      handedBack.set(job.jobId, times);
      waiting.set(job.jobId, job);
      return;
    }
    handedBack.delete(job.jobId);
    refuse(job, `The task could not begin: ${times} task threads ended before. The log of the server says why.`);
  };
  /** The thread for the next task, or undefined when all slots are taken. */
  const nextThread = (): ThreadHandle | undefined => {
    const taking = threads.filter((thread) => thread.isOpen());
    const free = taking.filter((thread) => thread.busy() < options.slotsPerThread);
    // Rather a full thread that works than an empty one that something keeps busy.
    const responsive = free.filter((thread) => !thread.isStalled());
    const least = (responsive.length > 0 ? responsive : free).reduce<ThreadHandle | undefined>((best, thread) => (best === undefined || thread.busy() < best.busy() ? thread : best), undefined);
    if (taking.length < options.threads && (least === undefined || least.busy() > 0)) return open();
    return least;
  };
  const dispatch = (): void => {
    if (isClosed) return;
    // A retiring thread stays until its tasks have ended: kills and answers still have to reach it.
    threads = threads.filter((thread) => thread.isOpen() || thread.busy() > 0);
    if (waiting.size === 0) handedBack.clear();
    for (const [jobId, job] of waiting) {
      const thread = nextThread();
      if (thread === undefined) return;
      waiting.delete(jobId);
      thread.run(job);
    }
  };
  return {
    run: (job) => {
      if (waiting.size >= limits.liveExecutionsMax) {
        refuse(job, `More than ${limits.liveExecutionsMax} tasks wait for a worker: this one is refused. Start fewer executions at once.`);
        return;
      }
      waiting.set(job.jobId, job);
      dispatch();
    },
    kill: (jobId) => {
      const job = waiting.get(jobId);
      if (job === undefined) threads.find((thread) => thread.has(jobId))?.kill(jobId);
      else {
        waiting.delete(jobId);
        options.emit({ type: 'ended', jobId, atMs: options.ambient.clock.nowMs(), outcome: { type: 'failed', message: 'The task was killed before it began.' }, killed: true, timedOut: false });
      }
    },
    answer: (jobId, requestId, answer) => threads.find((thread) => thread.has(jobId))?.answer(jobId, requestId, answer),
    figures: () => [
      ...threads.map((thread) => ({ id: thread.id, kind: 'thread' as const, busy: thread.busy(), slots: options.slotsPerThread })),
      { id: 'processes', kind: 'process', busy: threads.reduce((sum, thread) => sum + thread.processes(), 0), slots: options.threads * options.slotsPerThread },
    ],
    close: async () => {
      isClosed = true;
      waiting.clear();
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
