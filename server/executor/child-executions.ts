/** Executions that executions start: they come into the world, are found again after a crash, restarted and killed with the one that has started them, and tell it their end. */
import { isSystemLabel, mergeLabels, variablesOf, type Command, type EngineEvent, type FlowIndex, type Lookup } from '../../core/engine/index.ts';
import { renderDeep, type SubflowCall } from '../../core/expression/index.ts';
import type { resolveInputs } from '../../core/language/index.ts';
import type { Execution, ExecutionRow, Label } from '../../core/protocol/entities/execution.ts';
import { limits } from '../../core/protocol/limits.ts';
import { isTerminal, type StateType } from '../../core/protocol/states.ts';
import { enginePrefixes, loadExecutionByNumber } from '../store/index.ts';
import { createMask, type Mask } from '../worker/index.ts';
import type { EngineLoop, ExpressionSettings, LoopOptions } from './engine-loop.ts';
import { liveKey, type Live } from './live.ts';

/** What they need of the engine's loop. */
export interface ChildRooms {
  readonly options: Pick<LoopOptions, 'ambient' | 'engine' | 'flows' | 'encryption' | 'worldFor' | 'failsOnResult'>;
  readonly loop: Pick<EngineLoop, 'find' | 'post' | 'create' | 'onEnd'>;
  /** Those in memory, by `liveKey`. */
  readonly live: ReadonlyMap<string, Live>;
  readonly expressions: ExpressionSettings;
  /** How the expressions of an execution's own steps see the world. */
  readonly lookup: (live: Live) => Lookup;
  /** Steps an event at once, before those that wait; the reason when it was ignored. */
  readonly step: (live: Live, event: EngineEvent) => string | undefined;
  /** Types the inputs that a child is given. Secrets that their defaults read are added to the mask. */
  readonly inputs: (index: FlowIndex, given: Readonly<Record<string, unknown>>, mask: Mask) => ReturnType<typeof resolveInputs>;
}

type CommandOf<Type extends Command['type']> = Extract<Command, { type: Type }>;

/** Lives as long as the loop; holds nothing that has to be closed. */
export class ChildExecutions {
  readonly #rooms: ChildRooms;
  readonly #loop: ChildRooms['loop'];
  /** The children in memory, by the key of the one that has started them. */
  readonly #started = new Map<string, Set<string>>();

  constructor(rooms: ChildRooms) {
    this.#rooms = rooms;
    this.#loop = rooms.loop;
  }

  /** It is in memory from now on: a kill of the one that has started it reaches it. */
  add(live: Live): void {
    const startedFrom = live.state.header.trigger?.variables['executionId'];
    if (typeof startedFrom !== 'string') return;
    const key = liveKey(live.tenant, startedFrom);
    const set = this.#started.get(key) ?? new Set();
    set.add(live.key);
    this.#started.set(key, set);
  }

  /** It is not in memory any more. */
  forget(live: Live): void {
    const startedFrom = live.state.header.trigger?.variables['executionId'];
    if (typeof startedFrom !== 'string') return;
    const siblings = this.#started.get(liveKey(live.tenant, startedFrom));
    siblings?.delete(live.key);
    if (siblings?.size === 0) this.#started.delete(liveKey(live.tenant, startedFrom));
  }

  /** The child of a task, or the reason why there is none. */
  createSubflow(live: Live, command: CommandOf<'createSubflow'>): void {
    const atMs = this.#nowMs();
    const refuse = (message: string): void => this.#loop.post(live, command.item !== undefined ? { type: 'itemsFailed', atMs, taskRunId: command.taskRunId, message } : { type: 'subflowRefused', atMs, taskRunId: command.taskRunId, childId: command.childId, message });
    const { flows } = this.#rooms.options;
    if (this.#rooms.live.size > limits.liveExecutionsMax) { refuse(`The engine holds ${limits.liveExecutionsMax} executions and takes no further subflow`); return; }
    const record = flows.record(live.tenant, command.namespace, command.flowId);
    if (record === undefined || record.deleted || record.revision === 0) { refuse(`Unable to find flow '${command.namespace}'.'${command.flowId}' with revision ${command.revision ?? 'latest'}`); return; }
    if (record.disabled) { refuse(`Cannot execute flow '${command.namespace}'.'${command.flowId}' because it is disabled`); return; }
    const found = flows.revision(live.tenant, command.namespace, command.flowId, command.revision ?? record.revision);
    if (found.type !== 'found') { refuse(found.type === 'invalid' ? `Cannot execute an invalid flow: ${found.reason}` : `Unable to find flow '${command.namespace}'.'${command.flowId}' with revision ${command.revision ?? record.revision}`); return; }
    const decrypted = live.encrypted ? this.#rooms.options.encryption.unwrapDeep(command.inputs, (secret) => live.mask.add(secret)) : command.inputs;
    const resolved = this.#rooms.inputs(found.index, isRecord(decrypted) ? decrypted : {}, live.mask);
    if ('problems' in resolved) { refuse(resolved.problems.map((problem) => problem.message).join('\n')); return; }
    if (!command.wait && command.item === undefined) this.#loop.post(live, { type: 'subflowStarted', atMs, taskRunId: command.taskRunId, childId: command.childId });
    this.#loop.create({
      id: command.childId, tenant: live.tenant, index: found.index, inputs: resolved.values, labels: command.labels, trigger: command.trigger, startedBy: `subflow:${live.state.header.flowId}`,
      ...(command.scheduleAtMs === undefined ? {} : { scheduleAtMs: command.scheduleAtMs }),
    });
  }

  /** `subflow()` of an expression: a child as any other, and its execution when it has ended. Rejects with what to tell the one that asked. */
  async runSubflow(header: ExecutionRow, { namespace, flowId, revision, inputs }: SubflowCall): Promise<unknown> {
    const { flows, encryption } = this.#rooms.options;
    const name = `'${namespace}'.'${flowId}'`;
    if (this.#rooms.live.size > limits.liveExecutionsMax) throw new Error(`The engine holds ${limits.liveExecutionsMax} executions and takes no further subflow`);
    const record = flows.record(header.tenant, namespace, flowId);
    if (record === undefined || record.deleted || record.revision === 0) throw new Error(`Unable to find flow ${name}`);
    if (record.disabled) throw new Error(`Cannot execute flow ${name} because it is disabled`);
    const found = flows.revision(header.tenant, namespace, flowId, revision ?? record.revision);
    if (found.type !== 'found') throw new Error(found.type === 'invalid' ? `Cannot execute an invalid flow: ${found.reason}` : `Unable to find flow ${name} with revision ${revision ?? record.revision}`);
    const mask = createMask([]);
    const given = encryption.configured ? encryption.unwrapDeep(inputs, (secret) => mask.add(secret)) : inputs;
    const resolved = this.#rooms.inputs(found.index, isRecord(given) ? given : {}, mask);
    if ('problems' in resolved) throw new Error(mask.apply(resolved.problems.map((problem) => problem.message).join('\n')));
    const { live } = this.#loop.create({
      tenant: header.tenant, index: found.index, inputs: resolved.values, labels: header.labels.filter((label) => isSystemLabel(label.key)), startedBy: `subflow:${header.flowId}`,
      trigger: { id: 'subflow', type: 'io.kestra.plugin.core.flow.Subflow', variables: { executionId: header.id, namespace: header.namespace, flowId: header.flowId, flowRevision: header.flowRevision } },
    });
    const ended = await new Promise<Execution>((resolve) => { this.#loop.onEnd(live, resolve); });
    return { id: ended.id, namespace, flowId, state: ended.state.current, inputs: ended.inputs ?? {}, outputs: ended.outputs ?? {} };
  }

  /** The child that failed goes on where it failed; one that can not is replaced by another one. */
  restartSubflow(live: Live, { taskRunId, childId }: CommandOf<'restartSubflow'>): void {
    const child = this.#loop.find(live.tenant, childId);
    if (child !== undefined && this.restart(child) === undefined) return;
    this.#loop.post(live, { type: 'subflowMissing', atMs: this.#nowMs(), taskRunId, childId });
  }

  /** Restarts an execution because the one that has started it is restarted; the reason when it can not be. */
  restart(child: Live): string | undefined {
    const atMs = this.#nowMs();
    const ignored = this.#rooms.step(child, { type: 'restartRequested', atMs });
    if (ignored !== undefined) return ignored;
    this.#rooms.step(child, { type: 'labelsSet', atMs, labels: mergeLabels(child.state.header.labels, [{ key: 'system.restarted', value: 'true' }]) });
    this.#loop.post(child, { type: 'begun', atMs });
    return undefined;
  }

  /** After a crash: the child may have ended, may never have been made, or still runs and will tell. */
  findSubflow(live: Live, { taskRunId, childId, wait }: CommandOf<'findSubflow'>): void {
    const atMs = this.#nowMs();
    const child = this.#loop.find(live.tenant, childId);
    if (child === undefined) this.#loop.post(live, { type: 'subflowRefused', atMs, taskRunId, childId, message: `The execution ${childId} that it has started does not exist` });
    else if (!wait) this.#loop.post(live, { type: 'subflowStarted', atMs, taskRunId, childId });
    else if (child.state.state === 'RETRIED') {
      for (const { key } of this.#rooms.options.engine.range({ prefix: enginePrefixes.byTriggerExecution(live.tenant, live.state.header.id) })) {
        const next = typeof key[3] === 'number' ? loadExecutionByNumber(this.#rooms.options.engine, live.tenant, key[3]) : undefined;
        if (next?.parentId !== childId) continue;
        this.#loop.post(live, { type: 'subflowReplaced', atMs, taskRunId, childId, nextId: next.id });
        this.findSubflow(live, { type: 'findSubflow', taskRunId, childId: next.id, wait });
        return;
      }
    } else if (isTerminal(child.state.state)) this.tellParent(child, child.state.state);
  }

  /** The task run that has started it learns how it has ended. `state`: KILLED for one that is deleted before its end. */
  tellParent(live: Live, state: StateType): void {
    // It is tried again as a new execution, and that one will tell.
    if (state === 'RETRIED') return;
    const { header } = live.state;
    const variables = header.trigger?.variables;
    const parentId = variables?.['executionId'];
    const taskRunId = variables?.['taskRunId'];
    if (typeof parentId !== 'string' || typeof taskRunId !== 'string') return;
    const parent = this.#rooms.live.get(liveKey(live.tenant, parentId));
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
        const { encryption } = this.#rooms.options;
        const lookup = { ...this.#rooms.lookup(live), decrypted: (value: unknown) => (live.encrypted ? encryption.unwrapDeep(value, seen) : value) };
        const rendered = renderDeep(asked, { variables: variablesOf(live.state, lookup), world: this.#rooms.options.worldFor(header, seen), ...this.#rooms.expressions });
        outputs = isRecord(rendered) ? rendered : undefined;
      } catch (error) {
        problem = `Failed to extract outputs: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
    if (task !== undefined && this.#rooms.options.failsOnResult(task.type)) problem = 'The result of the child execution can not be turned into the task\'s own';
    this.#loop.post(parent, {
      type: 'subflowEnded', atMs: this.#nowMs(), taskRunId, childId: header.id, state,
      ...(outputs === undefined ? {} : { outputs }), ...(problem === undefined ? {} : { problem }),
    });
  }

  /** It is tried again, as a new execution in its place; whoever has started it waits for that one from now on. */
  createNextAttempt(live: Live): void {
    const { header } = live.state;
    const { index } = live.state;
    // Those of the flow and the own correlation id come by themselves.
    const isGiven = ({ key, value }: Label): boolean => !(key === 'system.correlationId' && value === header.id) && !index.flow.labels.some((own) => own.key === key && own.value === value);
    const { created } = this.#loop.create({
      tenant: live.tenant, index, labels: header.labels.filter(isGiven),
      startedBy: header.startedBy ?? 'retry', parentId: header.id, originalId: header.originalId,
      metadata: { ...header.metadata, attemptNumber: header.metadata.attemptNumber + 1 },
      ...(header.inputs === undefined ? {} : { inputs: header.inputs }), ...(header.trigger === undefined ? {} : { trigger: header.trigger }),
      ...(header.variables === undefined ? {} : { variables: header.variables }), ...(header.draftSource === undefined ? {} : { draftSource: header.draftSource }),
    });
    const parentId = header.trigger?.variables['executionId'];
    const taskRunId = header.trigger?.variables['taskRunId'];
    const parent = typeof parentId === 'string' ? this.#rooms.live.get(liveKey(live.tenant, parentId)) : undefined;
    if (parent !== undefined && typeof taskRunId === 'string') this.#loop.post(parent, { type: 'subflowReplaced', atMs: this.#nowMs(), taskRunId, childId: header.id, nextId: created.id });
  }

  /** Kills what it has started; a child that has ended may still have children of its own that have not. */
  killChildren(live: Live): void {
    for (const key of [...(this.#started.get(live.key) ?? [])]) {
      const child = this.#rooms.live.get(key);
      if (child !== undefined && child !== live && !isTerminal(child.state.state)) this.#loop.post(child, { type: 'killRequested', atMs: this.#nowMs() });
      else if (child !== undefined && child !== live) this.killChildren(child);
    }
  }

  #nowMs(): number {
    return this.#rooms.options.ambient.clock.nowMs();
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
