/** The flow as a whole: its keys, and the checks that need to see all of it. */
import type { Label } from '../protocol/entities/execution.ts';
import { flowIdPattern, inputIdPattern, namespacePattern } from '../protocol/ids.ts';
import { readChecks, readListeners, readSla } from './flow-rules-reader.ts';
import { readInputs, reportDuplicates } from './input-reader.ts';
import { readLabels } from './labels-reader.ts';
import { type FlowModel, type InputModel, inputTypes, type InputType, type OutputModel } from './model.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { collectExpressions, described, headSpanOfFlow, listUnder, readBoolean, type Reading, refuseUnknown } from './reading.ts';
import { readRetry } from './retry-reader.ts';
import { child, entryOf, headSpan, type MapNode, type Path, plain, scalarText, type SourceNode, valueAt } from './source-node.ts';
import { readTaskList } from './task-reader.ts';
import { readTriggers } from './trigger-reader.ts';

/** Keys of a flow, those of other editions and versions included. */
export const flowKeys: readonly string[] = [
  'id', 'namespace', 'description', 'labels', 'inputs', 'variables', 'tasks', 'errors', 'finally', 'afterExecution', 'outputs', 'triggers', 'pluginDefaults',
  'concurrency', 'retry', 'sla', 'checks', 'disabled',
];
const toleratedKeys: readonly string[] = ['taskDefaults', 'listeners', 'revision', 'deleted', 'tenantId', 'updated', 'draft', 'quotas', 'workerSelector', 'workerGroup', 'policyRefs', 'extend', 'metadata'];
/** Ids that are words of the API's addresses below a namespace. Old flows with them go on; new ones are refused. */
export const reservedFlowIds: ReadonlySet<string> = new Set(['pause', 'resume', 'force-run', 'change-status', 'kill', 'executions', 'search', 'source', 'disable', 'enable']);

const knownKeys = new Set([...flowKeys, ...toleratedKeys]);

export function readFlow(root: MapNode, reading: Reading): FlowModel {
  refuseUnknown(root, undefined, 'the flow', (key) => knownKeys.has(key), () => flowKeys, reading);
  const id = readName(root, 'id', flowIdPattern, 100, 'Use letters, digits, ".", "_" and "-".', reading);
  const namespace = readName(root, 'namespace', namespacePattern, 150, 'Use small letters, digits, "-" and "_", with dots between the parts.', reading);
  const description = scalarText(valueAt(root, 'description'));
  const labels = readLabels(valueAt(root, 'labels'), child(undefined, 'labels'), reading, { systemAllowed: false });
  const inputs = readInputs(root, 'inputs', undefined, reading);
  const variables = readVariables(root, reading);
  const tasks = readTaskList(root, 'tasks', undefined, reading, { required: true });
  const list = (key: string) => readTaskList(root, key, undefined, reading, { required: false });
  const [errors, last, after] = [list('errors'), list('finally'), list('afterExecution')];
  const listeners = readListeners(root, reading);
  const triggers = readTriggers(root, reading);
  const outputs = readOutputs(root, reading);
  const concurrency = readConcurrency(root, reading);
  const retry = readRetry(valueAt(root, 'retry'), child(undefined, 'retry'), reading);
  const sla = readSla(root, reading);
  const checks = readChecks(root, reading);
  reportDuplicates('task', reading.taskIds, reading);
  checkRecursion(id, namespace, reading);
  checkTriggerInputs(root, inputs, reading);
  return {
    id,
    namespace,
    ...(description === undefined ? {} : { description }),
    disabled: readBoolean(valueAt(root, 'disabled'), child(undefined, 'disabled'), false, reading),
    labels,
    inputs,
    outputs,
    variables,
    tasks,
    errors,
    finally: last,
    afterExecution: after,
    listeners,
    triggers,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(retry === undefined ? {} : { retry }),
    sla,
    checks,
    level: reading.level,
    data: dataOf(root, labels),
  };
}

function readName(root: MapNode, key: 'id' | 'namespace', pattern: RegExp, lengthMax: number, remedy: string, reading: Reading): string {
  const value = valueAt(root, key);
  const path = child(undefined, key);
  const text = scalarText(value);
  if (value === undefined || text === undefined) {
    reading.report.error(path, value ?? entryOf(root, key)?.keySpan ?? headSpanOfFlow(root), value === undefined ? 'must not be null' : `must be a text, found ${described(value)}`, `Write "${key}:" at the beginning of the flow.`);
    return '';
  }
  if (text.length > lengthMax) reading.report.error(path, value, `must have at most ${lengthMax} characters, found ${text.length}`);
  else if (!pattern.test(text)) reading.report.error(path, value, `must match "${pattern.source}", found ${described(value)}`, remedy);
  return text;
}

function readVariables(root: MapNode, reading: Reading): Readonly<Record<string, unknown>> {
  const value = valueAt(root, 'variables');
  if (value === undefined) return {};
  const path = child(undefined, 'variables');
  if (value.type !== 'map') {
    reading.report.error(path, value, `must be a map, found ${described(value)}`, 'Write indented "name: value" lines.');
    return {};
  }
  collectExpressions(value, path, reading);
  return Object.fromEntries(value.entries.map((entry) => [entry.key, plain(entry.value)]));
}

const isInputType = (text: string): text is InputType => (inputTypes as readonly string[]).includes(text);

function readOutputs(root: MapNode, reading: Reading): readonly OutputModel[] {
  const path = child(undefined, 'outputs');
  const places: { readonly id: string; readonly at: SourceNode; readonly path: Path }[] = [];
  const names = ['id', 'type', 'value', 'description', 'displayName', 'required', 'itemType'];
  const outputs = (listUnder(root, 'outputs', undefined, reading) ?? []).flatMap((item, index): readonly OutputModel[] => {
    const at = child(path, index);
    if (item.type !== 'map') {
      reading.report.error(at, item, `must be an output with "id", "type" and "value", found ${described(item)}`);
      return [];
    }
    refuseUnknown(item, at, 'an output', (key) => names.includes(key), () => names, reading);
    const idNode = valueAt(item, 'id');
    const id = scalarText(idNode) ?? '';
    if (idNode === undefined || id === '') reading.report.error(child(at, 'id'), idNode ?? headSpan(item), 'must not be null');
    else {
      places.push({ id, at: idNode, path: child(at, 'id') });
      if (!inputIdPattern.test(id)) reading.report.error(child(at, 'id'), idNode, `must match "${inputIdPattern.source}", found ${described(idNode)}`);
    }
    const typeNode = valueAt(item, 'type');
    const type = scalarText(typeNode)?.toUpperCase() ?? '';
    if (!isInputType(type)) reading.report.error(child(at, 'type'), typeNode ?? headSpan(item), typeNode === undefined ? 'must not be null' : `Invalid type: ${described(typeNode)} is no output type`, didYouMean(nearestName(type, inputTypes)) ?? `Use one of ${inputTypes.join(', ')}.`);
    const value = valueAt(item, 'value');
    if (entryOf(item, 'value') === undefined) reading.report.error(child(at, 'value'), headSpan(item), 'must not be null');
    if (value !== undefined) collectExpressions(value, child(at, 'value'), reading);
    const [description, displayName] = [scalarText(valueAt(item, 'description')), scalarText(valueAt(item, 'displayName'))];
    const required = valueAt(item, 'required');
    return [{
      id,
      type: isInputType(type) ? type : 'STRING',
      value: value === undefined ? null : plain(value),
      ...(description === undefined ? {} : { description }),
      ...(displayName === undefined ? {} : { displayName }),
      ...(required === undefined ? {} : { required: readBoolean(required, child(at, 'required'), true, reading) }),
    }];
  });
  reportDuplicates('output', places, reading);
  return outputs;
}

const behaviors = ['QUEUE', 'CANCEL', 'FAIL'] as const;

function readConcurrency(root: MapNode, reading: Reading): FlowModel['concurrency'] {
  const value = valueAt(root, 'concurrency');
  if (value === undefined) return undefined;
  const path = child(undefined, 'concurrency');
  if (value.type !== 'map') {
    reading.report.error(path, value, `must be a map with "limit", found ${described(value)}`);
    return undefined;
  }
  const names = ['limit', 'behavior'];
  refuseUnknown(value, path, 'concurrency', (key) => names.includes(key), () => names, reading);
  const limitNode = valueAt(value, 'limit');
  const limit = Number(scalarText(limitNode));
  if (!Number.isSafeInteger(limit) || limit < 1) reading.report.error(child(path, 'limit'), limitNode ?? headSpan(value), limitNode === undefined ? 'must not be null' : `must be a whole number greater than 0, found ${described(limitNode)}`);
  const behaviorNode = valueAt(value, 'behavior');
  const behavior = behaviors.find((name) => name === scalarText(behaviorNode));
  if (behaviorNode !== undefined && behavior === undefined) reading.report.error(child(path, 'behavior'), behaviorNode, `must be one of [${behaviors.join(', ')}], found ${described(behaviorNode)}`, didYouMean(nearestName(scalarText(behaviorNode) ?? '', behaviors)));
  return { limit, behavior: behavior ?? 'QUEUE' };
}

/** Only literal names are compared: what an expression renders to is known when it runs. */
function checkRecursion(id: string, namespace: string, reading: Reading): void {
  for (const call of reading.calls) {
    if (call.flowId === id && call.namespace === namespace && id !== '') reading.report.error(call.path, call.at, `Recursive call to flow [${namespace}.${id}]`, 'Call another flow, or loop with LoopUntil.');
  }
}

/** A clock or a caller that gives no value for a required input makes executions that can not start. */
function checkTriggerInputs(root: MapNode, inputs: readonly InputModel[], reading: Reading): void {
  const needed = inputs.filter((input) => input.required && input.defaults === undefined && input.dependsOn === undefined && input.type !== 'BOOL');
  const list = valueAt(root, 'triggers');
  if (needed.length === 0 || list?.type !== 'list') return;
  for (const [index, item] of list.items.entries()) {
    const info = reading.catalog.resolve(scalarText(valueAt(item, 'type')) ?? '');
    if (info?.triggerKind !== 'SCHEDULE') continue;
    const given = valueAt(item, 'inputs');
    for (const { id } of needed) {
      if (valueAt(given, id) !== undefined || valueAt(given, id.split('.')[0] ?? id) !== undefined) continue;
      reading.report.warn(child(child(child(undefined, 'triggers'), index), 'inputs'), headSpan(item), `The trigger gives no value for the required input "${id}", so its executions can not start`, `Add "${id}" below the trigger's "inputs:", or give the input "defaults".`);
    }
  }
}

/** The source as plain data; labels as a list, as every answer of the API has them. */
function dataOf(root: MapNode, labels: readonly Label[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(root.entries.map((entry) => [entry.key, entry.key === 'labels' ? labels : plain(entry.value)]));
}
