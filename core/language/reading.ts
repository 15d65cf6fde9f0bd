/** What the readers of a flow share while they go through its nodes. */
import type { LanguageLevel, TypeCatalog, TypeInfo } from './model.ts';
import { didYouMean, nearestName, nearestType } from './nearest-name.ts';
import type { Report } from './report.ts';
import { child, headSpan, type MapEntry, type MapNode, type Path, type ScalarNode, type SourceNode, type Span, valueAt } from './source-node.ts';

/** A text that holds an expression, to be checked when all ids of the flow are known. */
export interface FoundExpression {
  readonly node: ScalarNode;
  readonly path: Path | undefined;
  /** `template`: rendered as it stands; `foreign`: its outputs and inputs are another flow's. */
  readonly scope: 'own' | 'foreign';
}

export interface NamedPlace {
  readonly id: string;
  readonly at: Span;
  readonly path: Path;
}

export interface Reading {
  readonly source: string;
  readonly catalog: TypeCatalog;
  readonly level: LanguageLevel;
  readonly report: Report;
  readonly expressions: FoundExpression[];
  /** Every task of the flow, in the order of the text. */
  readonly taskIds: NamedPlace[];
  /** Calls of other flows with literal names, to find the ones that call this flow. */
  readonly calls: { readonly namespace: string; readonly flowId: string; readonly at: Span; readonly path: Path }[];
  readonly typeHints: Map<string, string | undefined>;
  scope: FoundExpression['scope'];
}

/** The type of a typed object, or undefined after the problem was reported. */
export function resolveType(node: MapNode, path: Path, role: TypeInfo['role'], reading: Reading): TypeInfo | undefined {
  const entry = valueAt(node, 'type');
  const name = entry?.type === 'scalar' ? entry.text.trim() : undefined;
  const typePath = child(path, 'type');
  if (entry === undefined || name === undefined || name === '') {
    reading.report.error(typePath, entry ?? headSpan(node), entry === undefined ? 'must not be null' : 'must be the name of a type', `Give it a type, such as ${exampleTypes[role]}.`);
    return undefined;
  }
  const info = reading.catalog.resolve(name);
  if (info === undefined) {
    reading.report.error(typePath, entry, `Invalid type: ${name}`, typeHint(name, reading) ?? 'No plugin with this type is installed.');
    return undefined;
  }
  if (info.role !== role) {
    reading.report.error(typePath, entry, `Invalid type: ${name} is a ${roleNames[info.role]}, a ${roleNames[role]} was expected`, `Use a type such as ${exampleTypes[role]}.`);
    return undefined;
  }
  if (info.deprecated === true) reading.report.warn(typePath, entry, `${info.type} is deprecated`);
  if (info.type !== name) reading.report.info(typePath, entry, `${name} is replaced by ${info.type}`);
  return info;
}

export const roleNames: Readonly<Record<TypeInfo['role'], string>> = { task: 'task', trigger: 'trigger', condition: 'condition', taskRunner: 'task runner' };
const exampleTypes: Readonly<Record<TypeInfo['role'], string>> = {
  task: 'io.kestra.plugin.core.log.Log',
  trigger: 'io.kestra.plugin.core.trigger.Schedule',
  condition: 'io.kestra.plugin.core.condition.Expression',
  taskRunner: 'io.kestra.plugin.core.runner.Process',
};

function typeHint(name: string, reading: Reading): string | undefined {
  if (!reading.typeHints.has(name)) reading.typeHints.set(name, didYouMean(nearestType(name, reading.catalog.names())));
  return reading.typeHints.get(name);
}

/** Reports the keys that an object does not have. */
export function refuseUnknown(node: MapNode, path: Path | undefined, owner: string, known: (key: string) => boolean, names: () => Iterable<string>, reading: Reading): void {
  for (const entry of node.entries) if (!known(entry.key)) unrecognized(entry, path, owner, names, reading);
}

export function unrecognized(entry: MapEntry, path: Path | undefined, owner: string, names: () => Iterable<string>, reading: Reading): void {
  const all = [...names()];
  const meant = nearestName(entry.key, all);
  const remedy = didYouMean(meant) ?? (all.length === 0 ? 'Remove it.' : `Known here: ${all.toSorted().slice(0, 30).join(', ')}.`);
  reading.report.error(child(path, entry.key), entry.keySpan, `Unrecognized field "${entry.key}" of ${owner}`, remedy);
}

/** Where to point for something that the whole flow lacks: its first key. */
export function headSpanOfFlow(root: MapNode): Span {
  return root.entries[0]?.keySpan ?? { from: root.from, to: root.from };
}

/** A list under a key; undefined when absent, after a report when it is something else. */
export function listUnder(node: MapNode, key: string, path: Path | undefined, reading: Reading): readonly SourceNode[] | undefined {
  const value = valueAt(node, key);
  if (value === undefined) return undefined;
  if (value.type === 'list') return value.items;
  reading.report.error(child(path, key), value, `must be a list, found ${described(value)}`, 'Begin each item with "- ".');
  return undefined;
}

/** What a node is, for messages. */
export function described(node: SourceNode): string {
  if (node.type === 'map') return 'a map';
  if (node.type === 'list') return 'a list';
  if (node.value === null) return 'nothing';
  const text = node.text.length > 60 ? `${node.text.slice(0, 57)}...` : node.text;
  return `\`${text.replaceAll('\n', ' ')}\``;
}

export const holdsExpression = (text: string): boolean => text.includes('{{') || text.includes('{%');

/** Remembers the expressions of a value that no schema describes. */
export function collectExpressions(node: SourceNode, path: Path | undefined, reading: Reading): void {
  if (node.type === 'scalar') {
    if (typeof node.value === 'string' && holdsExpression(node.value)) reading.expressions.push({ node, path, scope: reading.scope });
  } else if (node.type === 'list') {
    for (let index = 0; index < node.items.length; index += 1) collectExpressions(node.items[index] as SourceNode, child(path, index), reading);
  } else {
    for (const entry of node.entries) collectExpressions(entry.value, child(path, entry.key), reading);
  }
}

/** True or false, also as `yes`/`no`, `on`/`off` and in quotes, as older YAML readers take them. */
export function readBoolean(node: SourceNode | undefined, path: Path, otherwise: boolean, reading: Reading): boolean {
  if (node === undefined) return otherwise;
  const value = node.type === 'scalar' ? booleanOf(node) : undefined;
  if (value !== undefined) return value;
  reading.report.error(path, node, `must be true or false, found ${described(node)}`);
  return otherwise;
}

export function booleanOf(node: ScalarNode): boolean | undefined {
  if (typeof node.value === 'boolean') return node.value;
  const text = node.text.toLowerCase();
  if (text === 'true' || (node.style === 'plain' && (text === 'yes' || text === 'on'))) return true;
  if (text === 'false' || (node.style === 'plain' && (text === 'no' || text === 'off'))) return false;
  return undefined;
}

/** A text; numbers and booleans are taken as they are written. */
export function readText(node: SourceNode | undefined, path: Path, reading: Reading): string | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'scalar') {
    if (holdsExpression(node.text)) reading.expressions.push({ node, path, scope: reading.scope });
    return node.text;
  }
  reading.report.error(path, node, `must be a text, found ${described(node)}`);
  return undefined;
}
