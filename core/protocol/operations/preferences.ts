/** What a participant has chosen for themselves. Nobody needs a permission for their own; a search is shared by those who may change flows. */
import { Type } from 'typebox';
import type { Preferences, SavedSearch } from '../entities/preferences.ts';
import { operation } from '../operation.ts';

export const preferencesGet = operation<Preferences>()({
  name: 'preferences.get', doc: 'My preferences, my saved searches and those that others share.', permission: 'open', audited: false,
  input: Type.Object({}), rest: [{ method: 'GET', path: '/preferences' }],
});
export const preferencesSet = operation<null>()({
  name: 'preferences.set', doc: 'Remembers a value under a name; without a value it is forgotten.', permission: 'open', audited: false,
  input: Type.Object({
    name: Type.String({ pattern: '^[a-z][a-zA-Z0-9.-]{0,99}$' }),
    body: Type.Object({ value: Type.Optional(Type.Union([Type.String({ maxLength: 500 }), Type.Number(), Type.Boolean(), Type.Array(Type.String({ maxLength: 100 }), { maxItems: 50 })])) }),
  }),
  rest: [{ method: 'PUT', path: '/preferences/{name}', body: 'json', status: 204 }],
});
export const searchesSave = operation<SavedSearch>()({
  name: 'searches.save', doc: 'Names the filters of a list. My search of the same name on that list is replaced.', permission: 'open', audited: false,
  input: Type.Object({
    body: Type.Object({
      page: Type.String({ pattern: '^[a-z][a-zA-Z0-9-]{0,49}$' }), name: Type.String({ minLength: 1, maxLength: 80 }),
      query: Type.String({ maxLength: 2000, pattern: '^\\?.+$' }), shared: Type.Optional(Type.Boolean()),
    }),
  }),
  rest: [{ method: 'POST', path: '/searches', body: 'json', status: 201 }],
});
export const searchesRemove = operation<null>()({
  name: 'searches.remove', doc: 'Removes a saved search of mine; an administrator removes any that is shared.', permission: 'open', audited: false,
  input: Type.Object({ id: Type.String({ maxLength: 100 }) }), rest: [{ method: 'DELETE', path: '/searches/{id}', status: 204 }],
});
