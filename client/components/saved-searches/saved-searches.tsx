/** Named filters of a list: mine, and those that others share. A click applies one; what is mine can be removed. */
import type { SavedSearch } from '../../../core/protocol/entities/preferences.ts';
import { Dialog } from '../dialog/dialog.tsx';
import { FormError, TextField } from '../field/field.tsx';
import { filtersOnly, tagsOf, type FilterField } from '../filter-bar/filters.ts';
import { Menu, MenuItem } from '../menu/menu.tsx';
import type { Place } from '../place.ts';

export interface SavedSearchesProps {
  /** Of this list. */
  readonly searches: readonly SavedSearch[];
  readonly place: Place;
}

export const searchesMenuId = 'saved-searches';

export function SavedSearches(props: SavedSearchesProps) {
  return <Menu id={searchesMenuId} title="Saved searches" icon="save-view"><SavedSearchItems {...props} /></Menu>;
}

/** The inside of the menu; drawn again when somebody saves, shares or removes one. */
export function SavedSearchItems({ searches, place }: SavedSearchesProps) {
  const given = filtersOnly(place.search);
  return (
    <>
      {searches.length === 0 ? <p class="menu-note">No saved searches yet. Filter the list, then save it here under a name.</p> : searches.map((search) => {
        const isMine = search.owner.id === place.viewer.id;
        return (
          <span class="menu-row" id={`search-${search.id}`}>
            <a class="menu-item" role="menuitem" tabindex={-1} href={`${place.path}${search.query}`} title={decodeURIComponent(search.query.slice(1))} aria-current={given === search.query ? 'true' : undefined}><span class="cut">{search.name}</span>{search.shared ? <span class="hint">{isMine ? 'shared' : search.owner.name}</span> : null}</a>
            {isMine || place.viewer.role === 'admin' ? <button type="button" class="menu-item menu-remove" role="menuitem" tabindex={-1} data-action="search-remove" data-value={search.id} aria-label={`Remove the search ${search.name}`} title={`Remove ${search.name}`}>×</button> : null}
          </span>
        );
      })}
      <hr />
      <MenuItem icon="plus" action="search-save" disabled={given === '' ? 'There is nothing to save: filter the list first' : undefined}>Save these filters…</MenuItem>
    </>
  );
}

export interface SaveSearchProps {
  readonly search: string;
  readonly fields: readonly FilterField[];
  readonly zone: string;
  /** Why it can not be shared. */
  readonly unshared: string | undefined;
}

export function SaveSearchDialog({ search, fields, zone, unshared }: SaveSearchProps) {
  return (
    <Dialog id="save-search" title="Save these filters">
      <form class="stack" novalidate>
        <TextField name="name" label="Name" required maxLength={80} autocomplete="off" autofocus />
        <p class="row dialog-tags">{tagsOf(search, fields, zone).map((tag) => <span class="label">{tag.field.title} {tag.comparator} {tag.text}</span>)}</p>
        <label class="choice" title={unshared}><input type="checkbox" class="check" name="shared" disabled={unshared !== undefined} />Everybody in this workspace sees it</label>
        <FormError />
        <div class="dialog-actions"><button type="button" class="button" data-action="cancel">Cancel</button><button type="submit" class="button" data-kind="primary">Save search</button></div>
      </form>
    </Dialog>
  );
}
