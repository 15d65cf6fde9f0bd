import type { SavedSearch } from '../../core/protocol/entities/preferences.ts';

/** The saved searches of one list. */
export const searchesOf = (list: string, searches: readonly SavedSearch[]): readonly SavedSearch[] => searches.filter((search) => search.page === list);
