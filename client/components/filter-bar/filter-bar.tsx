/** One input of tags. Each tag is removed by a link and changed by its button; a text is searched by Enter; choosing fields and values is `filter-input.ts`. */
import { Icon } from '../icon/icon.tsx';
import { tagsOf, withoutFilter, withoutFilters, type FilterField } from './filters.ts';

export interface FilterBarProps {
  readonly label: string;
  readonly path: string;
  readonly search: string;
  readonly fields: readonly FilterField[];
  /** For dates. */
  readonly zone?: string;
}

export function FilterBar({ label, path, search, fields, zone }: FilterBarProps) {
  const tags = tagsOf(search, fields, zone);
  const kept = [...new URLSearchParams(search)].filter(([name]) => name !== 'q' && name !== 'page');
  return (
    <form class="filterbar" id="filters" role="search" aria-label={label} method="get" action={path} data-filters={JSON.stringify(fields)}>
      <Icon name="filter" />
      {tags.map((tag, index) => (
        <span class="tagchip">
          <button type="button" class="tag-edit" data-tag={index} title="Change this filter"><span class="what">{tag.field.title}</span> <span class="how">{tag.comparator}</span> <span class="value">{tag.text}</span></button>
          <a class="remove" href={`${path}${withoutFilter(search, tag)}`} aria-label={`Remove filter ${tag.field.title} ${tag.text}`}><Icon name="close" size={12} /></a>
        </span>
      ))}
      {kept.map(([name, value]) => <input type="hidden" name={name} value={value} />)}
      <span class="filter-entry">
        <input name="q" id="filter-input" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="filter-options" aria-autocomplete="list" aria-label="Add a filter or search" placeholder={tags.length === 0 ? 'Add a filter or type to search' : 'Add a filter'} />
        <span class="menu filter-options" id="filter-options" role="listbox" aria-label="Filters" data-keep="" hidden></span>
      </span>
      <button type="submit" class="button" data-kind="quiet" data-size="small" data-only="icon" aria-label="Search" title="Search for the text, or run the query again"><Icon name="search" /></button>
      {tags.length === 0 ? null : <a class="link small clear" href={`${path}${withoutFilters(search, fields)}`} title="Remove all filters">Clear</a>}
    </form>
  );
}
