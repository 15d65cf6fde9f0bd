/**
 * Rows of triggers are derived from the published flows, idempotent by revision; the row in the store is the truth over the source.
 * A schedule that is due starts its execution in the same commit that moves its next date, so a crash neither loses nor doubles one.
 */
import type { FlowIndex } from '../../core/engine/index.ts';
import { renderDeep, render, type RenderOptions } from '../../core/expression/index.ts';
import { resolveInputs, type TriggerModel } from '../../core/language/index.ts';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { Trigger } from '../../core/protocol/entities/trigger.ts';
import { isStateType, isTerminal } from '../../core/protocol/states.ts';
import { parseDurationMs } from '../../core/protocol/time.ts';
import type { Ambient } from '../ambient/index.ts';
import type { Reply, WebhookCall } from '../executor/contract.ts';
import type { EngineLoop, FlowStore, LoopOptions } from '../executor/index.ts';
import { listFlowRecords, listTriggers, loadTrigger, triggerOf, triggerRemoval, triggerWrite, type Environment, type Reader, type TriggerRow } from '../store/index.ts';
import { createMask, type Mask } from '../worker/index.ts';
import { conditionsHold } from './conditions.ts';
import { scheduleTimes, type ScheduleTimes } from './schedule.ts';

export interface SchedulerOptions {
  readonly ambient: Ambient;
  readonly engine: Environment;
  readonly front: Reader;
  readonly flows: FlowStore;
  readonly loop: EngineLoop;
  readonly worldFor: LoopOptions['worldFor'];
  readonly envs: Readonly<Record<string, string>>;
  readonly globals: Readonly<Record<string, unknown>>;
}

export interface Scheduler {
  /** Brings the rows up to the published flows and arms the clock. */
  start(): void;
  flowChanged(tenant: string, namespace: string, flowId: string): void;
  executionEnded(header: ExecutionRow): void;
  setDisabled(tenant: string, namespace: string, flowId: string, triggerId: string, disabled: boolean): Reply<Trigger>;
  unlock(tenant: string, namespace: string, flowId: string, triggerId: string): Reply<Trigger>;
  /** The new execution; undefined when a condition does not hold. */
  webhook(call: WebhookCall, index: FlowIndex): Reply<Begun | undefined>;
  close(): void;
}

export interface Begun extends ReturnType<EngineLoop['create']> {
  /** The caller wants the answer at the end of the execution. */
  readonly wait: boolean;
}

/** Timers count to 2^31 ms. */
const waitMsMax = 2_000_000_000;
const tenant = 'main';

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { ambient, engine, flows, loop } = options;
  /** Rows as they will be after the next commit; the store lags one commit behind. */
  const rows = new Map<string, TriggerRow>();
  const timers = new Map<string, () => void>();
  const keyOf = (row: Pick<TriggerRow, 'namespace' | 'flowId' | 'triggerId'>): string => `${row.namespace}/${row.flowId}/${row.triggerId}`;
  const nowMs = (): number => ambient.clock.nowMs();

  function put(row: TriggerRow): void {
    rows.set(keyOf(row), row);
    loop.write([triggerWrite(row)]);
    arm(row);
  }

  function remove(row: TriggerRow): void {
    rows.delete(keyOf(row));
    disarm(row);
    loop.write([triggerRemoval(row)]);
  }

  function disarm(row: TriggerRow): void {
    timers.get(keyOf(row))?.();
    timers.delete(keyOf(row));
  }

  const isOn = (row: TriggerRow): boolean => !row.disabled && !row.sourceDisabled && row.executionId === undefined;

  function arm(row: TriggerRow): void {
    disarm(row);
    if (row.nextAtMs === undefined || !isOn(row)) return;
    const waitMs = Math.min(waitMsMax, Math.max(0, row.nextAtMs - nowMs()));
    timers.set(keyOf(row), ambient.timers.after(waitMs, () => {
      const present = rows.get(keyOf(row));
      if (present === undefined) return;
      if (present.nextAtMs !== undefined && present.nextAtMs <= nowMs()) fire(present);
      else arm(present);
    }));
  }

  function modelOf(row: Pick<TriggerRow, 'tenant' | 'namespace' | 'flowId' | 'triggerId'>): { readonly index: FlowIndex; readonly model: TriggerModel } | undefined {
    const record = flows.record(row.tenant, row.namespace, row.flowId);
    if (record === undefined || record.deleted || record.revision === 0) return undefined;
    const found = flows.revision(row.tenant, row.namespace, row.flowId, record.revision);
    if (found.type !== 'found') return undefined;
    const model = found.index.flow.triggers.find((one) => one.id === row.triggerId);
    return model === undefined ? undefined : { index: found.index, model };
  }

  const timesOf = (model: TriggerModel): ScheduleTimes | undefined => {
    const { cron, timezone } = model.properties;
    if (model.kind !== 'SCHEDULE' || typeof cron !== 'string') return undefined;
    return scheduleTimes(cron, typeof timezone === 'string' ? timezone : undefined, ambient.clock.timeZone());
  };

  /** Secrets that are read are added to the mask: what is said of a failure must not show them. */
  function renderOptions(index: FlowIndex, header: Pick<ExecutionRow, 'tenant'>, variables: Readonly<Record<string, unknown>>, mask: Mask): RenderOptions {
    const { flow, revision } = index;
    const world = options.worldFor({ ...placeholder, tenant: header.tenant, namespace: flow.namespace, flowId: flow.id }, (secret) => mask.add(secret));
    return { world, variables: { flow: { id: flow.id, namespace: flow.namespace, revision }, vars: flow.variables, envs: options.envs, globals: options.globals, ...variables } };
  }

  /** A due schedule: its execution and its next date, in one commit. */
  function fire(row: TriggerRow): void {
    const found = modelOf(row);
    const times = found === undefined ? undefined : timesOf(found.model);
    if (found === undefined || times === undefined || row.nextAtMs === undefined) return;
    const dateMs = row.nextAtMs;
    const nextMs = times.next(dateMs);
    const previousMs = times.previous(dateMs);
    const moved: TriggerRow = { ...row, dateMs, updatedAtMs: nowMs(), ...(nextMs === undefined ? {} : { nextAtMs: nextMs }) };
    const dates = { date: times.text(dateMs), ...(nextMs === undefined ? {} : { next: times.text(nextMs) }), ...(previousMs === undefined ? {} : { previous: times.text(previousMs) }) };
    const { model, index } = found;
    if (isTooLate(model, dateMs)) {
      ambient.logger.warn('a date of a schedule is left out: it is later than lateMaximumDelay allows', { flow: `${row.namespace}.${row.flowId}`, trigger: row.triggerId, date: dates.date });
      put(moved);
      return;
    }
    const mask = createMask([]);
    let started: ReturnType<EngineLoop['create']>;
    try {
      const rendered = renderOptions(index, row, { trigger: dates, schedule: dates }, mask);
      if (!conditionsHold(model.conditions, rendered)) { put(moved); return; }
      started = begin(index, model, dates, rendered, mask, { schedule: dates });
    } catch (error) {
      // A schedule that can not start its flow must be seen where people look: among the executions.
      started = loop.create({
        tenant, index, labels: [], trigger: { id: model.id, type: model.type, variables: dates }, startedBy: `trigger:${model.id}`, variables: { schedule: dates },
        refused: `The trigger "${model.id}" could not start this execution: ${mask.apply(messageOf(error))}`,
      });
    }
    put({ ...moved, executionId: started.created.id, locked: true });
  }

  /** `lateMaximumDelay`: dates that could not be served in time are left out. */
  function isTooLate(model: TriggerModel, dateMs: number): boolean {
    const given = model.properties['lateMaximumDelay'];
    const delayMs = typeof given === 'string' ? parseDurationMs(given) : undefined;
    return delayMs !== undefined && nowMs() - dateMs > delayMs;
  }

  function begin(index: FlowIndex, model: TriggerModel, variables: Readonly<Record<string, unknown>>, rendered: RenderOptions, mask: Mask, more?: Readonly<Record<string, unknown>>): ReturnType<EngineLoop['create']> {
    const given = renderDeep(model.properties['inputs'] ?? {}, rendered);
    const resolved = resolveInputs(loop.checkRequest(index, index.flow.inputs, { fields: typeof given === 'object' && given !== null ? { ...given } : {}, files: [] }, mask));
    if ('problems' in resolved) throw new Error(resolved.problems.map((problem) => problem.message).join('; '));
    const labels = model.labels.flatMap((label) => {
      try {
        return [{ key: label.key, value: render(label.value, rendered) }];
      } catch {
        // A label that can not be rendered is left out; the run matters more.
        ambient.logger.warn('a label of a trigger could not be rendered and is left out', { trigger: model.id, label: label.key });
        return [];
      }
    });
    return loop.create({
      tenant, index, inputs: resolved.values, labels, trigger: { id: model.id, type: model.type, variables }, startedBy: `trigger:${model.id}`, ...(more === undefined ? {} : { variables: more }),
    });
  }

  /** The dates that a server which was off has missed: LAST runs only the newest, NONE none, ALL each, one after the other. */
  function recoveredNextMs(row: TriggerRow, model: TriggerModel, times: ScheduleTimes): number | undefined {
    if (row.nextAtMs === undefined || row.nextAtMs > nowMs()) return row.nextAtMs;
    switch (model.properties['recoverMissedSchedules']) {
      case 'NONE': return times.next(nowMs());
      case 'LAST': return times.previous(nowMs()) ?? times.next(nowMs());
      default: return row.nextAtMs;
    }
  }

  function derive(namespace: string, flowId: string): void {
    const record = flows.record(tenant, namespace, flowId);
    const present = [...rows.values()].filter((row) => row.namespace === namespace && row.flowId === flowId);
    const found = record === undefined || record.deleted || record.revision === 0 ? undefined : flows.revision(tenant, namespace, flowId, record.revision);
    if (record === undefined || found === undefined || found.type !== 'found') { for (const row of present) remove(row); return; }
    const { flow } = found.index;
    for (const row of present) if (!flow.triggers.some((model) => model.id === row.triggerId)) remove(row);
    for (const model of flow.triggers) {
      const row = present.find((one) => one.triggerId === model.id);
      const sourceDisabled = model.disabled || flow.disabled;
      const { cron, timezone } = model.properties;
      const sameDates = row !== undefined && row.type === model.type && row.cron === (typeof cron === 'string' ? cron : undefined) && row.timezone === (typeof timezone === 'string' ? timezone : undefined);
      if (row !== undefined && sameDates && row.revision >= record.revision && row.sourceDisabled === sourceDisabled) continue;
      const nextMs = sameDates ? row.nextAtMs : safely(() => timesOf(model)?.next(nowMs()));
      put({
        tenant, namespace, flowId, triggerId: model.id, type: model.type, kind: model.kind, revision: record.revision,
        disabled: row?.disabled ?? false, sourceDisabled, updatedAtMs: nowMs(), locked: row?.locked ?? false,
        ...(row?.dateMs === undefined ? {} : { dateMs: row.dateMs }), ...(nextMs === undefined ? {} : { nextAtMs: nextMs }),
        ...(row?.executionId === undefined ? {} : { executionId: row.executionId }),
        ...(typeof cron === 'string' ? { cron } : {}), ...(typeof timezone === 'string' ? { timezone } : {}),
        ...(model.description === undefined ? {} : { description: model.description }),
      });
    }
  }

  const safely = <T>(call: () => T): T | undefined => {
    try {
      return call();
    } catch (error) {
      ambient.logger.warn('a schedule has no next date', { reason: messageOf(error) });
      return undefined;
    }
  };

  function need(namespace: string, flowId: string, triggerId: string): Reply<TriggerRow> {
    const row = rows.get(`${namespace}/${flowId}/${triggerId}`) ?? loadTrigger(engine, tenant, namespace, flowId, triggerId);
    return row === undefined ? { ok: false, problem: { status: 404, message: `Not Found: flow "${namespace}.${flowId}" has no trigger "${triggerId}"` } } : { ok: true, value: row };
  }

  return {
    start() {
      for (const row of listTriggers(engine, tenant)) rows.set(keyOf(row), row);
      const known = new Set<string>();
      for (const record of listFlowRecords(options.front, tenant)) {
        known.add(`${record.namespace}/${record.id}`);
        if (record.triggers.length > 0 || [...rows.values()].some((row) => row.namespace === record.namespace && row.flowId === record.id)) derive(record.namespace, record.id);
      }
      for (const row of [...rows.values()]) {
        if (!known.has(`${row.namespace}/${row.flowId}`)) { remove(row); continue; }
        const found = modelOf(row);
        const times = found === undefined ? undefined : safely(() => timesOf(found.model));
        const running = row.executionId !== undefined && loop.find(tenant, row.executionId)?.state.state;
        const { executionId, ...rest } = row;
        const unlocked: TriggerRow = executionId !== undefined && (running === undefined || running === false || isEnded(running)) ? { ...rest, locked: false } : row;
        const nextMs = found === undefined || times === undefined ? unlocked.nextAtMs : recoveredNextMs(unlocked, found.model, times);
        if (unlocked !== row || nextMs !== row.nextAtMs) put({ ...unlocked, ...(nextMs === undefined ? {} : { nextAtMs: nextMs }) });
        else arm(row);
      }
    },
    flowChanged(_tenant, namespace, flowId) { derive(namespace, flowId); },
    executionEnded(header) {
      if (header.trigger === undefined) return;
      const row = rows.get(`${header.namespace}/${header.flowId}/${header.trigger.id}`);
      if (row === undefined || row.executionId !== header.id) return;
      const { executionId: _ended, ...rest } = row;
      const stops = modelOf(row)?.model.stopAfter.includes(header.histories[header.histories.length - 1]?.state ?? '') === true;
      put({ ...rest, locked: false, updatedAtMs: nowMs(), ...(stops ? { disabled: true } : {}) });
    },
    setDisabled(_tenant, namespace, flowId, triggerId, disabled) {
      const found = need(namespace, flowId, triggerId);
      if (!found.ok) return found;
      const model = modelOf(found.value)?.model;
      // A schedule that is switched on again goes on with the next date, not with those it slept through.
      const nextMs = !disabled && model !== undefined ? safely(() => timesOf(model)?.next(nowMs())) : found.value.nextAtMs;
      const row: TriggerRow = { ...found.value, disabled, updatedAtMs: nowMs(), ...(nextMs === undefined ? {} : { nextAtMs: nextMs }) };
      put(row);
      return { ok: true, value: triggerOf(row) };
    },
    unlock(_tenant, namespace, flowId, triggerId) {
      const found = need(namespace, flowId, triggerId);
      if (!found.ok) return found;
      if (found.value.executionId === undefined) return { ok: false, problem: { status: 409, message: 'Illegal state: Trigger is not locked' } };
      const { executionId: _locked, ...rest } = found.value;
      const row: TriggerRow = { ...rest, locked: false, updatedAtMs: nowMs() };
      put(row);
      return { ok: true, value: triggerOf(row) };
    },
    webhook(call, index) {
      const found = index.flow.triggers.flatMap((model) => {
        if (model.kind !== 'WEBHOOK' || model.disabled) return [];
        const row = rows.get(`${call.namespace}/${call.flowId}/${model.id}`);
        if (row?.disabled === true) return [];
        try {
          return render(String(model.properties['key'] ?? ''), renderOptions(index, call, {}, createMask([]))) === call.key ? [model] : [];
        } catch (error) {
          ambient.logger.warn('the key of a webhook can not be rendered', { trigger: model.id, reason: messageOf(error) });
          return [];
        }
      })[0];
      if (found === undefined) return { ok: false, problem: { status: 404, message: 'Not Found: Webhook not found' } };
      const variables = { body: call.body, headers: call.headers, parameters: call.parameters };
      const mask = createMask([]);
      const rendered = renderOptions(index, call, { trigger: variables }, mask);
      try {
        if (!conditionsHold(found.conditions, rendered)) return { ok: true, value: undefined };
        const { wait } = found.properties;
        return { ok: true, value: { ...begin(index, found, variables, rendered, mask), wait: wait === true || wait === 'true' } };
      } catch (error) {
        return { ok: false, problem: { status: 422, message: `Illegal argument: ${mask.apply(messageOf(error))}` } };
      }
    },
    close() {
      for (const cancel of timers.values()) cancel();
      timers.clear();
    },
  };
}

const isEnded = (state: string): boolean => isStateType(state) && isTerminal(state);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const placeholder: Omit<ExecutionRow, 'tenant' | 'namespace' | 'flowId'> = {
  number: 0, id: '' as ExecutionRow['id'], flowRevision: 0, labels: [], histories: [{ state: 'CREATED', atMs: 0 }], originalId: '' as ExecutionRow['id'],
  metadata: { attemptNumber: 1, originalCreatedAtMs: 0 },
};
