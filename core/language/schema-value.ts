/**
 * Reads a value against the JSON schema of a type's property: reports what does not fit, and answers the value as the task will
 * see it (`1.10` for a text stays "1.10"). A text that holds an expression fits everywhere: its value is known only when it runs.
 */
import { parseDurationMs } from '../protocol/time.ts';
import type { ConditionModel, JsonSchema } from './model.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { booleanOf, collectExpressions, described, holdsExpression, type Reading, resolveType, unrecognized } from './reading.ts';
import { mutedReport } from './report.ts';
import { child, entryOf, headSpan, isNull, type ListNode, type MapNode, type Path, plain, type ScalarNode, type SourceNode, scalarText, valueAt } from './source-node.ts';

export function readValue(node: SourceNode, schema: JsonSchema, path: Path, reading: Reading): unknown {
  if (isNull(node)) return null;
  if (node.type === 'scalar' && typeof node.value === 'string' && holdsExpression(node.value)) {
    reading.expressions.push({ node, path, scope: reading.scope });
    return node.value;
  }
  if (schema.$taskRunner === true) return readTaskRunner(node, path, reading);
  if (schema.$conditions === true) return readConditions(node, path, reading);
  const branches = schema.anyOf ?? branchesOf(schema['oneOf']);
  if (branches !== undefined && branches.length > 0) return readBranch(node, branches, schema, path, reading);
  const types = typesOf(schema);
  switch (node.type) {
    case 'scalar':
      return readScalar(node, types, schema, path, reading);
    case 'list':
      return readList(node, types, schema, path, reading);
    case 'map':
      return readMap(node, types, schema, path, reading);
  }
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);
const branchesOf = (value: unknown): readonly JsonSchema[] | undefined => (Array.isArray(value) ? value.filter(isSchema) : undefined);

function typesOf(schema: JsonSchema): readonly string[] | undefined {
  if (schema.type === undefined) return undefined;
  return typeof schema.type === 'string' ? [schema.type] : schema.type;
}

/** The first branch that fits; a literal union reports its values, another one what stood there. */
function readBranch(node: SourceNode, branches: readonly JsonSchema[], schema: JsonSchema, path: Path, reading: Reading): unknown {
  for (const branch of branches) {
    const report = mutedReport();
    const value = readValue(node, branch, path, { ...reading, report, expressions: [], taskIds: [], calls: [] });
    if (report.errorCount === 0) {
      collectExpressions(node, path, reading);
      return value;
    }
  }
  const literals = branches.map((branch) => branch['const']).filter((value) => value !== undefined);
  if (literals.length === branches.length) return refuseLiteral(node, literals, path, reading);
  const like = branches.filter((branch) => (typesOf(branch) ?? []).some((type) => type === kindOf(node)));
  const only = like.length === 1 ? like[0] : undefined;
  if (only !== undefined && node.type !== 'scalar') return readValue(node, only, path, reading);
  reading.report.error(path, headSpan(node), `must be ${expectation(schema)}, found ${described(node)}`);
  return plain(node);
}

const kindOf = (node: SourceNode): string => (node.type === 'map' ? 'object' : node.type === 'list' ? 'array' : typeof node.value);

function readScalar(node: ScalarNode, types: readonly string[] | undefined, schema: JsonSchema, path: Path, reading: Reading): unknown {
  const value = typedScalar(node, types);
  if (value === undefined) {
    const number = types?.some((type) => type === 'integer' || type === 'number') === true && /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i.test(node.text.trim());
    reading.report.error(path, node, number ? `must be ${expectation(schema)}; ${described(node)} is out of range` : `must be ${expectation(schema)}, found ${described(node)}`, remedyFor(schema));
    return node.value;
  }
  if (schema['const'] !== undefined && schema['const'] !== value) return refuseLiteral(node, [schema['const']], path, reading);
  if (schema.enum !== undefined && !schema.enum.includes(value)) return refuseLiteral(node, schema.enum, path, reading);
  if (typeof value === 'number') checkRange(value, node, schema, path, reading);
  if (typeof value === 'string') checkText(value, node, schema, path, reading);
  return value;
}

/** The value as one of the types; undefined when it is none of them. */
function typedScalar(node: ScalarNode, types: readonly string[] | undefined): unknown {
  if (types === undefined) return node.value;
  for (const type of types) {
    switch (type) {
      case 'string':
        return node.text;
      case 'boolean': {
        const value = booleanOf(node);
        if (value !== undefined) return value;
        break;
      }
      case 'integer':
      case 'number': {
        const number = typeof node.value === 'number' ? node.value : typeof node.value === 'string' && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(node.value) ? Number(node.value) : Number.NaN;
        if (type === 'integer' ? Number.isSafeInteger(number) : Number.isFinite(number)) return number;
        break;
      }
      default:
        break;
    }
  }
  return undefined;
}

function checkRange(value: number, node: ScalarNode, schema: JsonSchema, path: Path, reading: Reading): void {
  const above = schema['exclusiveMinimum'];
  const below = schema['exclusiveMaximum'];
  if (schema.minimum !== undefined && value < schema.minimum) reading.report.error(path, node, `must be greater than or equal to ${schema.minimum}, found \`${node.text}\``);
  if (typeof above === 'number' && value <= above) reading.report.error(path, node, `must be greater than ${above}, found \`${node.text}\``);
  if (schema.maximum !== undefined && value > schema.maximum) reading.report.error(path, node, `must be less than or equal to ${schema.maximum}, found \`${node.text}\``);
  if (typeof below === 'number' && value >= below) reading.report.error(path, node, `must be less than ${below}, found \`${node.text}\``);
}

function checkText(value: string, node: ScalarNode, schema: JsonSchema, path: Path, reading: Reading): void {
  if (schema.format === 'duration' && parseDurationMs(value) === undefined) reading.report.error(path, node, `Invalid duration ${described(node)}`, durationRemedy);
  if (schema.pattern !== undefined && !patternOf(schema.pattern).test(value)) reading.report.error(path, node, `must match "${schema.pattern}", found ${described(node)}`);
  const minLength = schema['minLength'];
  if (typeof minLength === 'number' && value.length < minLength) reading.report.error(path, node, minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`);
}

export const durationRemedy = 'Write an ISO-8601 duration, such as PT30S, PT5M or P1D.';

const patterns = new Map<string, RegExp>();
/** Patterns come from installed types, which are trusted; each is compiled once. */
function patternOf(pattern: string): RegExp {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(pattern, 'u');
    patterns.set(pattern, compiled);
  }
  return compiled;
}

function refuseLiteral(node: SourceNode, literals: readonly unknown[], path: Path, reading: Reading): unknown {
  const names = literals.map(String);
  const meant = nearestName(scalarText(node) ?? '', names);
  reading.report.error(path, headSpan(node), `must be one of [${names.join(', ')}], found ${described(node)}`, didYouMean(meant));
  return plain(node);
}

function readList(node: ListNode, types: readonly string[] | undefined, schema: JsonSchema, path: Path, reading: Reading): unknown {
  if (types !== undefined && !types.includes('array')) {
    reading.report.error(path, node, `must be ${expectation(schema)}, found a list`);
    return plain(node);
  }
  if (schema.minItems !== undefined && node.items.length < schema.minItems) {
    reading.report.error(path, node, schema.minItems === 1 ? 'must not be empty' : `must have at least ${schema.minItems} items`);
  }
  const items = schema.items;
  if (items === undefined) return free(node, path, reading);
  return node.items.map((item, index) => readValue(item, items, child(path, index), reading));
}

function readMap(node: MapNode, types: readonly string[] | undefined, schema: JsonSchema, path: Path, reading: Reading): unknown {
  if (types !== undefined && !types.includes('object')) {
    reading.report.error(path, headSpan(node), `must be ${expectation(schema)}, found a map`);
    return plain(node);
  }
  const properties = schema.properties;
  const rest = restSchema(schema);
  if (properties === undefined && rest === undefined) return free(node, path, reading);
  const values: [string, unknown][] = [];
  for (const entry of node.entries) {
    const property = properties?.[entry.key] ?? (rest === false ? undefined : rest);
    if (property === undefined && rest === false) unrecognized(entry, path, 'this value', () => Object.keys(properties ?? {}), reading);
    values.push([entry.key, property === undefined ? free(entry.value, child(path, entry.key), reading) : readValue(entry.value, property, child(path, entry.key), reading)]);
  }
  for (const key of schema.required ?? []) {
    const entry = entryOf(node, key);
    if (entry === undefined || isNull(entry.value)) reading.report.error(child(path, key), entry?.keySpan ?? headSpan(node), 'must not be null');
  }
  return Object.fromEntries(values);
}

/** What keys outside `properties` hold: a schema, anything (undefined), or nothing (false). */
function restSchema(schema: JsonSchema): JsonSchema | false | undefined {
  if (schema.additionalProperties === false) return patternSchema(schema) ?? false;
  if (isSchema(schema.additionalProperties)) return schema.additionalProperties;
  return patternSchema(schema);
}

/** A TypeBox record: one pattern for all keys. */
function patternSchema(schema: JsonSchema): JsonSchema | undefined {
  const found = schema['patternProperties'];
  return isSchema(found) ? Object.values(found).find(isSchema) : undefined;
}

function free(node: SourceNode, path: Path, reading: Reading): unknown {
  collectExpressions(node, path, reading);
  return plain(node);
}

/** A task runner keeps its canonical type and its properties as one map. */
function readTaskRunner(node: SourceNode, path: Path, reading: Reading): unknown {
  if (node.type !== 'map') {
    reading.report.error(path, node, `must be a map with a type, found ${described(node)}`);
    return plain(node);
  }
  const info = resolveType(node, path, 'taskRunner', reading);
  if (info === undefined) return free(node, path, reading);
  return { type: info.type, ...readTypedProperties(node, path, info.properties, shortName(info.type), (key) => key === 'type' || key === 'version', reading) };
}

export const shortName = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** The own properties of a typed object; keys that `common` knows are left to the caller. */
export function readTypedProperties(node: MapNode, path: Path, schema: JsonSchema, owner: string, common: (key: string) => boolean, reading: Reading, alsoKnown: readonly string[] = []): Record<string, unknown> {
  const properties = schema.properties ?? {};
  const rest = restSchema(schema);
  const values: [string, unknown][] = [];
  for (const entry of node.entries) {
    const property = Object.hasOwn(properties, entry.key) ? properties[entry.key] : undefined;
    if (property === undefined) {
      if (common(entry.key)) continue;
      if (schema.additionalProperties !== true && !isSchema(rest)) {
        unrecognized(entry, path, owner, () => [...Object.keys(properties), ...alsoKnown], reading);
        continue;
      }
    }
    const keyPath = child(path, entry.key);
    if (property?.$deprecated === true) reading.report.warn(keyPath, entry.keySpan, `"${entry.key}" is deprecated`);
    if (isNull(entry.value)) continue;
    const known = property ?? (isSchema(rest) ? rest : undefined);
    values.push([entry.key, known === undefined ? free(entry.value, keyPath, reading) : readValue(entry.value, known, keyPath, reading)]);
  }
  for (const key of schema.required ?? []) {
    const entry = entryOf(node, key);
    if (entry === undefined || isNull(entry.value)) reading.report.error(child(path, key), entry?.keySpan ?? headSpan(node), properties[key]?.minItems === 1 ? 'must not be empty' : 'must not be null', `${owner} needs "${key}".`);
  }
  return Object.fromEntries(values);
}

/** The conditions of a trigger as the engine evaluates them. */
export function readConditionModels(node: SourceNode | undefined, path: Path, reading: Reading): readonly ConditionModel[] {
  if (node === undefined) return [];
  if (node.type !== 'list') {
    reading.report.error(path, node, `must be a list of conditions, found ${described(node)}`, 'Begin each condition with "- type: ".');
    return [];
  }
  return node.items.flatMap((item, index) => readCondition(item, child(path, index), reading) ?? []);
}

/** Conditions inside a condition: as plain data with canonical types, in the shape they were written. */
export function readConditions(node: SourceNode, path: Path, reading: Reading): unknown {
  if (node.type === 'map' && node.entries.every((entry) => entry.key !== 'type')) {
    return Object.fromEntries(node.entries.map((entry) => [entry.key, flat(readCondition(entry.value, child(path, entry.key), reading))]));
  }
  if (node.type === 'map') return flat(readCondition(node, path, reading));
  return readConditionModels(node, path, reading).map(flat);
}

const flat = (condition: ConditionModel | undefined): unknown => (condition === undefined ? {} : { type: condition.type, ...condition.properties });

function readCondition(node: SourceNode, path: Path, reading: Reading): ConditionModel | undefined {
  if (node.type !== 'map') {
    reading.report.error(path, node, `must be a condition with a type, found ${described(node)}`);
    return undefined;
  }
  const info = resolveType(node, path, 'condition', reading);
  if (info === undefined) {
    collectExpressions(node, path, reading);
    return { type: scalarText(valueAt(node, 'type')) ?? '', properties: {} };
  }
  return { type: info.type, properties: readTypedProperties(node, path, info.properties, shortName(info.type), (key) => key === 'type' || key === 'id' || key === 'description' || key === 'version', reading) };
}

function expectation(schema: JsonSchema): string {
  const branches = schema.anyOf ?? branchesOf(schema['oneOf']);
  if (branches !== undefined) return [...new Set(branches.map(expectation))].join(' or ');
  if (schema.enum !== undefined) return `one of [${schema.enum.map(String).join(', ')}]`;
  if (schema['const'] !== undefined) return `\`${String(schema['const'])}\``;
  return (typesOf(schema) ?? ['value']).map((type) => typeNames[type] ?? type).join(' or ');
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text', number: 'a number', integer: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a map', null: 'nothing', value: 'another value',
};

function remedyFor(schema: JsonSchema): string | undefined {
  const types = typesOf(schema) ?? [];
  if (types.includes('array')) return 'Begin each item with "- ".';
  if (types.includes('object')) return 'Write indented `key: value` lines.';
  return undefined;
}
