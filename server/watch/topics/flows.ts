/** `flows?{filter}`: a page of flows by namespace and id, each with its last execution and who has it open. */
import type { FlowRow } from '../../../core/protocol/entities/flow.ts';
import type { FlowsTopicState } from '../../../core/protocol/topics.ts';
import { frontPrefixes, isInNamespace, type FlowRecord, type Key } from '../../store/index.ts';
import { flowRowOf, presentByFlow } from '../flow-row.ts';
import { TableIndex } from '../table-index.ts';
import type { RowFilter } from '../topic-name.ts';
import type { Interest, Kind, Sources, View } from '../view.ts';

const nameOf = (flow: { readonly namespace: string; readonly id: string }): string => `${flow.namespace}/${flow.id}`;

export class FlowsView implements View<FlowsTopicState> {
  readonly #sources: Sources;
  readonly #filter: RowFilter;
  readonly #table: TableIndex<FlowRecord>;
  #numbers = new Map<number, string>();
  #page: readonly FlowRecord[] = [];
  #total = 0;
  readonly #dirty = new Set<string>();
  #tableChanged = false;
  #presenceChanged = false;

  constructor(sources: Sources, filter: RowFilter) {
    this.#sources = sources;
    this.#filter = filter;
    this.#table = new TableIndex<FlowRecord>(sources.front, frontPrefixes.flows(sources.tenant), (record) => !record.deleted);
  }

  read(): FlowsTopicState {
    this.#table.reload();
    this.#list();
    this.#numbers = new Map();
    const present = presentByFlow(this.#sources.present, this.#sources.tenant);
    const byId: Record<string, FlowRow> = {};
    for (const record of this.#page) byId[nameOf(record)] = this.#rowOf(record, present);
    this.#clear();
    return { byId, order: this.#page.map(nameOf), total: this.#total };
  }

  interests(): readonly Interest[] {
    return [{ kind: 'flow' }, { kind: 'flowIndex' }, { kind: 'presence' }, ...[...this.#numbers.keys()].map((number) => ({ kind: 'execution', number }) as const)];
  }

  note(kind: Kind, key: Key): void {
    const [first, second] = key;
    switch (kind) {
      case 'flow':
        this.#table.refresh(key);
        this.#tableChanged = true;
        this.#dirty.add(`${first}/${second}`);
        return;
      case 'flowIndex':
        this.#dirty.add(`${first}/${second}`);
        return;
      case 'presence':
        this.#presenceChanged = true;
        return;
      default: {
        const flow = typeof first === 'number' ? this.#numbers.get(first) : undefined;
        if (flow !== undefined) this.#dirty.add(flow);
      }
    }
  }

  update(last: FlowsTopicState): FlowsTopicState {
    if (this.#tableChanged) this.#list();
    const present = presentByFlow(this.#sources.present, this.#sources.tenant);
    const byId: Record<string, FlowRow> = {};
    for (const record of this.#page) {
      const name = nameOf(record);
      const old = Object.hasOwn(last.byId, name) ? last.byId[name] : undefined;
      if (old === undefined || this.#dirty.has(name)) byId[name] = this.#rowOf(record, present);
      else byId[name] = this.#presenceChanged ? { ...old, present: present.get(name) ?? [] } : old;
    }
    for (const [number, name] of this.#numbers) if (!Object.hasOwn(byId, name)) this.#numbers.delete(number);
    const order = this.#tableChanged ? this.#page.map(nameOf) : last.order;
    this.#clear();
    return { byId, order, total: this.#total };
  }

  #rowOf(record: FlowRecord, present: ReadonlyMap<string, FlowRow['present']>): FlowRow {
    const name = nameOf(record);
    const { row, lastNumber } = flowRowOf(record, this.#sources.engine, present.get(name) ?? []);
    for (const [number, other] of this.#numbers) if (other === name && number !== lastNumber) this.#numbers.delete(number);
    if (lastNumber !== undefined) this.#numbers.set(lastNumber, name);
    return row;
  }

  #list(): void {
    const { page, size } = this.#filter;
    const matching = this.#table.rows().filter((record) => this.#sources.allowed(record.namespace) && matchesFlow(record, this.#filter));
    this.#total = matching.length;
    this.#page = matching.slice((page - 1) * size, page * size);
  }

  #clear(): void {
    this.#dirty.clear();
    this.#tableChanged = false;
    this.#presenceChanged = false;
  }
}

export function matchesFlow(record: FlowRecord, filter: RowFilter): boolean {
  if (filter.namespace !== undefined && !isInNamespace(record.namespace, filter.namespace)) return false;
  if (filter.flowId !== undefined && record.id !== filter.flowId) return false;
  for (const label of filter.labels) if (!record.labels.some((own) => own.key === label.key && own.value === label.value)) return false;
  const text = filter.text?.toLowerCase() ?? '';
  return text === '' || `${record.namespace}.${record.id}\n${record.description ?? ''}`.toLowerCase().includes(text);
}
