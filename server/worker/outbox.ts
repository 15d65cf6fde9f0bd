/**
 * Events on their way out of a task thread. Log lines wait up to 20 ms or until there are 100, what starts or ends a task leaves
 * with the next turn of the loop. When the other side falls behind, `drained` makes writers wait, so that memory does not grow.
 */
import type { WorkerEvent } from './contract.ts';
import type { TaskLogLine } from './task-log.ts';

const waitMs = 20;
const linesMax = 100;
/** Sent and not yet acknowledged, or waiting: above it writers wait. */
const openBytesMax = 1024 * 1024;
/** What a line weighs besides its text. */
const lineBytes = 100;

export interface Outbox {
  line(jobId: string, line: TaskLogLine): void;
  /** Sends what waits, and this, soon. */
  event(event: WorkerEvent): void;
  /** Sends at once, for a thread that may be busy in the next moment. */
  urgent(event: WorkerEvent): void;
  acknowledge(bytes: number): void;
  /** A promise while too much is open. */
  drained(): Promise<void> | undefined;
}

export interface OutboxOptions {
  readonly send: (events: readonly WorkerEvent[], bytes: number) => void;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly soon: (run: () => void) => () => void;
}

export function createOutbox(options: OutboxOptions): Outbox {
  let waiting: WorkerEvent[] = [];
  /** The lines at the end of `waiting`, still open for more of the same task. */
  let lastLines: { readonly jobId: string; readonly lines: TaskLogLine[] } | undefined;
  let lineCount = 0;
  let waitingBytes = 0;
  let sentBytes = 0;
  let cancel: (() => void) | undefined;
  let isSoon = false;
  let waiters: (() => void)[] = [];
  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    isSoon = false;
    if (waiting.length === 0) return;
    const events = waiting;
    const bytes = waitingBytes;
    waiting = [];
    lastLines = undefined;
    lineCount = 0;
    waitingBytes = 0;
    sentBytes += bytes;
    options.send(events, bytes);
  };
  return {
    line: (jobId, line) => {
      if (lastLines?.jobId !== jobId) {
        lastLines = { jobId, lines: [] };
        waiting.push({ type: 'logged', jobId, lines: lastLines.lines });
      }
      lastLines.lines.push(line);
      lineCount += 1;
      waitingBytes += line.message.length + lineBytes;
      if (lineCount >= linesMax) flush();
      else cancel ??= options.after(waitMs, flush);
    },
    event: (event) => {
      waiting.push(event);
      lastLines = undefined;
      if (isSoon) return;
      cancel?.();
      isSoon = true;
      cancel = options.soon(flush);
    },
    urgent: (event) => {
      waiting.push(event);
      flush();
    },
    acknowledge: (bytes) => {
      sentBytes -= bytes;
      if (sentBytes + waitingBytes > openBytesMax) return;
      const released = waiters;
      waiters = [];
      for (const release of released) release();
    },
    drained: () => (sentBytes + waitingBytes <= openBytesMax ? undefined : new Promise((resolve) => void waiters.push(resolve))),
  };
}
