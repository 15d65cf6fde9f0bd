/** The graph of a flow's text in the browser. The catalogue of types is asked for once a page. */
import { graphOfSource, type FlowGraphModel, type TypeCatalog, type TypeInfo } from '../../../core/language/index.ts';

let loading: Promise<TypeCatalog> | undefined;

async function loadCatalog(tenant: string): Promise<TypeCatalog> {
  const answer = await fetch(`/api/v1/${tenant}/plugins/catalog`, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`The catalogue of types could not be read: ${answer.status}`);
  const types = await answer.json() as readonly TypeInfo[];
  const byName = new Map(types.flatMap((type) => [type.type, ...type.aliases].map((name): [string, TypeInfo] => [name, type])));
  return { resolve: (type) => byName.get(type), names: () => types.map((type) => type.type) };
}

/** The types that this server has. A failed read is tried again by the next call. */
export function catalogOf(tenant: string): Promise<TypeCatalog> {
  loading ??= loadCatalog(tenant).catch((error: unknown) => { loading = undefined; throw error; });
  return loading;
}

export async function graphOfText(source: string, tenant: string): Promise<FlowGraphModel | undefined> {
  return graphOfSource(source, await catalogOf(tenant));
}
