/** `triggers?{filter}`: a page of triggers by namespace, flow and id. */
import type { Trigger } from '../../../core/protocol/entities/trigger.ts';
import type { TriggersTopicState } from '../../../core/protocol/topics.ts';
import { enginePrefixes, isInNamespace, triggerOf, type Key, type TriggerRow } from '../../store/index.ts';
import { TableIndex } from '../table-index.ts';
import type { RowFilter } from '../topic-name.ts';
import type { Interest, Kind, Sources, View } from '../view.ts';

const nameOf = (row: TriggerRow): string => `${row.namespace}/${row.flowId}/${row.triggerId}`;

export class TriggersView implements View<TriggersTopicState> {
  readonly #sources: Sources;
  readonly #filter: RowFilter;
  readonly #table: TableIndex<TriggerRow>;
  readonly #dirty = new Set<string>();

  constructor(sources: Sources, filter: RowFilter) {
    this.#sources = sources;
    this.#filter = filter;
    this.#table = new TableIndex<TriggerRow>(sources.engine, enginePrefixes.triggers(sources.tenant), () => true);
  }

  read(): TriggersTopicState {
    this.#table.reload();
    this.#dirty.clear();
    return this.#state(undefined);
  }

  interests(): readonly Interest[] {
    return [{ kind: 'trigger' }];
  }

  note(_kind: Kind, key: Key): void {
    this.#table.refresh(key);
    this.#dirty.add(key.join('/'));
  }

  update(last: TriggersTopicState): TriggersTopicState {
    return this.#dirty.size === 0 ? last : this.#state(last);
  }

  #state(last: TriggersTopicState | undefined): TriggersTopicState {
    const { page, size } = this.#filter;
    const matching = sorted(this.#table.rows().filter((row) => this.#sources.allowed(row.namespace) && matchesTrigger(row, this.#filter)), this.#filter.sort);
    const rows = matching.slice((page - 1) * size, page * size);
    const byId: Record<string, Trigger> = {};
    for (const row of rows) {
      const name = nameOf(row);
      const old = last !== undefined && Object.hasOwn(last.byId, name) && !this.#dirty.has(name) ? last.byId[name] : undefined;
      byId[name] = old ?? triggerOf(row);
    }
    this.#dirty.clear();
    return { byId, order: rows.map(nameOf), total: matching.length };
  }
}

const sortFields: Readonly<Record<string, (row: TriggerRow) => string | number>> = {
  flowId: (row) => row.flowId, namespace: (row) => row.namespace, triggerId: (row) => row.triggerId, executionId: (row) => row.executionId ?? '', nextExecutionDate: (row) => row.nextAtMs ?? 0,
};

/** The page's order, as the search has it. A field that is not known sorts nothing: the search has refused it already. */
function sorted(rows: readonly TriggerRow[], sort: string | undefined): readonly TriggerRow[] {
  const [field = '', way] = (sort ?? '').split(':');
  const value = Object.hasOwn(sortFields, field) ? sortFields[field] : undefined;
  if (value === undefined) return rows;
  const sign = way === 'asc' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    return left < right ? -sign : left > right ? sign : 0;
  });
}

export function matchesTrigger(row: TriggerRow, filter: RowFilter): boolean {
  if (filter.namespace !== undefined && !isInNamespace(row.namespace, filter.namespace)) return false;
  if (filter.flowId !== undefined && row.flowId !== filter.flowId) return false;
  if (filter.state !== undefined && (filter.state === 'DISABLED') !== (row.disabled || row.sourceDisabled)) return false;
  const text = filter.text?.toLowerCase() ?? '';
  return text === '' || `${row.namespace}\n${row.flowId}\n${row.triggerId}\n${row.type}`.toLowerCase().includes(text);
}
