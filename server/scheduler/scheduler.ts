/**
 * Triggers: their rows are derived from the published flows, idempotent by revision; the row in the store is the truth over the source.
 * One timer stands for all of them, at the date of the one that is due next.
 */
import { isCalendar, type FlowIndex } from '../../core/engine/index.ts';
import { isLogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { ExecutionRow } from '../../core/protocol/entities/execution.ts';
import type { Trigger } from '../../core/protocol/entities/trigger.ts';
import { limits } from '../../core/protocol/limits.ts';
import { isStateType, isTerminal } from '../../core/protocol/states.ts';
import type { Reply, TriggerCommand, WebhookCall } from '../executor/contract.ts';
import type { Live } from '../executor/index.ts';
import { listFlowRecords, triggerOf, type TriggerRow } from '../store/index.ts';
import { fireClock, nextDateMs, recoveredNextMs } from './clock-trigger.ts';
import { commandTrigger } from './commands.ts';
import { createFlowWatch } from './flow-watch.ts';
import { createPolling } from './polling.ts';
import { conditionsOf, findTrigger, messageOf, released, withNext, withProblem, type FoundTrigger, type Room, type SchedulerOptions } from './room.ts';
import { nameOf, TriggerTable } from './table.ts';
import { callWebhook, findWebhook, type WebhookStart } from './webhook.ts';

export interface Scheduler {
  /** Brings the rows up to the published flows and arms the clock. */
  start(): void;
  flowChanged(tenant: string, namespace: string, flowId: string): void;
  /** An execution has changed its state in this step; `from` is the place of the first new entry of its history. */
  stateChanged(live: Live, from: number): void;
  executionEnded(header: ExecutionRow): void;
  command(tenant: string, key: Pick<TriggerRow, 'namespace' | 'flowId' | 'triggerId'>, command: TriggerCommand, by: string): Reply<Trigger>;
  /** The webhook that a key belongs to. */
  findWebhook(call: Pick<WebhookCall, 'namespace' | 'flowId' | 'key'>, index: FlowIndex): Reply<FoundTrigger>;
  /** The new execution; undefined when a condition does not hold. `variables` are what the flow sees as `trigger`. */
  webhook(found: FoundTrigger, variables: Readonly<Record<string, unknown>>, executionId: string): Reply<WebhookStart | undefined>;
  close(): Promise<void>;
}

/** Timers count to 2^31 ms. */
const waitMsMax = 2_000_000_000;
/** What is due in one go before the loop lets others in. */
const firesPerTurnMax = 200;
/** How long due dates wait while the engine holds as many executions as it may. */
const fullWaitMs = 1000;
const tenant = 'main';

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { ambient, engine, flows, loop } = options;
  const nowMs = (): number => ambient.clock.nowMs();
  let started = false;
  let closed = false;
  let armedMs: number | undefined;
  let cancel: (() => void) | undefined;
  let soon: (() => void) | undefined;

  const table: TriggerTable = new TriggerTable({ engine, write: (writes) => { if (writes.length > 0) loop.write(writes); }, nowMs, rearm: () => arm() });
  const room: Room = { ...options, table, tenant };
  const watch = createFlowWatch(room);
  const polling = createPolling(room);

  function arm(): void {
    if (!started || closed || soon !== undefined) return;
    const next = table.due.nextMs();
    if (next === armedMs && cancel !== undefined) return;
    cancel?.();
    cancel = undefined;
    armedMs = next;
    if (next !== undefined) wait(next - nowMs());
  }

  function wait(ms: number): void {
    cancel = ambient.timers.after(Math.min(waitMsMax, Math.max(0, ms)), () => {
      cancel = undefined;
      armedMs = undefined;
      tick();
    });
  }

  function tick(): void {
    soon = undefined;
    if (closed) return;
    if (loop.liveCount >= limits.liveExecutionsMax) { wait(fullWaitMs); return; }
    const atMs = nowMs();
    for (let count = 0; count < firesPerTurnMax; count += 1) {
      const name = table.due.take(atMs);
      if (name === undefined) { arm(); return; }
      const row = table.get(name);
      if (row !== undefined) fire(row);
    }
    soon = ambient.timers.soon(tick);
  }

  function fire(row: TriggerRow): void {
    switch (row.kind) {
      case 'SCHEDULE': fireClock(room, row); return;
      case 'POLLING': case 'REALTIME': polling.run(row); return;
      case 'FLOW': watch.missed(row); return;
      case 'WEBHOOK': table.put(withNext(row, undefined)); return;
      default: never(row.kind);
    }
  }

  /** A changed clock makes a new next date; anything else leaves it. */
  const clockKey = ({ model }: FoundTrigger): string => JSON.stringify([model.type, model.properties['cron'], model.properties['timezone'], model.properties['dates'], model.properties['interval'], conditionsOf(model)]);
  const clocks = new Map<string, string>();

  function derive(namespace: string, flowId: string): void {
    const record = flows.record(tenant, namespace, flowId);
    const present = table.ofFlow(namespace, flowId);
    if (record === undefined || record.deleted || record.revision === 0) { for (const row of present) drop(row); return; }
    const found = flows.revision(tenant, namespace, flowId, record.revision);
    if (found.type !== 'found') {
      // Its triggers stay, so that people see what does not start any more, and go on when the flow can be read again.
      for (const row of present) {
        polling.stop(row);
        watch.remove(row);
        if (row.sourceMissing !== true) { table.log(row, 'ERROR', `The flow can not be read any more: ${found.type === 'invalid' ? found.reason : 'its text is missing'}`); table.put({ ...row, sourceMissing: true, updatedAtMs: nowMs() }); }
      }
      return;
    }
    const { flow } = found.index;
    for (const row of present) if (!flow.triggers.some((model) => model.id === row.triggerId)) drop(row);
    for (const model of flow.triggers) deriveOne({ index: found.index, model }, present.find((one) => one.triggerId === model.id), record.revision);
  }

  function deriveOne(found: FoundTrigger, row: TriggerRow | undefined, revision: number): void {
    const { index, model } = found;
    const { flow } = index;
    const key = { tenant, namespace: flow.namespace, flowId: flow.id, triggerId: model.id };
    const name = nameOf(key);
    const level = model.properties['logLevel'];
    table.setLevel(key, typeof level === 'string' && isLogLevel(level) ? level : undefined);
    const sourceDisabled = model.disabled || flow.disabled;
    const { cron, timezone } = model.properties;
    const clock = clockKey(found);
    const known = clocks.get(name);
    clocks.set(name, clock);
    // After a start nothing is remembered: a row of this revision, or of the same cron, keeps its date.
    const sameDates = row !== undefined && row.type === model.type && (known === undefined
      ? row.revision >= revision || (row.cron === (typeof cron === 'string' ? cron : undefined) && row.timezone === (typeof timezone === 'string' ? timezone : undefined))
      : known === clock);
    if (row !== undefined && sameDates && row.revision >= revision && row.sourceDisabled === sourceDisabled && row.sourceMissing !== true) {
      if (row.kind === 'FLOW') planned(row, found);
      return;
    }
    if (row !== undefined && (row.kind === 'POLLING' || row.kind === 'REALTIME')) polling.stop(row);
    const derived = { ...key, type: model.type, kind: model.kind, revision, sourceDisabled, disabled: false, ...kept(row), ...declared(found), updatedAtMs: nowMs() };
    const due = withNext(derived, firstDateMs(found, row, sameDates));
    table.put(due);
    if (model.kind === 'FLOW') planned(due, found);
    else watch.remove(due);
  }

  /** What a new revision leaves as it is. An evaluation that ran has been stopped, a problem may be mended. */
  function kept(row: TriggerRow | undefined): Partial<Pick<TriggerRow, 'disabled' | 'switched' | 'dateMs' | 'evaluatedAtMs' | 'executionId' | 'backfill'>> {
    if (row === undefined) return {};
    const { disabled, switched, dateMs, evaluatedAtMs, executionId, backfill } = row;
    return {
      disabled, ...(switched === undefined ? {} : { switched }), ...(dateMs === undefined ? {} : { dateMs }), ...(evaluatedAtMs === undefined ? {} : { evaluatedAtMs }),
      ...(executionId === undefined ? {} : { executionId }), ...(backfill === undefined ? {} : { backfill }),
    };
  }

  /** What the source says. */
  function declared(found: FoundTrigger): Partial<Pick<TriggerRow, 'cron' | 'dates' | 'calendar' | 'timezone' | 'description' | 'stopAfter'>> {
    const { model } = found;
    const { cron, timezone, dates, when } = model.properties;
    const conditions = conditionsOf(model);
    return {
      ...(typeof cron === 'string' ? { cron } : {}), ...(typeof timezone === 'string' ? { timezone } : {}), ...(Array.isArray(dates) ? { dates: dates.map(String) } : {}),
      ...(model.kind === 'SCHEDULE' && conditions.length > 0 && typeof when !== 'string' && conditions.every(isCalendar) ? { calendar: conditions } : {}),
      ...(model.description === undefined ? {} : { description: model.description }), ...(model.stopAfter.length === 0 ? {} : { stopAfter: model.stopAfter }),
    };
  }

  function firstDateMs(found: FoundTrigger, row: TriggerRow | undefined, sameDates: boolean): number | undefined {
    switch (found.model.kind) {
      case 'SCHEDULE': return sameDates || (row?.backfill !== undefined && !row.backfill.paused) ? row?.nextAtMs : nextDateMs(room, found, nowMs());
      case 'POLLING': case 'REALTIME': return nowMs();
      default: return undefined;
    }
  }

  function planned(row: TriggerRow, found: FoundTrigger): void {
    const problem = watch.set(row, found);
    if (problem !== undefined) {
      table.log(row, 'ERROR', `It can not be evaluated: ${problem}`);
      table.put(withProblem(row, problem));
      return;
    }
    const missMs = watch.nextMissMs(row, nowMs());
    if (missMs !== row.nextAtMs) table.put(withNext(row, missMs));
  }

  function drop(row: TriggerRow): void {
    polling.stop(row);
    watch.remove(row);
    clocks.delete(nameOf(row));
    table.remove(row);
  }

  /** Rows that need a look at their flow when the server starts: those of flow triggers, those that are late, locked or were being evaluated. */
  function takeUp(row: TriggerRow): void {
    const running = row.executionId === undefined ? undefined : loop.find(tenant, row.executionId)?.state.state;
    const isFree = row.executionId !== undefined && (running === undefined || isEnded(running));
    const { evaluateRunningAtMs, ...idle } = row;
    let next: TriggerRow = isFree ? released(row) : idle;
    const isPolled = row.kind === 'POLLING' || row.kind === 'REALTIME';
    if (isPolled && (evaluateRunningAtMs !== undefined || row.nextAtMs === undefined)) next = withNext(next, nowMs());
    if (row.kind === 'SCHEDULE' && row.nextAtMs !== undefined && row.nextAtMs <= nowMs()) {
      const found = findTrigger(room, row);
      const nextMs = found === undefined ? row.nextAtMs : safely(() => recoveredNextMs(room, next, found));
      if (nextMs !== row.nextAtMs) table.log(row, 'INFO', `The server was off at its date ${new Date(row.nextAtMs).toISOString()}: recoverMissedSchedules leaves ${nextMs === undefined ? 'no date' : `the next one at ${new Date(nextMs).toISOString()}`}`);
      next = withNext(next, nextMs);
    }
    if (isFree || evaluateRunningAtMs !== undefined || next.nextAtMs !== row.nextAtMs) table.put(next);
    else table.arm(row);
  }

  const safely = <T>(call: () => T): T | undefined => {
    try {
      return call();
    } catch (error) {
      ambient.logger.warn('a schedule has no next date', { reason: messageOf(error) });
      return undefined;
    }
  };

  return {
    start() {
      table.load(tenant);
      const known = new Set<string>();
      for (const record of listFlowRecords(options.front, tenant)) {
        const flow = `${record.namespace}/${record.id}`;
        known.add(flow);
        const present = table.ofFlow(record.namespace, record.id);
        // Flows are read only where something may have changed: reading ten thousand would take the start seconds.
        const isUpToDate = present.length > 0 && present.every((row) => row.revision >= record.revision && row.kind !== 'FLOW' && row.sourceMissing !== true && row.sourceDisabled >= record.disabled);
        if (!isUpToDate && (record.revision > 0 || present.length > 0)) {
          if (present.length > 0 || record.triggers.length > 0) derive(record.namespace, record.id);
        }
      }
      for (const row of table.all()) if (!known.has(`${row.namespace}/${row.flowId}`)) drop(row);
      for (const row of table.all()) takeUp(row);
      started = true;
      arm();
    },
    flowChanged(_tenant, namespace, flowId) { derive(namespace, flowId); },
    stateChanged(live, from) { watch.changed(live, from); },
    executionEnded(header) {
      const { trigger } = header;
      if (trigger === undefined) return;
      const row = table.get(`${header.namespace}/${header.flowId}/${trigger.id}`);
      const state = header.histories[header.histories.length - 1]?.state ?? 'FAILED';
      // It is tried again as a new execution, whose end is the end.
      if (row === undefined || state === 'RETRIED') return;
      const isHolder = row.executionId !== undefined && (row.executionId === header.id || row.executionId === header.originalId);
      const stops = !row.disabled && row.stopAfter?.includes(state) === true;
      if (!isHolder && !stops) return;
      const free = isHolder ? released(row) : row;
      if (stops) table.log(row, 'WARN', `It is switched off: its execution ended ${state}, and stopAfter says so`, header.id);
      table.put({ ...free, updatedAtMs: nowMs(), ...(stops ? { disabled: true, switched: { by: 'stopAfter', atMs: nowMs(), reason: `Its execution ${header.id} ended ${state}` } } : {}) });
      if (stops) polling.stop(row);
    },
    command(_tenant, key, command, by) {
      const row = table.get(nameOf(key));
      if (row === undefined) return { ok: false, problem: { status: 404, message: `Not Found: flow "${key.namespace}.${key.flowId}" has no trigger "${key.triggerId}"` } };
      const done = commandTrigger({ room, polling, rederive: () => { drop(row); derive(row.namespace, row.flowId); } }, row, command, by);
      return done.ok ? { ok: true, value: triggerOf(done.value) } : done;
    },
    findWebhook(call, index) { return findWebhook(room, call, index); },
    webhook(found, variables, executionId) { return callWebhook(room, found, variables, executionId); },
    async close() {
      closed = true;
      cancel?.();
      soon?.();
      await options.worker.close();
    },
  };
}

const isEnded = (state: string): boolean => isStateType(state) && isTerminal(state);

function never(value: never): never {
  throw new Error(`not a kind of trigger: ${String(value)}`);
}
