/** Parts of tables. Cells say by `data-cell` where they go on a phone, where a row becomes two lines: main, side, sub, actions, more. */
import { Icon } from '../icon/icon.tsx';
import type { Children } from '../view.ts';
import { withQuery } from '../filter-bar/filters.ts';

export interface Column {
  readonly title: string;
  /** Field of `sort=field:asc`; none when the column can not be sorted by. */
  readonly sort?: string;
  readonly end?: boolean;
  /** Dropped below 960 px. */
  readonly wide?: boolean;
  /** Only for readers: the column's purpose is visible. */
  readonly silent?: boolean;
  /** The box that chooses all rows of the page. */
  readonly selects?: boolean;
}

export interface TableProps {
  readonly id: string;
  readonly label: string;
  readonly columns: readonly Column[];
  readonly path?: string;
  readonly search?: string;
  /** How it is sorted while the address says nothing: `state.startDate:desc`. */
  readonly sorted?: string;
  readonly children?: Children;
}

export function Table({ id, label, columns, path, search, sorted: unsaid = '', children }: TableProps) {
  const [sorted, way] = (new URLSearchParams(search ?? '').get('sort') ?? unsaid).split(':');
  return (
    <div class="table-wrap">
      <table class="table" aria-label={label}>
        <thead><tr>{columns.map((column) => {
          const classes = [column.end === true ? 'end' : '', column.wide === true ? 'wide' : ''].filter((one) => one !== '').join(' ');
          const current = column.sort !== undefined && sorted === column.sort;
          const next = current && way === 'asc' ? 'desc' : 'asc';
          return (
            <th class={classes === '' ? undefined : classes} scope="col" aria-sort={current ? (way === 'desc' ? 'descending' : 'ascending') : undefined}>
              {column.selects === true ? <label class="select-box"><input class="check" type="checkbox" data-select-all="" aria-label={column.title} /></label> : column.silent === true ? <span class="hidden-text">{column.title}</span>
                : column.sort === undefined || path === undefined ? column.title
                  : <a href={`${path}${withQuery(search ?? '', { sort: `${column.sort}:${next}`, page: undefined })}`} title={`Sort by ${column.title.toLowerCase()}`}>{column.title}{current ? <Icon name={way === 'desc' ? 'chevron-down' : 'chevron-up'} size={12} /> : null}</a>}
            </th>
          );
        })}</tr></thead>
        <tbody id={id}>{children}</tbody>
      </table>
    </div>
  );
}

/** The box that chooses a row; what is chosen is kept by `selection.ts`, not by the DOM. */
export function SelectBox({ row, name }: { readonly row: string; readonly name: string }) {
  return <label class="select-box"><input class="check" type="checkbox" data-select={row} aria-label={`Select ${name}`} /></label>;
}
