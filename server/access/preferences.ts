/** What participants choose for themselves. Each reads and writes only their own; a search that is shared may be read by all. */
import type { Preferences, PreferenceValue, SavedSearch } from '../../core/protocol/entities/preferences.ts';
import { forbidden, illegalArgument, notFound } from '../../core/protocol/errors.ts';
import { limits } from '../../core/protocol/limits.ts';
import { isoText } from '../../core/protocol/time.ts';
import type { Ambient } from '../ambient/index.ts';
import { frontKeys, frontPrefixes, listSavedSearches, loadPreferences, loadSavedSearch, type Environment } from '../store/index.ts';
import type { Caller } from './contract.ts';

export interface PreferenceStore {
  load(caller: Caller): Preferences;
  /** An undefined value is forgotten. */
  set(caller: Caller, name: string, value: PreferenceValue | undefined): Promise<void>;
  saveSearch(caller: Caller, search: { readonly page: string; readonly name: string; readonly query: string; readonly shared: boolean }): Promise<SavedSearch>;
  removeSearch(caller: Caller, id: string): Promise<void>;
}

export interface PreferenceOptions {
  readonly front: Environment;
  readonly ambient: Pick<Ambient, 'clock' | 'ids'>;
}

export function createPreferences({ front, ambient }: PreferenceOptions): PreferenceStore {
  const searchesOf = ({ tenant, participant }: Caller): readonly SavedSearch[] => listSavedSearches(front, tenant).filter((search) => search.owner.id === participant.id);
  return {
    load: ({ tenant, participant }) => loadPreferences(front, tenant, participant.id),
    async set({ tenant, participant }, name, value) {
      const key = frontKeys.preference(tenant, participant.id, name);
      if (value === undefined) {
        await front.write([{ type: 'remove', key }]).flushed;
        return;
      }
      if (front.get(key) === undefined && front.count({ prefix: frontPrefixes.preferences(tenant, participant.id) }) >= limits.preferencesPerParticipantMax) {
        throw illegalArgument(`At most ${limits.preferencesPerParticipantMax} preferences are remembered; forget one first`);
      }
      await front.write([{ type: 'put', key, value }]).flushed;
    },
    async saveSearch(caller, { page, name, query, shared }) {
      const { tenant, participant } = caller;
      if (shared && participant.role === 'viewer') throw forbidden('Viewers keep searches for themselves; to share one, ask for the role editor');
      const own = searchesOf(caller);
      const same = own.find((one) => one.page === page && one.name === name);
      if (same === undefined && own.length >= limits.savedSearchesPerParticipantMax) throw illegalArgument(`At most ${limits.savedSearchesPerParticipantMax} searches can be saved; remove one first`);
      const search: SavedSearch = {
        id: same?.id ?? ambient.ids.friendly(), page, name, query, shared, owner: { id: participant.id, name: participant.name }, savedAt: isoText(ambient.clock.nowMs()),
      };
      await front.write([{ type: 'put', key: frontKeys.savedSearch(tenant, search.id), value: search }]).flushed;
      return search;
    },
    async removeSearch({ tenant, participant }, id) {
      const search = loadSavedSearch(front, tenant, id);
      const isOwn = search?.owner.id === participant.id;
      // Another person's own search is not even said to exist.
      if (search === undefined || (!isOwn && !search.shared)) throw notFound(`there is no saved search "${id}"`);
      if (!isOwn && participant.role !== 'admin') throw forbidden(`"${search.name}" belongs to ${search.owner.name}: only they or an administrator can remove it`);
      await front.write([{ type: 'remove', key: frontKeys.savedSearch(tenant, id) }]).flushed;
    },
  };
}
