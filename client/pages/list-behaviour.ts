/** What all lists share in the browser: filters, saved searches, settings that are remembered, and following a change of them made in another tab. */
import { preferences } from '../../core/protocol/operations/index.ts';
import { topicOf, type PreferencesTopicState } from '../../core/protocol/topics.ts';
import { rowsOf } from '../connection/index.ts';
import { mountFilterInput } from '../components/filter-bar/filter-input.ts';
import { filtersOnly, type FilterField } from '../components/filter-bar/filters.ts';
import { listPreferences, preferenceName, withColumn, type KnownColumns, type ListPreferences } from '../components/list-settings/list-preferences.ts';
import { draw } from '../components/live/live.ts';
import { SavedSearchItems, SaveSearchDialog, searchesMenuId } from '../components/saved-searches/saved-searches.tsx';
import type { PageRun } from './behaviour.ts';
import { searchesOf } from './list-searches.ts';
import { readOnlyReason } from './page.ts';

export interface ListRun {
  readonly run: PageRun<unknown>;
  /** `executions`, `logs`: what searches and settings are kept under. */
  readonly list: string;
  readonly fields: readonly FilterField[];
  readonly columns: KnownColumns;
  readonly shown: ListPreferences;
}

export function mountList({ run, list, fields, columns, shown }: ListRun): void {
  const { app, root } = run;
  run.own(mountFilterInput(root, app.go, app));
  const remember = async (what: Parameters<typeof preferenceName>[1], value: string | number | boolean | readonly string[] | undefined): Promise<void> => {
    await run.call(preferences.preferencesSet, { name: preferenceName(list, what), body: value === undefined ? {} : { value: typeof value === 'object' ? [...value] : value } });
  };
  run.live<PreferencesTopicState>(topicOf.preferences(), (state) => {
    const menu = document.getElementById(searchesMenuId);
    if (menu !== null) draw(menu, SavedSearchItems({ searches: searchesOf(list, rowsOf(state.searches)), place: run.place() }));
    // Changed here or in another tab: the page is drawn anew as it is wanted now. The page size only speaks for pages that are opened next.
    const wanted = listPreferences(state.values, list, columns);
    if (wanted.chart !== shown.chart || wanted.live !== shown.live || wanted.columns.join() !== shown.columns.join()) app.reload();
  });
  run.listen(root, 'click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-page-size]') : null;
    if (link !== null) void remember('size', Number(link.dataset['pageSize'])).catch((error: unknown) => app.toasts.failed(error));
  });
  run.actions({
    refresh: () => app.reload(),
    'setting-chart': ({ value }) => remember('chart', value === 'true'),
    'setting-live': ({ value }) => remember('live', value === 'true'),
    'setting-column': ({ value }) => remember('columns', withColumn(shown.columns, value)),
    'setting-columns-default': () => remember('columns', undefined),
    'search-save': () => {
      const place = run.place();
      const dialog = app.dialogs.open(SaveSearchDialog({ search: place.search, fields, zone: place.zone, unshared: readOnlyReason(place) }));
      dialog.submits(async (form) => {
        const given = new FormData(form);
        const name = String(given.get('name') ?? '').trim();
        if (name === '') throw new Error('Give it a name');
        await run.call(preferences.searchesSave, { body: { page: list, name, query: filtersOnly(place.search), shared: given.get('shared') === 'on' } });
        dialog.close();
        app.toasts.done(`Saved as ${name}`);
      });
    },
    async 'search-remove'({ value }) {
      await run.call(preferences.searchesRemove, { id: value });
      app.toasts.done('Removed the search');
    },
  });
}
