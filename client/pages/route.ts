/** Addresses of pages: patterns of segments, `:name` for one, `:name?` for one that may be missing at the end. */
import type { Page } from './page.ts';

export type Params = Readonly<Record<string, string>>;

/** The parameters when the path fits, else undefined. Segments are percent-decoded after splitting, so that a `/` in an id stays one segment. */
export function matchRoute(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/').filter((segment) => segment !== '');
  const given = path.split('/').filter((segment) => segment !== '');
  if (given.length > wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index];
    if (!segment.startsWith(':')) {
      if (value !== segment) return undefined;
      continue;
    }
    const optional = segment.endsWith('?');
    if (value === undefined) {
      if (!optional) return undefined;
      continue;
    }
    const decoded = decodedSegment(value);
    if (decoded === undefined) return undefined;
    params[segment.slice(1, optional ? -1 : undefined)] = decoded;
  }
  return params;
}

function decodedSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Literal segments beat parameters: `/flows/new` is not a flow called `new`. */
const weight = (pattern: string): string =>
  pattern.split('/').filter((segment) => segment !== '').map((segment) => (segment.startsWith(':') ? '1' : '0')).join('');

/** The page of a path below `/ui/{tenant}`, with its parameters. */
export function findPage(pages: readonly Page[], path: string): { readonly page: Page; readonly params: Params } | undefined {
  let best: { readonly page: Page; readonly params: Params; readonly weight: string } | undefined;
  for (const page of pages) {
    for (const pattern of page.routes) {
      const params = matchRoute(pattern, path);
      if (params === undefined) continue;
      const found = { page, params, weight: weight(pattern) };
      if (best === undefined || found.weight < best.weight) best = found;
    }
  }
  return best;
}
