/** Inputs of a flow, and of a Pause's `onResume`: read, checked, groups (FORM) spread out to their leaves. */
import { RE2JS } from 're2js';
import { inputIdPattern } from '../protocol/ids.ts';
import { parseJsonText } from '../protocol/json.ts';
import { type InputModel, type InputType, inputTypes } from './model.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { collectExpressions, described, holdsExpression, type NamedPlace, readBoolean, type Reading, readText, refuseUnknown } from './reading.ts';
import { child, entryOf, headSpan, isNull, type MapNode, type Path, plain, scalarText, type SourceNode, valueAt } from './source-node.ts';
import { cyclicIds } from './task-order.ts';
import { typedValue } from './typed-value.ts';

const knownKeys: readonly string[] = [
  'id', 'name', 'type', 'description', 'required', 'defaults', 'displayName', 'dependsOn', 'validator', 'min', 'max', 'after', 'before', 'values', 'options',
  'expression', 'itemType', 'allowCustomValue', 'isRadio', 'extension', 'prefill', 'autoSelectFirst', 'accept', 'allowedFileExtensions', 'jsonSchema', 'inputs', 'ref',
];
const known = new Set(knownKeys);
const isInputType = (text: string): text is InputType => (inputTypes as readonly string[]).includes(text);

interface Found {
  readonly input: InputModel;
  readonly node: MapNode;
  readonly path: Path;
}

/** The inputs under a key (`inputs`, `onResume`), with the checks that need all of them. */
export function readInputs(owner: MapNode, key: string, path: Path | undefined, reading: Reading): readonly InputModel[] {
  const list = valueAt(owner, key);
  if (list === undefined) return [];
  const keyPath = child(path, key);
  if (list.type !== 'list') {
    reading.report.error(keyPath, headSpan(list), `must be a list of inputs, found ${described(list)}`, 'Begin each input with "- id: ".');
    return [];
  }
  const found = list.items.flatMap((item, index) => readInput(item, child(keyPath, index), '', reading));
  const places = found.map(({ input, node, path: at }) => ({ id: input.id, at: valueAt(node, 'id') ?? valueAt(node, 'name') ?? headSpan(node), path: child(at, 'id') }));
  reportDuplicates('input', places, reading);
  checkDependencies(found, reading);
  return found.map(({ input }) => input);
}

/** One report per id that was there before, with all repeated ids in the API's words. */
export function reportDuplicates(what: string, places: readonly NamedPlace[], reading: Reading): void {
  const seen = new Set<string>();
  for (const { id, at, path } of places) {
    if (id !== '' && seen.has(id)) reading.report.error(path, at, `Duplicate ${what} id with name [${id}]`, 'Give one of them another id.');
    seen.add(id);
  }
}

function readInput(node: SourceNode, path: Path, prefix: string, reading: Reading): readonly Found[] {
  if (node.type !== 'map') {
    reading.report.error(path, node, isNull(node) ? 'must not be null' : `must be an input with "id" and "type", found ${described(node)}`);
    return [];
  }
  const id = readInputId(node, path, reading);
  const typeNode = valueAt(node, 'type');
  const typeName = scalarText(typeNode)?.toUpperCase();
  if (typeNode === undefined || typeName === undefined) {
    reading.report.error(child(path, 'type'), typeNode ?? headSpan(node), typeNode === undefined ? 'must not be null' : 'must be the name of an input type', `Use one of ${inputTypes.join(', ')}.`);
    return [];
  }
  refuseUnknown(node, path, `a ${typeName} input`, (key) => known.has(key), () => knownKeys, reading);
  if (typeName === 'FORM') {
    const children = valueAt(node, 'inputs');
    if (children?.type !== 'list') {
      reading.report.error(child(path, 'inputs'), children ?? headSpan(node), 'must not be empty', 'List the inputs of the form below "inputs:".');
      return [];
    }
    if (prefix !== '') reading.report.error(child(path, 'type'), typeNode, 'a FORM can not stand in a FORM', 'Move its inputs to the outer form.');
    for (const key of ['defaults', 'prefill'] as const) {
      const given = valueAt(node, key);
      if (given !== undefined) reading.report.error(child(path, key), given, `a FORM has no \`${key}\``, 'Write it at the inputs of the form.');
    }
    const [displayName, description] = [scalarText(valueAt(node, 'displayName')), scalarText(valueAt(node, 'description'))];
    const form = { id, ...(displayName === undefined ? {} : { displayName }), ...(description === undefined ? {} : { description }) };
    return children.items.flatMap((item, index) => readInput(item, child(child(path, 'inputs'), index), `${prefix}${id}.`, reading)).map((found) => ({ ...found, input: { ...found.input, form } }));
  }
  if (typeName === 'REUSABLE_INPUTS') {
    reading.report.warn(child(path, 'type'), typeNode, 'Shared sets of inputs are not available here; this one is left out', 'Write its inputs into the flow.');
    return [];
  }
  if (!isInputType(typeName)) {
    reading.report.error(child(path, 'type'), typeNode, `Invalid type: ${described(typeNode)} is no input type`, didYouMean(nearestName(typeName, inputTypes)) ?? `Use one of ${inputTypes.join(', ')}.`);
    return [];
  }
  return [{ input: readTyped(node, `${prefix}${id}`, typeName, path, reading), node, path }];
}

function readInputId(node: MapNode, path: Path, reading: Reading): string {
  const key = valueAt(node, 'id') === undefined && valueAt(node, 'name') !== undefined ? 'name' : 'id';
  const value = valueAt(node, key);
  const id = scalarText(value);
  if (key === 'name' && value !== undefined) reading.report.info(child(path, 'name'), entryOf(node, 'name')?.keySpan ?? value, '"name" of an input is now called "id"');
  if (value === undefined || id === undefined) {
    reading.report.error(child(path, 'id'), value ?? headSpan(node), 'must not be null', 'Give the input an id.');
    return '';
  }
  if (!inputIdPattern.test(id)) reading.report.error(child(path, key), value, `must match "${inputIdPattern.source}", found ${described(value)}`, 'Use letters, digits, "_", "-" and ".".');
  return id;
}

function readTyped(node: MapNode, id: string, type: InputType, path: Path, reading: Reading): InputModel {
  const text = (key: string): string | undefined => readText(valueAt(node, key), child(path, key), reading);
  const flag = (key: string, otherwise: boolean): boolean => readBoolean(valueAt(node, key), child(path, key), otherwise, reading);
  const required = flag('required', true);
  const description = scalarText(valueAt(node, 'description'));
  const displayName = scalarText(valueAt(node, 'displayName'));
  const expression = text('expression');
  const validator = readValidator(node, path, reading);
  const values = readValues(node, type, expression, path, reading);
  const itemType = readItemType(node, type, path, reading);
  const defaults = readDefault(node, type, itemType, path, reading);
  const dependsOn = readDependsOn(node, path, reading);
  const [min, max] = [readBound(node, 'min', type, path, reading), readBound(node, 'max', type, path, reading)];
  const [after, before] = [readMoment(node, 'after', type, path, reading), readMoment(node, 'before', type, path, reading)];
  const extension = scalarText(valueAt(node, 'extension'));
  const prefill = valueAt(node, 'prefill');
  if (prefill !== undefined) collectExpressions(prefill, child(path, 'prefill'), reading);
  checkOptional(node, { required, defaults, prefill }, path, reading);
  const jsonSchema = readJsonSchema(node, type, path, reading);
  const valueLabels = readValueLabels(node);
  const accept = readTexts(valueAt(node, 'allowedFileExtensions') ?? valueAt(node, 'accept'));
  return {
    id,
    type,
    required,
    ...(defaults === undefined ? {} : { defaults }),
    ...(description === undefined ? {} : { description }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
    ...(validator === undefined ? {} : { validator }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(after === undefined ? {} : { after }),
    ...(before === undefined ? {} : { before }),
    ...(values === undefined ? {} : { values }),
    ...(expression === undefined ? {} : { expression }),
    ...(itemType === undefined ? {} : { itemType }),
    ...(valueAt(node, 'allowCustomValue') === undefined ? {} : { allowCustomValue: flag('allowCustomValue', false) }),
    ...(valueAt(node, 'isRadio') === undefined ? {} : { isRadio: flag('isRadio', false) }),
    ...(extension === undefined ? {} : { extension }),
    ...(prefill === undefined ? {} : { prefill: plain(prefill) }),
    ...(valueAt(node, 'autoSelectFirst') === undefined ? {} : { autoSelectFirst: flag('autoSelectFirst', false) }),
    ...(accept === undefined ? {} : { accept }),
    ...(jsonSchema === undefined ? {} : { jsonSchema }),
    ...(valueLabels === undefined ? {} : { valueLabels }),
  };
}

/** Accepted, as later versions of the language refuse it: an optional input is null unless it is given. */
function checkOptional(node: MapNode, { required, defaults, prefill }: { readonly required: boolean; readonly defaults: unknown; readonly prefill: SourceNode | undefined }, path: Path, reading: Reading): void {
  const at = (key: string): SourceNode | undefined => valueAt(node, key);
  if (prefill !== undefined && defaults !== undefined) reading.report.warn(child(path, 'prefill'), prefill, '`prefill` has no effect beside `defaults`', 'Keep one of them.');
  else if (prefill !== undefined && required) reading.report.warn(child(path, 'prefill'), prefill, '`prefill` is for inputs with `required: false`: it is shown in the form and never used by the API or by triggers', 'Use `defaults` for a value that always holds.');
  const given = at('defaults');
  if (given !== undefined && defaults !== undefined && !required && at('required') !== undefined) reading.report.warn(child(path, 'defaults'), given, 'an input with `defaults` always has a value, so `required: false` has no effect', 'Use `prefill` for a value that may be cleared.');
}

function readJsonSchema(node: MapNode, type: InputType, path: Path, reading: Reading): unknown {
  const value = valueAt(node, 'jsonSchema');
  if (value === undefined) return undefined;
  if (type !== 'JSON') reading.report.warn(child(path, 'jsonSchema'), value, `\`jsonSchema\` is for inputs of type JSON, this one is ${type}`);
  const text = scalarText(value);
  if (text === undefined || isNull(value)) return plain(value);
  try {
    return parseJsonText(text);
  } catch (error) {
    reading.report.error(child(path, 'jsonSchema'), value, `must be a JSON Schema: ${error instanceof Error ? error.message : 'it can not be read'}`, 'Write it as YAML, or as a JSON text.');
    return undefined;
  }
}

function readValueLabels(node: MapNode): InputModel['valueLabels'] {
  const list = valueAt(node, 'values') ?? valueAt(node, 'options');
  if (list?.type !== 'list') return undefined;
  const labels = list.items.flatMap((item) => {
    const [value, label] = [scalarText(valueAt(item, 'value')), scalarText(valueAt(item, 'label'))];
    return value === undefined || label === undefined ? [] : [[value, label] as const];
  });
  return labels.length === 0 ? undefined : Object.fromEntries(labels);
}

function readValidator(node: MapNode, path: Path, reading: Reading): string | undefined {
  const value = valueAt(node, 'validator');
  const pattern = scalarText(value);
  if (value === undefined || pattern === undefined) return undefined;
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'it can not be read';
    reading.report.error(child(path, 'validator'), value, `invalid pattern: ${why}`, 'Write a regular expression; look-arounds and back references are not available.');
  }
  return pattern;
}

function readTexts(node: SourceNode | undefined): readonly string[] | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'list') return node.items.flatMap((item) => scalarText(item) ?? []);
  const text = scalarText(node);
  return text === undefined ? undefined : text.split(',').map((part) => part.trim());
}

function readValues(node: MapNode, type: InputType, expression: string | undefined, path: Path, reading: Reading): readonly string[] | undefined {
  const key = valueAt(node, 'values') === undefined && valueAt(node, 'options') !== undefined ? 'options' : 'values';
  const value = valueAt(node, key);
  const choosing = type === 'ENUM' || type === 'SELECT' || type === 'MULTISELECT';
  if (value === undefined || (value.type === 'list' && value.items.length === 0)) {
    if (choosing && (type === 'ENUM' || expression === undefined)) {
      reading.report.error(child(path, 'values'), entryOf(node, key)?.keySpan ?? headSpan(node), 'must not be empty', type === 'ENUM' ? 'List the values to choose from.' : 'List the values to choose from, or give an "expression" that renders to a list.');
    }
    return undefined;
  }
  if (value.type !== 'list') {
    reading.report.error(child(path, key), value, `must be a list, found ${described(value)}`, 'Begin each value with "- ".');
    return undefined;
  }
  return value.items.flatMap((item, index) => {
    const text = scalarText(item) ?? scalarText(valueAt(item, 'value'));
    if (text === undefined) reading.report.error(child(child(path, key), index), item, `must be a text, found ${described(item)}`);
    return text ?? [];
  });
}

function readItemType(node: MapNode, type: InputType, path: Path, reading: Reading): InputType | undefined {
  const value = valueAt(node, 'itemType');
  const name = scalarText(value)?.toUpperCase();
  if (value === undefined || name === undefined) {
    if (type === 'ARRAY') reading.report.error(child(path, 'itemType'), value ?? headSpan(node), 'must not be null', 'An ARRAY input needs the type of its items.');
    return undefined;
  }
  if (type === 'ARRAY' && name === 'ARRAY') reading.report.error(child(path, 'itemType'), value, '`itemType` of an ARRAY input cannot be `ARRAY`', 'Use an input of type JSON for lists of lists.');
  else if (!isInputType(name)) reading.report.error(child(path, 'itemType'), value, `must be an input type, found ${described(value)}`, didYouMean(nearestName(name, inputTypes)));
  else return name;
  return undefined;
}

function readDefault(node: MapNode, type: InputType, itemType: InputType | undefined, path: Path, reading: Reading): unknown {
  const value = valueAt(node, 'defaults');
  if (value === undefined) return undefined;
  const at = child(path, 'defaults');
  collectExpressions(value, at, reading);
  const text = scalarText(value);
  if (text !== undefined && holdsExpression(text)) return text;
  const raw = value.type === 'scalar' && (type === 'STRING' || type === 'SELECT' || type === 'ENUM' || type === 'SECRET' || type === 'DATE' || type === 'TIME') ? value.text : plain(value);
  if (type === 'FILE') {
    if (text === undefined || !/^(?:nsfile|file|kestra):\/\//.test(text)) reading.report.error(at, value, 'no `defaults` can be set for inputs of type `FILE`', 'Remove it, or name a namespace file: nsfile:///path.');
    return raw;
  }
  if (holdsExpression(JSON.stringify(raw) ?? '')) return raw;
  const typed = typedValue(type, raw, itemType);
  if ('error' in typed) reading.report.error(at, value, typed.error);
  return raw;
}

function readDependsOn(node: MapNode, path: Path, reading: Reading): InputModel['dependsOn'] {
  const value = valueAt(node, 'dependsOn');
  if (value === undefined) return undefined;
  const at = child(path, 'dependsOn');
  if (value.type !== 'map') {
    reading.report.error(at, value, `must be a map with "inputs" and "condition", found ${described(value)}`);
    return undefined;
  }
  const names = ['inputs', 'condition', 'when'];
  refuseUnknown(value, at, 'dependsOn', (key) => names.includes(key), () => names, reading);
  const condition = readText(valueAt(value, 'condition') ?? valueAt(value, 'when'), child(at, 'condition'), reading);
  return { inputs: readTexts(valueAt(value, 'inputs')) ?? [], ...(condition === undefined ? {} : { condition }) };
}

function readBound(node: MapNode, key: 'min' | 'max', type: InputType, path: Path, reading: Reading): number | string | undefined {
  const value = valueAt(node, key);
  if (value === undefined || value.type !== 'scalar') {
    if (value !== undefined) reading.report.error(child(path, key), value, `must be a value of type ${type}, found ${described(value)}`);
    return undefined;
  }
  const typed = typedValue(type, value.text);
  if ('error' in typed) reading.report.error(child(path, key), value, typed.error);
  else if (typeof typed.value === 'number' || typeof typed.value === 'string') return typed.value;
  return undefined;
}

function readMoment(node: MapNode, key: 'after' | 'before', type: InputType, path: Path, reading: Reading): string | undefined {
  const value = valueAt(node, key);
  if (value === undefined) return undefined;
  const typed = typedValue(type, scalarText(value));
  if ('error' in typed) reading.report.error(child(path, key), value, typed.error);
  else if (typeof typed.value === 'string') return typed.value;
  return undefined;
}

function checkDependencies(found: readonly Found[], reading: Reading): void {
  const ids = new Set(found.map(({ input }) => input.id));
  for (const { input, node, path } of found) {
    const list = valueAt(valueAt(node, 'dependsOn'), 'inputs');
    for (const [index, id] of (input.dependsOn?.inputs ?? []).entries()) {
      if (ids.has(id)) continue;
      const at = list?.type === 'list' ? list.items[index] : list;
      reading.report.error(child(child(child(path, 'dependsOn'), 'inputs'), index), at ?? headSpan(node), `Input with id '${input.id}' depends on a non-existent input '${id}'`, didYouMean(nearestName(id, ids)));
    }
  }
  const cyclic = new Set(cyclicIds(new Map(found.map(({ input }) => [input.id, input.dependsOn?.inputs ?? []]))));
  for (const { input, node, path } of found) {
    if (cyclic.has(input.id)) reading.report.error(child(path, 'dependsOn'), entryOf(node, 'dependsOn')?.keySpan ?? headSpan(node), `Cycle dependency detected: ${[...cyclic].join(', ')}`, 'Remove one of their dependencies.');
  }
}
