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
  createRecorder, ExecutionState, initialLabels, settingsOf, step, taskRunsForReplay,
  type Command, type DueWhat, type EngineEvent, type FlowIndex, type Lookup, type Recorder,
} from '../../core/engine/index.ts';
import { createExpressionCache, renderDeep, type RenderOptions, type SubflowCall, type World } from '../../core/expression/index.ts';
import { inputsOfData, resolveInputs, type InputModel, type LanguageLevel } from '../../core/language/index.ts';
import { executionOf, type Breakpoint, type Execution, type ExecutionKind, type ExecutionRow, type ExecutionTrigger, type Label, type LoopRun, type TaskRunRow } from '../../core/protocol/entities/execution.ts';
import type { LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { Problem } from '../../core/protocol/errors.ts';
import { executionId } from '../../core/protocol/ids.ts';
import { limits } from '../../core/protocol/limits.ts';
import { isTerminal, stateTypes } from '../../core/protocol/states.ts';
import type { Ambient } from '../ambient/index.ts';
import {
  deleteExecution, engineKeys, enginePrefixes, executionsOfState, executionWrites, journalWrite, lastExecutionNumber, loadExecution, loadExecutionByNumber, loadTaskRuns, metricWrite,
  nextJournalPosition, nextMetricPosition, taskRunWrite, type Counters, type Environment, type FileStorage, type Key, type LogWriter, type Write,
} from '../store/index.ts';
import { createMask, type Encryption, namespaceUri, type Mask, type Worker } from '../worker/index.ts';
import { ChildExecutions } from './child-executions.ts';
import type { RawInputs, Reply } from './contract.ts';
import { flowOf, type FlowStore } from './flow-store.ts';
import { ownedFiles } from './input-files.ts';
import { DueDates } from './due-dates.ts';
import { createLive, isOpen, liveKey, type Live } from './live.ts';
import { Iterations } from './iterations.ts';
import { Jobs } from './jobs.ts';
import { Questions } from './questions.ts';
import { ConcurrencySlots } from './slots.ts';
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
  /** What a task asks of the engine. */
  readonly taskRequest: TaskRequests;
  /** An execution has changed its state in the step just taken; `from` is the place of the first new entry of its history. What is written now is in the commit of the change. */
  readonly onState: (live: Live, from: number) => void;
  /** An execution that a trigger started has ended. */
  readonly onEnded: (header: ExecutionRow) => void;
  /** A commit failed: what is in memory is not on disk. */
  readonly fatal: (error: unknown) => void;
}

/** How the engine renders: one cache of compiled expressions for all executions, and the limits of each. */
export type ExpressionSettings = Required<Pick<RenderOptions, 'cache' | 'limits'>>;

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
const expressionLimits = { fuelMax: limits.expressionFuelMax, outputCharsMax: limits.expressionOutputCharsMax, depthMax: limits.expressionDepthMax };

const refusal = (status: Problem['status'], message: string): { readonly ok: false; readonly problem: Problem } => ({ ok: false, problem: { status, message } });

export class EngineLoop {
  readonly #options: LoopOptions;
  readonly #live = new Map<string, Live>();
  readonly #jobs: Jobs;
  readonly #children: ChildExecutions;
  readonly #dues: DueDates;
  readonly #expressions: ExpressionSettings = { cache: createExpressionCache(), limits: expressionLimits };
  readonly #questions: Questions;
  readonly #slots = new ConcurrencySlots();
  /** `due`: the row of the event's date. It goes with the commit of the step, not before: a crash in between must find it. */
  readonly #events: { readonly live: Live; readonly event: EngineEvent; readonly due: Key | undefined }[] = [];
  #dirty = new Set<Live>();
  #writes: Write[] = [];
  #after: (() => void)[] = [];
  #lastNumber: number;
  #committing: Promise<void> | undefined;
  #scheduled = false;
  #draining = false;
  #closing = false;
  #halted = false;
  readonly #iterations: Iterations;
  #commits = 0;
  readonly #commitMs: number[] = [];

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#lastNumber = lastExecutionNumber(options.engine, 'main');
    options.worker.onEvent((event) => { if (!this.#questions.hears(event)) this.#jobs.hear(event); });
    const { ambient, engine, files } = options;
    const nowMs = (): number => ambient.clock.nowMs();
    const after = (delayMs: number, call: () => void): void => void ambient.timers.after(delayMs, call);
    const lookup = (live: Live): Lookup => this.#recorder(live).lookup;
    this.#iterations = new Iterations({
      engine, files, flows: options.flows, live: (key) => this.#live.get(key), find: (tenant, id) => this.find(tenant, id), post: (live, event) => this.post(live, event), create: (request) => this.create(request),
      restart: (live) => this.#children.restart(live), lookup, afterCommit: (call) => { this.#after.push(call); this.#scheduleCommit(); },
      nowMs, soon: ambient.timers.soon, after,
    });
    this.#questions = new Questions({
      run: (job) => options.worker.run(job), kill: (jobId) => options.worker.kill(jobId), subflow: (header, call) => this.runSubflow(header, call),
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
    this.#children = new ChildExecutions({
      options, loop: this, live: this.#live, expressions: this.#expressions, lookup, step: (live, event) => this.#step(live, event),
      inputs: (index, given, mask) => resolveInputs(this.#inputsRequest(index, index.flow.inputs, given, {}, mask)),
    });
    this.#jobs = new Jobs({
      options, loop: this, expressions: this.#expressions, lookup, log: (live, level, message, taskRunId) => this.#log(live, level, message, taskRunId),
      gathered: (live) => { this.#dirty.add(live); this.#scheduleCommit(); },
    });
  }

  get liveCount(): number { return this.#live.size; }
  get queued(): number { return this.#events.length + this.#dirty.size; }
  get runningJobs(): number { return this.#jobs.running; }
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
      renderTyped: (expression: string, inputs: Readonly<Record<string, unknown>>) => renderDeep(expression, { variables: { inputs, envs: this.#options.envs, globals: this.#options.globals }, world, ...this.#expressions, typed: true }),
      ...(encryption.configured ? { encrypt: (plain: string) => encryption.wrap(plain) } : {}),
    };
  }

  /** How the checks of a flow see the inputs of an execution that is to be created. */
  checkOptions(index: FlowIndex, inputs: Readonly<Record<string, unknown>>) {
    const { envs, globals, encryption } = this.#options;
    const { namespace, id: flowId } = index.flow;
    const world = this.#options.worldFor({ ...emptyHeader, namespace, flowId, flowRevision: index.revision }, () => undefined);
    return { variables: { flow: { id: flowId, namespace, revision: index.revision }, inputs: encryption.configured ? encryption.unwrapDeep(inputs, () => undefined) : inputs, vars: index.flow.variables, envs, globals }, world, ...this.#expressions };
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
    this.#children.add(live);
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
    this.#children.forget(live);
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
    const found = flowOf(this.#options.flows, header);
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
    if (cascade) this.#children.killChildren(live);
    return ignored;
  }

  remove(live: Live, options: { readonly logs: boolean; readonly metrics: boolean }): void {
    const { header } = live.state;
    if (!isTerminal(live.state.state)) {
      this.#children.tellParent(live, 'KILLED');
      this.#iterations.counts.gone(live);
    }
    live.gone = true;
    // The iterations of its loops go with it: nothing else shows them.
    for (const child of this.#iterations.of(live)) this.remove(child, options);
    this.#dirty.delete(live);
    this.#forget(live);
    this.#freeSlots(live);
    for (const taskRunId of live.jobs.keys()) this.#jobs.kill(live, taskRunId);
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
      world: { ...this.#options.worldFor(live.state.header, seen), ...this.#questions.worldOf(live) }, ...this.#expressions, envs, globals, startOutputs,
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
      case 'runTask':
        // The result of an inline task joins the commit of its start; a task with effects starts after it.
        if (command.task.pure && !command.task.logToFile) this.#jobs.start(live, command);
        else this.#after.push(() => this.#jobs.start(live, command));
        return;
      case 'killTask': this.#after.push(() => { this.#jobs.kill(live, command.taskRunId); }); return;
      case 'killChildren': this.#children.killChildren(live); return;
      case 'findSubflow': this.#children.findSubflow(live, command); return;
      case 'createSubflow': this.#children.createSubflow(live, command); return;
      case 'restartSubflow': this.#children.restartSubflow(live, command); return;
      case 'createIteration': this.#iterations.createIteration(live, command); return;
      case 'readItems': this.#iterations.readItems(live, command); return;
      case 'countItems': this.#iterations.counts.recount(live, command.taskRunId); return;
      case 'restartItems': this.#iterations.restartItems(live, command.taskRunId); return;
      case 'mergeItems': this.#iterations.mergeItems(live, command); return;
      case 'openDirectory': this.#after.push(() => this.#jobs.runPart(live, command, 'open')); return;
      case 'closeDirectory': this.#after.push(() => this.#jobs.runPart(live, command, 'close')); return;
      case 'dropDirectory': this.#after.push(() => this.#jobs.dropDirectory(live, command.taskRunId)); return;
      // The commit that holds it lets the execution go.
      case 'settled': return;
      case 'schedule': this.#dues.schedule(live.state.header, command.dueAtMs, command.what); return;
      case 'unschedule': this.#dues.unschedule(live.state.header, command.what); return;
      case 'log': this.#log(live, command.level, command.message, command.taskRunId); return;
      case 'createNextAttempt': this.#children.createNextAttempt(live); return;
      case 'ended': this.#ended(live); return;
      default: never(command);
    }
  }

  #log(live: Live, level: LogLevel, message: string, taskRunId?: string): void {
    const row = taskRunId === undefined ? undefined : live.state.get(taskRunId);
    live.logs.push({ atMs: this.#options.ambient.clock.nowMs(), level, message: live.mask.apply(message), ...(row === undefined ? {} : { taskId: row.taskId, taskRunId: row.id, attemptNumber: Math.max(0, (row.attempts?.length ?? 1) - 1) }) });
    this.#dirty.add(live);
  }

  // ------------------------------------------------------------------ pauses and subflows of expressions

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

  /** Runs a flow as a child of an execution, for one of its expressions; its execution when it has ended. Rejects with what to tell the one that asked. */
  runSubflow(header: ExecutionRow, call: SubflowCall): Promise<unknown> {
    return this.#children.runSubflow(header, call);
  }

  // ------------------------------------------------------------------ the end of an execution

  #ended(live: Live): void {
    this.#children.tellParent(live, live.state.state);
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

function never(value: never): never {
  throw new Error(`not a member of the union: ${JSON.stringify(value)}`);
}

const emptyHeader: ExecutionRow = {
  number: 0, id: executionId(''), tenant: 'main', namespace: '', flowId: '', flowRevision: 0, labels: [], histories: [{ state: 'CREATED', atMs: 0 }],
  originalId: executionId(''), metadata: { attemptNumber: 1, originalCreatedAtMs: 0 },
};

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
