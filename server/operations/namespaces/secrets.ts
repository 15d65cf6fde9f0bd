/** Names of secrets. They come from the environment of the server and are the same for every namespace; a value never gets here. */
import { compileFilters } from '../../../core/protocol/filters/match.ts';
import { oldFilters, parseFilters } from '../../../core/protocol/filters/syntax.ts';
import type * as operations from '../../../core/protocol/operations/namespaces.ts';
import type { Handler, Rooms } from '../handler.ts';
import { pageOf, parseSort, sortRows } from '../rooms.ts';

interface Asked {
  readonly page?: number | undefined;
  readonly size?: number | undefined;
  readonly sort?: readonly string[] | undefined;
  readonly q?: string | undefined;
  readonly filters?: readonly unknown[] | undefined;
}

function pageOfNames(rooms: Rooms, input: Asked) {
  const sort = parseSort(input.sort, ['key']);
  const { q } = input;
  const { matches } = compileFilters<string>([...oldFilters({ q }), ...parseFilters(input.filters)], { q: { type: 'search', of: (key) => key } }, { what: 'secrets', nowMs: rooms.ambient.clock.nowMs() });
  const rows = rooms.config.secretNames.filter(matches).map((key) => ({ key }));
  return { readOnly: true, ...pageOf(sortRows(rows, sort, (row) => row.key), input) } as const;
}

export const list: Handler<typeof operations.secretsList> = ({ rooms, input }) => pageOfNames(rooms, input);
export const search: Handler<typeof operations.secretsSearch> = ({ rooms, input }) => pageOfNames(rooms, input);
/** None: each namespace has all of them itself. */
export const inherited: Handler<typeof operations.secretsInherited> = () => ({});
