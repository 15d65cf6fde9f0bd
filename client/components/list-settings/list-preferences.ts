/** The remembered settings of a list, read with care: an older version may have written something else. Pure. */
import type { PreferenceValue } from '../../../core/protocol/entities/preferences.ts';
import { pageSizeDefault, pageSizes } from '../filter-bar/filters.ts';

export interface ListPreferences {
  readonly columns: readonly string[];
  readonly chart: boolean;
  readonly live: boolean;
  readonly size: number;
}

export interface KnownColumns {
  readonly all: readonly string[];
  readonly first: readonly string[];
}

export const preferenceName = (list: string, what: 'columns' | 'chart' | 'live' | 'size'): string => `list.${list}.${what}`;

export function listPreferences(values: Readonly<Record<string, PreferenceValue>>, list: string, columns: KnownColumns): ListPreferences {
  const of = (what: 'columns' | 'chart' | 'live' | 'size'): PreferenceValue | undefined => values[preferenceName(list, what)];
  const chosen = of('columns');
  const known = Array.isArray(chosen) ? chosen.filter((id) => columns.all.includes(id)) : [];
  return {
    // The order is the table's; a choice that holds nothing known is none.
    columns: columns.all.filter((id) => (known.length === 0 ? columns.first : known).includes(id)),
    chart: of('chart') !== false,
    live: of('live') !== false,
    size: pageSizes.find((size) => size === of('size')) ?? pageSizeDefault,
  };
}

/** A column comes or goes; the last one stays, a table needs one. */
export function withColumn(shown: readonly string[], id: string): readonly string[] {
  if (!shown.includes(id)) return [...shown, id];
  return shown.length === 1 ? shown : shown.filter((one) => one !== id);
}
