/**
 * `pluginDefaults` (once `taskDefaults`): values put under, or with `forced` over, every typed object whose type is named, by
 * type, alias or package. They are merged into the nodes before these are read, so a wrong default is reported where it stands.
 */
import type { PluginDefault, TypeCatalog } from './model.ts';
import { didYouMean, nearestType } from './nearest-name.ts';
import { described, listUnder, readBoolean, type Reading, refuseUnknown } from './reading.ts';
import { child, headSpan, type MapEntry, type MapNode, nodeOf, type Path, scalarText, type SourceNode, type Span, valueAt } from './source-node.ts';

interface Default {
  /** Canonical type, or a package without its last dot. */
  readonly type: string;
  readonly exact: boolean;
  readonly forced: boolean;
  readonly values: MapNode;
}

/** The flow with all defaults in place. Returns the same node when there are none. */
export function applyDefaults(root: MapNode, globals: readonly PluginDefault[], reading: Reading): MapNode {
  const own = ownDefaults(root, reading);
  if (own.length === 0 && globals.length === 0) return root;
  const at = headSpan(root);
  const outer = globals.map((item) => asDefault(item.type, item.forced, asMap(nodeOf(item.values, at), at), reading.catalog));
  const rounds = [own, outer].map(sorted);
  const cache = new Map<string, readonly (readonly Default[])[]>();
  const matching = (type: string): readonly (readonly Default[])[] => {
    let found = cache.get(type);
    if (found === undefined) {
      found = rounds.map((round) => round.filter((item) => applies(item, type, reading.catalog)));
      cache.set(type, found);
    }
    return found;
  };
  const entries = root.entries.map((entry) => (typedKeys.has(entry.key) ? { ...entry, value: withDefaults(entry.value, matching, reading.catalog) } : entry));
  return { ...root, entries };
}

/** The parts of a flow that hold typed objects. */
const typedKeys: ReadonlySet<string> = new Set(['tasks', 'errors', 'finally', 'afterExecution', 'triggers', 'listeners']);

const asMap = (node: SourceNode, at: Span): MapNode => (node.type === 'map' ? node : { type: 'map', entries: [], ...at });

function asDefault(type: string, forced: boolean, values: MapNode, catalog: TypeCatalog): Default {
  const info = catalog.resolve(type);
  return { type: info?.type ?? type.replace(/\.$/, ''), exact: info !== undefined, forced, values };
}

/** The more precise a default is, the more it counts. */
const sorted = (defaults: readonly Default[]): readonly Default[] => defaults.toSorted((a, b) => Number(b.exact) - Number(a.exact) || b.type.length - a.type.length);

function ownDefaults(root: MapNode, reading: Reading): readonly Default[] {
  const defaults: Default[] = [];
  for (const key of ['pluginDefaults', 'taskDefaults']) {
    const path = child(undefined, key);
    for (const [index, item] of (listUnder(root, key, undefined, reading) ?? []).entries()) {
      const own = readDefault(item, child(path, index), reading);
      if (own !== undefined) defaults.push(own);
    }
  }
  return defaults;
}

function readDefault(node: SourceNode, path: Path, reading: Reading): Default | undefined {
  if (node.type !== 'map') {
    reading.report.error(path, node, `must be a map with "type" and "values", found ${described(node)}`);
    return undefined;
  }
  const names = ['type', 'forced', 'values', 'ref'];
  refuseUnknown(node, path, 'a plugin default', (key) => names.includes(key), () => names, reading);
  const typeNode = valueAt(node, 'type');
  const type = scalarText(typeNode)?.trim();
  const forced = readBoolean(valueAt(node, 'forced'), child(path, 'forced'), false, reading);
  const values = valueAt(node, 'values');
  if (type === undefined || typeNode === undefined) {
    // A set that only has a name is taken by `pluginDefaultsRef`.
    if (valueAt(node, 'ref') === undefined) reading.report.error(child(path, 'type'), typeNode ?? headSpan(node), 'must not be null', 'Name a type, or a package of types.');
    return undefined;
  }
  if (values !== undefined && values.type !== 'map') {
    reading.report.error(child(path, 'values'), values, `must be a map, found ${described(values)}`);
    return undefined;
  }
  const prefix = `${type.replace(/\.$/, '')}.`;
  if (reading.catalog.resolve(type) === undefined && !reading.catalog.names().some((name) => name.startsWith(prefix))) {
    reading.report.warn(child(path, 'type'), typeNode, `No installed type is named ${type} or lies in a package of that name`, didYouMean(nearestType(type, reading.catalog.names())));
  }
  return values === undefined ? undefined : asDefault(type, forced, values, reading.catalog);
}

const applies = (item: Default, type: string, catalog: TypeCatalog): boolean => {
  const canonical = catalog.resolve(type)?.type ?? type;
  return item.exact ? item.type === canonical : canonical.startsWith(`${item.type}.`) || type.startsWith(`${item.type}.`);
};

function withDefaults(node: SourceNode, matching: (type: string) => readonly (readonly Default[])[], catalog: TypeCatalog): SourceNode {
  if (node.type === 'scalar') return node;
  if (node.type === 'list') return { ...node, items: node.items.map((item) => withDefaults(item, matching, catalog)) };
  let merged = node;
  const type = scalarText(valueAt(node, 'type'));
  if (type !== undefined) {
    for (const round of matching(type)) {
      for (const item of round) if (!item.forced) merged = mergeMaps(fitting(item, type, catalog), merged);
      // The most precise forced default is applied last, so that it wins.
      for (const item of round.toReversed()) if (item.forced) merged = mergeMaps(merged, fitting(item, type, catalog));
    }
  }
  return { ...merged, entries: merged.entries.map((entry) => ({ ...entry, value: withDefaults(entry.value, matching, catalog) })) };
}

/** A package's default holds values for many types: each type takes those it has. */
function fitting(item: Default, type: string, catalog: TypeCatalog): MapNode {
  const info = catalog.resolve(type);
  if (item.exact || info === undefined || info.properties.additionalProperties === true) return item.values;
  const own = info.properties.properties ?? {};
  return { ...item.values, entries: item.values.entries.filter((entry) => Object.hasOwn(own, entry.key) || commonDefaults.has(entry.key)) };
}

const commonDefaults: ReadonlySet<string> = new Set(['retry', 'timeout', 'disabled', 'allowFailure', 'allowWarning', 'runIf', 'logLevel', 'logToFile', 'description']);

/** `over` wins; maps on both sides are merged deeply, anything else is replaced. Keeps the order of `over`. */
function mergeMaps(under: MapNode, over: MapNode): MapNode {
  const below = new Map(under.entries.map((entry) => [entry.key, entry]));
  const entries: MapEntry[] = over.entries.map((entry) => {
    const other = below.get(entry.key);
    below.delete(entry.key);
    if (other === undefined) return entry;
    return entry.value.type === 'map' && other.value.type === 'map' && !ofOtherTypes(entry.value, other.value) ? { ...entry, value: mergeMaps(other.value, entry.value) } : entry;
  });
  return { ...over, entries: [...entries, ...below.values()] };
}

/** A Docker runner's properties make no sense under a Process runner. */
function ofOtherTypes(a: MapNode, b: MapNode): boolean {
  const types = [scalarText(valueAt(a, 'type')), scalarText(valueAt(b, 'type'))];
  return types[0] !== undefined && types[1] !== undefined && types[0] !== types[1];
}
