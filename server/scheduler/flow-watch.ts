/**
 * Flow triggers. Each change of state of an execution is evaluated in the step that decided it, before anything is written: what has
 * been gathered and the executions that begin are in the commit of the change itself. So a crash leaves both or neither.
 */
import { defaultStates, evaluateFlowTrigger, isMissed, nextMissMs, planFlowTrigger, variablesOf, type FlowTriggerPlan, type Upstream } from '../../core/engine/index.ts';
import { render } from '../../core/expression/index.ts';
import type { ExecutionRow, Label } from '../../core/protocol/entities/execution.ts';
import { limits } from '../../core/protocol/limits.ts';
import type { Live } from '../executor/index.ts';
import type { TriggerRow } from '../store/index.ts';
import { begin, beginFailed, findTrigger, isTrue, messageOf, renderingOf, withNext, withProblem, type FoundTrigger, type Rendering, type Room } from './room.ts';
import { isOn, nameOf } from './table.ts';

interface Watched {
  readonly name: string;
  readonly namespace: string;
  readonly flowId: string;
  readonly revision: number;
  readonly plan: FlowTriggerPlan;
}

export interface FlowWatch {
  /** A flow trigger is there, or has another source. Answers why its conditions can not be read, when so. */
  set(row: TriggerRow, found: FoundTrigger): string | undefined;
  remove(row: TriggerRow): void;
  /** An execution has changed its state; `from` is the place in its history of the first new one. */
  changed(live: Live, from: number): void;
  /** A window has ended in which a trigger with `onMiss` had to fire. */
  missed(row: TriggerRow): void;
  nextMissMs(row: TriggerRow, afterMs: number): number | undefined;
}

export function createFlowWatch(room: Room): FlowWatch {
  const watched = new Map<string, Watched>();
  /** By the only flow that can matter to it. */
  const byFlow = new Map<string, Set<Watched>>();
  const anyFlow = new Set<Watched>();
  const states = defaultStates(room.languageLevel);
  const zone = room.ambient.clock.timeZone();

  function remove(name: string): void {
    const present = watched.get(name);
    if (present === undefined) return;
    watched.delete(name);
    anyFlow.delete(present);
    for (const flow of present.plan.flows ?? []) {
      byFlow.get(flow)?.delete(present);
      if (byFlow.get(flow)?.size === 0) byFlow.delete(flow);
    }
  }

  function evaluate(one: Watched, live: Live, state: string, atMs: number): void {
    const row = room.table.get(one.name);
    if (row === undefined || !isOn(row)) return;
    const found = findTrigger(room, row);
    if (found === undefined) return;
    const { header } = live.state;
    const upstream: Upstream = {
      executionId: header.id, namespace: header.namespace, flowId: header.flowId, state, labels: header.labels,
      attempts: () => live.state.ordered().map((run) => (run.attempts ?? []).map((attempt) => attempt.histories[attempt.histories.length - 1]?.state ?? '')).filter((attempts) => attempts.length > 0),
    };
    const variables = triggerVariables(header, state);
    const rendering = upstreamRendering(found, live, upstream, variables);
    const evaluation = evaluateFlowTrigger(one.plan, { upstream, render: (text) => render(text, rendering.options), flow: { namespace: row.namespace, id: row.flowId } }, (windowId) => room.table.window(row, windowId), atMs);
    for (const window of evaluation.windows) room.table.putWindow(row, window);
    for (const problem of evaluation.problems) room.table.log(row, 'WARN', `${header.namespace}.${header.flowId} is ${state}: ${rendering.mask.apply(problem)}`);
    if (!evaluation.fires) return;
    const chain = chainOf(header) + 1;
    if (chain > limits.flowTriggerChainMax) {
      const reason = `Nothing is started: ${limits.flowTriggerChainMax} executions have already started one another by flow triggers, the last one of ${header.namespace}.${header.flowId} (${header.id}). That is a loop; give a trigger a condition that ends it`;
      room.table.log(row, 'ERROR', reason);
      room.table.put({ ...withProblem(row, reason), evaluatedAtMs: atMs });
      return;
    }
    fire(row, found, { header, variables: { ...variables, ...outputsOf(evaluation.executionIds, header) }, rendering, chain, atMs });
  }

  function fire(row: TriggerRow, found: FoundTrigger, { header, variables, rendering, chain, atMs }: { readonly header: ExecutionRow; readonly variables: Readonly<Record<string, unknown>>; readonly rendering: Rendering; readonly chain: number; readonly atMs: number }): void {
    // It belongs to what has started it: one correlation id leads through the whole chain.
    const correlation = header.labels.filter((label) => label.key === 'system.correlationId');
    const beginning = { variables, rendering, labels: correlation, chain };
    const fired = { ...row, dateMs: atMs, evaluatedAtMs: atMs, updatedAtMs: atMs };
    try {
      begin(room, found, beginning);
      room.table.put(withProblem(fired, undefined));
    } catch (error) {
      const reason = rendering.mask.apply(messageOf(error));
      if (room.languageLevel === '2.0' || isTrue(found.model.properties['failOnTriggerError'])) beginFailed(room, found, beginning, reason);
      else room.table.log(row, 'WARN', `${header.namespace}.${header.flowId} is ${String(variables['state'])}, but nothing is started: ${reason}`);
      room.table.put(withProblem(fired, reason));
    }
  }

  /** The context of the upstream execution, and what the later form's entries call its parts. */
  function upstreamRendering(found: FoundTrigger, live: Live, upstream: Upstream, trigger: Readonly<Record<string, unknown>>): Rendering {
    const { header } = live.state;
    const rendering = renderingOf(room, found, {});
    const own = variablesOf(live.state, { world: rendering.options.world, envs: room.envs, globals: room.globals, newId: () => room.loop.newId(), startOutputs: () => [], decrypted: (value) => (live.encrypted ? room.decrypted(value, (secret) => rendering.mask.add(secret)) : value) });
    const tasks = own['outputs'];
    const ownOutputs = header.outputs === undefined ? {} : { outputs: header.outputs };
    const variables = {
      ...own, namespace: header.namespace, flowId: header.flowId, state: upstream.state,
      hasRetryAttempt: upstream.attempts().some((attempts) => attempts.length > 1),
      outputs: { ...header.outputs, ...(typeof tasks === 'object' && tasks !== null ? tasks : {}) },
      trigger: { ...trigger, ...ownOutputs },
    };
    return { mask: rendering.mask, options: { ...rendering.options, variables } };
  }

  /** `trigger.outputs`: by the id of the flow; flat as well when one execution led to it. */
  function outputsOf(executionIds: readonly string[], last: ExecutionRow): Readonly<Record<string, unknown>> {
    const byId: Record<string, unknown> = {};
    const headers = executionIds.map((id) => (id === last.id ? last : room.loop.header(room.tenant, id))).filter((header) => header !== undefined);
    for (const header of headers) if (header.outputs !== undefined) byId[header.flowId] = header.outputs;
    const flat = headers.length === 1 ? last.outputs : undefined;
    const outputs = { ...byId, ...flat };
    return Object.keys(outputs).length === 0 ? {} : { outputs };
  }

  /** A subflow belongs to the chain of the execution that has started it. */
  function chainOf(header: ExecutionRow): number {
    let at: ExecutionRow | undefined = header;
    for (let steps = 0; at !== undefined && steps <= limits.flowTriggerChainMax; steps += 1) {
      if (at.metadata.triggerChain !== undefined) return at.metadata.triggerChain;
      const startedFrom: unknown = at.trigger?.variables['executionId'];
      at = typeof startedFrom === 'string' ? room.loop.header(room.tenant, startedFrom) : undefined;
    }
    return 0;
  }

  return {
    set(row, found) {
      const name = nameOf(row);
      remove(name);
      let plan: FlowTriggerPlan;
      try {
        plan = planFlowTrigger(found.model, { defaultStates: states, zone });
      } catch (error) {
        return messageOf(error);
      }
      const one: Watched = { name, namespace: row.namespace, flowId: row.flowId, revision: row.revision, plan };
      watched.set(name, one);
      if (plan.flows === undefined) anyFlow.add(one);
      for (const flow of plan.flows ?? []) {
        const set = byFlow.get(flow) ?? new Set<Watched>();
        set.add(one);
        byFlow.set(flow, set);
      }
      return undefined;
    },
    remove(row) { remove(nameOf(row)); },
    changed(live, from) {
      if (watched.size === 0) return;
      const { header } = live.state;
      // A run of a draft is somebody's try; what follows from real runs must not follow from it.
      if (header.draftSource !== undefined) return;
      const named = byFlow.get(`${header.namespace}/${header.flowId}`);
      if (named === undefined && anyFlow.size === 0) return;
      for (const { state, atMs } of header.histories.slice(from)) {
        if (state === 'CREATED') continue;
        for (const one of [...(named ?? []), ...anyFlow]) {
          // Never itself: that would be a loop of one.
          if (one.namespace === header.namespace && one.flowId === header.flowId) continue;
          if (one.plan.states.has(state)) evaluate(one, live, state, atMs);
        }
      }
    },
    missed(row) {
      const one = watched.get(nameOf(row));
      const found = findTrigger(room, row);
      const endMs = row.nextAtMs;
      if (one?.plan.onMiss === undefined || found === undefined || endMs === undefined) { room.table.put(withNext(row, undefined)); return; }
      const next = withNext({ ...row, evaluatedAtMs: endMs }, nextMissMs(one.plan, endMs));
      if (!isMissed(one.plan, room.table.window(row, one.plan.onMiss.windowId), endMs)) { room.table.put(next); return; }
      const rendering = renderingOf(room, found, { trigger: {} });
      const reason = `what it depends on has not come before ${new Date(endMs).toISOString()}`;
      beginFailed(room, found, { variables: { state: 'MISSED' }, rendering, labels: labelsOf(one.plan.onMiss.labels, rendering) }, reason);
      room.table.put({ ...withProblem(next, reason), dateMs: endMs });
    },
    nextMissMs(row, afterMs) {
      const plan = watched.get(nameOf(row))?.plan;
      return plan === undefined ? undefined : nextMissMs(plan, afterMs);
    },
  };
}

function labelsOf(given: unknown, rendering: Rendering): readonly Label[] {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return [];
  return Object.entries(given).map(([key, value]) => ({ key, value: typeof value === 'string' ? render(value, rendering.options) : String(value) }));
}

const triggerVariables = (header: ExecutionRow, state: string): Readonly<Record<string, unknown>> => ({ executionId: header.id, namespace: header.namespace, flowId: header.flowId, flowRevision: header.flowRevision, state });
