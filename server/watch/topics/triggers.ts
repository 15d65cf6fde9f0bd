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
    const matching = this.#table.rows().filter((row) => this.#sources.allowed(row.namespace) && matchesTrigger(row, this.#filter));
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

export function matchesTrigger(row: TriggerRow, filter: RowFilter): boolean {
  if (filter.namespace !== undefined && !isInNamespace(row.namespace, filter.namespace)) return false;
  if (filter.flowId !== undefined && row.flowId !== filter.flowId) return false;
  const text = filter.text?.toLowerCase() ?? '';
  return text === '' || `${row.namespace}\n${row.flowId}\n${row.triggerId}\n${row.type}`.toLowerCase().includes(text);
}
