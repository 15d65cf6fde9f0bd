/** Filters live in the address. Pure: takes and gives query texts. */

export interface FilterField {
  /** Name in the address and in the topic's filter. */
  readonly name: string;
  readonly title: string;
  /** `is`, `in`, `starts with`. */
  readonly comparator: string;
  /** Several values at once, comma-separated in the address. */
  readonly many?: boolean;
  readonly options?: readonly FilterOption[];
  /** An example for a free value. */
  readonly placeholder?: string;
}

export interface FilterOption {
  readonly value: string;
  readonly text: string;
}

export interface FilterTag {
  readonly field: FilterField;
  readonly value: string;
  readonly text: string;
}

const searchField: FilterField = { name: 'q', title: 'text', comparator: 'contains' };

/** The tags that the address asks for, in the order of the fields. */
export function tagsOf(search: string, fields: readonly FilterField[]): readonly FilterTag[] {
  const query = new URLSearchParams(search);
  return [...fields, searchField].flatMap((field) => valuesOf(query, field).map((value) => ({
    field, value, text: field.options?.find((option) => option.value === value)?.text ?? value,
  })));
}

function valuesOf(query: URLSearchParams, field: FilterField): readonly string[] {
  const given = query.getAll(field.name).flatMap((text) => (field.many === true ? text.split(',') : [text]));
  return given.map((value) => value.trim()).filter((value) => value !== '');
}

/** The query with one more filter; the page goes back to the first. */
export function withFilter(search: string, field: FilterField | undefined, value: string): string {
  const target = field ?? searchField;
  const query = new URLSearchParams(search);
  const values = target.many === true ? [...valuesOf(query, target).filter((one) => one !== value), value] : [value];
  query.delete('page');
  query.set(target.name, values.join(','));
  return queryText(query);
}

export function withoutFilter(search: string, tag: FilterTag): string {
  const query = new URLSearchParams(search);
  const values = valuesOf(query, tag.field).filter((value) => value !== tag.value);
  query.delete('page');
  if (values.length === 0) query.delete(tag.field.name);
  else query.set(tag.field.name, values.join(','));
  return queryText(query);
}

/** Sets members of the query; undefined removes one. */
export function withQuery(search: string, changes: Readonly<Record<string, string | number | undefined>>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) query.delete(name);
    else query.set(name, String(value));
  }
  return queryText(query);
}

/** Readable: commas, colons and slashes stay as they are typed. */
function queryText(query: URLSearchParams): string {
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
  return text === '' ? '' : `?${text}`;
}

export const pageSizes = [25, 50, 100] as const;

/** Page and size of the address, within 25 to 100. */
export function pageOf(query: URLSearchParams): { readonly page: number; readonly size: number } {
  const page = Number(query.get('page') ?? '1');
  const size = Number(query.get('size') ?? '25');
  return {
    page: Number.isInteger(page) && page >= 1 ? page : 1,
    size: pageSizes.find((known) => known === size) ?? 25,
  };
}

export const timeRanges: readonly FilterOption[] = [
  { value: 'PT5M', text: 'last 5 minutes' }, { value: 'PT15M', text: 'last 15 minutes' }, { value: 'PT1H', text: 'last hour' }, { value: 'PT12H', text: 'last 12 hours' },
  { value: 'PT24H', text: 'last 24 hours' }, { value: 'PT48H', text: 'last 48 hours' }, { value: 'P7D', text: 'last 7 days' }, { value: 'P30D', text: 'last 30 days' }, { value: 'P365D', text: 'last 365 days' },
];
