// All filters by name. A filter is an entry in one of the families below; a new family is one more line here.
import type { Filter } from '../call.ts';
import { collectionFilters } from './collection.ts';
import { dataFilters } from './data.ts';
import { dateFilters } from './date.ts';
import { encodingFilters } from './encoding.ts';
import { numberFilters } from './number.ts';
import { textFilters } from './text.ts';

const families: readonly Readonly<Record<string, Filter>>[] = [textFilters, encodingFilters, collectionFilters, dateFilters, numberFilters, dataFilters];

/** Every filter by its name. */
export const filterTable: ReadonlyMap<string, Filter> = new Map(families.flatMap((family) => Object.entries(family)));
