/** What the kinds of triggers share: the flow behind a row, how its expressions are rendered, and how an execution begins. */
import { conditionOfData, conditionsHold, isTruthy, mergeLabels, type ConditionFacts, type FlowIndex } from '../../core/engine/index.ts';
import { render, renderDeep, type RenderOptions } from '../../core/expression/index.ts';
import { resolveInputs, type ConditionModel, type LanguageLevel, type TriggerModel } from '../../core/language/index.ts';
import type { ExecutionRow, Label } from '../../core/protocol/entities/execution.ts';
import { executionId } from '../../core/protocol/ids.ts';
import type { Ambient } from '../ambient/index.ts';
import type { EngineLoop, FlowStore, LoopOptions } from '../executor/index.ts';
import type { Environment, Reader, TriggerRow } from '../store/index.ts';
import { createMask, type Mask, type Worker } from '../worker/index.ts';
import type { TriggerTable } from './table.ts';

/** What triggers ask of the engine. */
export type TriggerLoop = Pick<EngineLoop, 'create' | 'find' | 'header' | 'write' | 'flushed' | 'checkRequest' | 'newId' | 'liveCount'>;

export interface SchedulerOptions {
  readonly ambient: Ambient;
  readonly engine: Environment;
  readonly front: Reader;
  readonly flows: FlowStore;
  readonly loop: TriggerLoop;
  /** Runs polling and realtime triggers: threads of their own, so that no load of tasks holds them up. */
  readonly worker: Worker;
  readonly worldFor: LoopOptions['worldFor'];
  readonly envs: Readonly<Record<string, string>>;
  readonly globals: Readonly<Record<string, unknown>>;
  readonly languageLevel: LanguageLevel;
  /** Encrypted values as plain text, for inputs of what is started; each one seen is a secret. */
  readonly decrypted: (value: unknown, seen: (secret: string) => void) => unknown;
}

export interface Room extends SchedulerOptions {
  readonly table: TriggerTable;
  readonly tenant: string;
}

export interface FoundTrigger {
  readonly index: FlowIndex;
  readonly model: TriggerModel;
}

export type Begun = ReturnType<EngineLoop['create']>;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The trigger as the latest revision declares it. */
export function findTrigger(room: Room, row: Pick<TriggerRow, 'tenant' | 'namespace' | 'flowId' | 'triggerId'>): FoundTrigger | undefined {
  const record = room.flows.record(row.tenant, row.namespace, row.flowId);
  if (record === undefined || record.deleted || record.revision === 0) return undefined;
  const found = room.flows.revision(row.tenant, row.namespace, row.flowId, record.revision);
  if (found.type !== 'found') return undefined;
  const model = found.index.flow.triggers.find((one) => one.id === row.triggerId);
  return model === undefined ? undefined : { index: found.index, model };
}

export interface Rendering {
  readonly options: RenderOptions;
  /** Secrets that were read: what is said of a failure must not show them. */
  readonly mask: Mask;
}

export function renderingOf(room: Room, { index }: Pick<FoundTrigger, 'index'>, variables: Readonly<Record<string, unknown>>): Rendering {
  const { flow, revision } = index;
  const mask = createMask([]);
  const world = room.worldFor({ ...placeholder, tenant: room.tenant, namespace: flow.namespace, flowId: flow.id }, (secret) => mask.add(secret));
  return { mask, options: { world, variables: { flow: { id: flow.id, namespace: flow.namespace, revision }, vars: flow.variables, envs: room.envs, globals: room.globals, ...variables } } };
}

/** `when` and all conditions. Throws when one can not be evaluated. */
export function mayStart(found: FoundTrigger, rendering: Rendering, facts: Pick<ConditionFacts, 'date'>): boolean {
  const { model, index } = found;
  const show = (text: string): string => render(text, rendering.options);
  const when = model.properties['when'];
  if (typeof when === 'string' && !isTruthy(show(when))) return false;
  return conditionsHold(conditionsOf(model), { ...facts, render: show, flow: { namespace: index.flow.namespace, id: index.flow.id } });
}

/** Old flows call those of a Schedule `scheduleConditions`. */
export function conditionsOf(model: TriggerModel): readonly ConditionModel[] {
  const more = model.properties['scheduleConditions'];
  return Array.isArray(more) ? [...model.conditions, ...more.map(conditionOfData)] : model.conditions;
}

export interface Beginning {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly rendering: Rendering;
  /** Variables of the execution. */
  readonly own?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly labels?: readonly Label[];
  readonly id?: string;
  /** How many executions have started one another by flow triggers, this one included. */
  readonly chain?: number;
}

/** Creates the execution of a trigger and says so in its log. Throws when its inputs are not what the flow needs. */
export function begin(room: Room, found: FoundTrigger, beginning: Beginning): Begun {
  const { index, model } = found;
  const { rendering } = beginning;
  const key = keyOf(room, found);
  const given = renderDeep(model.properties['inputs'] ?? {}, { ...rendering.options, typed: true });
  const fields = { ...(typeof given === 'object' && given !== null ? given : {}), ...beginning.inputs };
  const resolved = resolveInputs(room.loop.checkRequest(index, index.flow.inputs, { fields, files: [] }, rendering.mask));
  if ('problems' in resolved) throw new Error(resolved.problems.map((problem) => problem.message).join('; '));
  const labels = model.labels.flatMap((label) => {
    try {
      return [{ key: label.key, value: render(label.value, rendering.options) }];
    } catch {
      // A label that can not be rendered is left out; the run matters more.
      room.table.log(key, 'WARN', `The label "${label.key}" could not be rendered and is left out`);
      return [];
    }
  });
  return create(room, found, beginning, { inputs: resolved.values, labels });
}

/** An execution that failed before it began, so that people see where they look what could not start. */
export function beginFailed(room: Room, found: FoundTrigger, beginning: Beginning, reason: string): Begun {
  const said = beginning.rendering.mask.apply(reason);
  return create(room, found, beginning, { labels: [], refused: `The trigger "${found.model.id}" could not start this execution: ${said}` });
}

function create(room: Room, found: FoundTrigger, beginning: Beginning, more: { readonly inputs?: Readonly<Record<string, unknown>>; readonly labels: readonly Label[]; readonly refused?: string }): Begun {
  const { index, model } = found;
  const nowMs = room.ambient.clock.nowMs();
  const begun = room.loop.create({
    tenant: room.tenant, index, labels: mergeLabels(more.labels, beginning.labels ?? []), trigger: { id: model.id, type: model.type, variables: beginning.variables }, startedBy: `trigger:${model.id}`,
    ...(more.inputs === undefined ? {} : { inputs: more.inputs }),
    ...(more.refused === undefined ? {} : { refused: more.refused }),
    ...(beginning.own === undefined ? {} : { variables: beginning.own }),
    ...(beginning.id === undefined ? {} : { id: beginning.id }),
    ...(beginning.chain === undefined ? {} : { metadata: { attemptNumber: 1, originalCreatedAtMs: nowMs, triggerChain: beginning.chain } }),
  });
  const key = keyOf(room, found);
  if (more.refused === undefined) room.table.log(key, 'INFO', `Started execution ${begun.created.id}`, begun.created.id);
  else room.table.log(key, 'ERROR', more.refused, begun.created.id);
  return begun;
}

export const keyOf = (room: Pick<Room, 'tenant'>, { index, model }: FoundTrigger) => ({ tenant: room.tenant, namespace: index.flow.namespace, flowId: index.flow.id, triggerId: model.id });

export const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** An evaluation error leaves a FAILED execution in 0.20, and where the trigger asks for it. */
export const failsOnError = (room: Pick<Room, 'languageLevel'>, model: TriggerModel): boolean => room.languageLevel === '0.20' || isTrue(model.properties['failOnTriggerError']);

/** Without the members that speak of the last evaluation and its lock. */
export function released(row: TriggerRow): TriggerRow {
  const { executionId: _execution, evaluateRunningAtMs: _running, ...rest } = row;
  return rest;
}

export function withProblem(row: TriggerRow, problem: string | undefined): TriggerRow {
  const { problem: _before, ...rest } = row;
  return problem === undefined ? rest : { ...rest, problem: problem.slice(0, 2000) };
}

export function withNext(row: TriggerRow, nextAtMs: number | undefined): TriggerRow {
  const { nextAtMs: _before, ...rest } = row;
  return nextAtMs === undefined ? rest : { ...rest, nextAtMs };
}


export const placeholder: Omit<ExecutionRow, 'tenant' | 'namespace' | 'flowId'> = {
  number: 0, id: executionId(''), flowRevision: 0, labels: [], histories: [{ state: 'CREATED', atMs: 0 }], originalId: executionId(''),
  metadata: { attemptNumber: 1, originalCreatedAtMs: 0 },
};
