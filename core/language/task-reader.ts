/** Tasks: the common keys, the children by the shape of the flowable, and the own properties by the schema of the type. */
import { isLogLevel, type LogLevel, logLevels } from '../protocol/entities/log-entry.ts';
import { taskIdPattern } from '../protocol/ids.ts';
import type { FlowableKind } from '../protocol/task-kinds.ts';
import { parseDurationMs } from '../protocol/time.ts';
import { readInputs } from './input-reader.ts';
import type { JsonSchema, TaskChildren, TaskModel } from './model.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { collectExpressions, described, holdsExpression, readBoolean, type Reading, readText, refuseUnknown, resolveType } from './reading.ts';
import { readDuration, readRetry } from './retry-reader.ts';
import { durationRemedy, readTypedProperties, shortName } from './schema-value.ts';
import { child, entryOf, entrySpan, headSpan, isNull, type MapEntry, type MapNode, never, type Path, plain, scalarText, type SourceNode, valueAt } from './source-node.ts';
import { cyclicIds } from './task-order.ts';

/** Keys of every task. */
export const commonTaskKeys = [
  'id', 'type', 'description', 'retry', 'timeout', 'disabled', 'allowFailure', 'allowWarning', 'runIf', 'logLevel', 'logToFile', 'taskCache',
] as const;
/** Keys of every task that a single server has no use for; read and kept so that no flow is refused for them. */
const toleratedTaskKeys = ['when', 'workerGroup', 'workerSelector', 'assets', 'pluginDefaultsRef', 'version', 'policyRefs'] as const;
const taskKeys: ReadonlySet<string> = new Set<string>([...commonTaskKeys, ...toleratedTaskKeys]);

/** A list of tasks under a key of the flow or of a task. */
export function readTaskList(owner: MapNode, key: string, path: Path | undefined, reading: Reading, options: { readonly required: boolean }): readonly TaskModel[] {
  const entry = entryOf(owner, key);
  const keyPath = child(path, key);
  if (entry === undefined || isNull(entry.value) || (entry.value.type === 'list' && entry.value.items.length === 0)) {
    if (options.required) reading.report.error(keyPath, entry === undefined ? headSpan(owner) : entrySpan(entry), 'must not be empty', `Add at least one task below "${key}:".`);
    return [];
  }
  return readTasks(entry.value, keyPath, reading);
}

export function readTasks(node: SourceNode, path: Path, reading: Reading): readonly TaskModel[] {
  if (node.type !== 'list') {
    reading.report.error(path, headSpan(node), `must be a list of tasks, found ${described(node)}`, 'Begin each task with "- id: ".');
    return [];
  }
  return node.items.flatMap((item, index) => readTask(item, child(path, index), reading) ?? []);
}

export function readTask(node: SourceNode, path: Path, reading: Reading): TaskModel | undefined {
  if (node.type !== 'map') {
    reading.report.error(path, node, isNull(node) ? 'must not be null' : `must be a task with "id" and "type", found ${described(node)}`, 'Write "id:" and "type:" after the dash.');
    return undefined;
  }
  const id = readTaskId(node, path, reading);
  const info = resolveType(node, path, 'task', reading);
  if (info === undefined) {
    // Without id and type it is a piece of a broken text, not a task.
    return id === '' && valueAt(node, 'type') === undefined ? undefined : unknownTask(node, id, path, reading);
  }
  const flowable = info.kind === 'flowable' ? info.flowable : undefined;
  const kind = info.kind ?? 'runnable';
  const expressionsBefore = reading.expressions.length;
  const structural = kind === 'items' ? loopKeys : flowable === undefined ? noKeys : structuralKeys[flowable];
  const written = kind === 'items' ? { type: 'list' as const, tasks: readTaskList(node, 'tasks', path, reading, { required: true }) } : flowable === undefined ? noChildren : readChildren(flowable, node, path, reading);
  const properties = readTypedProperties(withoutKeys(node, structural), path, withoutSchemas(info.properties, structural), shortName(info.type), (key) => taskKeys.has(key), reading, commonTaskKeys);
  if (kind === 'subflow' || flowable === 'forEachItem') noteCall(node, path, expressionsBefore, reading);
  if (flowable === 'pause') checkOnResume(node, path, reading);
  const common = readCommon(node, path, reading);
  const children = flowable === 'forEachItem' ? { type: 'list' as const, tasks: partsOfForEachItem(id, info.type, properties) } : written;
  return {
    id,
    type: info.type,
    kind,
    ...(flowable === undefined ? {} : { flowable }),
    ...(info.change === undefined ? {} : { change: info.change }),
    ...common,
    pure: info.pure ?? false,
    properties,
    children,
    errors: kind === 'flowable' || kind === 'items' ? readTaskList(node, 'errors', path, reading, { required: false }) : [],
    finally: kind === 'flowable' || kind === 'items' ? readTaskList(node, 'finally', path, reading, { required: false }) : [],
  };
}

/** ForEachItem is run as three tasks, whose ids people know from its outputs: the file is split, a subflow runs for each piece, their outputs are merged. */
function partsOfForEachItem(id: string, type: string, properties: TaskModel['properties']): readonly TaskModel[] {
  const part = (suffix: string, more: Pick<TaskModel, 'kind'> & Partial<TaskModel>): TaskModel => ({
    id: `${id}_${suffix}`, type, disabled: false, allowFailure: false, allowWarning: false, runIf: 'true', logToFile: false, pure: false, properties, children: noChildren, errors: [], finally: [], ...more,
  });
  return [part('split', { kind: 'runnable', part: 'split' }), part('items', { kind: 'items' }), part('merge', { kind: 'merge' })];
}

const loopKeys: readonly string[] = ['tasks', 'errors', 'finally'];
const noChildren: TaskChildren = { type: 'none' };
const noKeys: readonly string[] = [];

function readTaskId(node: MapNode, path: Path, reading: Reading): string {
  const value = valueAt(node, 'id');
  const idPath = child(path, 'id');
  const id = scalarText(value);
  if (id === undefined || value === undefined) {
    reading.report.error(idPath, value ?? headSpan(node), value === undefined ? 'must not be null' : `must be a text, found ${described(value)}`, 'Give the task an id that no other task has.');
    return '';
  }
  if (!taskIdPattern.test(id)) reading.report.error(idPath, value, `must match "${taskIdPattern.source}", found ${described(value)}`, 'Use letters, digits, "_" and "-".');
  reading.taskIds.push({ id, at: value, path: idPath });
  return id;
}

type CommonKeys = Pick<TaskModel, 'description' | 'retry' | 'timeout' | 'disabled' | 'allowFailure' | 'allowWarning' | 'runIf' | 'logLevel' | 'logToFile' | 'taskCache'>;

function readCommon(node: MapNode, path: Path, reading: Reading): CommonKeys {
  const description = scalarText(valueAt(node, 'description'));
  const retry = readRetry(valueAt(node, 'retry'), child(path, 'retry'), reading);
  const timeout = readTimeout(node, path, reading);
  const logLevel = readLogLevel(node, path, reading);
  const taskCache = readTaskCache(node, path, reading);
  const boolean = (key: string): boolean => readBoolean(valueAt(node, key), child(path, key), false, reading);
  const runIfKey = entryOf(node, 'runIf') === undefined && entryOf(node, 'when') !== undefined ? 'when' : 'runIf';
  return {
    ...(description === undefined ? {} : { description }),
    ...(retry === undefined ? {} : { retry }),
    ...(timeout === undefined ? {} : { timeout }),
    disabled: boolean('disabled'),
    allowFailure: boolean('allowFailure'),
    allowWarning: boolean('allowWarning'),
    runIf: readText(valueAt(node, runIfKey), child(path, runIfKey), reading) ?? 'true',
    ...(logLevel === undefined ? {} : { logLevel }),
    logToFile: boolean('logToFile'),
    ...(taskCache === undefined ? {} : { taskCache }),
  };
}

function readTaskCache(node: MapNode, path: Path, reading: Reading): TaskModel['taskCache'] {
  const value = valueAt(node, 'taskCache');
  if (value === undefined || isNull(value)) return undefined;
  const at = child(path, 'taskCache');
  if (value.type !== 'map') {
    reading.report.error(at, value, `must be a map with "enabled", found ${described(value)}`);
    return undefined;
  }
  const names = ['enabled', 'ttl'];
  refuseUnknown(value, at, 'taskCache', (key) => names.includes(key), () => names, reading);
  const ttlMs = readDuration(valueAt(value, 'ttl'), child(at, 'ttl'), reading);
  if (!readBoolean(valueAt(value, 'enabled'), child(at, 'enabled'), false, reading)) return undefined;
  return ttlMs === undefined ? {} : { ttlMs };
}

function readTimeout(node: MapNode, path: Path, reading: Reading): string | undefined {
  const value = valueAt(node, 'timeout');
  const text = readText(value, child(path, 'timeout'), reading);
  if (value !== undefined && text !== undefined && !holdsExpression(text) && parseDurationMs(text) === undefined) {
    reading.report.error(child(path, 'timeout'), value, `Invalid duration ${described(value)}`, durationRemedy);
  }
  return text;
}

export function readLogLevel(node: MapNode, path: Path, reading: Reading): LogLevel | undefined {
  const value = valueAt(node, 'logLevel');
  const text = scalarText(value);
  if (text === undefined || value === undefined) return undefined;
  if (isLogLevel(text)) return text;
  reading.report.error(child(path, 'logLevel'), value, `must be one of [${logLevels.join(', ')}], found ${described(value)}`, didYouMean(nearestName(text, logLevels)));
  return undefined;
}

/** The keys that hold the children of a flowable; they are read here and left out of its properties. */
const structuralKeys: Readonly<Record<FlowableKind, readonly string[]>> = {
  sequential: ['tasks', 'errors', 'finally'],
  parallel: ['tasks', 'errors', 'finally'],
  dag: ['tasks', 'errors', 'finally'],
  if: ['then', 'else', 'errors', 'finally'],
  switch: ['cases', 'defaults', 'errors', 'finally'],
  foreach: ['tasks', 'errors', 'finally'],
  eachSequential: ['tasks', 'errors', 'finally'],
  eachParallel: ['tasks', 'errors', 'finally'],
  pause: ['tasks', 'errors', 'finally'],
  allowFailure: ['tasks', 'errors', 'finally'],
  workingDirectory: ['tasks', 'errors', 'finally'],
  loopUntil: ['tasks', 'errors', 'finally'],
  forEachItem: ['errors', 'finally'],
  template: ['errors', 'finally'],
  badSequential: ['tasks', 'errors', 'finally'],
};

function withoutKeys(node: MapNode, keys: readonly string[]): MapNode {
  return keys.length === 0 ? node : { ...node, entries: node.entries.filter((entry) => !keys.includes(entry.key)) };
}

/** Children are required by the rules here, with their own words. */
function withoutSchemas(schema: JsonSchema, keys: readonly string[]): JsonSchema {
  if (keys.length === 0 || schema.required === undefined) return schema;
  return { ...schema, required: schema.required.filter((key) => !keys.includes(key)) };
}

function readChildren(kind: FlowableKind, node: MapNode, path: Path, reading: Reading): TaskChildren {
  switch (kind) {
    case 'parallel':
    case 'foreach':
    case 'eachSequential':
    case 'eachParallel':
    case 'loopUntil':
      return { type: 'list', tasks: readTaskList(node, 'tasks', path, reading, { required: true }) };
    case 'sequential':
    case 'allowFailure':
    case 'badSequential': {
      const tasks = readTaskList(node, 'tasks', path, reading, { required: false });
      if (valueAt(node, 'tasks') === undefined) reading.report.warn(child(path, 'tasks'), headSpan(node), 'There are no tasks here, so nothing runs', 'Add a task below "tasks:".');
      return { type: 'list', tasks };
    }
    case 'workingDirectory':
      return { type: 'list', tasks: readWorkingDirectory(node, path, reading) };
    case 'pause': {
      const tasks = readTaskList(node, 'tasks', path, reading, { required: false });
      return tasks.length === 0 ? noChildren : { type: 'list', tasks };
    }
    case 'dag':
      return { type: 'dag', tasks: readDag(node, path, reading) };
    case 'if':
      // biome-ignore lint/suspicious/noThenProperty: the word of the language; a model is never awaited.
      return { type: 'branches', then: readTaskList(node, 'then', path, reading, { required: true }), else: readTaskList(node, 'else', path, reading, { required: false }) };
    case 'switch':
      return readSwitch(node, path, reading);
    case 'forEachItem':
    case 'template':
      return noChildren;
    default:
      return never(kind);
  }
}

function readWorkingDirectory(node: MapNode, path: Path, reading: Reading): readonly TaskModel[] {
  const tasks = readTaskList(node, 'tasks', path, reading, { required: true });
  const list = valueAt(node, 'tasks');
  if (list?.type !== 'list') return tasks;
  for (const [index, item] of list.items.entries()) {
    const type = scalarText(valueAt(item, 'type'));
    const info = type === undefined ? undefined : reading.catalog.resolve(type);
    if (info?.role !== 'task' || info.kind === undefined || info.kind === 'runnable') continue;
    reading.report.error(child(child(path, 'tasks'), index), headSpan(item), 'Only runnable tasks are allowed as children of a WorkingDirectory task', `${shortName(info.type)} can not run in a shared directory; put it outside.`);
  }
  return tasks;
}

function readSwitch(node: MapNode, path: Path, reading: Reading): TaskChildren {
  const casesNode = valueAt(node, 'cases');
  const cases: [string, readonly TaskModel[]][] = [];
  if (casesNode?.type === 'map') {
    for (const entry of casesNode.entries) cases.push([entry.key, isNull(entry.value) ? [] : readTasks(entry.value, child(child(path, 'cases'), entry.key), reading)]);
  } else if (casesNode !== undefined) {
    reading.report.error(child(path, 'cases'), casesNode, `must be a map from values to lists of tasks, found ${described(casesNode)}`);
  }
  const defaults = readTaskList(node, 'defaults', path, reading, { required: false });
  const broken = casesNode !== undefined && casesNode.type !== 'map';
  if (!broken && defaults.length === 0 && cases.every(([, tasks]) => tasks.length === 0)) {
    reading.report.error(child(path, 'cases'), entryOf(node, 'cases')?.keySpan ?? headSpan(node), 'must not be empty: a Switch needs at least one task in "cases" or "defaults"');
  }
  return { type: 'cases', cases: Object.fromEntries(cases), defaults };
}

type DagTask = Extract<TaskChildren, { type: 'dag' }>['tasks'][number];

function readDag(node: MapNode, path: Path, reading: Reading): readonly DagTask[] {
  const entry = entryOf(node, 'tasks');
  const listPath = child(path, 'tasks');
  if (entry === undefined || entry.value.type !== 'list' || entry.value.items.length === 0) {
    if (entry !== undefined && entry.value.type !== 'list' && !isNull(entry.value)) reading.report.error(listPath, headSpan(entry.value), `must be a list of tasks, found ${described(entry.value)}`);
    else reading.report.error(listPath, entry === undefined ? headSpan(node) : entrySpan(entry), 'must not be empty', 'Add at least one "- task:" below "tasks:".');
    return [];
  }
  const tasks: DagTask[] = [];
  const places: { readonly item: MapNode; readonly path: Path }[] = [];
  for (const [index, item] of entry.value.items.entries()) {
    const itemPath = child(listPath, index);
    const taskNode = valueAt(item, 'task');
    if (item.type !== 'map' || taskNode === undefined) {
      reading.report.error(item.type === 'map' ? child(itemPath, 'task') : itemPath, headSpan(item), 'must not be null', 'Each item of a Dag is "task:" with the task below it, and "dependsOn:" with ids.');
      continue;
    }
    for (const other of item.entries) {
      if (other.key !== 'task' && other.key !== 'dependsOn') reading.report.error(child(itemPath, other.key), other.keySpan, `Unrecognized field "${other.key}" of a Dag's task`, didYouMean(nearestName(other.key, ['task', 'dependsOn'])) ?? 'Move it below "task:".');
    }
    const task = readTask(taskNode, child(itemPath, 'task'), reading);
    if (task === undefined) continue;
    tasks.push({ task, dependsOn: readIds(item, child(itemPath, 'dependsOn'), reading) });
    places.push({ item, path: itemPath });
  }
  checkDag(tasks, places, { dag: entry, path: listPath }, reading);
  return tasks;
}

function readIds(item: MapNode, path: Path, reading: Reading): readonly string[] {
  const value = valueAt(item, 'dependsOn');
  if (value === undefined) return [];
  if (value.type === 'scalar') return [value.text];
  if (value.type === 'list') return value.items.flatMap((id) => scalarText(id) ?? []);
  reading.report.error(path, value, `must be a list of task ids, found ${described(value)}`);
  return [];
}

function checkDag(tasks: readonly DagTask[], places: readonly { readonly item: MapNode; readonly path: Path }[], dag: { readonly dag: MapEntry; readonly path: Path }, reading: Reading): void {
  const ids = new Set(tasks.map(({ task }) => task.id));
  for (const [index, { dependsOn }] of tasks.entries()) {
    const place = places[index];
    if (place === undefined) continue;
    const value = valueAt(place.item, 'dependsOn');
    for (const [position, id] of dependsOn.entries()) {
      if (ids.has(id)) continue;
      const at = value?.type === 'list' ? value.items[position] : value;
      reading.report.error(child(child(place.path, 'dependsOn'), position), at ?? headSpan(place.item), `Not existing task id in dependency: ${id}`, didYouMean(nearestName(id, ids)) ?? 'Depend on tasks of the same Dag.');
    }
  }
  const cyclic = cyclicIds(new Map(tasks.map(({ task, dependsOn }) => [task.id, dependsOn])));
  if (cyclic.length > 0) reading.report.error(dag.path, dag.dag.keySpan, `Cyclic dependency detected: ${cyclic.join(', ')}`, 'Remove one of their dependencies.');
}

/** Remembered for the check of recursion; expressions in a call's `outputs` see the child, not this flow. */
function noteCall(node: MapNode, path: Path, expressionsBefore: number, reading: Reading): void {
  for (let index = expressionsBefore; index < reading.expressions.length; index += 1) {
    const found = reading.expressions[index];
    if (found !== undefined && keyBelow(found.path, path) === 'outputs') reading.expressions[index] = { ...found, scope: 'foreign' };
  }
  const flowId = valueAt(node, 'flowId');
  const namespace = scalarText(valueAt(node, 'namespace'));
  const id = scalarText(flowId);
  if (flowId === undefined || id === undefined || namespace === undefined) return;
  reading.calls.push({ namespace, flowId: id, at: flowId, path: child(path, 'flowId') });
}

/** The key of the property of `owner` that a path leads through. */
function keyBelow(path: Path | undefined, owner: Path): string | number | undefined {
  for (let at = path; at !== undefined; at = at.parent) if (at.parent === owner) return at.key;
  return undefined;
}

function checkOnResume(node: MapNode, path: Path, reading: Reading): void {
  if (valueAt(node, 'onResume') !== undefined) readInputs(node, 'onResume', path, reading);
}

/** The topology still shows a task whose type is unknown, with the tasks below it. */
function unknownTask(node: MapNode, id: string, path: Path, reading: Reading): TaskModel {
  const lists = node.entries.filter((entry) => ['tasks', 'then', 'else', 'errors', 'finally'].includes(entry.key) && entry.value.type === 'list');
  for (const entry of node.entries) if (!lists.includes(entry)) collectExpressions(entry.value, child(path, entry.key), reading);
  const tasks = lists.filter((entry) => entry.key !== 'errors' && entry.key !== 'finally').flatMap((entry) => readTasks(entry.value, child(path, entry.key), reading));
  return {
    id,
    type: scalarText(valueAt(node, 'type')) ?? '',
    kind: tasks.length === 0 ? 'runnable' : 'flowable',
    ...(tasks.length === 0 ? {} : { flowable: 'sequential' as const }),
    disabled: false,
    allowFailure: false,
    allowWarning: false,
    runIf: 'true',
    logToFile: false,
    pure: false,
    properties: Object.fromEntries(node.entries.filter((entry) => !lists.includes(entry)).map((entry) => [entry.key, plain(entry.value)])),
    children: tasks.length === 0 ? noChildren : { type: 'list', tasks },
    errors: readTaskList(node, 'errors', path, reading, { required: false }),
    finally: readTaskList(node, 'finally', path, reading, { required: false }),
  };
}
