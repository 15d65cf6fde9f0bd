/** Task runs at the worker: what it is given, and what becomes of all that it says. */
import { variablesOf, type Command, type Lookup } from '../../core/engine/index.ts';
import { currentState, type TaskRunRow } from '../../core/protocol/entities/execution.ts';
import type { LogLevel } from '../../core/protocol/entities/log-entry.ts';
import { isTerminal } from '../../core/protocol/states.ts';
import type { TaskOutcome } from '../../plugins/sdk/index.ts';
import type { Key } from '../store/index.ts';
import type { WorkerEvent } from '../worker/index.ts';
import type { EngineLoop, ExpressionSettings, LoopOptions } from './engine-loop.ts';
import { isOpen, type Live } from './live.ts';
import { mentionedOutputs, onlyMentioned } from './mentioned-outputs.ts';
import { SharedDirectories } from './shared-directories.ts';
import { cached, cacheKey, cacheWrite } from './task-cache.ts';

/** What they need of the engine's loop. */
export interface JobRooms {
  readonly options: Pick<LoopOptions, 'ambient' | 'engine' | 'worker' | 'encryption' | 'worldFor' | 'workFolder' | 'taskRequest'>;
  readonly loop: Pick<EngineLoop, 'post' | 'write'>;
  readonly expressions: ExpressionSettings;
  /** How the expressions of an execution's own steps see the world. */
  readonly lookup: (live: Live) => Lookup;
  /** A line of the engine's own in the log of a task run. */
  readonly log: (live: Live, level: LogLevel, message: string, taskRunId: string) => void;
  /** Lines or metrics were added to what the next commit writes of it. */
  readonly gathered: (live: Live) => void;
}

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

interface Job {
  readonly live: Live;
  readonly taskRunId: string;
  readonly attempt: number;
  /** A step of a structural task. */
  readonly part?: 'open' | 'close';
  readonly cacheKey?: Key;
}

/** From this many task runs on, a task is given only the outputs that it speaks of. */
const siblingsMin = 50;

/** Lives as long as the loop. Whoever closes the worker ends the jobs: they run again after the next start. */
export class Jobs {
  readonly #rooms: JobRooms;
  readonly #loop: JobRooms['loop'];
  readonly #jobs = new Map<string, Job>();
  readonly #directories: SharedDirectories;
  #lastJob = 0;

  constructor(rooms: JobRooms) {
    this.#rooms = rooms;
    this.#loop = rooms.loop;
    const { ambient, workFolder } = rooms.options;
    this.#directories = new SharedDirectories(workFolder, (problem, error) => ambient.logger.warn(problem, { error }));
  }

  /** Those that have not ended. */
  get running(): number { return this.#jobs.size; }

  /** Gives a task run's attempt to the worker, or takes its outputs from the cache. What an inline task answers is heard in this turn. */
  start(live: Live, command: CommandOf<'runTask'>): void {
    const { state } = live;
    const taskRun = state.get(command.taskRunId);
    if (taskRun === undefined || !isAwaited(taskRun, command.attempt) || !isOpen(live) || state.state === 'KILLING') return;
    // Asked for twice (a resume looks at everything again): the job that runs is the one.
    const present = live.jobs.get(taskRun.id);
    if (present !== undefined && present.attempt === command.attempt && !present.told) return;
    const secretValues: string[] = [];
    const { encryption } = this.#rooms.options;
    const variables = { ...variablesOf(state, this.#lookup(live, (value) => (live.encrypted ? encryption.unwrapDeep(value, (secret) => secretValues.push(secret)) : value)), { task: command.task, taskRun }) };
    if (!command.task.pure && state.size > siblingsMin) {
      const mentioned = mentionedOutputs(command.task.properties);
      variables['outputs'] = onlyMentioned(variables['outputs'], mentioned);
      variables['tasks'] = onlyMentioned(variables['tasks'], mentioned);
    }
    const key = command.task.taskCache === undefined ? undefined : cacheKey(state.header, taskRun, command.task, { variables, world: this.#rooms.options.worldFor(state.header, (secret) => secretValues.push(secret)), ...this.#rooms.expressions });
    const known = key === undefined ? undefined : cached(this.#rooms.options.engine, key, this.#nowMs());
    if (known !== undefined) {
      this.#rooms.log(live, 'INFO', `The outputs of execution ${known.executionId} are taken: its task had the same properties`, taskRun.id);
      this.#loop.post(live, { type: 'taskEnded', atMs: this.#nowMs(), taskRunId: taskRun.id, attempt: command.attempt, state: 'SUCCESS', outputs: known.outputs });
      return;
    }
    this.#lastJob += 1;
    const jobId = `${state.header.id}/${taskRun.id}/${command.attempt}/${this.#lastJob}`;
    live.jobs.set(taskRun.id, { jobId, attempt: command.attempt, told: false });
    this.#jobs.set(jobId, { live, taskRunId: taskRun.id, attempt: command.attempt, ...(key === undefined ? {} : { cacheKey: key }) });
    const events = this.#rooms.options.worker.run({
      jobId, execution: state.header, taskRun, task: command.task, variables, attempt: command.attempt, secretValues,
      ...(command.timeoutMs === undefined ? {} : { timeoutMs: command.timeoutMs }),
      ...(command.directoryOf === undefined ? {} : { directoryOf: command.directoryOf }),
    });
    if (events === undefined) return;
    for (const event of events) this.hear(event);
  }

  /** A step of a WorkingDirectory: the worker makes the directory that its tasks share, or gathers what is wanted of it. */
  runPart(live: Live, { taskRunId, task }: CommandOf<'openDirectory' | 'closeDirectory'>, part: 'open' | 'close'): void {
    const { state } = live;
    const taskRun = state.get(taskRunId);
    if (taskRun === undefined || isTerminal(currentState(taskRun.histories)) || state.state === 'KILLING') return;
    const run = async (): Promise<void> => {
      if (part === 'open') await this.#directories.make(taskRunId);
      const secretValues: string[] = [];
      const variables = variablesOf(state, this.#lookup(live, (value) => (live.encrypted ? this.#rooms.options.encryption.unwrapDeep(value, (secret) => secretValues.push(secret)) : value)), { task, taskRun });
      this.#lastJob += 1;
      const jobId = `${state.header.id}/${taskRunId}/${part}/${this.#lastJob}`;
      live.jobs.set(taskRunId, { jobId, attempt: 1, told: false });
      this.#jobs.set(jobId, { live, taskRunId, attempt: 1, part });
      this.#rooms.options.worker.run({ jobId, execution: state.header, taskRun, task: { ...task, part }, variables, attempt: 1, secretValues, directoryOf: taskRunId });
    };
    run().catch((error: unknown) => this.#partEnded(live, taskRunId, part, { type: 'failed', message: `The directory can not be made: ${error instanceof Error ? error.message : String(error)}` }));
  }

  #partEnded(live: Live, taskRunId: string, part: 'open' | 'close', outcome: TaskOutcome): void {
    const atMs = this.#nowMs();
    const problem = outcome.type === 'failed' ? { problem: outcome.message } : {};
    if (part === 'open') { this.#loop.post(live, { type: 'directoryOpened', atMs, taskRunId, ...problem }); return; }
    this.#directories.drop(taskRunId);
    this.#loop.post(live, { type: 'directoryClosed', atMs, taskRunId, ...problem, ...(outcome.outputs === undefined ? {} : { outputs: outcome.outputs }) });
  }

  /** Tells the worker to end what it does for a task run. */
  kill(live: Live, taskRunId: string): void {
    const job = live.jobs.get(taskRunId);
    if (job === undefined) {
      // Killed before its job began (after a start of the server, say): nobody else will ever say that it has ended.
      const row = live.state.get(taskRunId);
      if (row !== undefined && currentState(row.histories) === 'KILLING') this.#loop.post(live, { type: 'taskEnded', atMs: this.#nowMs(), taskRunId, attempt: row.attempts?.length ?? 1, state: 'KILLED' });
      return;
    }
    job.told = true;
    this.#rooms.options.worker.kill(job.jobId);
  }

  /** The tasks that share a directory have ended or are given up. */
  dropDirectory(live: Live, taskRunId: string): void {
    this.kill(live, taskRunId);
    this.#directories.drop(taskRunId);
  }

  /** What the worker says of a job; of others nothing. */
  hear(event: WorkerEvent): void {
    const job = this.#jobs.get(event.jobId);
    if (job === undefined) return;
    const { live, taskRunId, attempt } = job;
    if (live.gone) {
      if (event.type === 'ended') this.#jobs.delete(event.jobId);
      if (event.type === 'requested') this.#rooms.options.worker.answer(event.jobId, event.requestId, { ok: false, message: 'The execution was deleted' });
      return;
    }
    switch (event.type) {
      case 'started': if (job.part === undefined) this.#loop.post(live, { type: 'taskStarted', atMs: event.atMs, taskRunId, attempt }); return;
      case 'logged': {
        const row = live.state.get(taskRunId);
        for (const line of event.lines) live.logs.push({ ...line, ...(row === undefined ? {} : { taskId: row.taskId }), taskRunId, attemptNumber: attempt - 1 });
        this.#rooms.gathered(live);
        return;
      }
      case 'measured': {
        const row = live.state.get(taskRunId);
        for (const metric of event.metrics) {
          live.metrics.push({ taskId: row?.taskId ?? '', taskRunId, type: metric.type, name: metric.name, value: metric.value, ...(metric.tags === undefined ? {} : { tags: metric.tags }), atMs: Date.parse(metric.timestamp) });
        }
        this.#rooms.gathered(live);
        return;
      }
      case 'requested':
        void this.#rooms.options.taskRequest(live.state.header, event.request).then(
          (answer) => this.#rooms.options.worker.answer(event.jobId, event.requestId, answer),
          (error: unknown) => {
            this.#rooms.options.ambient.logger.error('a request of a task failed', { error, job: event.jobId });
            this.#rooms.options.worker.answer(event.jobId, event.requestId, { ok: false, message: 'The engine failed to answer; the server\'s log says why' });
          },
        );
        return;
      case 'ended': {
        this.#jobs.delete(event.jobId);
        if (live.jobs.get(taskRunId)?.jobId !== event.jobId) return;
        live.jobs.delete(taskRunId);
        const { outcome } = event;
        if (job.part !== undefined) { this.#partEnded(live, taskRunId, job.part, outcome); return; }
        if (job.cacheKey !== undefined && outcome.type === 'succeeded' && (outcome.finalState ?? 'SUCCESS') === 'SUCCESS' && !event.killed) {
          const task = live.state.index.tasks.get(live.state.get(taskRunId)?.taskId ?? '')?.task;
          if (task !== undefined) this.#loop.write([cacheWrite(job.cacheKey, task, live.state.header, outcome.outputs ?? {}, event.atMs)]);
        }
        const state = event.killed ? 'KILLED' : outcome.type === 'failed' ? 'FAILED' : outcome.finalState ?? 'SUCCESS';
        // The worker has logged why it failed already.
        this.#loop.post(live, {
          type: 'taskEnded', atMs: event.atMs, taskRunId, attempt, state,
          ...(outcome.outputs === undefined ? {} : { outputs: outcome.outputs }),
          ...(outcome.dynamic === undefined ? {} : { dynamic: outcome.dynamic }),
          ...(event.logFile === undefined ? {} : { logFile: event.logFile }),
        });
        return;
      }
    }
  }

  /** For the context of a task: the worker reads the world by itself, nothing of it is journaled. */
  #lookup(live: Live, decrypted: Lookup['decrypted']): Lookup {
    return { ...this.#rooms.lookup(live), decrypted };
  }

  #nowMs(): number {
    return this.#rooms.options.ambient.clock.nowMs();
  }
}

/** Whether a task run waits for this very attempt: between the step and its commit it may have moved on. */
function isAwaited(row: TaskRunRow, attempt: number): boolean {
  const current = currentState(row.histories);
  const attempts = row.attempts?.length ?? 0;
  return current === 'RUNNING' ? attempts === attempt : (current === 'CREATED' || current === 'RESTARTED') && attempts + 1 === attempt;
}
