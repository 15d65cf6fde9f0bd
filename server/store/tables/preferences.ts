/** What participants have chosen for themselves, and the searches that they named (front environment). `server/access` writes them. */
import type { Preferences, PreferenceValue, SavedSearch } from '../../../core/protocol/entities/preferences.ts';
import type { Reader } from '../contract.ts';
import { frontKeys, frontPrefixes } from '../keys.ts';

/** Own values, own searches and shared ones. */
export function loadPreferences(reader: Reader, tenant: string, participantId: string): Preferences {
  const values: Record<string, PreferenceValue> = {};
  for (const { key, value } of reader.range<PreferenceValue>({ prefix: frontPrefixes.preferences(tenant, participantId) })) {
    const name = key[3];
    if (typeof name === 'string') values[name] = value;
  }
  const searches = listSavedSearches(reader, tenant).filter((search) => search.shared || search.owner.id === participantId);
  return { values, searches: searches.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)) };
}

export function listSavedSearches(reader: Reader, tenant: string): SavedSearch[] {
  const searches: SavedSearch[] = [];
  for (const { value } of reader.range<SavedSearch>({ prefix: frontPrefixes.savedSearches(tenant) })) searches.push(value);
  return searches;
}

export const loadSavedSearch = (reader: Reader, tenant: string, id: string): SavedSearch | undefined =>
  (id === '' || id.includes('\0') ? undefined : reader.get<SavedSearch>(frontKeys.savedSearch(tenant, id)));
