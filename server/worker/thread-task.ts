/** One task in a task thread: its context with files, processes and waiting, and its end, whatever ends it. */
import { isoText, durationText } from '../../core/protocol/time.ts';
import type { ExecutorRequest, RequestAnswer, RunnableDefinition, TaskContext, TaskOutcome, TaskRunnerDefinition } from '../../plugins/sdk/index.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Catalog } from '../catalog/index.ts';
import { createAsking, mayAsk, sendHttp } from './asking.ts';
import type { TaskJob } from './contract.ts';
import type { Encryption } from './encryption.ts';
import type { SignalMarked } from './escaped.ts';
import { createLineSplitter } from './line-splitter.ts';
import { createLogFile, type LogFile } from './log-file.ts';
import { createLocalFiles } from './local-files.ts';
import { createMask } from './mask.ts';
import { namespaceFilesOf } from './namespace-files.ts';
import { checkedOutcome, failureOf } from './outcome.ts';
import type { Outbox } from './outbox.ts';
import { runProcess } from './process.ts';
import { readableFiles } from './readable-files.ts';
import { executionUriPrefix } from './storage-uri.ts';
import { createTaskContext } from './task-context.ts';
import { createTaskFiles } from './task-files.ts';
import { createTaskLog } from './task-log.ts';
import type { TaskStore } from './task-store.ts';
import { readTemplatedTask } from './templated-task.ts';
import type { ThreadSettings } from './thread-protocol.ts';
import { worldOf, type WorldServices } from './world.ts';

/** A file that `read()` of an expression may read. */
const readBytesMax = 8 * 1024 * 1024;
const sleepStepMs = 3_600_000;

/** How long `errorLogs()` waits for a first line, and how often it looks. */
const errorLogsWaitMs = 5000;
const errorLogsLookMs = 50;

export interface ThreadTask {
  abort(reason: 'killed' | 'timedOut'): void;
  answer(requestId: string, answer: RequestAnswer): void;
  /** Settles when everything of the task is gone, its files too; never rejects. */
  readonly done: Promise<void>;
}

export interface ThreadTaskOptions {
  readonly definition: Pick<RunnableDefinition, 'run'>;
  readonly job: TaskJob;
  readonly ambient: Pick<Ambient, 'clock' | 'ids' | 'timers' | 'logger'>;
  readonly settings: ThreadSettings;
  readonly world: Omit<WorldServices, 'readBytesMax' | 'refuse'>;
  readonly encryption: Encryption;
  readonly catalog: Catalog;
  readonly store: TaskStore;
  readonly outbox: Outbox;
  readonly groupStarted: (groupId: number) => void;
  readonly groupEnded: (groupId: number) => void;
  readonly signalMarked: SignalMarked;
  readonly stopsWithin: (durationMs: number) => void;
  readonly taskRunner: (type: string) => TaskRunnerDefinition | undefined;
}

export function startThreadTask(options: ThreadTaskOptions): ThreadTask {
  const abort = new AbortController();
  let ended: 'killed' | 'timedOut' | undefined;
  const requests = new Map<string, (answer: RequestAnswer) => void>();
  return {
    abort: (reason) => {
      ended ??= reason;
      abort.abort(new Error('The task was stopped.'));
    },
    answer: (requestId, answer) => requests.get(requestId)?.(answer),
    done: run(options, abort.signal, requests, () => ended),
  };
}

async function run(options: ThreadTaskOptions, signal: AbortSignal, requests: Map<string, (answer: RequestAnswer) => void>, ended: () => 'killed' | 'timedOut' | undefined): Promise<void> {
  const { ambient, job, outbox, settings, store } = options;
  const storage = store.files;
  const { jobId, execution, task, taskRun } = job;
  const nowMs = (): number => ambient.clock.nowMs();
  const mask = createMask(job.secretValues);
  const filesOf = { ...(taskRun.value === undefined ? {} : { value: taskRun.value }), ...(job.directoryOf === undefined ? {} : { directoryOf: job.directoryOf }) };
  const readable = readableFiles({ storage, local: createLocalFiles(settings.localPaths), execution, startedBy: (id) => store.startedBy(execution.tenant, id) });
  const files = createTaskFiles({ temporaryDirectory: settings.folders.work, storage, readable, execution, taskId: task.id, taskRunId: taskRun.id, ...filesOf });
  outbox.urgent({ type: 'started', jobId, atMs: nowMs() });
  let logFile: LogFile | undefined;
  let logFileUri: string | undefined;
  let outcome: TaskOutcome;
  const log = createTaskLog({
    minLevel: task.logLevel, mask, nowMs,
    write: (line) => (logFile === undefined ? outbox.line(jobId, line) : logFile.write(line)),
  });
  const drained = (): Promise<void> | undefined => (logFile === undefined ? outbox.drained() : logFile.drained());
  try {
    if (task.logToFile) {
      const name = `${taskRun.id}-${job.attempt}.log`;
      logFile = await createLogFile({ temporaryDirectory: settings.folders.work, name: `${ambient.ids.friendly()}.log`, storage, uri: `${executionUriPrefix(execution.namespace, execution.flowId, execution.id)}logs/${name}` });
    }
    const requestOf = (request: ExecutorRequest): Promise<RequestAnswer> => new Promise((resolve, reject) => {
      const requestId = ambient.ids.friendly();
      const settle = (answer: RequestAnswer): void => {
        requests.delete(requestId);
        resolve(answer);
      };
      requests.set(requestId, settle);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      outbox.event({ type: 'requested', jobId, requestId, request });
    });
    const asking = createAsking(async (question) => {
      if (question.type === 'http') return sendHttp({ signal, log: log.log, after: (delayMs, callback) => ambient.timers.after(delayMs, callback) }, question.call);
      if (question.type === 'errorLogs') return awaitedErrorLogs(() => store.errorLogs(execution), (durationMs) => sleep(ambient, signal, durationMs));
      const answer = await requestOf({ type: 'runSubflow', ...question.call });
      if (!answer.ok) throw new Error(answer.message ?? 'the flow could not be run');
      return answer.value;
    });
    const contextOf = (shown: TaskJob): TaskContext => createTaskContext({
      job: shown,
      fuelMax: settings.expressionFuelMax,
      world: { ...worldOf({ ...options.world, readBytesMax }, execution, mask), http: asking.http, subflow: asking.subflow, errorLogs: asking.errorLogs },
      services: {
        log: log.log,
        metric: (metric) => outbox.event({ type: 'measured', jobId, metrics: [{ ...metric, timestamp: isoText(nowMs()) }] }),
        signal,
        nowMs,
        languageLevel: settings.languageLevel,
        files,
        encrypt: (plaintext) => options.encryption.wrap(plaintext),
        after: (delayMs, callback) => ambient.timers.after(delayMs, callback),
        sleep: (durationMs) => sleep(ambient, signal, durationMs),
        process: (request) => runProcess({
          baseEnvironment: settings.baseEnvironment, mask, signal, mark: `${settings.processMark}.${ambient.ids.friendly()}`, signalMarked: options.signalMarked,
          after: (delayMs, callback) => ambient.timers.after(delayMs, callback),
          drained,
          started: options.groupStarted, ended: options.groupEnded,
        }, request),
        taskRunner: options.taskRunner,
        docker: settings.docker,
        lineReader: (onLine) => {
          const splitter = createLineSplitter(mask, onLine);
          return {
            push: async (bytes) => {
              splitter.push(bytes);
              await drained();
            },
            end: () => splitter.end(),
          };
        },
        stopsWithin: options.stopsWithin,
        request: requestOf,
        stores: store.storesOf(execution),
        namespaceFiles: (namespace) => namespaceFilesOf(storage, namespace ?? execution.namespace),
        runTask: async (source) => {
          const { definition, task: inner } = readTemplatedTask(source, { catalog: options.catalog, languageLevel: settings.languageLevel, outerType: task.type });
          return definition.run(contextOf({ ...job, task: { ...inner, id: task.id } }));
        },
      },
    });
    const context = contextOf(job);
    // Each by itself: what one property can not say yet does not keep another from asking.
    if (mayAsk(task.properties)) for (const value of Object.values(task.properties)) await asking.prepare(() => context.renderDeep(value));
    signal.throwIfAborted();
    outcome = await options.definition.run(context);
  } catch (thrown) {
    outcome = failureOf(thrown);
  }
  const reason = ended();
  if (reason === 'timedOut') outcome = { type: 'failed', message: `Timeout after ${durationText(job.timeoutMs ?? 0)}` };
  outcome = checkedOutcome(outcome, mask);
  if (outcome.type === 'failed' && reason !== 'killed') log.log('ERROR', outcome.message);
  log.finish();
  try {
    logFileUri = await logFile?.store();
  } catch (thrown) {
    ambient.logger.warn('the log file of a task could not be stored', { jobId, error: thrown });
  }
  outbox.event({ type: 'ended', jobId, atMs: nowMs(), outcome, killed: reason === 'killed', timedOut: reason === 'timedOut', ...(logFileUri === undefined ? {} : { logFile: logFileUri }) });
  try {
    await files.remove();
  } catch (thrown) {
    ambient.logger.warn('the directory of a task could not be removed', { jobId, error: thrown });
  }
}

/** Lines are stored with the step that a task's end led to, and this task may have begun beside that commit: they are waited for. */
async function awaitedErrorLogs(load: () => readonly unknown[], wait: (durationMs: number) => Promise<void>): Promise<readonly unknown[]> {
  for (let waitedMs = 0; waitedMs < errorLogsWaitMs; waitedMs += errorLogsLookMs) {
    const lines = load();
    if (lines.length > 0) return lines;
    await wait(errorLogsLookMs);
  }
  return load();
}

/** Waits; rejects at once when the task is stopped. */
function sleep(ambient: ThreadTaskOptions['ambient'], signal: AbortSignal, durationMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const dueMs = ambient.clock.monotonicMs() + durationMs;
    let cancel = (): void => {};
    // A timer of Node counts to 2^31 ms, 24 days: longer waits go in steps.
    const step = (): void => {
      const restMs = dueMs - ambient.clock.monotonicMs();
      if (restMs > 0) cancel = ambient.timers.after(Math.min(restMs, sleepStepMs), step);
      else {
        signal.removeEventListener('abort', stop);
        resolve();
      }
    };
    const stop = (): void => {
      cancel();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    step();
  });
}
