/** Which flows a filter means, in which order, and which page of them. */
import { illegalArgument } from '../../../core/protocol/errors.ts';
import type { Page } from '../../../core/protocol/operation.ts';
import type { Caller, Access } from '../../access/contract.ts';
import { listFlowRecords, type FlowRecord, type Reader } from '../../store/index.ts';

export interface FlowFilter {
  readonly q?: string;
  /** This namespace and all below. */
  readonly namespace?: string;
  /** `key:value`; all must match. */
  readonly labels?: readonly string[];
  readonly scope?: readonly string[];
}

const systemNamespace = 'system';

export function filteredFlows(rooms: { readonly front: Reader; readonly access: Pick<Access, 'refusal'> }, caller: Caller, filter: FlowFilter): FlowRecord[] {
  const words = (filter.q ?? '').toLowerCase().split(/\s+/).filter((word) => word !== '' && word !== '*');
  const labels = (filter.labels ?? []).map((label) => {
    const colon = label.indexOf(':');
    if (colon < 1) throw illegalArgument(`the label "${label}" must be written key:value`);
    return { key: label.slice(0, colon), value: label.slice(colon + 1) };
  });
  const scopes = (filter.scope ?? []).flatMap((scope) => scope.split(',')).map((scope) => scope.trim().toUpperCase()).filter((scope) => scope !== '');
  for (const scope of scopes) if (scope !== 'USER' && scope !== 'SYSTEM') throw illegalArgument(`the scope "${scope}" must be USER or SYSTEM`);
  const allowed = new Map<string, boolean>();
  const mayRead = (namespace: string): boolean => {
    const known = allowed.get(namespace);
    if (known !== undefined) return known;
    const may = rooms.access.refusal(caller, { resource: 'flow', action: 'read' }, namespace) === undefined;
    allowed.set(namespace, may);
    return may;
  };
  const found: FlowRecord[] = [];
  for (const record of listFlowRecords(rooms.front, caller.tenant)) {
    if (filter.namespace !== undefined && filter.namespace !== '' && record.namespace !== filter.namespace && !record.namespace.startsWith(`${filter.namespace}.`)) continue;
    if (scopes.length > 0 && !scopes.includes(record.namespace === systemNamespace ? 'SYSTEM' : 'USER')) continue;
    if (!labels.every((label) => record.labels.some((own) => own.key === label.key && own.value === label.value))) continue;
    const text = words.length === 0 ? '' : `${record.namespace}.${record.id} ${record.description ?? ''}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    if (mayRead(record.namespace)) found.push(record);
  }
  return found;
}

export function sortedFlows(records: readonly FlowRecord[], sort: readonly string[] | undefined): FlowRecord[] {
  const orders = (sort ?? []).flatMap((entry) => entry.split(',')).filter((entry) => entry !== '').map((entry) => {
    const [field = '', direction] = entry.split(':');
    const compare = Object.hasOwn(comparisons, field) ? comparisons[field] : undefined;
    if (direction === undefined || compare === undefined) throw illegalArgument(`Invalid sort parameter "${entry}": expected ${Object.keys(comparisons).join(', ')} with :asc or :desc`);
    return { compare, sign: direction.toLowerCase() === 'asc' ? 1 : -1 };
  });
  if (orders.length === 0) return [...records];
  return [...records].sort((left, right) => {
    for (const { compare, sign } of orders) {
      const difference = compare(left, right);
      if (difference !== 0) return difference * sign;
    }
    return 0;
  });
}

const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
const comparisons: Readonly<Record<string, (left: FlowRecord, right: FlowRecord) => number>> = {
  id: (left, right) => byText(left.id, right.id),
  namespace: (left, right) => byText(left.namespace, right.namespace),
  updated: (left, right) => left.updatedAtMs - right.updatedAtMs,
};

export interface PageOf {
  readonly page?: number;
  readonly size?: number;
}

/** One page; rows are only answered for it. */
export async function pageOf<Item, Row>(items: readonly Item[], { page = 1, size = 10 }: PageOf, answer: (item: Item) => Row | Promise<Row>): Promise<Page<Row>> {
  const rows = items.slice((page - 1) * size, page * size);
  return { results: await Promise.all(rows.map(answer)), total: items.length };
}
