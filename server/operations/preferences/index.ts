/** Preferences and saved searches: everybody's own. */
import type { preferences } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';

export const preferenceHandlers: HandlersOf<typeof preferences> = {
  preferencesGet: ({ rooms, caller }) => rooms.preferences.load(caller),
  async preferencesSet({ rooms, input, caller }) {
    await rooms.preferences.set(caller, input.name, input.body.value);
    return null;
  },
  searchesSave: ({ rooms, input, caller }) => rooms.preferences.saveSearch(caller, { ...input.body, name: input.body.name.trim(), shared: input.body.shared === true }),
  async searchesRemove({ rooms, input, caller }) {
    await rooms.preferences.removeSearch(caller, input.id);
    return null;
  },
};
