/**
 * Given values to typed inputs: defaults, dependencies, types, validators, in the words of the API. Pure: expressions are rendered
 * and secrets encrypted by what the caller hands in.
 */
import { RE2JS } from 're2js';
import { parseDurationMs } from '../protocol/time.ts';
import { compareInstants } from './calendar-text.ts';
import type { InputModel, InputType } from './model.ts';
import { holdsExpression } from './reading.ts';
import { never } from './source-node.ts';
import { schemaProblem } from './json-schema.ts';
import { shown, textOf, type Typed, typedValue } from './typed-value.ts';

export interface InputsRequest {
  readonly inputs: readonly InputModel[];
  /** By input id; nested maps for dotted ids are taken too. Texts of a form, or values of a caller that has typed ones. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Uploaded files, already stored: input id to URI. */
  readonly files?: Readonly<Record<string, string>>;
  /** Renders one expression and keeps its type; `inputs` are those resolved so far, nested. Without it expressions are no values. */
  readonly renderTyped?: (expression: string, inputs: Readonly<Record<string, unknown>>) => unknown;
  /** What a SECRET is stored as. Without it a SECRET that has a value is refused. */
  readonly encrypt?: (plain: string) => unknown;
  /** False on language level 0.20, where an expression in `defaults` stays a text. True when left out. */
  readonly rendersDefaults?: boolean;
}

export interface InputProblem {
  readonly input: string;
  readonly message: string;
}

/** One input of the execute dialog. */
export interface CheckedInput {
  readonly input: string;
  /** Left out while it is disabled or wrong. Secrets come back as `******`. */
  readonly value?: unknown;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  readonly errors: readonly { readonly message: string }[];
  /** SELECT and MULTISELECT: what can be chosen now (an `expression` rendered). */
  readonly options?: readonly string[];
}

/** All values, nested by the dots of their ids; or every problem, the first being the one the API reports. */
export function resolveInputs(request: InputsRequest): { readonly values: Readonly<Record<string, unknown>> } | { readonly problems: readonly InputProblem[] } {
  const resolved = resolveEach(request);
  const problems = resolved.flatMap(({ input, errors }) => errors.map((message) => ({ input: input.id, message })));
  if (problems.length > 0) return { problems };
  const values: Record<string, unknown> = {};
  for (const { input, enabled, stored } of resolved) if (enabled) putNested(values, input.id, stored);
  return { values };
}

/** Every input on its own, so that a form can show all that is wrong at once. */
export function checkInputs(request: InputsRequest): readonly CheckedInput[] {
  return resolveEach(request).map(({ input, enabled, isDefault, typed, errors, options }) => ({
    input: input.id,
    ...(enabled && errors.length === 0 ? { value: input.type === 'SECRET' && typed !== null ? '******' : typed } : {}),
    enabled,
    isDefault,
    errors: errors.map((message) => ({ message })),
    ...(options === undefined ? {} : { options }),
  }));
}

/** A rendered flow output as its type; the reason when it is none. SECRETs are for the caller to encrypt. */
export const typedOutput = (type: InputType, rendered: unknown): Typed => typedValue(type, rendered);

interface Resolved {
  readonly input: InputModel;
  readonly enabled: boolean;
  readonly isDefault: boolean;
  /** As expressions see it; `stored` is what the execution keeps (a secret encrypted). */
  readonly typed: unknown;
  readonly stored: unknown;
  readonly errors: readonly string[];
  readonly options?: readonly string[];
}

interface Resolving {
  readonly request: InputsRequest;
  readonly byId: ReadonlyMap<string, InputModel>;
  readonly done: Map<string, Resolved>;
  /** Being resolved now: a circle, which the parser has refused, ends here instead of never. */
  readonly open: Set<string>;
  readonly soFar: Record<string, unknown>;
}

function resolveEach(request: InputsRequest): readonly Resolved[] {
  const resolving: Resolving = { request, byId: new Map(request.inputs.map((input) => [input.id, input])), done: new Map(), open: new Set(), soFar: {} };
  return request.inputs.map((input) => resolve(input, resolving));
}

function resolve(input: InputModel, resolving: Resolving): Resolved {
  const before = resolving.done.get(input.id);
  if (before !== undefined) return before;
  resolving.open.add(input.id);
  const resolved = isEnabled(input, resolving);
  const result: Resolved = typeof resolved === 'boolean'
    ? resolved ? resolveEnabled(input, resolving) : { input, enabled: false, isDefault: false, typed: null, stored: null, errors: [] }
    : { input, enabled: true, isDefault: false, typed: null, stored: null, errors: [resolved.error] };
  resolving.open.delete(input.id);
  resolving.done.set(input.id, result);
  if (result.enabled && result.errors.length === 0) putNested(resolving.soFar, input.id, result.typed);
  return result;
}

function isEnabled(input: InputModel, resolving: Resolving): boolean | { readonly error: string } {
  if (input.dependsOn === undefined) return true;
  for (const id of input.dependsOn.inputs) {
    const other = resolving.byId.get(id);
    if (other !== undefined && !resolving.open.has(id) && !resolve(other, resolving).enabled) return false;
  }
  const { condition } = input.dependsOn;
  if (condition === undefined) return true;
  const rendered = render(condition, resolving);
  if ('error' in rendered) return { error: invalid(input, `the condition of \`dependsOn\` can not be rendered: ${rendered.error}`, condition) };
  return rendered.value === true || (!holdsExpression(condition) && condition.trim() === 'true');
}

function resolveEnabled(input: InputModel, resolving: Resolving): Resolved {
  const refused = (message: string, isDefault: boolean, options?: readonly string[]): Resolved =>
    ({ input, enabled: true, isDefault, typed: null, stored: null, errors: [message], ...(options === undefined ? {} : { options }) });
  const choices = choicesOf(input, resolving);
  if ('error' in choices) return refused(invalid(input, choices.error, input.expression ?? null), false);
  const options = choices.value;
  const given = givenValue(input, resolving.request);
  const isDefault = given === undefined || given === null;
  const raw = isDefault ? defaultOf(input, options, resolving) : { value: given };
  if ('error' in raw) return refused(invalid(input, raw.error, input.defaults), isDefault, options);
  if (raw.value === null || raw.value === undefined) {
    if (input.required) return refused(invalid(input, 'missing required input', null), isDefault, options);
    const value = input.type === 'BOOL' ? false : null;
    return { input, enabled: true, isDefault, typed: value, stored: value, errors: [], ...(options === undefined ? {} : { options }) };
  }
  const typed = typedValue(input.type, raw.value, input.itemType);
  if ('error' in typed) return refused(invalid(input, hidden(input, typed.error, raw.value), raw.value), isDefault, options);
  const errors = violationsOf(input, typed.value, options).map((reason) => invalid(input, reason, typed.value));
  const stored = errors.length > 0 ? { value: null } : storedValue(input, typed.value, resolving.request);
  if ('error' in stored) return refused(stored.error, isDefault, options);
  return { input, enabled: true, isDefault, typed: typed.value, stored: stored.value, errors, ...(options === undefined ? {} : { options }) };
}

/** The API's words. The value of a SECRET is never repeated. */
function invalid(input: InputModel, reason: string, received: unknown): string {
  const value = received === null || received === undefined ? 'null' : input.type === 'SECRET' ? '******' : shown(received);
  return `Invalid input for \`${input.id}\`, ${reason}, but received \`${value}\``;
}

const hidden = (input: InputModel, text: string, secret: unknown): string => (input.type === 'SECRET' ? text.replaceAll(textOf(secret), '******') : text);

/** Undefined when nothing was given. An empty text of a form is nothing, unless the type is a text. */
function givenValue(input: InputModel, request: InputsRequest): unknown {
  const file = input.type === 'FILE' ? request.files?.[input.id] : undefined;
  const value = file ?? (Object.hasOwn(request.values, input.id) ? request.values[input.id] : nestedValue(request.values, input.id));
  return value === '' && !textTypes.has(input.type) ? undefined : value;
}

const textTypes: ReadonlySet<InputType> = new Set<InputType>(['STRING', 'SECRET']);

function nestedValue(values: Readonly<Record<string, unknown>>, id: string): unknown {
  let at: unknown = values;
  for (const part of id.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[part];
  }
  return at;
}

function putNested(values: Record<string, unknown>, id: string, value: unknown): void {
  const parts = id.split('.');
  const last = parts.pop() ?? id;
  let at = values;
  for (const part of parts) {
    const next = Object.hasOwn(at, part) ? at[part] : undefined;
    if (typeof next === 'object' && next !== null && !Array.isArray(next)) at = next as Record<string, unknown>;
    else {
      const made: Record<string, unknown> = {};
      Object.defineProperty(at, part, { value: made, enumerable: true, writable: true, configurable: true });
      at = made;
    }
  }
  // Defined, not assigned: an input called `__proto__` must stay a plain member.
  Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true });
}

function render(expression: string, resolving: Resolving): Typed {
  if (resolving.request.renderTyped === undefined) return { value: expression };
  try {
    return { value: resolving.request.renderTyped(expression, resolving.soFar) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function defaultOf(input: InputModel, options: readonly string[] | undefined, resolving: Resolving): Typed {
  if (input.defaults === undefined || input.defaults === null) {
    const first = input.autoSelectFirst === true ? options?.[0] : undefined;
    return { value: first === undefined ? undefined : input.type === 'MULTISELECT' ? [first] : first };
  }
  return resolving.request.rendersDefaults === false ? { value: input.defaults } : renderInside(input.defaults, resolving);
}

/** Expressions in a default, wherever they stand in it. */
function renderInside(value: unknown, resolving: Resolving): Typed {
  if (typeof value === 'string') return holdsExpression(value) ? render(value, resolving) : { value };
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const rendered = renderInside(item, resolving);
      if ('error' in rendered) return rendered;
      items.push(rendered.value);
    }
    return { value: items };
  }
  if (typeof value !== 'object' || value === null) return { value };
  const members: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    const rendered = renderInside(item, resolving);
    if ('error' in rendered) return rendered;
    members.push([key, rendered.value]);
  }
  return { value: Object.fromEntries(members) };
}

function choicesOf(input: InputModel, resolving: Resolving): { readonly value: readonly string[] | undefined } | { readonly error: string } {
  if (input.expression === undefined || (input.type !== 'SELECT' && input.type !== 'MULTISELECT')) return { value: input.values };
  if (resolving.request.renderTyped === undefined) return { value: input.values };
  const rendered = render(input.expression, resolving);
  if ('error' in rendered) return { error: `Cannot render \`expression\`: ${rendered.error}` };
  if (!Array.isArray(rendered.value)) return { error: 'Invalid expression result, expected a list of strings' };
  // `{label, value}` as in `values`.
  return { value: rendered.value.map((item: unknown) => textOf(typeof item === 'object' && item !== null && 'value' in item ? item.value : item)) };
}

function storedValue(input: InputModel, value: unknown, request: InputsRequest): Typed {
  if (input.type !== 'SECRET') return { value };
  if (request.encrypt === undefined) return { error: `Invalid input for \`${input.id}\`, a \`SECRET\` input needs an encryption key, which is not configured on this server, but received \`******\`` };
  return { value: request.encrypt(textOf(value)) };
}

/** The reasons, in the words of the API; bounds are inclusive. */
function violationsOf(input: InputModel, value: unknown, options: readonly string[] | undefined): readonly string[] {
  switch (input.type) {
    case 'STRING':
    case 'SECRET':
      return input.validator === undefined || matches(input.validator, textOf(value)) ? [] : [`it must match the pattern \`${input.validator}\``];
    case 'INT':
    case 'FLOAT':
      return outside(input, Number(value), Number, 'it');
    case 'DURATION':
      return outside(input, parseDurationMs(textOf(value)) ?? 0, (bound) => parseDurationMs(String(bound)) ?? 0, 'It');
    case 'DATE':
    case 'TIME':
      return beyond(input, textOf(value), (a, b) => (a < b ? -1 : a > b ? 1 : 0));
    case 'DATETIME':
      return beyond(input, textOf(value), compareInstants);
    case 'ENUM':
    case 'SELECT':
      return input.required && input.allowCustomValue !== true && options !== undefined && !options.includes(textOf(value)) ? [`it must match the values \`[${options.join(', ')}]\``] : [];
    case 'MULTISELECT':
      return input.allowCustomValue !== true && options !== undefined && Array.isArray(value) && !value.every((item) => options.includes(textOf(item))) ? [`it must match the values \`[${options.join(', ')}]\``] : [];
    case 'FILE':
      return input.accept === undefined || input.accept.length === 0 || input.accept.some((ending) => hasEnding(textOf(value), ending)) ? [] : [`it must be a file whose name ends with \`${input.accept.join('`, `')}\``];
    case 'JSON': {
      const problem = input.jsonSchema === undefined ? undefined : schemaProblem(input.jsonSchema, value);
      return problem === undefined ? [] : [`it must fit its \`jsonSchema\`: ${problem}`];
    }
    case 'BOOLEAN':
    case 'BOOL':
    case 'YAML':
    case 'URI':
    case 'ARRAY':
    case 'EMAIL':
      return [];
    default:
      return never(input.type);
  }
}

/** `.csv`, `csv` or `*.csv`, in any case; `*` and media types take every name, since a name does not tell. */
function hasEnding(uri: string, ending: string): boolean {
  const plain = ending.trim().replace(/^\*(?=\.)/, '').toLowerCase();
  if (plain === '' || plain === '*' || plain === '.*' || plain.includes('/')) return true;
  return uri.toLowerCase().endsWith(plain.startsWith('.') ? plain : `.${plain}`);
}

/** The whole text has to match, in time linear in its length. A pattern that can not be read was refused with the flow. */
function matches(pattern: string, text: string): boolean {
  try {
    return RE2JS.matches(pattern, text);
  } catch {
    // Flows stored before this pattern's syntax was refused: a value can not match what can not be read.
    return false;
  }
}

function outside(input: InputModel, value: number, bound: (text: number | string) => number, it: 'it' | 'It'): readonly string[] {
  const reasons: string[] = [];
  if (input.min !== undefined && value < bound(input.min)) reasons.push(`${it} must be more than \`${input.min}\``);
  if (input.max !== undefined && value > bound(input.max)) reasons.push(`${it} must be less than \`${input.max}\``);
  return reasons;
}

function beyond(input: InputModel, value: string, compare: (a: string, b: string) => number): readonly string[] {
  const reasons: string[] = [];
  if (input.after !== undefined && compare(value, input.after) < 0) reasons.push(`it must be after \`${input.after}\``);
  if (input.before !== undefined && compare(value, input.before) > 0) reasons.push(`it must be before \`${input.before}\``);
  return reasons;
}
