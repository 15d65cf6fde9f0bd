/** The catalog of types: what is installed, checked and indexed. One per thread; read only after it is loaded. */
export { loadCatalog } from './catalog.ts';
export type { Catalog, CatalogGroup, CatalogOptions, CatalogPage, CatalogType, PluginIcon, PluginSummary, TypeMember } from './catalog.ts';
