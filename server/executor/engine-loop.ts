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
  createRecorder, ExecutionState, initialLabels, isSystemLabel, mergeLabels, settingsOf, step, taskRunsForReplay, variablesOf,
  type Command, type DueWhat, type EngineEvent, type FlowIndex, type Lookup, type Recorder,
} from '../../core/engine/index.ts';
import { createExpressionCache, renderDeep, type SubflowCall, type World } from '../../core/expression/index.ts';
import { inputsOfData, resolveInputs, type InputModel, type LanguageLevel } from '../../core/language/index.ts';
import { currentState, executionOf, type Breakpoint, type Execution, type ExecutionKind, type ExecutionRow, type ExecutionTrigger, type Label, type LoopRun, type TaskRunRow } from '../../core/protocol/entities/execution.ts';
import type { LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { RequestAnswer } from '../../plugins/sdk/index.ts';
import type { Problem } from '../../core/protocol/errors.ts';
import { executionId } from '../../core/protocol/ids.ts';
import { limits } from '../../core/protocol/limits.ts';
import { isTerminal, stateTypes, type StateType } from '../../core/protocol/states.ts';
import type { TaskOutcome } from '../../plugins/sdk/index.ts';
import type { Ambient } from '../ambient/index.ts';
import {
  deleteExecution, engineKeys, enginePrefixes, executionsOfState, executionWrites, journalWrite, lastExecutionNumber, loadExecution, loadExecutionByNumber, loadTaskRuns, metricWrite,
  nextJournalPosition, nextMetricPosition, taskRunWrite, type Counters, type Environment, type FileStorage, type Key, type LogWriter, type Write,
} from '../store/index.ts';
import { createMask, type Encryption, namespaceUri, type Mask, type Worker, type WorkerEvent } from '../worker/index.ts';
import type { RawInputs, Reply } from './contract.ts';
import type { FlowStore } from './flow-store.ts';
import { ownedFiles } from './input-files.ts';
import { DueDates } from './due-dates.ts';
import { createLive, liveKey, type Live } from './live.ts';
import { mentionedOutputs, onlyMentioned } from './mentioned-outputs.ts';
import { Iterations } from './iterations.ts';
import { SharedDirectories } from './shared-directories.ts';
import { Questions } from './questions.ts';
import { ConcurrencySlots } from './slots.ts';
import { cached, cacheKey, cacheWrite } from './task-cache.ts';
import type { TaskRequests } from './task-requests.ts';

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
  /** Where directories of tasks are made. */
  readonly workFolder: string;
  /** What a task asks of the stores. */
  readonly taskRequest: TaskRequests;
  /** An execution has changed its state in the step just taken; `from` is the place of the first new entry of its history. What is written now is in the commit of the change. */
  readonly onState: (live: Live, from: number) => void;
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
  /** Why it can not run (what should have started it failed): it is created FAILED, with this in its log, so that people see it. */
  readonly refused?: string;
  readonly kind?: ExecutionKind;
  readonly breakpoints?: readonly Breakpoint[];
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly loopRun?: LoopRun;
}

/** Events that are decided before the loop lets others in. */
const drainMs = 15;
/** From this many task runs on, a task is given only the outputs that it speaks of. */
const siblingsMin = 50;
const expressionLimits = { fuelMax: limits.expressionFuelMax, outputCharsMax: limits.expressionOutputCharsMax, depthMax: limits.expressionDepthMax };

const refusal = (status: Problem['status'], message: string): { readonly ok: false; readonly problem: Problem } => ({ ok: false, problem: { status, message } });

export class EngineLoop {
  readonly #options: LoopOptions;
  readonly #live = new Map<string, Live>();
  readonly #jobs = new Map<string, { readonly live: Live; readonly taskRunId: string; readonly attempt: number; /** A step of a structural task. */ readonly part?: 'open' | 'close'; readonly cacheKey?: Key }>();
  readonly #children = new Map<string, Set<string>>();
  readonly #dues: DueDates;
  readonly #cache = createExpressionCache();
  readonly #questions: Questions;
  readonly #slots = new ConcurrencySlots();
  /** `due`: the row of the event's date. It goes with the commit of the step, not before: a crash in between must find it. */
  readonly #events: { readonly live: Live; readonly event: EngineEvent; readonly due: Key | undefined }[] = [];
  #dirty = new Set<Live>();
  #writes: Write[] = [];
  #after: (() => void)[] = [];
  #lastNumber: number;
  #lastJob = 0;
  #committing: Promise<void> | undefined;
  #scheduled = false;
  #draining = false;
  #closing = false;
  #halted = false;
  readonly #iterations: Iterations;
  readonly #directories: SharedDirectories;
  #commits = 0;
  readonly #commitMs: number[] = [];

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#lastNumber = lastExecutionNumber(options.engine, 'main');
    options.worker.onEvent((event) => this.#workerEvent(event));
    const { ambient, engine, files } = options;
    const nowMs = (): number => ambient.clock.nowMs();
    const after = (delayMs: number, call: () => void): void => void ambient.timers.after(delayMs, call);
    this.#iterations = new Iterations({
      engine, files, live: (key) => this.#live.get(key), find: (tenant, id) => this.find(tenant, id), post: (live, event) => this.post(live, event), create: (request) => this.create(request),
      restart: (live) => this.restartChild(live), lookup: (live) => this.#recorder(live).lookup, afterCommit: (call) => { this.#after.push(call); this.#scheduleCommit(); },
      nowMs, soon: ambient.timers.soon, after,
    });
    this.#questions = new Questions({
      run: (job) => options.worker.run(job), kill: (jobId) => options.worker.kill(jobId), subflow: (header, call) => this.#runSubflow(header, call),
      again: (take) => ambient.timers.soon(() => { this.#events.unshift(...take()); this.#drain(); }),
    });
    this.#dues = new DueDates({
      ambient, write: (write) => { this.#writes.push(write); },
      fire: (owner, what, key) => {
        const live = this.find(owner.tenant, owner.id);
        if (live === undefined) { this.#remove(key); return; }
        this.#keep(live);
        if (what.type === 'start') this.#begin(live, key);
        else this.post(live, { type: 'delayPassed', atMs: nowMs(), what }, key);
      },
    });
    this.#directories = new SharedDirectories(options.workFolder, (problem, error) => ambient.logger.warn(problem, { error }));
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
    const { namespace, id: flowId } = index.flow;
    const folder = `kestra:///${namespace.replaceAll('.', '/')}/${flowId.toLowerCase().replaceAll('_', '-')}/executions/${id}/inputs/`;
    for (const file of raw.files) {
      const uri = `${folder}${safeName(file.input)}/${safeName(file.filename)}`;
      await this.#options.files.take(uri, file.path);
      files[file.input] = uri;
    }
    const mask = createMask([]);
    const resolved = resolveInputs(this.#inputsRequest(index, models, raw.fields, files, mask));
    if ('problems' in resolved) {
      const problems = resolved.problems.map(({ input, message }) => ({ message: mask.apply(message), path: `inputs.${input}` }));
      for (const uri of Object.values(files)) await this.#options.files.remove(uri).catch((error: unknown) => this.#options.ambient.logger.warn('a file of refused inputs stays', { error, uri }));
      return { ok: false, problem: { status: 422, message: `Invalid entity: ${problems[0]?.message ?? 'the inputs are not valid'}`, errors: problems } };
    }
    return ownedFiles({ models, values: resolved.values, folder, namespaceUri: (path) => namespaceUri(namespace, path), files: this.#options.files });
  }

  /** Secrets that defaults and expressions read are added to the mask: a message about a bad value must not show them. */
  #inputsRequest(index: FlowIndex, models: readonly InputModel[], values: Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>>, mask: Mask) {
    const { encryption, languageLevel } = this.#options;
    const { namespace, id: flowId } = index.flow;
    const world = this.#options.worldFor({ ...emptyHeader, namespace, flowId, flowRevision: index.revision }, (secret) => mask.add(secret));
    return {
      inputs: models, values, files, rendersDefaults: languageLevel !== '0.20',
      renderTyped: (expression: string, inputs: Readonly<Record<string, unknown>>) => renderDeep(expression, { variables: { inputs, envs: this.#options.envs, globals: this.#options.globals }, world, cache: this.#cache, limits: expressionLimits, typed: true }),
      ...(encryption.configured ? { encrypt: (plain: string) => encryption.wrap(plain) } : {}),
    };
  }

  /** How the checks of a flow see the inputs of an execution that is to be created. */
  checkOptions(index: FlowIndex, inputs: Readonly<Record<string, unknown>>) {
    const { envs, globals, encryption } = this.#options;
    const { namespace, id: flowId } = index.flow;
    const world = this.#options.worldFor({ ...emptyHeader, namespace, flowId, flowRevision: index.revision }, () => undefined);
    return { variables: { flow: { id: flowId, namespace, revision: index.revision }, inputs: encryption.configured ? encryption.unwrapDeep(inputs, () => undefined) : inputs, vars: index.flow.variables, envs, globals }, world, cache: this.#cache, limits: expressionLimits };
  }

  checkRequest(index: FlowIndex, models: readonly InputModel[], raw: RawInputs, mask: Mask) {
    const files = Object.fromEntries(raw.files.map((file) => [file.input, `kestra:///upload/${file.filename}`]));
    return this.#inputsRequest(index, models, raw.fields, files, mask);
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
      ...(request.kind === undefined ? {} : { kind: request.kind }),
      ...(request.breakpoints === undefined || request.breakpoints.length === 0 ? {} : { breakpoints: request.breakpoints }),
      ...(request.vars === undefined ? {} : { vars: request.vars }),
      ...(request.loopRun === undefined ? {} : { loopRun: request.loopRun }),
    };
    const live = createLive(new ExecutionState(index, header), undefined);
    live.encrypted = this.#options.encryption.configured && holdsEncrypted(request.inputs);
    this.#born(live, []);
    this.#adopt(live);
    if (request.refused !== undefined) {
      this.#log(live, 'ERROR', request.refused);
      // At once, in the commit of its creation: after a crash it must not be taken for one that waits to begin.
      this.#step(live, { type: 'refused', atMs, state: 'FAILED' });
    } else if (request.scheduleAtMs !== undefined && request.scheduleAtMs > atMs) this.#dues.schedule(header, request.scheduleAtMs, { type: 'start' });
    else this.#begin(live);
    return { live, created: header };
  }

  /** Adopts rows that were made from an old execution (replay). */
  adoptCopy(index: FlowIndex, header: ExecutionRow, rows: readonly TaskRunRow[]): Live {
    const live = createLive(new ExecutionState(index, header, rows), undefined);
    for (const row of rows) live.changed.add(row.id);
    this.#born(live, rows);
    live.encrypted = this.#options.encryption.configured && (holdsEncrypted(header.inputs) || rows.some((row) => holdsEncrypted(row.outputs)));
    this.#adopt(live);
    return live;
  }

  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #born(live: Live, rows: readonly TaskRunRow[]): void {
    live.journal.push({ type: 'born', header: live.state.header, rows, settings: settingsOf(this.#recorder(live).lookup, live.state.index) });
  }

  #adopt(live: Live): void {
    this.#keep(live);
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

  /** In memory from now on. One object per execution: two would overwrite each other's rows. */
  #keep(live: Live): void {
    if (live.gone) return;
    this.#live.set(live.key, live);
    this.#slots.moved(live);
  }

  #forget(live: Live): void {
    this.#questions.forget(live);
    this.#live.delete(live.key);
    this.#slots.gone(live);
    const startedFrom = live.state.header.trigger?.variables['executionId'];
    if (typeof startedFrom !== 'string') return;
    const siblings = this.#children.get(liveKey(live.tenant, startedFrom));
    siblings?.delete(live.key);
    if (siblings?.size === 0) this.#children.delete(liveKey(live.tenant, startedFrom));
  }

  /** Begins, or waits or is refused by the flow's concurrency limit. */
  #begin(live: Live, due?: Key): void {
    const atMs = this.#options.ambient.clock.nowMs();
    const { concurrency } = live.state.index.flow;
    if (concurrency !== undefined && live.state.state === 'CREATED' && !this.#slots.claim(live)) {
      switch (concurrency.behavior) {
        case 'QUEUE': this.#log(live, 'INFO', 'Flow is queued due to concurrency limit exceeded'); this.post(live, { type: 'queued', atMs }, due); return;
        case 'CANCEL': this.post(live, { type: 'refused', atMs, state: 'CANCELLED' }, due); return;
        case 'FAIL': this.#log(live, 'ERROR', 'Flow is FAILED due to concurrency limit exceeded'); this.post(live, { type: 'refused', atMs, state: 'FAILED' }, due); return;
      }
    }
    this.post(live, { type: 'begun', atMs }, due);
  }

  #freeSlots(live: Live): void {
    for (let next = this.#slots.next(live); next !== undefined; next = this.#slots.next(live)) this.post(next, { type: 'begun', atMs: this.#options.ambient.clock.nowMs(), unqueued: true });
  }

  // ------------------------------------------------------------------ finding and asking

  /** Held in memory: it has not ended, or its end is not on the disk yet. */
  isLive(tenant: string, id: string): boolean {
    return this.#live.has(liveKey(tenant, id));
  }

  find(tenant: string, id: string): Live | undefined {
    const known = this.#live.get(liveKey(tenant, id));
    if (known !== undefined) return known;
    const header = loadExecution(this.#options.engine, tenant, id);
    return header === undefined ? undefined : this.#load(header);
  }

  /** The header alone: of one in memory as it is, else as it is stored. */
  header(tenant: string, id: string): ExecutionRow | undefined {
    return this.#live.get(liveKey(tenant, id))?.state.header ?? loadExecution(this.#options.engine, tenant, id);
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
    if (found.type !== 'found') return undefined;
    return this.#iterationIndex(found.index, header);
  }

  /** An iteration of a loop runs the loop's tasks; one of a loop inside a loop likewise: ids are unique in a flow. */
  #iterationIndex(index: FlowIndex, { loopRun }: ExecutionRow): FlowIndex | undefined {
    return loopRun === undefined ? index : this.#iterations.indexOf(index, loopRun.taskId);
  }

  /** Steps an event now; the reason when it was ignored. What follows from it is carried out in this turn. */
  ask(live: Live, event: EngineEvent): string | undefined {
    this.#keep(live);
    const ignored = this.#step(live, event);
    this.#drain();
    return ignored;
  }

  /** Resolves when nothing of an execution waits behind a question: what is asked of it from then on is decided at once. */
  async undisturbed(live: Live): Promise<void> {
    for (;;) {
      const answered = this.#questions.answered(live);
      if (answered !== undefined) await answered;
      else if (this.#events.some((queued) => queued.live === live)) await new Promise<void>((resolve) => { this.#options.ambient.timers.soon(resolve); });
      else return;
    }
  }

  /** Decides nothing any more: the store can not be written, and nobody is to be told of what is not on disk. */
  halt(): void {
    this.#halted = true;
    this.#events.length = 0;
    this.#dues.stop();
  }

  /** Queues an event. */
  post(live: Live, event: EngineEvent, due?: Key): void {
    if (this.#halted) return;
    this.#events.push({ live, event, due });
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
    if (!isTerminal(live.state.state)) {
      this.#tellParent(live, 'KILLED');
      this.#iterations.counts.gone(live);
    }
    live.gone = true;
    // The iterations of its loops go with it: nothing else shows them.
    for (const child of this.#iterations.of(live)) this.remove(child, options);
    this.#dirty.delete(live);
    this.#forget(live);
    this.#freeSlots(live);
    for (const taskRunId of live.jobs.keys()) this.#killJob(live, taskRunId);
    const shown = this.snapshot(live);
    for (const call of live.waiters.splice(0)) call(shown);
    this.#dues.forget(header);
    if (live.committed !== undefined) {
      this.#writes.push(...deleteExecution(this.#options.engine, live.committed, options));
      this.#options.counters.moved(live.committed, undefined);
    }
    if (options.logs) this.#after.push(() => this.#options.logs.removeFile(header));
    this.#scheduleCommit();
  }

  /** `taskRunsForReplay` and a new header; the copy begins. */
  replay(live: Live, options: { readonly taskRunId?: string; readonly index: FlowIndex; readonly startedBy: string; readonly id?: string; readonly inputs?: Readonly<Record<string, unknown>> }): { readonly live: Live; readonly shown: Execution } | undefined {
    const atMs = this.#options.ambient.clock.nowMs();
    const old = live.state.header;
    const id = executionId(options.id ?? this.newId());
    const { outputs: _outputs, scheduleAtMs: _scheduled, ...kept } = old;
    const rows = options.taskRunId === undefined ? [] : taskRunsForReplay(live.state, options.taskRunId, atMs, () => this.newId());
    if (rows === undefined) return undefined;
    const header: ExecutionRow = {
      ...kept, number: this.nextNumber(), id, flowRevision: options.index.revision, parentId: old.id, originalId: old.originalId,
      labels: old.labels.map((label) => (label.key === 'system.correlationId' && label.value === old.id ? { ...label, value: id } : label)),
      histories: options.taskRunId === undefined ? [{ state: 'CREATED', atMs }] : [...old.histories, { state: 'RESTARTED', atMs }],
      startedBy: options.startedBy,
      ...(options.inputs === undefined ? {} : { inputs: options.inputs }),
    };
    const copy = this.adoptCopy(options.index, header, rows);
    const shown = this.snapshot(copy);
    if (options.taskRunId === undefined) this.#begin(copy);
    else this.post(copy, { type: 'begun', atMs });
    return { live: copy, shown };
  }

  /** The inputs of a replay: those that are given; the others stay as they were. */
  replayInputs(live: Live, index: FlowIndex, raw: RawInputs, id: string): Promise<Reply<Readonly<Record<string, unknown>>>> {
    const given = new Set([...Object.keys(raw.fields), ...raw.files.map((file) => file.input)]);
    const { inputs } = live.state.header;
    // Encrypted texts are read and encrypted again, as somebody's who types them.
    const before = live.encrypted ? this.#options.encryption.unwrapDeep(inputs, (secret) => live.mask.add(secret)) : inputs;
    const kept: Record<string, unknown> = {};
    for (const { id: name } of index.flow.inputs) {
      const value = given.has(name) ? undefined : name.split('.').reduce<unknown>((here, part) => (typeof here === 'object' && here !== null && Object.hasOwn(here, part) ? (here as Readonly<Record<string, unknown>>)[part] : undefined), before);
      if (value !== undefined && value !== null) kept[name] = value;
    }
    return this.inputsOf(index, index.flow.inputs, { fields: { ...kept, ...raw.fields }, files: raw.files }, id);
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
        if (one === undefined) continue;
        this.#step(one.live, one.event, one.due);
      }
    } finally {
      this.#events.splice(0, next);
      this.#draining = false;
    }
    if (this.#events.length > 0) this.#options.ambient.timers.soon(() => this.#drain());
  }

  #step(live: Live, event: EngineEvent, due?: Key): string | undefined {
    const queued = { live, event, due };
    if (this.#questions.holds(queued)) return undefined;
    if (live.gone) {
      if (due !== undefined) this.#remove(due);
      return 'it was deleted';
    }
    if (!this.#live.has(live.key)) this.#keep(live);
    const recorder = this.#recorder(live);
    const statesBefore = live.state.header.histories.length;
    const before = this.#questions.before(live);
    const advance = step(live.state, event, recorder.lookup);
    if (this.#questions.asks(queued, before)) { recorder.forget(); return undefined; }
    if (due !== undefined) this.#remove(due);
    if (advance.type === 'ignored') {
      recorder.forget();
      // It was only brought back for this.
      if (isTerminal(live.state.state)) { this.#after.push(() => this.#evict(live)); this.#scheduleCommit(); }
      this.#options.ambient.logger.debug('ignored', { event: event.type, reason: advance.reason, execution: live.state.header.id });
      return advance.reason;
    }
    // A look that changed nothing (most of them after a start) needs no place in the journal.
    const isQuiet = !advance.headerChanged && advance.changed.length === 0 && advance.removed.length === 0;
    if (isQuiet) recorder.forget();
    else live.journal.push(recorder.entry(event, advance, live.state.header));
    if (advance.fault !== undefined) this.#options.ambient.logger.error('a step failed; its execution was ended', { error: advance.fault, event: event.type, execution: live.state.header.id });
    live.headerChanged ||= advance.headerChanged;
    if (advance.headerChanged) {
      this.#slots.moved(live);
      this.#iterations.counts.moved(live);
    }
    // The slot may have become free between the look at it and this step: then nobody else would call.
    if (live.state.state === 'QUEUED') this.#freeSlots(live);
    for (const row of advance.removed) { live.removed.add(row.position); live.changed.delete(row.id); }
    for (const row of advance.changed) {
      live.changed.add(row.id);
      live.removed.delete(row.position);
      if (!live.encrypted && this.#options.encryption.configured && row.outputs !== undefined && holdsEncrypted(row.outputs)) live.encrypted = true;
    }
    if (!isQuiet) this.#dirty.add(live);
    if (live.state.header.histories.length > statesBefore) this.#options.onState(live, statesBefore);
    for (const command of advance.commands) this.#carryOut(live, command);
    this.#scheduleCommit();
    return undefined;
  }

  /** How an execution's expressions see the world. Made once: what it sees depends on nothing that changes. */
  #recorder(live: Live): Recorder {
    const known = live.recorder;
    if (known !== undefined) return known;
    const { encryption, envs, globals, startOutputs, ambient } = this.#options;
    const seen = (secret: string): void => live.mask.add(secret);
    const made = createRecorder({
      world: { ...this.#options.worldFor(live.state.header, seen), ...this.#questions.worldOf(live) }, cache: this.#cache, limits: expressionLimits, envs, globals, startOutputs,
      newId: () => ambient.ids.friendly(),
      decrypted: (value) => (live.encrypted ? encryption.unwrapDeep(value, seen) : value),
    });
    live.recorder = made;
    // Taken up again by a server that may be configured otherwise.
    if (live.committed !== undefined) live.journal.push({ type: 'configured', settings: settingsOf(made.lookup, live.state.index) });
    return made;
  }

  #carryOut(live: Live, command: Command): void {
    switch (command.type) {
      case 'runTask': this.#runTask(live, command); return;
      case 'killTask': this.#after.push(() => { this.#killJob(live, command.taskRunId); }); return;
      case 'killChildren': this.killChildren(live); return;
      case 'findSubflow': this.#findSubflow(live, command); return;
      case 'createSubflow': this.#createSubflow(live, command); return;
      case 'restartSubflow': this.#restartSubflow(live, command); return;
      case 'createIteration': this.#createIteration(live, command); return;
      case 'readItems': this.#iterations.readItems(live, command); return;
      case 'countItems': this.#iterations.counts.recount(live, command.taskRunId); return;
      case 'restartItems': this.#iterations.restartItems(live, command.taskRunId); return;
      case 'mergeItems': this.#iterations.mergeItems(live, command); return;
      case 'openDirectory': this.#after.push(() => this.#runPart(live, command, 'open')); return;
      case 'closeDirectory': this.#after.push(() => this.#runPart(live, command, 'close')); return;
      case 'dropDirectory': this.#after.push(() => { this.#killJob(live, command.taskRunId); this.#directories.drop(command.taskRunId); }); return;
      // The commit that holds it lets the execution go.
      case 'settled': return;
      case 'schedule': this.#dues.schedule(live.state.header, command.dueAtMs, command.what); return;
      case 'unschedule': this.#dues.unschedule(live.state.header, command.what); return;
      case 'log': this.#log(live, command.level, command.message, command.taskRunId); return;
      case 'createNextAttempt': this.#nextAttempt(live); return;
      case 'ended': this.#ended(live); return;
      default: never(command);
    }
  }

  #log(live: Live, level: LogLevel, message: string, taskRunId?: string): void {
    const row = taskRunId === undefined ? undefined : live.state.get(taskRunId);
    live.logs.push({ atMs: this.#options.ambient.clock.nowMs(), level, message: live.mask.apply(message), ...(row === undefined ? {} : { taskId: row.taskId, taskRunId: row.id, attemptNumber: Math.max(0, (row.attempts?.length ?? 1) - 1) }) });
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
    if (taskRun === undefined || !isAwaited(taskRun, command.attempt) || !isOpen(live) || state.state === 'KILLING') return;
    // Asked for twice (a resume looks at everything again): the job that runs is the one.
    const present = live.jobs.get(taskRun.id);
    if (present !== undefined && present.attempt === command.attempt && !present.told) return;
    const secretValues: string[] = [];
    const { encryption } = this.#options;
    const variables = { ...variablesOf(state, this.#taskLookup(live, (value) => (live.encrypted ? encryption.unwrapDeep(value, (secret) => secretValues.push(secret)) : value)), { task: command.task, taskRun }) };
    if (!command.task.pure && state.size > siblingsMin) {
      const mentioned = mentionedOutputs(command.task.properties);
      variables['outputs'] = onlyMentioned(variables['outputs'], mentioned);
      variables['tasks'] = onlyMentioned(variables['tasks'], mentioned);
    }
    const key = command.task.taskCache === undefined ? undefined : cacheKey(state.header, taskRun, command.task, { variables, world: this.#options.worldFor(state.header, (secret) => secretValues.push(secret)), cache: this.#cache, limits: expressionLimits });
    const known = key === undefined ? undefined : cached(this.#options.engine, key, this.#options.ambient.clock.nowMs());
    if (known !== undefined) {
      this.#log(live, 'INFO', `The outputs of execution ${known.executionId} are taken: its task had the same properties`, taskRun.id);
      this.post(live, { type: 'taskEnded', atMs: this.#options.ambient.clock.nowMs(), taskRunId: taskRun.id, attempt: command.attempt, state: 'SUCCESS', outputs: known.outputs });
      return;
    }
    this.#lastJob += 1;
    const jobId = `${state.header.id}/${taskRun.id}/${command.attempt}/${this.#lastJob}`;
    live.jobs.set(taskRun.id, { jobId, attempt: command.attempt, told: false });
    this.#jobs.set(jobId, { live, taskRunId: taskRun.id, attempt: command.attempt, ...(key === undefined ? {} : { cacheKey: key }) });
    const events = this.#options.worker.run({
      jobId, execution: state.header, taskRun, task: command.task, variables, attempt: command.attempt, secretValues,
      ...(command.timeoutMs === undefined ? {} : { timeoutMs: command.timeoutMs }),
      ...(command.directoryOf === undefined ? {} : { directoryOf: command.directoryOf }),
    });
    if (events === undefined) return;
    for (const event of events) this.#workerEvent(event);
  }

  /** A step of a WorkingDirectory: the worker makes the directory that its tasks share, or gathers what is wanted of it. */
  #runPart(live: Live, { taskRunId, task }: Extract<Command, { type: 'openDirectory' | 'closeDirectory' }>, part: 'open' | 'close'): void {
    const { state } = live;
    const taskRun = state.get(taskRunId);
    if (taskRun === undefined || isTerminal(currentState(taskRun.histories)) || state.state === 'KILLING') return;
    const run = async (): Promise<void> => {
      if (part === 'open') await this.#directories.make(taskRunId);
      const secretValues: string[] = [];
      const variables = variablesOf(state, this.#taskLookup(live, (value) => (live.encrypted ? this.#options.encryption.unwrapDeep(value, (secret) => secretValues.push(secret)) : value)), { task, taskRun });
      this.#lastJob += 1;
      const jobId = `${state.header.id}/${taskRunId}/${part}/${this.#lastJob}`;
      live.jobs.set(taskRunId, { jobId, attempt: 1, told: false });
      this.#jobs.set(jobId, { live, taskRunId, attempt: 1, part });
      this.#options.worker.run({ jobId, execution: state.header, taskRun, task: { ...task, part }, variables, attempt: 1, secretValues, directoryOf: taskRunId });
    };
    run().catch((error: unknown) => this.#partEnded(live, taskRunId, part, { type: 'failed', message: `The directory can not be made: ${error instanceof Error ? error.message : String(error)}` }));
  }

  #partEnded(live: Live, taskRunId: string, part: 'open' | 'close', outcome: TaskOutcome): void {
    const atMs = this.#options.ambient.clock.nowMs();
    const problem = outcome.type === 'failed' ? { problem: outcome.message } : {};
    if (part === 'open') { this.post(live, { type: 'directoryOpened', atMs, taskRunId, ...problem }); return; }
    this.#directories.drop(taskRunId);
    this.post(live, { type: 'directoryClosed', atMs, taskRunId, ...problem, ...(outcome.outputs === undefined ? {} : { outputs: outcome.outputs }) });
  }

  #killJob(live: Live, taskRunId: string): void {
    const job = live.jobs.get(taskRunId);
    if (job === undefined) {
      // Killed before its job began (after a start of the server, say): nobody else will ever say that it has ended.
      const row = live.state.get(taskRunId);
      if (row !== undefined && currentState(row.histories) === 'KILLING') this.post(live, { type: 'taskEnded', atMs: this.#options.ambient.clock.nowMs(), taskRunId, attempt: row.attempts?.length ?? 1, state: 'KILLED' });
      return;
    }
    job.told = true;
    this.#options.worker.kill(job.jobId);
  }

  /** For the context of a task: the worker reads the world by itself, nothing of it is journaled. */
  #taskLookup(live: Live, decrypted: Lookup['decrypted']): Lookup {
    return { ...this.#recorder(live).lookup, decrypted };
  }

  #workerEvent(event: WorkerEvent): void {
    if (this.#questions.hears(event)) return;
    const job = this.#jobs.get(event.jobId);
    if (job === undefined) return;
    const { live, taskRunId, attempt } = job;
    if (live.gone) {
      if (event.type === 'ended') this.#jobs.delete(event.jobId);
      if (event.type === 'requested') this.#options.worker.answer(event.jobId, event.requestId, { ok: false, message: 'The execution was deleted' });
      return;
    }
    switch (event.type) {
      case 'started': if (job.part === undefined) this.post(live, { type: 'taskStarted', atMs: event.atMs, taskRunId, attempt }); return;
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
        void this.#request(live.state.header, event.request).then(
          (answer) => this.#options.worker.answer(event.jobId, event.requestId, answer),
          (error: unknown) => {
            this.#options.ambient.logger.error('a request of a task failed', { error, job: event.jobId });
            this.#options.worker.answer(event.jobId, event.requestId, { ok: false, message: 'The engine failed to answer; the server\'s log says why' });
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
          if (task !== undefined) this.write([cacheWrite(job.cacheKey, task, live.state.header, outcome.outputs ?? {}, event.atMs)]);
        }
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

  async #request(header: ExecutionRow, request: Extract<WorkerEvent, { type: 'requested' }>['request']): Promise<RequestAnswer> {
    const { tenant } = header;
    switch (request.type) {
      case 'fireTrigger': return { ok: false, message: 'Only a trigger starts executions' };
      case 'resumeExecution': {
        const target = this.find(tenant, request.executionId);
        const header = target?.state.header;
        const isMeant = header !== undefined && (request.namespace === undefined || request.namespace === header.namespace) && (request.flowId === undefined || request.flowId === header.flowId);
        if (target === undefined || !isMeant) return { ok: false, message: `There is no execution '${request.executionId}'${request.flowId === undefined ? '' : ` of flow '${request.flowId}'`}` };
        const resumed = await this.resume(target, { fields: request.inputs, files: [] });
        return resumed.ok ? { ok: true } : { ok: false, message: resumed.problem.message };
      }
      case 'runSubflow':
        try {
          return { ok: true, value: await this.#runSubflow(header, request) };
        } catch (error) {
          return { ok: false, message: error instanceof Error ? error.message : String(error) };
        }
      default: return this.#options.taskRequest(header, request);
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
    const refuse = (message: string): void => this.post(live, command.item !== undefined ? { type: 'itemsFailed', atMs, taskRunId: command.taskRunId, message } : { type: 'subflowRefused', atMs, taskRunId: command.taskRunId, childId: command.childId, message });
    const { flows } = this.#options;
    if (this.#live.size > limits.liveExecutionsMax) { refuse(`The engine holds ${limits.liveExecutionsMax} executions and takes no further subflow`); return; }
    const record = flows.record(live.tenant, command.namespace, command.flowId);
    if (record === undefined || record.deleted || record.revision === 0) { refuse(`Unable to find flow '${command.namespace}'.'${command.flowId}' with revision ${command.revision ?? 'latest'}`); return; }
    if (record.disabled) { refuse(`Cannot execute flow '${command.namespace}'.'${command.flowId}' because it is disabled`); return; }
    const found = flows.revision(live.tenant, command.namespace, command.flowId, command.revision ?? record.revision);
    if (found.type !== 'found') { refuse(found.type === 'invalid' ? `Cannot execute an invalid flow: ${found.reason}` : `Unable to find flow '${command.namespace}'.'${command.flowId}' with revision ${command.revision ?? record.revision}`); return; }
    const decrypted = live.encrypted ? this.#options.encryption.unwrapDeep(command.inputs, (secret) => live.mask.add(secret)) : command.inputs;
    const resolved = resolveInputs(this.#inputsRequest(found.index, found.index.flow.inputs, isRecord(decrypted) ? decrypted : {}, {}, live.mask));
    if ('problems' in resolved) { refuse(resolved.problems.map((problem) => problem.message).join('\n')); return; }
    if (!command.wait && command.item === undefined) this.post(live, { type: 'subflowStarted', atMs, taskRunId: command.taskRunId, childId: command.childId });
    this.create({
      id: command.childId, tenant: live.tenant, index: found.index, inputs: resolved.values, labels: command.labels, trigger: command.trigger, startedBy: `subflow:${live.state.header.flowId}`,
      ...(command.scheduleAtMs === undefined ? {} : { scheduleAtMs: command.scheduleAtMs }),
    });
  }

  /** `subflow()` of an expression: a child as any other, and its execution when it has ended. */
  async #runSubflow(header: ExecutionRow, { namespace, flowId, revision, inputs }: SubflowCall): Promise<unknown> {
    const { flows, encryption } = this.#options;
    const name = `'${namespace}'.'${flowId}'`;
    if (this.#live.size > limits.liveExecutionsMax) throw new Error(`The engine holds ${limits.liveExecutionsMax} executions and takes no further subflow`);
    const record = flows.record(header.tenant, namespace, flowId);
    if (record === undefined || record.deleted || record.revision === 0) throw new Error(`Unable to find flow ${name}`);
    if (record.disabled) throw new Error(`Cannot execute flow ${name} because it is disabled`);
    const found = flows.revision(header.tenant, namespace, flowId, revision ?? record.revision);
    if (found.type !== 'found') throw new Error(found.type === 'invalid' ? `Cannot execute an invalid flow: ${found.reason}` : `Unable to find flow ${name} with revision ${revision ?? record.revision}`);
    const mask = createMask([]);
    const given = encryption.configured ? encryption.unwrapDeep(inputs, (secret) => mask.add(secret)) : inputs;
    const resolved = resolveInputs(this.#inputsRequest(found.index, found.index.flow.inputs, isRecord(given) ? given : {}, {}, mask));
    if ('problems' in resolved) throw new Error(mask.apply(resolved.problems.map((problem) => problem.message).join('\n')));
    const { live } = this.create({
      tenant: header.tenant, index: found.index, inputs: resolved.values, labels: header.labels.filter((label) => isSystemLabel(label.key)), startedBy: `subflow:${header.flowId}`,
      trigger: { id: 'subflow', type: 'io.kestra.plugin.core.flow.Subflow', variables: { executionId: header.id, namespace: header.namespace, flowId: header.flowId, flowRevision: header.flowRevision } },
    });
    const ended = await new Promise<Execution>((resolve) => { this.onEnd(live, resolve); });
    return { id: ended.id, namespace, flowId, state: ended.state.current, inputs: ended.inputs ?? {}, outputs: ended.outputs ?? {} };
  }

  #createIteration(live: Live, command: Extract<Command, { type: 'createIteration' }>): void {
    const { header } = live.state;
    const found = header.draftSource === undefined ? this.#options.flows.revision(header.tenant, header.namespace, header.flowId, header.flowRevision) : this.#options.flows.draft(header.draftSource);
    if (found.type !== 'found') { this.post(live, { type: 'itemsFailed', atMs: this.#options.ambient.clock.nowMs(), taskRunId: command.taskRunId, message: `Revision ${header.flowRevision} of the flow is not there any more` }); return; }
    this.#iterations.createIteration(live, found.index, command);
  }

  /** The child that failed goes on where it failed; one that can not is replaced by another one. */
  #restartSubflow(live: Live, { taskRunId, childId }: Extract<Command, { type: 'restartSubflow' }>): void {
    const child = this.find(live.tenant, childId);
    if (child !== undefined && this.restartChild(child) === undefined) return;
    this.post(live, { type: 'subflowMissing', atMs: this.#options.ambient.clock.nowMs(), taskRunId, childId });
  }

  /** Restarts an execution because the one that has started it is restarted; the reason when it can not be. */
  restartChild(child: Live): string | undefined {
    const atMs = this.#options.ambient.clock.nowMs();
    const ignored = this.#step(child, { type: 'restartRequested', atMs });
    if (ignored !== undefined) return ignored;
    this.#step(child, { type: 'labelsSet', atMs, labels: mergeLabels(child.state.header.labels, [{ key: 'system.restarted', value: 'true' }]) });
    this.post(child, { type: 'begun', atMs });
    return undefined;
  }

  /** After a crash: the child may have ended, may never have been made, or still runs and will tell. */
  #findSubflow(live: Live, { taskRunId, childId, wait }: Extract<Command, { type: 'findSubflow' }>): void {
    const atMs = this.#options.ambient.clock.nowMs();
    const child = this.find(live.tenant, childId);
    if (child === undefined) this.post(live, { type: 'subflowRefused', atMs, taskRunId, childId, message: `The execution ${childId} that it has started does not exist` });
    else if (!wait) this.post(live, { type: 'subflowStarted', atMs, taskRunId, childId });
    else if (child.state.state === 'RETRIED') {
      for (const { key } of this.#options.engine.range({ prefix: enginePrefixes.byTriggerExecution(live.tenant, live.state.header.id) })) {
        const next = typeof key[3] === 'number' ? loadExecutionByNumber(this.#options.engine, live.tenant, key[3]) : undefined;
        if (next?.parentId !== childId) continue;
        this.post(live, { type: 'subflowReplaced', atMs, taskRunId, childId, nextId: next.id });
        this.#findSubflow(live, { type: 'findSubflow', taskRunId, childId: next.id, wait });
        return;
      }
    } else if (isTerminal(child.state.state)) this.#tellParent(child, child.state.state);
  }

  #tellParent(live: Live, state: StateType): void {
    // It is tried again as a new execution, and that one will tell.
    if (state === 'RETRIED') return;
    const { header } = live.state;
    const variables = header.trigger?.variables;
    const parentId = variables?.['executionId'];
    const taskRunId = variables?.['taskRunId'];
    if (typeof parentId !== 'string' || typeof taskRunId !== 'string') return;
    const parent = this.#live.get(liveKey(live.tenant, parentId));
    const row = parent?.state.get(taskRunId);
    if (parent === undefined || row === undefined) return;
    const task = parent.state.index.tasks.get(row.taskId)?.task;
    // It counts its items.
    if (task?.kind === 'items') return;
    let outputs = header.outputs;
    let problem: string | undefined;
    const asked = task?.properties['outputs'];
    if (live.state.index.flow.outputs.length === 0 && isRecord(asked)) {
      try {
        const seen = (secret: string): void => parent.mask.add(secret);
        const { encryption } = this.#options;
        const lookup = this.#taskLookup(live, (value) => (live.encrypted ? encryption.unwrapDeep(value, seen) : value));
        const rendered = renderDeep(asked, { variables: variablesOf(live.state, lookup), world: this.#options.worldFor(header, seen), cache: this.#cache, limits: expressionLimits });
        outputs = isRecord(rendered) ? rendered : undefined;
      } catch (error) {
        problem = `Failed to extract outputs: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    if (task !== undefined && this.#options.failsOnResult(task.type)) problem = 'The result of the child execution can not be turned into the task\'s own';
    this.post(parent, {
      type: 'subflowEnded', atMs: this.#options.ambient.clock.nowMs(), taskRunId, childId: header.id, state,
      ...(outputs === undefined ? {} : { outputs }), ...(problem === undefined ? {} : { problem }),
    });
  }

  #nextAttempt(live: Live): void {
    const { header } = live.state;
    const { index } = live.state;
    // Those of the flow and the own correlation id come by themselves.
    const isGiven = ({ key, value }: Label): boolean => !(key === 'system.correlationId' && value === header.id) && !index.flow.labels.some((own) => own.key === key && own.value === value);
    const { created } = this.create({
      tenant: live.tenant, index, labels: header.labels.filter(isGiven),
      startedBy: header.startedBy ?? 'retry', parentId: header.id, originalId: header.originalId,
      metadata: { ...header.metadata, attemptNumber: header.metadata.attemptNumber + 1 },
      ...(header.inputs === undefined ? {} : { inputs: header.inputs }), ...(header.trigger === undefined ? {} : { trigger: header.trigger }),
      ...(header.variables === undefined ? {} : { variables: header.variables }), ...(header.draftSource === undefined ? {} : { draftSource: header.draftSource }),
    });
    const parentId = header.trigger?.variables['executionId'];
    const taskRunId = header.trigger?.variables['taskRunId'];
    const parent = typeof parentId === 'string' ? this.#live.get(liveKey(live.tenant, parentId)) : undefined;
    if (parent !== undefined && typeof taskRunId === 'string') this.post(parent, { type: 'subflowReplaced', atMs: this.#options.ambient.clock.nowMs(), taskRunId, childId: header.id, nextId: created.id });
  }

  #ended(live: Live): void {
    this.#tellParent(live, live.state.state);
    this.#freeSlots(live);
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
    if (isOpen(live) || live.jobs.size > 0 || this.#dirty.has(live) || live.waiters.length > 0) return;
    this.#forget(live);
    this.#options.logs.settle(live.state.header);
    this.#iterations.forget(live);
    if (this.#children.get(live.key)?.size === 0) this.#children.delete(live.key);
  }

  /** A row of a date that has been dealt with. */
  #remove(key: Key): void {
    this.#writes.push({ type: 'remove', key });
    this.#scheduleCommit();
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
    if (this.#committing !== undefined || this.#halted) return;
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
    try {
      for (const live of dirty) this.#writesOf(live, writes);
    } catch (error) {
      this.#options.fatal(error);
      return;
    }
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
      for (const live of dirty) if (!isOpen(live)) this.#evict(live);
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
      const wasAfter = live.committed?.afterExecution !== undefined;
      if (wasAfter !== (header.afterExecution !== undefined)) writes.push(wasAfter ? { type: 'remove', key: engineKeys.afterExecution(header.tenant, header.number) } : { type: 'put', key: engineKeys.afterExecution(header.tenant, header.number), value: true });
      live.committed = header;
      live.headerChanged = false;
    }
    for (const id of live.changed) {
      const row = live.state.get(id);
      if (row !== undefined) writes.push(taskRunWrite(header, row));
    }
    for (const position of live.removed) writes.push({ type: 'remove', key: engineKeys.taskRun(header.tenant, header.number, position) });
    if (live.journal.length > 0) {
      const position = live.journalPosition ?? nextJournalPosition(this.#options.engine, header);
      writes.push(journalWrite(header, position, live.journal));
      live.journalPosition = position + 1;
      live.journal = [];
    }
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
      if (typeof dueAtMs === 'number' && typeof tenant === 'string') this.#dues.arm(dueAtMs, { tenant, id: value.executionId }, value.what, key);
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
    for (const { key } of [...engine.range({ prefix: enginePrefixes.afterExecution('main') })]) {
      const header = typeof key[2] === 'number' ? loadExecutionByNumber(engine, 'main', key[2]) : undefined;
      const live = header === undefined ? undefined : this.#load(header);
      if (live === undefined) { this.#writes.push({ type: 'remove', key }); continue; }
      this.#adopt(live);
      this.#dirty.delete(live);
      count += 1;
    }
    for (const live of [...this.#live.values()]) this.#takeUp(live);
    return count;
  }

  #takeUp(live: Live): void {
    const { state } = live.state;
    if (state === 'CREATED') {
      if (!this.#dues.has(live.state.header, { type: 'start' })) this.#begin(live);
    } else if (state === 'RESTARTED') this.#begin(live);
    else if (state === 'QUEUED') this.#freeSlots(live);
    else this.post(live, { type: 'recovered', atMs: this.#options.ambient.clock.nowMs() });
  }

  /** Takes nothing new, ends the worker's tasks (they run again after the next start), waits for the last commit. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#dues.stop();
    await this.#options.worker.close();
    while (this.#events.length > 0) { this.#drain(); await new Promise<void>((resolve) => { this.#options.ambient.timers.soon(resolve); }); }
    await this.flushed();
    await this.#committing;
  }
}

/** Whether a task run waits for this very attempt: between the step and its commit it may have moved on. */
function isAwaited(row: TaskRunRow, attempt: number): boolean {
  const current = currentState(row.histories);
  const attempts = row.attempts?.length ?? 0;
  return current === 'RUNNING' ? attempts === attempt : (current === 'CREATED' || current === 'RESTARTED') && attempts + 1 === attempt;
}

/** It has not ended, or what runs after its end has not. */
const isOpen = ({ state }: Live): boolean => !isTerminal(state.state) || state.header.afterExecution !== undefined;

function never(value: never): never {
  throw new Error(`not a member of the union: ${JSON.stringify(value)}`);
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
