/**
 * JSON values against a JSON Schema: the keywords that people write for inputs. Patterns take linear time, and the work is bounded, since
 * both the schema and the value come from people. Keywords that are not here are no reason to refuse a value.
 */
import { RE2JS } from 're2js';

/** At most so many places are looked at; a schema that refers to itself must end. */
const placesMax = 100_000;
const depthMax = 200;

/** The first reason why the value does not fit, with its place; undefined when it fits. */
export function schemaProblem(schema: unknown, value: unknown): string | undefined {
  return check({ root: schema, left: placesMax }, schema, value, '$', 0);
}

interface Checking {
  readonly root: unknown;
  left: number;
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const quoted = (value: unknown): string => (JSON.stringify(value) ?? 'null').slice(0, 100);

function check(checking: Checking, schema: unknown, value: unknown, at: string, depth: number): string | undefined {
  checking.left -= 1;
  if (checking.left < 0 || depth > depthMax) return `${at} can not be checked: the schema and the value are too large, or the schema refers to itself`;
  if (schema === true || schema === undefined) return undefined;
  if (schema === false) return `${at} is not allowed`;
  if (!isFields(schema)) return undefined;
  const inside = (inner: unknown, of: unknown, place: string): string | undefined => check(checking, inner, of, place, depth + 1);
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') {
    const target = resolved(checking.root, reference);
    if (target === undefined) return `${at} can not be checked: \`${reference}\` is not in the schema`;
    const problem = inside(target, value, at);
    if (problem !== undefined) return problem;
  }
  return ofType(schema, value, at) ?? ofChoices(schema, value, at) ?? ofText(schema, value, at) ?? ofNumber(schema, value, at) ?? ofList(schema, value, at, inside) ?? ofFields(schema, value, at, inside) ?? ofOthers(schema, value, at, inside);
}

type Inside = (schema: unknown, value: unknown, at: string) => string | undefined;

function resolved(root: unknown, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let here = root;
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    here = isFields(here) ? own(here, key) : Array.isArray(here) && /^\d+$/.test(key) ? here[Number(key)] : undefined;
  }
  return here;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' ? 'object' : typeof value;
}

function ofType(schema: Fields, value: unknown, at: string): string | undefined {
  const type = own(schema, 'type');
  if (type === undefined) return undefined;
  const types = Array.isArray(type) ? type : [type];
  const is = typeOf(value);
  if (types.some((one) => one === is || (one === 'integer' && Number.isInteger(value)))) return undefined;
  return `${at} must be of type ${types.join(' or ')}, found ${is}`;
}

/** JSON with the keys in order: equal values have equal texts. */
const canonical = (value: unknown): string => JSON.stringify(value, (_key, one: unknown) => (isFields(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one)) ?? 'null';

function ofChoices(schema: Fields, value: unknown, at: string): string | undefined {
  const choices = own(schema, 'enum');
  if (Array.isArray(choices) && !choices.some((one) => canonical(one) === canonical(value))) return `${at} must be one of ${quoted(choices)}`;
  return Object.hasOwn(schema, 'const') && canonical(schema['const']) !== canonical(value) ? `${at} must be ${quoted(schema['const'])}` : undefined;
}

function bound(schema: Fields, key: string): number | undefined {
  const value = own(schema, key);
  return typeof value === 'number' ? value : undefined;
}

/** `min` and `max` of what is counted. */
function counted(schema: Fields, count: number, at: string, keys: readonly [string, string], what: string): string | undefined {
  const [min, max] = [bound(schema, keys[0]), bound(schema, keys[1])];
  if (min !== undefined && count < min) return `${at} must have at least ${min} ${what}, found ${count}`;
  return max !== undefined && count > max ? `${at} must have at most ${max} ${what}, found ${count}` : undefined;
}

function ofText(schema: Fields, value: unknown, at: string): string | undefined {
  if (typeof value !== 'string') return undefined;
  const pattern = own(schema, 'pattern');
  if (typeof pattern === 'string' && !isFound(pattern, value)) return `${at} must match the pattern ${pattern}`;
  return counted(schema, [...value].length, at, ['minLength', 'maxLength'], 'characters');
}

function isFound(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matcher(text).find();
  } catch {
    // A pattern that can not be read is the schema's fault, not the value's.
    return true;
  }
}

function ofNumber(schema: Fields, value: unknown, at: string): string | undefined {
  if (typeof value !== 'number') return undefined;
  const [min, max, over, under, step] = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].map((key) => bound(schema, key));
  if (min !== undefined && value < min) return `${at} must be at least ${min}, found ${value}`;
  if (max !== undefined && value > max) return `${at} must be at most ${max}, found ${value}`;
  if (over !== undefined && value <= over) return `${at} must be more than ${over}, found ${value}`;
  if (under !== undefined && value >= under) return `${at} must be less than ${under}, found ${value}`;
  const times = step === undefined || step <= 0 ? 0 : value / step;
  return Math.abs(times - Math.round(times)) > 1e-9 ? `${at} must be a multiple of ${step ?? ''}, found ${value}` : undefined;
}

function ofList(schema: Fields, value: unknown, at: string, inside: Inside): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const size = counted(schema, value.length, at, ['minItems', 'maxItems'], 'items');
  if (size !== undefined) return size;
  if (own(schema, 'uniqueItems') === true && new Set(value.map(canonical)).size < value.length) return `${at} must not have the same item twice`;
  const items = own(schema, 'items');
  const first = listOf(own(schema, 'prefixItems') ?? (Array.isArray(items) ? items : undefined));
  const rest = Array.isArray(items) ? own(schema, 'additionalItems') : items;
  for (const [index, item] of value.entries()) {
    const problem = inside(index < first.length ? first[index] : rest, item, `${at}[${index}]`);
    if (problem !== undefined) return problem;
  }
  const contains = own(schema, 'contains');
  return contains !== undefined && !value.some((item, index) => inside(contains, item, `${at}[${index}]`) === undefined) ? `${at} must have an item that fits \`contains\`` : undefined;
}

function ofFields(schema: Fields, value: unknown, at: string, inside: Inside): string | undefined {
  if (!isFields(value)) return undefined;
  for (const name of listOf(own(schema, 'required'))) if (typeof name === 'string' && !Object.hasOwn(value, name)) return `${at} must have the member \`${name}\``;
  const size = counted(schema, Object.keys(value).length, at, ['minProperties', 'maxProperties'], 'members');
  if (size !== undefined) return size;
  const properties = own(schema, 'properties');
  const patterns = own(schema, 'patternProperties');
  for (const [name, member] of Object.entries(value)) {
    const place = `${at}.${name}`;
    const declared = isFields(properties) ? own(properties, name) : undefined;
    const matching = isFields(patterns) ? Object.entries(patterns).filter(([pattern]) => isFound(pattern, name)).map(([, one]) => one) : [];
    const schemas = [...(declared === undefined ? [] : [declared]), ...matching];
    for (const one of schemas.length > 0 ? schemas : [own(schema, 'additionalProperties')]) {
      const problem = inside(one, member, place);
      if (problem !== undefined) return one === false ? `${at} must not have the member \`${name}\`` : problem;
    }
  }
  return undefined;
}

function ofOthers(schema: Fields, value: unknown, at: string, inside: Inside): string | undefined {
  for (const one of listOf(own(schema, 'allOf'))) {
    const problem = inside(one, value, at);
    if (problem !== undefined) return problem;
  }
  const any = own(schema, 'anyOf');
  if (Array.isArray(any) && !any.some((one) => inside(one, value, at) === undefined)) return `${at} must fit one of the ${any.length} schemas of \`anyOf\``;
  const oneOf = own(schema, 'oneOf');
  const fitting = Array.isArray(oneOf) ? oneOf.filter((one) => inside(one, value, at) === undefined).length : 1;
  if (fitting !== 1) return `${at} must fit exactly one of the schemas of \`oneOf\`, it fits ${fitting}`;
  if (Object.hasOwn(schema, 'not') && inside(schema['not'], value, at) === undefined) return `${at} must not fit the schema of \`not\``;
  if (Object.hasOwn(schema, 'if')) return inside(inside(schema['if'], value, at) === undefined ? own(schema, 'then') : own(schema, 'else'), value, at);
  return undefined;
}
