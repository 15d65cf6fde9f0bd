/** What somebody has chosen for themselves, kept on the server and live in all their tabs; and the searches that they named. */

/** Columns of a list are a list of texts, switches are booleans, a page size is a number. */
export type PreferenceValue = string | number | boolean | readonly string[];

export interface SavedSearch {
  readonly id: string;
  /** The list that it belongs to: `executions`, `logs`, ... */
  readonly page: string;
  readonly name: string;
  /** The query of the address, without a page number: `?state=FAILED&timeRange=P7D`. */
  readonly query: string;
  readonly owner: { readonly id: string; readonly name: string };
  /** Everybody in the workspace sees it. */
  readonly shared: boolean;
  readonly savedAt: string;
}

/** What a participant sees: their own values, their searches, and those that others share. Searches are in the order of their names. */
export interface Preferences {
  readonly values: Readonly<Record<string, PreferenceValue>>;
  readonly searches: readonly SavedSearch[];
}
