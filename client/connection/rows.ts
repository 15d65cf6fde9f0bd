import type { Keyed } from '../../core/protocol/topics.ts';

/** The rows of a keyed collection in their order. A row that is unchanged is the same object as before, so views may compare by identity. */
export function rowsOf<Row>(keyed: Keyed<Row>): readonly Row[] {
  const rows: Row[] = [];
  for (const id of keyed.order) {
    const row = keyed.byId[id];
    if (row !== undefined) rows.push(row);
  }
  return rows;
}
