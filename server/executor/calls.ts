/** What the front may ask, by name. A mapped type over the contract: a call without a handler does not compile. */
import { executionOf, type Execution, type ExecutionRow } from '../../core/protocol/entities/execution.ts';
import { executionId } from '../../core/protocol/ids.ts';
import { limits } from '../../core/protocol/limits.ts';
import { isTerminal } from '../../core/protocol/states.ts';
import { mergeLabels, variablesOf, type FlowIndex } from '../../core/engine/index.ts';
import { render } from '../../core/expression/index.ts';
import { checkInputs, inputsOfData, resolveInputs, type InputModel } from '../../core/language/index.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import { executionsInOrder, loadExecution, loadTaskRuns, matchesLog, type Environment, type FileStorage, type LogRow } from '../store/index.ts';
import { createMask, executionUriPrefix, type Worker } from '../worker/index.ts';
import type { CreateExecution, EngineFigures, ExecutionCommand, Executor, InputCheck, Reply } from './contract.ts';
import type { EngineLoop, LoopOptions } from './engine-loop.ts';
import { failedChecks, verdictOf } from './flow-checks.ts';
import type { FlowStore } from './flow-store.ts';
import type { KvChanges } from './kv-changes.ts';
import type { Live } from './live.ts';
import type { CallName } from './messages.ts';
import { isEnded, type LogPurge, type Removal } from './removal.ts';
import { receiveCall } from './webhook-files.ts';

export interface CallRooms {
  readonly loop: EngineLoop;
  readonly flows: FlowStore;
  readonly scheduler: Scheduler;
  readonly engine: Environment;
  readonly kv: KvChanges;
  readonly files: FileStorage;
  readonly worker: Worker;
  readonly ambient: Ambient;
  readonly envs: Readonly<Record<string, string>>;
  readonly globals: Readonly<Record<string, unknown>>;
  readonly worldFor: LoopOptions['worldFor'];
  /** `secret()` answers only where a task could use it too. */
  readonly secretsInRender: boolean;
  readonly loopLagMs: () => number;
  readonly removal: Removal;
}

export type Calls = { readonly [Name in CallName]: Executor[Name] };

/** Debug boxes and the render call get a small budget: the loop belongs to the executions. */
const debugLimits = { fuelMax: 50_000, outputCharsMax: 1024 * 1024, depthMax: limits.expressionDepthMax };
const debugTemplateCharsMax = 100_000;
/** Executions that are looked at before others get their turn. */
const rowsPerTurn = 500;

const refuse = (status: 400 | 404 | 409 | 422 | 429, message: string): { readonly ok: false; readonly problem: { readonly status: typeof status; readonly message: string } } => ({ ok: false, problem: { status, message } });
const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const notRestartable = ({ state: { state } }: Live) => (isTerminal(state) || state === 'PAUSED' ? undefined : refuse(409, `Illegal state: the execution is ${state}; only an ended or paused one can be restarted`));
const notThere = (id: string) => refuse(404, `Not Found: there is no execution "${id}"`);

export function createCalls(rooms: CallRooms): Calls {
  const { loop, flows, scheduler, ambient } = rooms;

  /** The flow to run, or why it can not be. */
  function runnable(request: Pick<CreateExecution, 'tenant' | 'namespace' | 'flowId' | 'revision' | 'draftSource' | 'afterFrontCommit'>): Reply<FlowIndex> {
    const record = flows.record(request.tenant, request.namespace, request.flowId, request.afterFrontCommit);
    if (record === undefined || record.deleted) return refuse(404, `Not Found: there is no flow "${request.flowId}" in namespace "${request.namespace}"`);
    if (request.draftSource !== undefined) {
      const draft = flows.draft(request.draftSource);
      if (draft.type !== 'found') return refuse(409, `Illegal state: the draft is not valid: ${draft.type === 'invalid' ? draft.reason : 'it is empty'}`);
      return ok(draft.index);
    }
    if (record.revision === 0) return refuse(409, `Illegal state: flow "${request.flowId}" is only a draft; publish it first, or run the draft`);
    if (record.disabled) return refuse(409, 'Illegal state: Cannot execute a disabled flow');
    const found = flows.revision(request.tenant, request.namespace, request.flowId, request.revision ?? record.revision);
    if (found.type === 'missing') return refuse(404, `Not Found: flow "${request.flowId}" has no revision ${request.revision ?? record.revision}`);
    if (found.type === 'invalid') return refuse(409, `Illegal state: the flow is not valid: ${found.reason}`);
    return ok(found.index);
  }

  const settled = async <T>(value: T): Promise<{ readonly ok: true; readonly value: T }> => {
    await loop.flushed();
    return ok(value);
  };

  /** A copy of an execution on another revision, restarted. */
  async function restartOn(live: Live, revision: number, by: string): Promise<Reply<Execution>> {
    const old = live.state.header;
    const refused = notRestartable(live);
    if (refused !== undefined) return refused;
    const found = flows.revision(old.tenant, old.namespace, old.flowId, revision);
    if (found.type !== 'found') return refuse(404, `Not Found: flow "${old.flowId}" has no revision ${revision}`);
    const id = executionId(loop.newId());
    const ids = new Map(live.state.ordered().map((row) => [row.id as string, loop.newId()]));
    const rows = live.state.ordered().map((row) => ({ ...row, id: ids.get(row.id) as typeof row.id, ...(row.parentTaskRunId === undefined ? {} : { parentTaskRunId: ids.get(row.parentTaskRunId) as typeof row.id }) }));
    const header: ExecutionRow = { ...old, id, number: loop.nextNumber(), flowRevision: revision, parentId: old.id, startedBy: by };
    const copy = loop.adoptCopy(found.index, header, rows);
    const restarted = await restart(copy);
    if (!restarted.ok) loop.remove(copy, { logs: false, metrics: false });
    return restarted;
  }

  async function restart(live: Live): Promise<Reply<Execution>> {
    const atMs = ambient.clock.nowMs();
    const refused = notRestartable(live);
    if (refused !== undefined) return refused;
    const ignored = loop.ask(live, { type: 'restartRequested', atMs });
    if (ignored !== undefined) return refuse(422, ignored);
    const shown = loop.snapshot(live);
    loop.post(live, { type: 'begun', atMs });
    return settled(shown);
  }

  async function command(live: Live, asked: ExecutionCommand, by: string): Promise<Reply<Execution>> {
    // A kill does not wait for an answer, but nobody is told of it before it is decided.
    if (asked.type !== 'kill') await loop.undisturbed(live);
    const atMs = ambient.clock.nowMs();
    const { state } = live.state;
    switch (asked.type) {
      case 'kill': {
        if (isTerminal(state) && !asked.cascade) return refuse(409, `Illegal state: the execution has ended: ${state}`);
        loop.kill(live, asked.cascade);
        await loop.undisturbed(live);
        return settled(loop.snapshot(live));
      }
      case 'pause': {
        if (state !== 'RUNNING') return refuse(422, `Illegal argument: The execution is not running: it is ${state}`);
        loop.ask(live, { type: 'pauseRequested', atMs });
        return settled(loop.snapshot(live));
      }
      case 'resume': {
        const resumed = await loop.resume(live, asked.inputs);
        if (!resumed.ok) return resumed;
        return settled(resumed.value);
      }
      case 'restart': return asked.revision === undefined || asked.revision === live.state.header.flowRevision ? restart(live) : restartOn(live, asked.revision, by);
      case 'replay': {
        const { header } = live.state;
        const found = asked.revision === undefined || asked.revision === header.flowRevision ? { type: 'found' as const, index: live.state.index } : flows.revision(header.tenant, header.namespace, header.flowId, asked.revision);
        if (found.type !== 'found') return refuse(404, `Not Found: flow "${header.flowId}" has no revision ${asked.revision ?? header.flowRevision}`);
        const id = loop.newId();
        const inputs = asked.inputs === undefined ? undefined : await loop.replayInputs(live, found.index, asked.inputs, id);
        if (inputs?.ok === false) return inputs;
        const replayed = loop.replay(live, { index: found.index, startedBy: by, id, ...(inputs === undefined ? {} : { inputs: inputs.value }), ...(asked.taskRunId === undefined ? {} : { taskRunId: asked.taskRunId }) });
        if (replayed === undefined) return refuse(404, `Not Found: the execution has no task run "${asked.taskRunId ?? ''}"`);
        return settled(replayed.shown);
      }
      case 'changeTaskRunState': {
        if (!isTerminal(asked.state) && asked.state !== 'RUNNING') return refuse(422, `Illegal argument: a task run can not be set to ${asked.state}`);
        const ignored = loop.ask(live, { type: 'taskRunStateChanged', atMs, taskRunId: asked.taskRunId, state: asked.state });
        if (ignored !== undefined) return refuse(404, `Not Found: ${ignored}`);
        const shown = loop.snapshot(live);
        loop.post(live, { type: 'begun', atMs });
        return settled(shown);
      }
      case 'changeStatus': {
        const ignored = loop.ask(live, { type: 'statusChanged', atMs, state: asked.status });
        return ignored === undefined ? settled(loop.snapshot(live)) : refuse(422, `Illegal argument: ${ignored}`);
      }
      case 'setLabels': {
        if (!isTerminal(state)) return refuse(400, `Bad Request: labels can be changed when the execution has ended; it is ${state}`);
        // Merged by key; an entry without key and value says nothing.
        const labels = mergeLabels(live.state.header.labels, asked.labels.filter(({ key, value }) => key !== '' || value !== ''));
        loop.ask(live, { type: 'labelsSet', atMs, labels });
        return settled(loop.snapshot(live));
      }
      case 'resumeFromBreakpoint': {
        const ignored = loop.ask(live, { type: 'breakpointResumed', atMs, breakpoints: asked.breakpoints });
        return ignored === undefined ? settled(loop.snapshot(live)) : refuse(409, `Illegal state: ${ignored}`);
      }
      case 'unqueue': {
        if (state !== 'QUEUED') return refuse(422, `Illegal argument: only a queued execution can be unqueued; it is ${state}`);
        loop.ask(live, { type: 'begun', atMs, unqueued: true });
        return settled(loop.snapshot(live));
      }
      case 'forceRun': {
        if (isTerminal(state)) return refuse(422, `Illegal argument: the execution has ended: ${state}`);
        loop.ask(live, { type: 'forced', atMs });
        return settled(loop.snapshot(live));
      }
      case 'delete': {
        // What nobody can see or kill any more must not go on, whatever is kept of it.
        if (!isTerminal(state)) loop.kill(live, true);
        const shown = loop.snapshot(live);
        const { namespace, flowId, id } = live.state.header;
        loop.remove(live, { logs: asked.logs, metrics: asked.metrics });
        await loop.flushed();
        if (asked.files) await rooms.files.removeAll(executionUriPrefix(namespace, flowId, id)).catch((error: unknown) => ambient.logger.warn('files of a deleted execution stay', { error, execution: id }));
        return ok(shown);
      }
    }
  }

  /** Of an execution whose flow can not be read any more (a plugin has gone) only one thing can be done: away with it. */
  async function withoutFlow(tenant: string, id: string, asked: ExecutionCommand): Promise<Reply<Execution>> {
    const row = loadExecution(rooms.engine, tenant, id);
    if (row === undefined) return notThere(id);
    if (asked.type !== 'delete') return refuse(409, `Illegal state: revision ${row.flowRevision} of flow "${row.flowId}" in namespace "${row.namespace}" is not there any more, or not valid; the execution can only be deleted`);
    const shown = executionOf(row, loadTaskRuns(rooms.engine, row));
    if (rooms.removal.remove(row, { execution: true, logs: asked.logs, metrics: asked.metrics, files: asked.files }) === undefined) return refuse(409, 'Illegal state: the execution has not ended, and its flow is not there any more');
    await loop.flushed();
    if (asked.files) await rooms.removal.removeFiles(row);
    return ok(shown);
  }

  const checked = (index: FlowIndex, models: readonly InputModel[], raw: CreateExecution['inputs']): readonly InputCheck[] => {
    const mask = createMask([]);
    return checkInputs(loop.checkRequest(index, models, raw, mask)).map((check) => ({ ...check, errors: check.errors.map(({ message }) => ({ message: mask.apply(message) })) }));
  };

  return {
    async create(request) {
      if (loop.queued > limits.executorQueueMax || loop.liveCount > limits.liveExecutionsMax) return refuse(429, 'The engine has more to do than it can take on; try again in a moment');
      const index = runnable(request);
      if (!index.ok) return index;
      const id = loop.newId();
      const inputs = await loop.inputsOf(index.value, index.value.flow.inputs, request.inputs, id);
      if (!inputs.ok) return inputs;
      const verdict = verdictOf(failedChecks(index.value, loop.checkOptions(index.value, inputs.value)));
      if (verdict.type === 'block') return refuse(422, `Invalid entity: ${verdict.message}`);
      const { live, created } = loop.create({
        id, tenant: request.tenant, index: index.value, inputs: inputs.value, labels: request.labels, startedBy: request.startedBy,
        ...(request.scheduleAtMs === undefined ? {} : { scheduleAtMs: request.scheduleAtMs }),
        ...(request.draftSource === undefined ? {} : { draftSource: request.draftSource }),
        ...(request.breakpoints === undefined ? {} : { breakpoints: request.breakpoints }), ...(request.kind === undefined ? {} : { kind: request.kind }),
        ...(verdict.type === 'fail' ? { refused: verdict.message } : {}),
      });
      if (request.wait) return new Promise((resolve) => loop.onEnd(live, (execution) => resolve(ok(execution))));
      return settled(loop.shown(created));
    },
    async checkInputs(request) {
      const index = runnable(request);
      if (!index.ok) return index;
      const inputs = checked(index.value, index.value.flow.inputs, request.inputs);
      const resolved = index.value.flow.checks.length === 0 ? undefined : resolveInputs(loop.checkRequest(index.value, index.value.flow.inputs, request.inputs, createMask([])));
      return ok({ inputs, checks: resolved === undefined || 'problems' in resolved ? [] : failedChecks(index.value, loop.checkOptions(index.value, resolved.values)) });
    },
    async checkResume(tenant, id, inputs) {
      const live = loop.find(tenant, id);
      return live === undefined ? notThere(id) : ok(checked(live.state.index, inputsOfData(loop.pausedModels(live)), inputs));
    },
    async command(tenant, id, asked, by) {
      const live = loop.find(tenant, id);
      if (live === undefined) return withoutFlow(tenant, id, asked);
      return command(live, asked, by);
    },
    async commandMany(tenant, commands, by) {
      const replies = await Promise.all(commands.map(async ({ executionId: id, command: asked }) => {
        const live = loop.find(tenant, id);
        const reply = live === undefined ? await withoutFlow(tenant, id, asked) : await command(live, asked, by);
        return reply.ok ? [] : [{ executionId: id, problem: reply.problem }];
      }));
      return replies.flat();
    },
    async deleteLogs(tenant, { of, levels, ...line }) {
      const purge: LogPurge = {
        levels: levels ?? [], endMs: Number.MAX_SAFE_INTEGER,
        ...(Object.keys(line).length === 0 ? {} : { where: (row: LogRow) => matchesLog(row, line) }),
      };
      if ('executionId' in of) {
        const row = loadExecution(rooms.engine, tenant, of.executionId);
        if (row === undefined) return ok(0);
        // One that has just ended leaves the memory with its commit.
        if (isEnded(row) && loop.isLive(tenant, row.id)) await loop.flushed();
        if (!isEnded(row) || loop.isLive(tenant, row.id)) return refuse(409, 'Illegal state: the execution has not ended; its log can be deleted when it has');
        return ok(await rooms.removal.purgeLog(row, purge));
      }
      let count = 0;
      let looked = 0;
      for (const row of executionsInOrder(rooms.engine, tenant, of)) {
        looked += 1;
        if (looked % rowsPerTurn === 0) await new Promise<void>((resolve) => { ambient.timers.soon(resolve); });
        if (isEnded(row) && !loop.isLive(tenant, row.id)) count += await rooms.removal.purgeLog(row, purge);
      }
      return ok(count);
    },
    async webhook(call) {
      const index = runnable(call);
      if (!index.ok) return index.problem.status === 404 ? refuse(404, `Not Found: Flow not found: there is no flow "${call.flowId}" in namespace "${call.namespace}"`) : index;
      // The key comes first: what a stranger sends is not stored.
      const found = scheduler.findWebhook(call, index.value);
      if (!found.ok) return found;
      const id = loop.newId();
      const received = await receiveCall(rooms.files, call, { executionId: id, stores: found.value.model.properties['fetchType'] === 'STORE' });
      const started = scheduler.webhook(found.value, received.variables, id);
      if (!started.ok || started.value === undefined) await received.discard();
      if (!started.ok) return started;
      if (started.value === undefined) return ok(undefined);
      const { created, live, wait, answer } = started.value;
      if (wait) return new Promise((resolve) => loop.onEnd(live, (execution) => resolve(ok({ ...answer, execution, ended: true }))));
      return settled({ ...answer, execution: loop.shown(created), ended: false });
    },
    async evaluate(tenant, id, taskRunId, expression) {
      const live = loop.find(tenant, id);
      if (live === undefined) return notThere(id);
      const taskRun = taskRunId === undefined ? undefined : live.state.get(taskRunId);
      if (taskRunId !== undefined && taskRun === undefined) return refuse(404, `Not Found: the execution has no task run "${taskRunId}"`);
      const task = taskRun === undefined ? undefined : live.state.index.tasks.get(taskRun.taskId)?.task;
      // Encrypted values stay encrypted and `secret()` is not there: the answer goes to a page.
      const { secret: _secret, decrypt: _decrypt, ...world } = rooms.worldFor(live.state.header, () => undefined);
      const variables = variablesOf(live.state, { world, envs: rooms.envs, globals: rooms.globals, newId: () => loop.newId(), decrypted: (value) => value }, task === undefined ? undefined : { task, taskRun });
      try {
        if (expression.length > debugTemplateCharsMax) throw new Error(`the expression has ${expression.length} characters, at most ${debugTemplateCharsMax} are rendered`);
        return ok({ result: render(expression, { variables, world, limits: debugLimits }) });
      } catch (error) {
        return ok({ error: messageOf(error) });
      }
    },
    async render(template, variables) {
      const header: ExecutionRow = { number: 0, id: executionId(''), tenant: 'main', namespace: namespaceIn(variables), flowId: '', flowRevision: 0, labels: [], histories: [{ state: 'CREATED', atMs: 0 }], originalId: executionId(''), metadata: { attemptNumber: 1, originalCreatedAtMs: 0 } };
      const { secret, ...world } = rooms.worldFor(header, () => undefined);
      try {
        if (template.length > debugTemplateCharsMax) throw new Error(`the template has ${template.length} characters, at most ${debugTemplateCharsMax} are rendered`);
        return ok(render(template, { variables, world: rooms.secretsInRender && secret !== undefined ? { ...world, secret } : world, limits: debugLimits }));
      } catch (error) {
        return refuse(422, messageOf(error));
      }
    },
    async commandTrigger(tenant, key, command, by) {
      const done = scheduler.command(tenant, key, command, by);
      if (done.ok) await loop.flushed();
      return done;
    },
    async putKv(change) {
      const problem = rooms.kv.put(change);
      return problem === undefined ? settled(null) : refuse(422, `Illegal argument: ${problem}`);
    },
    async deleteKv(tenant, namespace, keys) {
      return settled(keys.filter((key) => rooms.kv.remove(tenant, namespace, key)));
    },
    async figures(): Promise<EngineFigures> {
      const workers = rooms.worker.figures();
      return { live: loop.liveCount, queued: loop.queued, running: loop.runningJobs, loopLagMs: rooms.loopLagMs(), commits: loop.commits, commitMsP99: loop.commitMsP99(), workers };
    },
  };
}

function namespaceIn(variables: Readonly<Record<string, unknown>>): string {
  const flow = variables['flow'];
  return typeof flow === 'object' && flow !== null && 'namespace' in flow && typeof flow.namespace === 'string' ? flow.namespace : '';
}

