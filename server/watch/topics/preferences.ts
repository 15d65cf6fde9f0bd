/** `preferences`: the watcher's own values and the searches that they may use; a channel for each person. */
import type { SavedSearch } from '../../../core/protocol/entities/preferences.ts';
import type { PreferencesTopicState } from '../../../core/protocol/topics.ts';
import { loadPreferences, type Key } from '../../store/index.ts';
import type { Interest, Kind, Sources, View } from '../view.ts';

export class PreferencesView implements View<PreferencesTopicState> {
  readonly #sources: Sources;
  readonly #participantId: string;
  #changed = false;

  constructor(sources: Sources) {
    this.#sources = sources;
    this.#participantId = sources.participantId ?? '';
  }

  read(): PreferencesTopicState {
    this.#changed = false;
    const { values, searches } = loadPreferences(this.#sources.front, this.#sources.tenant, this.#participantId);
    const byId: Record<string, SavedSearch> = {};
    for (const search of searches) byId[search.id] = search;
    return { values, searches: { byId, order: searches.map((search) => search.id) } };
  }

  interests(): readonly Interest[] {
    return [{ kind: 'preference' }, { kind: 'savedSearch' }];
  }

  note(kind: Kind, key: Key): void {
    if (kind === 'savedSearch' || key[0] === this.#participantId) this.#changed = true;
  }

  update(last: PreferencesTopicState): PreferencesTopicState {
    return this.#changed ? this.read() : last;
  }
}
