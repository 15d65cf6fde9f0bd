/** `stats`: Home's figures. Counters are read again only when a commit names them; nothing ever counts rows. */
import { executionHeaderOf, type ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import { isStateType, type StateType } from '../../../core/protocol/states.ts';
import type { Keyed, StatsTopicState } from '../../../core/protocol/topics.ts';
import {
  engineKeys, enginePrefixes, frontPrefixes, listExecutions, loadDayCounts, loadFlowCounts, loadStateCounts, triggerOf, type ExecutionFilter, type FlowRecord,
  type Key, type TriggerRow,
} from '../../store/index.ts';
import { TableIndex } from '../table-index.ts';
import { runningStates } from '../topic-name.ts';
import { lightHeader, type Interest, type Kind, type Sources, type View } from '../view.ts';
import { everything } from './executions.ts';

const dayCount = 31;
const dayMs = 86_400_000;
const runningRowsMax = 20;
const failedRowsMax = 10;
const scheduledRowsMax = 10;

export class StatsView implements View<StatsTopicState> {
  readonly #sources: Sources;
  readonly #flows: TableIndex<FlowRecord>;
  readonly #triggers: TableIndex<TriggerRow>;
  readonly #scope: Pick<ExecutionFilter, 'allowed'>;
  #today = '';
  #countersChanged = false;
  readonly #days = new Set<string>();
  readonly #executions = new Set<number>();
  #flowsChanged = false;
  #triggersChanged = false;

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#flows = new TableIndex<FlowRecord>(sources.front, frontPrefixes.flows(sources.tenant), (record) => !record.deleted && sources.allowed(record.namespace));
    this.#triggers = new TableIndex<TriggerRow>(sources.engine, enginePrefixes.triggers(sources.tenant), (row) => sources.allowed(row.namespace));
    this.#scope = sources.allowed === everything ? {} : { allowed: sources.allowed };
  }

  read(): StatsTopicState {
    this.#flows.reload();
    this.#triggers.reload();
    this.#clear();
    this.#today = this.#sources.dayOf(this.#sources.nowMs());
    const empty: Keyed<ExecutionHeader> = { byId: {}, order: [] };
    return {
      ...this.#flowFigures(),
      triggers: this.#triggers.rows().length,
      executionsByState: this.#stateCounts(),
      daily: loadDayCounts(this.#sources.engine, this.#sources.tenant, this.#firstDay()),
      running: this.#list(runningStates, runningRowsMax, empty),
      failed: this.#list(['FAILED'], failedRowsMax, empty),
      scheduled: this.#scheduled(undefined),
    };
  }

  interests(): readonly Interest[] {
    return [{ kind: 'counter' }, { kind: 'execution' }, { kind: 'trigger' }, { kind: 'flow' }];
  }

  note(kind: Kind, key: Key): void {
    const [first, second] = key;
    switch (kind) {
      case 'counter':
        if (first === 'day' && typeof second === 'string') this.#days.add(second);
        this.#countersChanged = true;
        return;
      case 'execution':
        if (typeof first === 'number') this.#executions.add(first);
        return;
      case 'trigger':
        this.#triggers.refresh(key);
        this.#triggersChanged = true;
        return;
      default:
        this.#flows.refresh(key);
        this.#flowsChanged = true;
    }
  }

  update(last: StatsTopicState): StatsTopicState {
    const today = this.#sources.dayOf(this.#sources.nowMs());
    const newDay = today !== this.#today;
    this.#today = today;
    const rowsChanged = this.#executions.size > 0;
    const next: StatsTopicState = {
      ...(this.#flowsChanged ? this.#flowFigures() : { flows: last.flows, namespaces: last.namespaces }),
      triggers: this.#triggersChanged ? this.#triggers.rows().length : last.triggers,
      executionsByState: this.#countersChanged ? this.#stateCounts() : last.executionsByState,
      daily: newDay ? loadDayCounts(this.#sources.engine, this.#sources.tenant, this.#firstDay()) : this.#daily(last.daily),
      running: rowsChanged ? this.#list(runningStates, runningRowsMax, last.running) : last.running,
      failed: rowsChanged ? this.#list(['FAILED'], failedRowsMax, last.failed) : last.failed,
      scheduled: this.#triggersChanged ? this.#scheduled(last.scheduled) : last.scheduled,
    };
    this.#clear();
    return next;
  }

  /** At the next quarter hour it may be another day: zones differ by quarters. */
  againAtMs(): number {
    return (Math.floor(this.#sources.nowMs() / 900_000) + 1) * 900_000;
  }

  #firstDay(): string {
    return this.#sources.dayOf(this.#sources.nowMs() - (dayCount - 1) * dayMs);
  }

  #flowFigures(): { readonly flows: number; readonly namespaces: number } {
    const rows = this.#flows.rows();
    return { flows: rows.length, namespaces: new Set(rows.map((record) => record.namespace)).size };
  }

  #stateCounts(): StatsTopicState['executionsByState'] {
    if (this.#scope.allowed === undefined) return loadStateCounts(this.#sources.engine, this.#sources.tenant);
    const counts: Partial<Record<StateType, number>> = {};
    for (const { namespace, state, count } of loadFlowCounts(this.#sources.engine, this.#sources.tenant)) if (this.#sources.allowed(namespace)) counts[state] = (counts[state] ?? 0) + count;
    return counts;
  }

  #daily(last: StatsTopicState['daily']): StatsTopicState['daily'] {
    if (this.#days.size === 0) return last;
    const daily: Record<string, Readonly<Partial<Record<StateType, number>>>> = { ...last };
    const firstDay = this.#firstDay();
    for (const day of this.#days) {
      if (day < firstDay) continue;
      const counts: Partial<Record<StateType, number>> = {};
      for (const { key, value } of this.#sources.engine.range<number>({ prefix: engineKeys.counter(this.#sources.tenant, 'day', day) })) {
        const state = key[4];
        if (typeof state === 'string' && isStateType(state)) counts[state] = value;
      }
      if (Object.keys(counts).length === 0) delete daily[day];
      else daily[day] = counts;
    }
    return daily;
  }

  #list(states: readonly StateType[], size: number, last: Keyed<ExecutionHeader>): Keyed<ExecutionHeader> {
    const { rows } = listExecutions(this.#sources.engine, this.#sources.tenant, { states, ...this.#scope }, { page: 1, size });
    const byId: Record<string, ExecutionHeader> = {};
    for (const row of rows) {
      const old = Object.hasOwn(last.byId, row.id) && !this.#executions.has(row.number) ? last.byId[row.id] : undefined;
      byId[row.id] = old ?? lightHeader(executionHeaderOf(row));
    }
    return { byId, order: rows.map((row) => row.id) };
  }

  #scheduled(last: Keyed<Trigger> | undefined): Keyed<Trigger> {
    const rows = this.#triggers.rows().filter((row) => row.kind === 'SCHEDULE' && row.nextAtMs !== undefined && !row.disabled && !row.sourceDisabled && row.sourceMissing !== true);
    rows.sort((a, b) => (a.nextAtMs ?? 0) - (b.nextAtMs ?? 0));
    const byId: Record<string, Trigger> = {};
    const order: string[] = [];
    for (const row of rows.slice(0, scheduledRowsMax)) {
      const name = `${row.namespace}/${row.flowId}/${row.triggerId}`;
      byId[name] = triggerOf(row);
      order.push(name);
    }
    return last !== undefined && JSON.stringify(last) === JSON.stringify({ byId, order }) ? last : { byId, order };
  }

  #clear(): void {
    this.#countersChanged = false;
    this.#days.clear();
    this.#executions.clear();
    this.#flowsChanged = false;
    this.#triggersChanged = false;
  }
}
