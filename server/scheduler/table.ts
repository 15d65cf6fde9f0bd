/**
 * The rows of triggers as they will be after the next commit (the store lags one commit behind), what flow triggers have gathered, and
 * the log of each trigger. Only here they are written: every change goes to the same commit as the executions that it starts.
 */
import type { WindowState } from '../../core/protocol/entities/trigger-window.ts';
import { passesLevel, type LogLevel } from '../../core/protocol/entities/log-entry.ts';
import type { Environment, TriggerRow, Write } from '../store/index.ts';
import { createTriggerLogWriter, isLocked, listTriggers, listTriggerWindows, triggerRemoval, triggerWindowRemoval, triggerWindowWrite, triggerWrite } from '../store/index.ts';
import { DueQueue } from './due-queue.ts';

export type TriggerKey = Pick<TriggerRow, 'tenant' | 'namespace' | 'flowId' | 'triggerId'>;

export const nameOf = (key: Pick<TriggerRow, 'namespace' | 'flowId' | 'triggerId'>): string => `${key.namespace}/${key.flowId}/${key.triggerId}`;

/** Whether it may start something at all; a lock is another matter. */
export const isOn = (row: TriggerRow): boolean => !row.disabled && !row.sourceDisabled && row.sourceMissing !== true;

/** A message that repeats itself within this time is written once. */
const sameMessageMs = 60_000;

export interface TableOptions {
  readonly engine: Environment;
  readonly write: (writes: readonly Write[]) => void;
  readonly nowMs: () => number;
  /** The next date has come nearer. */
  readonly rearm: () => void;
}

export class TriggerTable {
  readonly #options: TableOptions;
  readonly #rows = new Map<string, TriggerRow>();
  readonly #byFlow = new Map<string, Map<string, TriggerRow>>();
  readonly #windows = new Map<string, Map<string, WindowState>>();
  readonly #logs;
  readonly #lastLines = new Map<string, { readonly message: string; readonly atMs: number }>();
  readonly #levels = new Map<string, LogLevel>();
  readonly due = new DueQueue();

  constructor(options: TableOptions) {
    this.#options = options;
    this.#logs = createTriggerLogWriter(options.engine);
  }

  /** Reads what is stored; nothing is due before `put` or `arm`. */
  load(tenant: string): void {
    for (const row of listTriggers(this.#options.engine, tenant)) this.#keep(row);
    for (const row of listTriggerWindows(this.#options.engine, tenant)) this.#windowsOf(row).set(row.state.windowId, row.state);
  }

  get(name: string): TriggerRow | undefined {
    return this.#rows.get(name);
  }

  all(): readonly TriggerRow[] {
    return [...this.#rows.values()];
  }

  ofFlow(namespace: string, flowId: string): readonly TriggerRow[] {
    return [...(this.#byFlow.get(`${namespace}/${flowId}`)?.values() ?? [])];
  }

  put(row: TriggerRow): void {
    this.#keep(row);
    this.#options.write([triggerWrite(row)]);
    this.arm(row);
  }

  arm(row: TriggerRow): void {
    this.due.set(nameOf(row), row.nextAtMs !== undefined && isOn(row) && !isLocked(row) ? row.nextAtMs : undefined);
    this.#options.rearm();
  }

  remove(row: TriggerRow): void {
    const name = nameOf(row);
    this.#rows.delete(name);
    const flow = `${row.namespace}/${row.flowId}`;
    this.#byFlow.get(flow)?.delete(name);
    if (this.#byFlow.get(flow)?.size === 0) this.#byFlow.delete(flow);
    this.due.set(name, undefined);
    this.#levels.delete(name);
    this.#options.write([triggerRemoval(row)]);
    this.removeWindows(row);
    this.removeLog(row);
  }

  window(key: TriggerKey, windowId: string): WindowState | undefined {
    return this.#windows.get(nameOf(key))?.get(windowId);
  }

  putWindow(key: TriggerKey, state: WindowState): void {
    this.#windowsOf(key).set(state.windowId, state);
    this.#options.write([triggerWindowWrite(key, state)]);
  }

  removeWindows(key: TriggerKey): void {
    const windows = this.#windows.get(nameOf(key));
    if (windows === undefined) return;
    this.#windows.delete(nameOf(key));
    this.#options.write([...windows.keys()].map((windowId) => triggerWindowRemoval(key, windowId)));
  }

  /** Lines below a trigger's `logLevel` are not kept. */
  setLevel(key: TriggerKey, level: LogLevel | undefined): void {
    if (level === undefined) this.#levels.delete(nameOf(key));
    else this.#levels.set(nameOf(key), level);
  }

  log(key: TriggerKey, level: LogLevel, message: string, executionId?: string): void {
    const name = nameOf(key);
    const minLevel = this.#levels.get(name);
    if (minLevel !== undefined && !passesLevel(level, minLevel)) return;
    const atMs = this.#options.nowMs();
    const last = this.#lastLines.get(name);
    if (executionId === undefined && last?.message === message && atMs - last.atMs < sameMessageMs) return;
    this.#lastLines.set(name, { message, atMs });
    this.#options.write(this.#logs.append(key, { atMs, level, message, ...(executionId === undefined ? {} : { executionId }) }));
  }

  removeLog(key: TriggerKey): void {
    this.#lastLines.delete(nameOf(key));
    this.#options.write(this.#logs.removals(key));
  }

  #windowsOf(key: TriggerKey): Map<string, WindowState> {
    const name = nameOf(key);
    const found = this.#windows.get(name) ?? new Map<string, WindowState>();
    this.#windows.set(name, found);
    return found;
  }

  #keep(row: TriggerRow): void {
    const name = nameOf(row);
    this.#rows.set(name, row);
    const flow = `${row.namespace}/${row.flowId}`;
    const rows = this.#byFlow.get(flow) ?? new Map<string, TriggerRow>();
    rows.set(name, row);
    this.#byFlow.set(flow, rows);
  }
}
