/** Lists of KV pairs: names, dates and descriptions, never values. */
import { illegalArgument } from '../../../core/protocol/errors.ts';
import { kvKeyProblem, type KvEntry } from '../../../core/protocol/entities/kv.ts';
import { compileFilters, type FilterFields } from '../../../core/protocol/filters/match.ts';
import { oldFilters, parseFilters } from '../../../core/protocol/filters/syntax.ts';
import { namespacePattern } from '../../../core/protocol/ids.ts';
import type * as operations from '../../../core/protocol/operations/namespaces.ts';
import { isExpired, kvEntryOf, listAllKv, listKv, type KvRow } from '../../store/index.ts';
import type { Handler, Rooms } from '../handler.ts';
import { pageOf, parseSort, replied, sortRows } from '../rooms.ts';

const sortFields = ['key', 'namespace', 'creationDate', 'updateDate', 'expirationDate'] as const;

const filterFields: FilterFields<KvEntry> = {
  q: { type: 'search', of: (entry) => `${entry.namespace}\n${entry.key}\n${entry.description ?? ''}` },
  namespace: { type: 'text', of: (entry) => entry.namespace },
  id: { type: 'text', of: (entry) => entry.key },
  created: { type: 'date', of: (entry) => Date.parse(entry.creationDate) },
  updated: { type: 'date', of: (entry) => Date.parse(entry.updateDate) },
  expirationDate: { type: 'date', of: (entry) => (entry.expirationDate === undefined ? undefined : Date.parse(entry.expirationDate)) },
};

const living = (rooms: Rooms, tenant: string, namespace: string): KvRow[] => (namespacePattern.test(namespace) ? [...listKv(rooms.engine, tenant, namespace, rooms.ambient.clock.nowMs())] : []);

export const list: Handler<typeof operations.kvList> = ({ rooms, input, caller }) => living(rooms, caller.tenant, input.namespace).map(kvEntryOf);

export const inheritance: Handler<typeof operations.kvInheritance> = ({ rooms, input, caller }) => {
  const nearest = new Map<string, KvRow>();
  const parts = input.namespace.split('.');
  for (let length = parts.length; length > 0; length -= 1) {
    const namespace = parts.slice(0, length).join('.');
    // What lies above is shown only to those who may see it there.
    if (rooms.access.refusal(caller, { resource: 'kv', action: 'read' }, namespace) !== undefined) continue;
    for (const row of living(rooms, caller.tenant, namespace)) if (!nearest.has(row.key)) nearest.set(row.key, row);
  }
  return [...nearest.values()].map(kvEntryOf);
};

export const search: Handler<typeof operations.kvSearch> = ({ rooms, input, caller }) => {
  const sort = parseSort(input.sort, sortFields);
  const nowMs = rooms.ambient.clock.nowMs();
  const { q, namespace } = input;
  const { matches } = compileFilters([...oldFilters({ q, namespace }), ...parseFilters(input.filters)], filterFields, { what: 'KV pairs', nowMs });
  const allowed = new Map<string, boolean>();
  const maySee = (namespace: string): boolean => {
    const known = allowed.get(namespace);
    if (known !== undefined) return known;
    const may = rooms.access.refusal(caller, { resource: 'kv', action: 'read' }, namespace) === undefined;
    allowed.set(namespace, may);
    return may;
  };
  const rows = [...listAllKv(rooms.engine, caller.tenant)].filter((row) => !isExpired(row, nowMs) && maySee(row.namespace)).map(kvEntryOf).filter(matches);
  return pageOf(sortRows(rows, sort, (row, field) => row[field] ?? ''), input);
};

export const deleteMany: Handler<typeof operations.kvDeleteMany> = async ({ rooms, input, caller }) => {
  if (!namespacePattern.test(input.namespace)) throw illegalArgument(`namespace "${input.namespace}" must hold only lower-case letters, digits, ".", "_" and "-"`);
  // A key that could never have been set is simply not there.
  const keys = [...new Set(input.body.keys)].filter((key) => kvKeyProblem(key) === undefined);
  return { keys: replied(await rooms.executor.deleteKv(caller.tenant, input.namespace, keys)) };
};
