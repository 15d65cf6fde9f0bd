/**
 * Which operation a path means. A tree of segments: a literal beats a variable, and when it leads nowhere the variable is tried. Segments are
 * percent-decoded after splitting, because an id may hold a slash.
 */
import { ProtocolError } from '../../../core/protocol/errors.ts';
import type { Operation, RestBinding } from '../../../core/protocol/operation.ts';

export interface Route {
  readonly operation: Operation;
  readonly binding: RestBinding;
  /** Names of the variables, in order. */
  readonly variables: readonly string[];
  /** Members that the path stands for. */
  readonly preset: Readonly<Record<string, unknown>>;
}

export type Match =
  | { readonly type: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>>; readonly tenant: string }
  /** The path exists, with other methods. */
  | { readonly type: 'method'; readonly allowed: readonly string[] }
  | { readonly type: 'tenant'; readonly tenant: string }
  | { readonly type: 'none' };

interface Node {
  readonly literals: Map<string, Node>;
  variable: Node | undefined;
  readonly routes: Map<string, Route>;
}
const node = (): Node => ({ literals: new Map(), variable: undefined, routes: new Map() });

export interface Routes {
  /** `path` is what follows `/api/v1`, percent-encoded. */
  match(method: string, path: string): Match;
}

export function createRoutes(operations: readonly Operation[], tenants: readonly string[]): Routes {
  const root = node();
  for (const operation of operations) {
    for (const binding of operation.rest) {
      for (const path of [binding.path, ...(binding.also ?? [])]) for (const expanded of expand(operation, path)) add(root, operation, binding, expanded.path, { ...expanded.preset, ...binding.preset });
    }
  }
  return {
    match: (method, path) => {
      const segments = decodeSegments(path);
      const first = segments[0];
      if (first === undefined) return { type: 'none' };
      // A tenant's id never equals the first word of a path, so the first word says which of the two it is.
      const named = !root.literals.has(first);
      if (named && !tenants.includes(first)) return segments.length > 1 && root.literals.has(segments[1] ?? '') ? { type: 'tenant', tenant: first } : { type: 'none' };
      const rest = named ? segments.slice(1) : segments;
      const allowed = new Set<string>();
      const found = walk(root, rest, 0, method === 'HEAD' ? 'GET' : method, [], allowed);
      if (found !== undefined) {
        const params: Record<string, string> = Object.create(null);
        for (const [index, name] of found.route.variables.entries()) params[name] = found.values[index] ?? '';
        return { type: 'found', route: found.route, params, tenant: named ? first : tenants[0] ?? 'main' };
      }
      return allowed.size > 0 ? { type: 'method', allowed: [...allowed].sort() } : { type: 'none' };
    },
  };
}

function walk(here: Node, segments: readonly string[], at: number, method: string, values: readonly string[], allowed: Set<string>): { readonly route: Route; readonly values: readonly string[] } | undefined {
  const segment = segments[at];
  if (segment === undefined) {
    const route = here.routes.get(method);
    if (route !== undefined) return { route, values };
    for (const other of here.routes.keys()) allowed.add(other);
    return undefined;
  }
  const literal = here.literals.get(segment);
  const byWord = literal === undefined ? undefined : walk(literal, segments, at + 1, method, values, allowed);
  if (byWord !== undefined && fitsIds(byWord)) return byWord;
  const byVariable = here.variable === undefined || segment === '' ? undefined : walk(here.variable, segments, at + 1, method, [...values, segment], allowed);
  return byVariable ?? byWord;
}

/** `POST executions/NAMESPACE/pause` starts a flow called `pause`: a namespace is no execution's id, which is 22 letters and digits. */
function fitsIds({ route, values }: { readonly route: Route; readonly values: readonly string[] }): boolean {
  return route.variables.every((name, index) => name !== 'executionId' || /^[0-9A-Za-z]{22}$/.test(values[index] ?? ''));
}

function add(root: Node, operation: Operation, binding: RestBinding, path: string, preset: Readonly<Record<string, unknown>>): void {
  let here = root;
  const variables: string[] = [];
  for (const segment of path.split('/').filter((part) => part !== '')) {
    const variable = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (variable !== undefined) {
      variables.push(variable);
      here.variable ??= node();
      here = here.variable;
    } else {
      let next = here.literals.get(segment);
      if (next === undefined) {
        next = node();
        here.literals.set(segment, next);
      }
      here = next;
    }
  }
  const known = here.routes.get(binding.method);
  if (known !== undefined) throw new Error(`${operation.name} and ${known.operation.name} both claim ${binding.method} ${path}`);
  here.routes.set(binding.method, { operation, binding, variables, preset });
}

/** A variable whose schema is a union of words becomes one literal path for each: `executions/{action}/by-ids` must not swallow others. */
function expand(operation: Operation, path: string): readonly { readonly path: string; readonly preset: Readonly<Record<string, unknown>> }[] {
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    const words = name === undefined ? [] : literalWords(operation, name);
    if (name !== undefined && words.length > 0) {
      return words.flatMap((word) => expand(operation, path.replace(`{${name}}`, word)).map((rest) => ({ path: rest.path, preset: { ...rest.preset, [name]: word } })));
    }
  }
  return [{ path, preset: {} }];
}

function literalWords(operation: Operation, name: string): readonly string[] {
  const schema = propertiesOf(operation.input)[name];
  const branches: unknown = typeof schema === 'object' && schema !== null && 'anyOf' in schema ? schema.anyOf : undefined;
  if (!Array.isArray(branches)) return [];
  return branches.flatMap((branch: unknown) => (typeof branch === 'object' && branch !== null && 'const' in branch && typeof branch.const === 'string' ? [branch.const] : []));
}

export function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> {
  const properties: unknown = typeof schema === 'object' && schema !== null && 'properties' in schema ? schema.properties : undefined;
  return typeof properties === 'object' && properties !== null ? { ...properties } : {};
}

function decodeSegments(path: string): readonly string[] {
  // Trailing slashes are accepted; empty segments in the middle are not names of anything.
  const segments = path.replace(/^\/+/, '').replace(/\/+$/, '').split('/');
  if (segments.length === 1 && segments[0] === '') return [];
  return segments.map((segment) => {
    try {
      const decoded = decodeURIComponent(segment);
      if (decoded.includes('\0')) throw new ProtocolError({ status: 400, message: 'Bad Request: the path holds a NUL character' });
      return decoded;
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      throw new ProtocolError({ status: 400, message: `Bad Request: the path segment "${segment.slice(0, 100)}" is not percent-encoded UTF-8` });
    }
  });
}
