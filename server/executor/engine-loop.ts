/**
 * The engine's thread around the pure engine: events in, one commit for everything that was decided, actions after it.
 *
 *     queue of events -> step each at once -> one commit for all executions (at most one in flight)
 *       -> when it has settled: answer, start tasks -> their results are the next events
 *
 * While a commit is in flight the next batch collects by itself: no timer, no batch size. Inline tasks are pure, so their results join
 * the commit that decided their start; a task with effects starts only after its start is committed.
 */
import {
  dueKey, ExecutionState, initialLabels, step, taskRunsForReplay, variablesOf,
  type Command, type DueWhat, type EngineEvent, type FlowIndex, type Lookup,
} from '../../core/engine/index.ts';
import { createExpressionCache, renderDeep, type World } from '../../core/expression/index.ts';
import { inputsOfData, resolveInputs, type InputModel, type LanguageLevel } from '../../core/language/index.ts';
import { currentState, executionOf, type Execution, type ExecutionRow, type ExecutionTrigger, type Label, type TaskRunRow } from '../../core/protocol/entities/execution.ts';
import type { LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { Problem } from '../../core/protocol/errors.ts';
import { executionId } from '../../core/protocol/ids.ts';
import { limits } from '../../core/protocol/limits.ts';
import { isTerminal, stateTypes, type StateType } from '../../core/protocol/states.ts';
import type { Ambient } from '../ambient/index.ts';
import {
  deleteExecution, engineKeys, executionsOfState, executionWrites, lastExecutionNumber, loadExecution, loadExecutionByNumber, loadTaskRuns, metricWrite,
  nextMetricPosition, taskRunWrite, type Counters, type Environment, type FileStorage, type LogWriter, type Write,
} from '../store/index.ts';
import type { Encryption, Worker, WorkerEvent } from '../worker/index.ts';
import type { RawInputs, Reply } from './contract.ts';
import type { FlowStore } from './flow-store.ts';
import { createLive, liveKey, type Live } from './live.ts';

export interface LoopOptions {
  readonly ambient: Ambient;
  readonly engine: Environment;
  readonly files: FileStorage;
  readonly flows: FlowStore;
  readonly worker: Worker;
  readonly encryption: Encryption;
  readonly counters: Counters;
  readonly logs: LogWriter;
  readonly worldFor: (header: ExecutionRow, secretSeen: (secret: string) => void) => World;
  readonly envs: Readonly<Record<string, string>>;
  readonly globals: Readonly<Record<string, unknown>>;
  readonly languageLevel: LanguageLevel;
  readonly startOutputs: (type: string) => readonly string[];
  readonly failsOnResult: (type: string) => boolean;
  /** An execution that a trigger started has ended. */
  readonly onEnded: (header: ExecutionRow) => void;
  /** A commit failed: what is in memory is not on disk. */
  readonly fatal: (error: unknown) => void;
}

export interface NewExecution {
  readonly tenant: string;
  readonly index: FlowIndex;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly labels: readonly Label[];
  readonly trigger?: ExecutionTrigger;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly scheduleAtMs?: number;
  readonly startedBy: string;
  readonly draftSource?: string;
  readonly id?: string;
  readonly metadata?: ExecutionRow['metadata'];
  readonly parentId?: string;
  readonly originalId?: string;
}

interface Due {
  readonly live: { readonly tenant: string; readonly id: string };
  readonly what: DueWhat;
  readonly key: readonly (string | number)[];
  readonly cancel: () => void;
}

/** Events that are decided before the loop lets others in. */
const drainMs = 15;
/** Timers count to 2^31 ms; a longer one is set again. */
const timerMsMax = 2_000_000_000;
const expressionLimits = { fuelMax: limits.expressionFuelMax, outputCharsMax: limits.expressionOutputCharsMax, depthMax: limits.expressionDepthMax };

const refusal = (status: Problem['status'], message: string): { readonly ok: false; readonly problem: Problem } => ({ ok: false, problem: { status, message } });

export class EngineLoop {
  readonly #options: LoopOptions;
  readonly #live = new Map<string, Live>();
  readonly #jobs = new Map<string, { readonly live: Live; readonly taskRunId: string; readonly attempt: number }>();
  readonly #children = new Map<string, Set<string>>();
  readonly #dues = new Map<string, Due>();
  readonly #cache = createExpressionCache();
  readonly #events: { readonly live: Live; readonly event: EngineEvent }[] = [];
  #dirty = new Set<Live>();
  #writes: Write[] = [];
  #after: (() => void)[] = [];
  #lastNumber: number;
  #committing: Promise<void> | undefined;
  #scheduled = false;
  #draining = false;
  #closing = false;
  #commits = 0;
  readonly #commitMs: number[] = [];

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#lastNumber = lastExecutionNumber(options.engine, 'main');
    options.worker.onEvent((event) => this.#workerEvent(event));
  }

  get liveCount(): number { return this.#live.size; }
  get queued(): number { return this.#events.length + this.#dirty.size; }
  get runningJobs(): number { return this.#jobs.size; }
  get commits(): number { return this.#commits; }
  /** Of the last thousand commits, from write to flushed. */
  commitMsP99(): number {
    const sorted = [...this.#commitMs].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  }

  // ------------------------------------------------------------------ creation

  /** Types the inputs of a form. The reply's problem is the API's 422. */
  async inputsOf(index: FlowIndex, models: readonly InputModel[], raw: RawInputs, id: string): Promise<Reply<Readonly<Record<string, unknown>>>> {
    const files: Record<string, string> = {};
    for (const file of raw.files) {
      const { namespace, id: flowId } = index.flow;
      const uri = `kestra:///${namespace.replaceAll('.', '/')}/${flowId.toLowerCase().replaceAll('_', '-')}/executions/${id}/inputs/${file.input}/${safeName(file.filename)}`;
      await this.#options.files.take(uri, file.path);
      files[file.input] = uri;
    }
    const resolved = resolveInputs(this.#inputsRequest(models, raw.fields, files));
    if ('problems' in resolved) {
      const first = resolved.problems[0];
      return { ok: false, problem: { status: 422, message: `Invalid entity: ${first?.message ?? 'the inputs are not valid'}`, errors: resolved.problems.map(({ input, message }) => ({ message, path: `inputs.${input}` })) } };
    }
    return { ok: true, value: resolved.values };
  }

  #inputsRequest(models: readonly InputModel[], values: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>>) {
    const { encryption, languageLevel } = this.#options;
    const world = this.#options.worldFor(emptyHeader, () => undefined);
    return {
      inputs: models, values, files, rendersDefaults: languageLevel !== '0.20',
      renderTyped: (expression: string, inputs: Readonly<Record<string, unknown>>) => renderDeep(expression, { variables: { inputs, envs: this.#options.envs, globals: this.#options.globals }, world, cache: this.#cache, limits: expressionLimits, typed: true }),
      ...(encryption.configured ? { encrypt: (plain: string) => encryption.wrap(plain) } : {}),
    };
  }

  checkRequest(models: readonly InputModel[], raw: RawInputs) {
    const files = Object.fromEntries(raw.files.map((file) => [file.input, `kestra:///upload/${file.filename}`]));
    return this.#inputsRequest(models, raw.fields, files);
  }

  newId(): string {
    return this.#options.ambient.ids.friendly();
  }

  /** Creates an execution and lets it begin; answers the header as it was created. */
  create(request: NewExecution): { readonly live: Live; readonly created: ExecutionRow } {
    const atMs = this.#options.ambient.clock.nowMs();
    const { index } = request;
    const id = executionId(request.id ?? this.newId());
    this.#lastNumber += 1;
    const header: ExecutionRow = {
      number: this.#lastNumber, id, tenant: request.tenant, namespace: index.flow.namespace, flowId: index.flow.id, flowRevision: index.revision,
      labels: initialLabels(index.flow.labels, request.labels, id),
      ...(request.inputs === undefined ? {} : { inputs: request.inputs }),
      ...(request.variables === undefined ? {} : { variables: request.variables }),
      histories: [{ state: 'CREATED', atMs }],
      ...(request.parentId === undefined ? {} : { parentId: executionId(request.parentId) }),
      originalId: executionId(request.originalId ?? id),
      ...(request.trigger === undefined ? {} : { trigger: request.trigger }),
      metadata: request.metadata ?? { attemptNumber: 1, originalCreatedAtMs: atMs },
      ...(request.scheduleAtMs === undefined ? {} : { scheduleAtMs: request.scheduleAtMs }),
      startedBy: request.startedBy,
      ...(request.draftSource === undefined ? {} : { draftSource: request.draftSource }),
    };
    const live = createLive(new ExecutionState(index, header), undefined);
    live.encrypted = this.#options.encryption.configured && holdsEncrypted(request.inputs);
    this.#adopt(live);
    if (request.scheduleAtMs !== undefined && request.scheduleAtMs > atMs) this.#schedule(live, request.scheduleAtMs, { type: 'start' });
    else this.#begin(live);
    return { live, created: header };
  }

  /** Adopts rows that were made from an old execution (replay). */
  adoptCopy(index: FlowIndex, header: ExecutionRow, rows: readonly TaskRunRow[]): Live {
    const live = createLive(new ExecutionState(index, header, rows), undefined);
    for (const row of rows) live.changed.add(row.id);
    live.encrypted = this.#options.encryption.configured && (holdsEncrypted(header.inputs) || rows.some((row) => holdsEncrypted(row.outputs)));
    this.#adopt(live);
    return live;
  }

  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #adopt(live: Live): void {
    this.#live.set(live.key, live);
    this.#dirty.add(live);
    const startedFrom = live.state.header.trigger?.variables['executionId'];
    if (typeof startedFrom === 'string') {
      const key = liveKey(live.tenant, startedFrom);
      const set = this.#children.get(key) ?? new Set();
      set.add(live.key);
      this.#children.set(key, set);
    }
    this.#scheduleCommit();
  }

  /** Begins, or waits or is refused by the flow's concurrency limit. */
  #begin(live: Live): void {
    const atMs = this.#options.ambient.clock.nowMs();
    const { concurrency } = live.state.index.flow;
    if (concurrency !== undefined && live.state.state === 'CREATED' && this.#runningOf(live) >= concurrency.limit) {
      switch (concurrency.behavior) {
        case 'QUEUE': this.#log(live, 'INFO', 'Flow is queued due to concurrency limit exceeded'); this.post(live, { type: 'queued', atMs }); return;
        case 'CANCEL': this.post(live, { type: 'refusedByLimit', atMs, state: 'CANCELLED' }); return;
        case 'FAIL': this.#log(live, 'ERROR', 'Flow is FAILED due to concurrency limit exceeded'); this.post(live, { type: 'refusedByLimit', atMs, state: 'FAILED' }); return;
      }
    }
    this.post(live, { type: 'begun', atMs });
  }

  #sameFlow(live: Live): Live[] {
    const { namespace, flowId, tenant } = live.state.header;
    return [...this.#live.values()].filter((other) => other !== live && other.tenant === tenant && other.state.header.flowId === flowId && other.state.header.namespace === namespace);
  }

  #runningOf(live: Live): number {
    const running: ReadonlySet<StateType> = new Set(['RUNNING', 'PAUSED', 'RETRYING', 'RESTARTED', 'KILLING']);
    return this.#sameFlow(live).filter((other) => running.has(other.state.state)).length;
  }

  #freeSlot(live: Live): void {
    const { concurrency } = live.state.index.flow;
    if (concurrency?.behavior !== 'QUEUE') return;
    const queued = this.#sameFlow(live).filter((other) => other.state.state === 'QUEUED').sort((a, b) => a.state.header.number - b.state.header.number)[0];
    if (queued !== undefined && this.#runningOf(queued) < concurrency.limit) this.post(queued, { type: 'begun', atMs: this.#options.ambient.clock.nowMs(), unqueued: true });
  }

  // ------------------------------------------------------------------ finding and asking

  find(tenant: string, id: string): Live | undefined {
    const known = this.#live.get(liveKey(tenant, id));
    if (known !== undefined) return known;
    const header = loadExecution(this.#options.engine, tenant, id);
    return header === undefined ? undefined : this.#load(header);
  }

  /** Brings a stored execution back into memory. Undefined when its flow does not parse any more. */
  #load(header: ExecutionRow): Live | undefined {
    const index = this.indexOf(header);
    if (index === undefined) return undefined;
    const rows = loadTaskRuns(this.#options.engine, header);
    const live = createLive(new ExecutionState(index, header, rows), header);
    live.headerChanged = false;
    live.encrypted = this.#options.encryption.configured && (holdsEncrypted(header.inputs) || rows.some((row) => holdsEncrypted(row.outputs)));
    return live;
  }

  indexOf(header: ExecutionRow): FlowIndex | undefined {
    const found = header.draftSource === undefined ? this.#options.flows.revision(header.tenant, header.namespace, header.flowId, header.flowRevision) : this.#options.flows.draft(header.draftSource);
    return found.type === 'found' ? found.index : undefined;
  }

  /** Steps an event now; the reason when it was ignored. What follows from it is carried out in this turn. */
  ask(live: Live, event: EngineEvent): string | undefined {
    this.#live.set(live.key, live);
    const ignored = this.#step(live, event);
    this.#drain();
    return ignored;
  }

  /** Queues an event. */
  post(live: Live, event: EngineEvent): void {
    this.#events.push({ live, event });
    if (!this.#draining) this.#options.ambient.timers.soon(() => this.#drain());
  }

  /** Resolves when everything decided up to now is on disk. */
  flushed(): Promise<void> {
    return new Promise((resolve) => {
      this.#after.push(resolve);
      this.#scheduleCommit();
    });
  }

  /** Calls back at the execution's end, after its commit. */
  onEnd(live: Live, call: (execution: Execution) => void): void {
    live.waiters.push(call);
  }

  /** Further writes for the next commit (triggers, KV). */
  write(writes: readonly Write[]): void {
    this.#writes.push(...writes);
    this.#scheduleCommit();
  }

  /** An execution as it was created, before anything ran. */
  shown(header: ExecutionRow): Execution {
    return executionOf(header, []);
  }

  snapshot(live: Live): Execution {
    return executionOf(live.state.header, live.state.ordered());
  }

  kill(live: Live, cascade: boolean): string | undefined {
    const ignored = this.ask(live, { type: 'killRequested', atMs: this.#options.ambient.clock.nowMs() });
    if (cascade) this.killChildren(live);
    return ignored;
  }

  killChildren(live: Live): void {
    for (const key of [...(this.#children.get(live.key) ?? [])]) {
      const child = this.#live.get(key);
      if (child !== undefined && child !== live && !isTerminal(child.state.state)) this.post(child, { type: 'killRequested', atMs: this.#options.ambient.clock.nowMs() });
      else if (child !== undefined && child !== live) this.killChildren(child);
    }
  }

  remove(live: Live, options: { readonly logs: boolean; readonly metrics: boolean }): void {
    const { header } = live.state;
    this.#dirty.delete(live);
    this.#live.delete(live.key);
    for (const [key, due] of this.#dues) if (due.live.id === header.id) { due.cancel(); this.#dues.delete(key); this.#writes.push({ type: 'remove', key: due.key }); }
    if (live.committed !== undefined) {
      this.#writes.push(...deleteExecution(this.#options.engine, live.committed, options));
      this.#options.counters.moved(live.committed, undefined);
    }
    if (options.logs) this.#after.push(() => this.#options.logs.removeFile(header));
    this.#scheduleCommit();
  }

  /** `taskRunsForReplay` and a new header; the copy begins. */
  replay(live: Live, options: { readonly taskRunId?: string; readonly index: FlowIndex; readonly startedBy: string }): { readonly live: Live; readonly shown: Execution } | undefined {
    const atMs = this.#options.ambient.clock.nowMs();
    const old = live.state.header;
    const id = executionId(this.newId());
    const { outputs: _outputs, scheduleAtMs: _scheduled, ...kept } = old;
    const rows = options.taskRunId === undefined ? [] : taskRunsForReplay(live.state, options.taskRunId, atMs, () => this.newId());
    if (rows === undefined) return undefined;
    const header: ExecutionRow = {
      ...kept, number: this.nextNumber(), id, flowRevision: options.index.revision, parentId: old.id, originalId: old.originalId,
      labels: old.labels.map((label) => (label.key === 'system.correlationId' && label.value === old.id ? { ...label, value: id } : label)),
      histories: options.taskRunId === undefined ? [{ state: 'CREATED', atMs }] : [...old.histories, { state: 'RESTARTED', atMs }],
      startedBy: options.startedBy,
    };
    const copy = this.adoptCopy(options.index, header, rows);
    const shown = this.snapshot(copy);
    if (options.taskRunId === undefined) this.#begin(copy);
    else this.post(copy, { type: 'begun', atMs });
    return { live: copy, shown };
  }

  // ------------------------------------------------------------------ the loop

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    const end = this.#options.ambient.clock.monotonicMs() + drainMs;
    let next = 0;
    try {
      for (; next < this.#events.length; next += 1) {
        if (this.#options.ambient.clock.monotonicMs() > end) break;
        const one = this.#events[next];
        if (one !== undefined) this.#step(one.live, one.event);
      }
    } finally {
      this.#events.splice(0, next);
      this.#draining = false;
    }
    if (this.#events.length > 0) this.#options.ambient.timers.soon(() => this.#drain());
  }

  #step(live: Live, event: EngineEvent): string | undefined {
    if (!this.#live.has(live.key)) this.#live.set(live.key, live);
    const advance = step(live.state, event, this.#lookup(live));
    if (advance.type === 'ignored') {
      this.#options.ambient.logger.debug('ignored', { event: event.type, reason: advance.reason, execution: live.state.header.id });
      return advance.reason;
    }
    live.headerChanged ||= advance.headerChanged;
    for (const row of advance.removed) { live.removed.add(row.position); live.changed.delete(row.id); }
    for (const row of advance.changed) {
      live.changed.add(row.id);
      live.removed.delete(row.position);
      if (!live.encrypted && this.#options.encryption.configured && row.outputs !== undefined && holdsEncrypted(row.outputs)) live.encrypted = true;
    }
    this.#dirty.add(live);
    for (const command of advance.commands) this.#carryOut(live, command);
    this.#scheduleCommit();
    return undefined;
  }

  #lookup(live: Live): Lookup {
    const { encryption, envs, globals, startOutputs, ambient } = this.#options;
    return {
      world: this.#options.worldFor(live.state.header, () => undefined), cache: this.#cache, limits: expressionLimits, envs, globals, startOutputs,
      newId: () => ambient.ids.friendly(),
      decrypted: (value) => (live.encrypted ? encryption.unwrapDeep(value, () => undefined) : value),
    };
  }

  #carryOut(live: Live, command: Command): void {
    switch (command.type) {
      case 'runTask': this.#runTask(live, command); return;
      case 'killTask': this.#after.push(() => { const job = live.jobs.get(command.taskRunId); if (job !== undefined) this.#options.worker.kill(job); }); return;
      case 'killChildren': this.killChildren(live); return;
      case 'createSubflow': this.#createSubflow(live, command); return;
      case 'schedule': this.#schedule(live, command.dueAtMs, command.what); return;
      case 'unschedule': this.#unschedule(live, command.what); return;
      case 'log': this.#log(live, command.level, command.message, command.taskRunId); return;
      case 'createNextAttempt': this.#nextAttempt(live); return;
      case 'ended': this.#ended(live); return;
    }
  }

  #log(live: Live, level: LogLevel, message: string, taskRunId?: string): void {
    const row = taskRunId === undefined ? undefined : live.state.get(taskRunId);
    live.logs.push({ atMs: this.#options.ambient.clock.nowMs(), level, message, ...(row === undefined ? {} : { taskId: row.taskId, taskRunId: row.id, attemptNumber: Math.max(0, (row.attempts?.length ?? 1) - 1) }) });
    this.#dirty.add(live);
  }

  // ------------------------------------------------------------------ tasks

  #runTask(live: Live, command: Extract<Command, { type: 'runTask' }>): void {
    if (command.task.pure && !command.task.logToFile) this.#start(live, command);
    else this.#after.push(() => this.#start(live, command));
  }

  #start(live: Live, command: Extract<Command, { type: 'runTask' }>): void {
    const { state } = live;
    const taskRun = state.get(command.taskRunId);
    if (taskRun === undefined || isTerminal(currentState(taskRun.histories)) || isTerminal(state.state) || state.state === 'KILLING') return;
    if (live.jobs.has(taskRun.id)) return;
    const secretValues: string[] = [];
    const { encryption } = this.#options;
    const lookup: Lookup = { ...this.#lookup(live), decrypted: (value) => (live.encrypted ? encryption.unwrapDeep(value, (secret) => secretValues.push(secret)) : value) };
    const variables = { ...variablesOf(state, lookup, { task: command.task, taskRun }) };
    // The outputs of ten thousand siblings are not copied to a thread for a task that does not speak of them.
    if (!command.task.pure && state.size > 50 && !mentionsTree(command.task.properties)) { variables['outputs'] = {}; variables['tasks'] = {}; }
    const jobId = `${state.header.id}/${taskRun.id}/${command.attempt}`;
    live.jobs.set(taskRun.id, jobId);
    this.#jobs.set(jobId, { live, taskRunId: taskRun.id, attempt: command.attempt });
    const events = this.#options.worker.run({
      jobId, execution: state.header, taskRun, task: command.task, variables, attempt: command.attempt, secretValues,
      ...(command.timeoutMs === undefined ? {} : { timeoutMs: command.timeoutMs }),
    });
    if (events === undefined) return;
    for (const event of events) this.#workerEvent(event);
  }

  #workerEvent(event: WorkerEvent): void {
    const job = this.#jobs.get(event.jobId);
    if (job === undefined) return;
    const { live, taskRunId, attempt } = job;
    switch (event.type) {
      case 'started': this.post(live, { type: 'taskStarted', atMs: event.atMs, taskRunId, attempt }); return;
      case 'logged': {
        const row = live.state.get(taskRunId);
        for (const line of event.lines) live.logs.push({ ...line, ...(row === undefined ? {} : { taskId: row.taskId }), taskRunId, attemptNumber: attempt - 1 });
        this.#dirty.add(live);
        this.#scheduleCommit();
        return;
      }
      case 'measured': {
        const row = live.state.get(taskRunId);
        for (const metric of event.metrics) {
          live.metrics.push({ taskId: row?.taskId ?? '', taskRunId, type: metric.type, name: metric.name, value: metric.value, ...(metric.tags === undefined ? {} : { tags: metric.tags }), atMs: Date.parse(metric.timestamp) });
        }
        this.#dirty.add(live);
        this.#scheduleCommit();
        return;
      }
      case 'requested':
        void this.#request(event.request).then((answer) => this.#options.worker.answer(event.jobId, event.requestId, answer));
        return;
      case 'ended': {
        this.#jobs.delete(event.jobId);
        live.jobs.delete(taskRunId);
        const { outcome } = event;
        const state = event.killed ? 'KILLED' : outcome.type === 'failed' ? 'FAILED' : outcome.finalState ?? 'SUCCESS';
        // The worker has logged why it failed already.
        this.post(live, {
          type: 'taskEnded', atMs: event.atMs, taskRunId, attempt, state,
          ...(outcome.outputs === undefined ? {} : { outputs: outcome.outputs }),
          ...(outcome.dynamic === undefined ? {} : { dynamic: outcome.dynamic }),
          ...(event.logFile === undefined ? {} : { logFile: event.logFile }),
        });
        return;
      }
    }
  }

  async #request(request: Extract<WorkerEvent, { type: 'requested' }>['request']): Promise<{ readonly ok: boolean; readonly message?: string }> {
    switch (request.type) {
      case 'resumeExecution': {
        const target = this.find('main', request.executionId);
        if (target === undefined) return { ok: false, message: `There is no execution '${request.executionId}'` };
        const resumed = await this.resume(target, { fields: request.inputs, files: [] });
        return resumed.ok ? { ok: true } : { ok: false, message: resumed.problem.message };
      }
    }
  }

  /** The Pause task that waits, with its inputs; a pause of the API has none. */
  pausedModels(live: Live): readonly unknown[] {
    const id = live.state.paused.values().next().value;
    const row = id === undefined ? undefined : live.state.get(id);
    const asked = row === undefined ? undefined : live.state.index.tasks.get(row.taskId)?.task.properties['onResume'];
    return Array.isArray(asked) ? asked : [];
  }

  async resume(live: Live, raw: RawInputs): Promise<Reply<Execution>> {
    if (live.state.state !== 'PAUSED') return refusal(409, `Illegal state: the execution is ${live.state.state}, only a paused one can be resumed`);
    const models = inputsOfData(this.pausedModels(live));
    const inputs = await this.inputsOf(live.state.index, models, raw, live.state.header.id);
    if (!inputs.ok) return inputs;
    const ignored = this.ask(live, { type: 'resumed', atMs: this.#options.ambient.clock.nowMs(), inputs: inputs.value });
    if (ignored !== undefined) return refusal(409, `Illegal state: ${ignored}`);
    return { ok: true, value: this.snapshot(live) };
  }

  // ------------------------------------------------------------------ subflows

  #createSubflow(live: Live, command: Extract<Command, { type: 'createSubflow' }>): void {
    const atMs = this.#options.ambient.clock.nowMs();
    const refuse = (message: string): void => this.post(live, { type: 'subflowRefused', atMs, taskRunId: command.taskRunId, message });
    const { flows } = this.#options;
    const record = flows.record(live.tenant, command.namespace, command.flowId);
    if (record === undefined || record.deleted || record.revision === 0) { refuse(`Unable to find flow '${command.namespace}'.'${command.flowId}' with revision ${command.revision ?? 'latest'}`); return; }
    if (record.disabled) { refuse(`Cannot execute flow '${command.namespace}'.'${command.flowId}' because it is disabled`); return; }
    const found = flows.revision(live.tenant, command.namespace, command.flowId, command.revision ?? record.revision);
    if (found.type !== 'found') { refuse(found.type === 'invalid' ? `Cannot execute an invalid flow: ${found.reason}` : `Unable to find flow '${command.namespace}'.'${command.flowId}' with revision ${command.revision ?? record.revision}`); return; }
    const decrypted = live.encrypted ? this.#options.encryption.unwrapDeep(command.inputs, () => undefined) : command.inputs;
    const resolved = resolveInputs(this.#inputsRequest(found.index.flow.inputs, isRecord(decrypted) ? decrypted : {}, {}));
    if ('problems' in resolved) { refuse(resolved.problems.map((problem) => problem.message).join('\n')); return; }
    const childId = this.newId();
    // Before the child's own events, so that a child that ends at once meets a parent that waits.
    this.post(live, { type: 'subflowStarted', atMs, taskRunId: command.taskRunId, childId, wait: command.wait });
    this.create({
      id: childId, tenant: live.tenant, index: found.index, inputs: resolved.values, labels: command.labels, trigger: command.trigger, startedBy: `subflow:${live.state.header.flowId}`,
      ...(command.scheduleAtMs === undefined ? {} : { scheduleAtMs: command.scheduleAtMs }),
    });
  }

  #tellParent(live: Live): void {
    const { header } = live.state;
    const variables = header.trigger?.variables;
    const parentId = variables?.['executionId'];
    const taskRunId = variables?.['taskRunId'];
    if (typeof parentId !== 'string' || typeof taskRunId !== 'string') return;
    const parent = this.#live.get(liveKey(live.tenant, parentId));
    const row = parent?.state.get(taskRunId);
    if (parent === undefined || row === undefined) return;
    const task = parent.state.index.tasks.get(row.taskId)?.task;
    let outputs = header.outputs;
    let problem: string | undefined;
    const asked = task?.properties['outputs'];
    if (live.state.index.flow.outputs.length === 0 && isRecord(asked)) {
      try {
        const rendered = renderDeep(asked, { variables: variablesOf(live.state, this.#lookup(live)), world: this.#options.worldFor(header, () => undefined), cache: this.#cache, limits: expressionLimits });
        outputs = isRecord(rendered) ? rendered : undefined;
      } catch (error) {
        problem = `Failed to extract outputs: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    if (task !== undefined && this.#options.failsOnResult(task.type)) problem = 'The result of the child execution can not be turned into the task\'s own';
    this.post(parent, {
      type: 'subflowEnded', atMs: this.#options.ambient.clock.nowMs(), taskRunId, childId: header.id, state: live.state.state,
      ...(outputs === undefined ? {} : { outputs }), ...(problem === undefined ? {} : { problem }),
    });
  }

  #nextAttempt(live: Live): void {
    const { header } = live.state;
    this.create({
      tenant: live.tenant, index: live.state.index, labels: header.labels.filter((label) => label.key !== 'system.correlationId' || label.value !== header.id),
      startedBy: header.startedBy ?? 'retry', parentId: header.id, originalId: header.originalId,
      metadata: { ...header.metadata, attemptNumber: header.metadata.attemptNumber + 1 },
      ...(header.inputs === undefined ? {} : { inputs: header.inputs }), ...(header.trigger === undefined ? {} : { trigger: header.trigger }),
      ...(header.variables === undefined ? {} : { variables: header.variables }), ...(header.draftSource === undefined ? {} : { draftSource: header.draftSource }),
    });
  }

  #ended(live: Live): void {
    this.#tellParent(live);
    this.#freeSlot(live);
    this.#options.onEnded(live.state.header);
    this.#after.push(() => {
      const waiting = live.waiters.splice(0);
      if (waiting.length > 0) {
        const shown = this.snapshot(live);
        for (const call of waiting) call(shown);
      }
      this.#evict(live);
    });
  }

  /** An ended execution leaves memory; its rows are on disk. */
  #evict(live: Live): void {
    if (!isTerminal(live.state.state) || live.jobs.size > 0 || this.#dirty.has(live) || live.waiters.length > 0) return;
    this.#live.delete(live.key);
    this.#options.logs.settle(live.state.header);
    const startedFrom = live.state.header.trigger?.variables['executionId'];
    if (typeof startedFrom === 'string') {
      const siblings = this.#children.get(liveKey(live.tenant, startedFrom));
      siblings?.delete(live.key);
      if (siblings?.size === 0) this.#children.delete(liveKey(live.tenant, startedFrom));
    }
    if (this.#children.get(live.key)?.size === 0) this.#children.delete(live.key);
  }

  // ------------------------------------------------------------------ due dates

  #schedule(live: Live, dueAtMs: number, what: DueWhat): void {
    const { header } = live.state;
    this.#unschedule(live, what);
    const key = engineKeys.due(dueAtMs, header.tenant, header.number, dueKey(what));
    this.#writes.push({ type: 'put', key, value: { executionId: header.id, what } });
    this.#arm(dueAtMs, { tenant: header.tenant, id: header.id }, what, key);
  }

  #arm(dueAtMs: number, owner: Due['live'], what: DueWhat, key: readonly (string | number)[]): void {
    const name = `${owner.tenant}/${owner.id}/${dueKey(what)}`;
    const waitMs = Math.max(0, dueAtMs - this.#options.ambient.clock.nowMs());
    const cancel = this.#options.ambient.timers.after(Math.min(waitMs, timerMsMax), () => {
      this.#dues.delete(name);
      if (waitMs > timerMsMax) { this.#arm(dueAtMs, owner, what, key); return; }
      this.#writes.push({ type: 'remove', key });
      const live = this.find(owner.tenant, owner.id);
      if (live === undefined) { this.#scheduleCommit(); return; }
      this.#live.set(live.key, live);
      if (what.type === 'start') this.#begin(live);
      else this.post(live, { type: 'delayPassed', atMs: this.#options.ambient.clock.nowMs(), what });
      this.#scheduleCommit();
      if (isTerminal(live.state.state)) this.#after.push(() => this.#evict(live));
    });
    this.#dues.set(name, { live: owner, what, key, cancel });
  }

  #unschedule(live: Live, what: DueWhat): void {
    const name = `${live.tenant}/${live.state.header.id}/${dueKey(what)}`;
    const due = this.#dues.get(name);
    if (due === undefined) return;
    due.cancel();
    this.#dues.delete(name);
    this.#writes.push({ type: 'remove', key: due.key });
  }

  // ------------------------------------------------------------------ commit

  #scheduleCommit(): void {
    if (this.#scheduled || this.#committing !== undefined) return;
    this.#scheduled = true;
    this.#options.ambient.timers.soon(() => {
      this.#scheduled = false;
      this.#commit();
    });
  }

  #commit(): void {
    if (this.#committing !== undefined) return;
    const dirty = this.#dirty;
    const writes = this.#writes;
    const after = this.#after;
    if (dirty.size === 0 && writes.length === 0) {
      if (after.length === 0) return;
      this.#after = [];
      // Nothing to write, so everything before is on disk already.
      for (const call of after) call();
      return;
    }
    this.#dirty = new Set();
    this.#writes = [];
    this.#after = [];
    for (const live of dirty) this.#writesOf(live, writes);
    writes.push(...this.#options.counters.take());
    const begunMs = this.#options.ambient.clock.monotonicMs();
    const written = this.#options.engine.write(writes);
    // A failed commit is reported by `flushed`; the other promise must not float.
    written.committed.catch(() => undefined);
    this.#committing = written.flushed.then(() => {
      this.#committing = undefined;
      this.#commits += 1;
      this.#commitMs.push(this.#options.ambient.clock.monotonicMs() - begunMs);
      if (this.#commitMs.length > 1000) this.#commitMs.splice(0, 500);
      for (const call of after) call();
      for (const live of dirty) if (isTerminal(live.state.state)) this.#evict(live);
      if (this.#dirty.size > 0 || this.#writes.length > 0 || this.#after.length > 0) this.#scheduleCommit();
    }, (error: unknown) => {
      this.#committing = undefined;
      this.#options.fatal(error);
    });
  }

  #writesOf(live: Live, writes: Write[]): void {
    const { header } = live.state;
    if (live.headerChanged) {
      writes.push(...executionWrites(live.committed, header));
      this.#options.counters.moved(live.committed, header);
      live.committed = header;
      live.headerChanged = false;
    }
    for (const id of live.changed) {
      const row = live.state.get(id);
      if (row !== undefined) writes.push(taskRunWrite(header, row));
    }
    for (const position of live.removed) writes.push({ type: 'remove', key: engineKeys.taskRun(header.tenant, header.number, position) });
    if (live.logs.length > 0) {
      writes.push(...this.#options.logs.append(header, live.logs));
      live.logs = [];
    }
    if (live.metrics.length > 0) {
      live.metricPosition ??= nextMetricPosition(this.#options.engine, header);
      for (const metric of live.metrics) {
        writes.push(metricWrite(header, live.metricPosition, metric));
        live.metricPosition += 1;
      }
      live.metrics = [];
    }
    live.changed.clear();
    live.removed.clear();
  }

  // ------------------------------------------------------------------ recovery and end

  /** After a start: every execution that has not ended is taken up again; its commands are derived from its rows. */
  recover(): number {
    const { engine, ambient } = this.#options;
    let count = 0;
    for (const { key, value } of engine.range<{ executionId: string; what: DueWhat }>({ prefix: ['due'] })) {
      const [, dueAtMs, tenant] = key;
      if (typeof dueAtMs === 'number' && typeof tenant === 'string') this.#arm(dueAtMs, { tenant, id: value.executionId }, value.what, key);
    }
    for (const state of stateTypes) {
      if (isTerminal(state)) continue;
      for (const number of [...executionsOfState(engine, 'main', state)]) {
        const header = loadExecutionByNumber(engine, 'main', number);
        const live = header === undefined ? undefined : this.#load(header);
        if (live === undefined || this.#live.has(live.key)) {
          if (header !== undefined && live === undefined) ambient.logger.error('an execution can not be taken up: its flow does not parse', { execution: header.id });
          continue;
        }
        this.#adopt(live);
        this.#dirty.delete(live);
        count += 1;
      }
    }
    for (const live of [...this.#live.values()]) this.#takeUp(live);
    return count;
  }

  #takeUp(live: Live): void {
    const atMs = this.#options.ambient.clock.nowMs();
    const { state } = live;
    if ((state.state === 'CREATED' && !this.#dues.has(`${live.tenant}/${state.header.id}/start`)) || state.state === 'RESTARTED') { this.#begin(live); return; }
    for (const row of state.ordered()) {
      const current = currentState(row.histories);
      const task = state.index.tasks.get(row.taskId)?.task;
      if (isTerminal(current) || task === undefined || row.dynamic === true) continue;
      if (current === 'KILLING' && task.kind === 'runnable') { this.post(live, { type: 'taskEnded', atMs, taskRunId: row.id, attempt: row.attempts?.length ?? 1, state: 'KILLED' }); continue; }
      if (state.state === 'PAUSED' && current !== 'RUNNING') continue;
      if (task.kind === 'runnable' && (current === 'CREATED' || current === 'RUNNING' || current === 'RESTARTED')) {
        const attempt = current === 'RUNNING' ? row.attempts?.length ?? 1 : (row.attempts?.length ?? 0) + 1;
        this.#after.push(() => this.#start(live, { type: 'runTask', taskRunId: row.id, attempt, task }));
      } else if (task.kind === 'subflow' && current === 'RUNNING') {
        const childId = row.outputs?.['executionId'];
        const child = typeof childId === 'string' ? loadExecution(this.#options.engine, live.tenant, childId) : undefined;
        if (child !== undefined && isTerminal(currentState(child.histories))) this.post(live, { type: 'subflowEnded', atMs, taskRunId: row.id, childId: child.id, state: currentState(child.histories), ...(child.outputs === undefined ? {} : { outputs: child.outputs }) });
      }
    }
    this.#scheduleCommit();
  }

  /** Takes nothing new, ends the worker's tasks (they run again after the next start), waits for the last commit. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    for (const { cancel } of this.#dues.values()) cancel();
    await this.#options.worker.close();
    while (this.#events.length > 0) { this.#drain(); await new Promise<void>((resolve) => { this.#options.ambient.timers.soon(resolve); }); }
    await this.flushed();
    await this.#committing;
  }
}

const emptyHeader: ExecutionRow = {
  number: 0, id: executionId(''), tenant: 'main', namespace: '', flowId: '', flowRevision: 0, labels: [], histories: [{ state: 'CREATED', atMs: 0 }],
  originalId: executionId(''), metadata: { attemptNumber: 1, originalCreatedAtMs: 0 },
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Depth first, without building anything: inputs and outputs are small. */
function holdsEncrypted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('type' in value && value.type === 'io.kestra.datatype:aes_encrypted') return true;
  return Object.values(value).some(holdsEncrypted);
}

/** The last part of a name that came from outside; never a path. */
function safeName(name: string): string {
  const last = name.split(/[\\/]/).pop()?.replaceAll(/[^\w.@ -]/g, '_') ?? '';
  return last === '' || /^\.+$/.test(last) ? 'file' : last.slice(0, 200);
}

const mentions = new WeakMap<object, boolean>();
/** Whether a task's expressions speak of `outputs` or `tasks`, or of everything. Remembered per task. */
function mentionsTree(properties: Readonly<Record<string, unknown>>): boolean {
  const known = mentions.get(properties);
  if (known !== undefined) return known;
  const text = JSON.stringify(properties);
  const found = /outputs|tasks|printContext|fetchContext|render/.test(text);
  mentions.set(properties, found);
  return found;
}

