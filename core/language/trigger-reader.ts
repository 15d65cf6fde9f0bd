/** Triggers: the common keys, the conditions, and the own properties by the schema of the type. */
import { Cron } from 'croner';
import { taskIdPattern } from '../protocol/ids.ts';
import { isStateType, stateTypes } from '../protocol/states.ts';
import { readLabels } from './labels-reader.ts';
import type { TriggerModel } from './model.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { collectExpressions, described, holdsExpression, type NamedPlace, readBoolean, type Reading, readText, resolveType } from './reading.ts';
import { readConditionModels, readTypedProperties, shortName } from './schema-value.ts';
import { child, headSpan, isNull, type MapNode, type Path, plain, scalarText, type SourceNode, valueAt } from './source-node.ts';
import { readLogLevel } from './task-reader.ts';

export const commonTriggerKeys = ['id', 'type', 'description', 'conditions', 'disabled', 'logLevel', 'labels', 'stopAfter', 'logToFile', 'when', 'inputs', 'allowConcurrent', 'failOnTriggerError'] as const;
const toleratedTriggerKeys = ['assets', 'workerSelector', 'workerGroup', 'policyRefs', 'version', 'minLogLevel', 'pluginDefaultsRef'] as const;
const triggerKeys: ReadonlySet<string> = new Set<string>([...commonTriggerKeys, ...toleratedTriggerKeys]);
/** Common keys that have no member of their own in the model. */
const keptKeys = ['when', 'inputs', 'allowConcurrent', 'failOnTriggerError', 'logLevel', 'logToFile'] as const;

export function readTriggers(root: MapNode, reading: Reading): readonly TriggerModel[] {
  const list = valueAt(root, 'triggers');
  const path = child(undefined, 'triggers');
  if (list === undefined) return [];
  if (list.type !== 'list') {
    reading.report.error(path, headSpan(list), `must be a list of triggers, found ${described(list)}`, 'Begin each trigger with "- id: ".');
    return [];
  }
  const places: NamedPlace[] = [];
  // What a trigger's expressions call outputs and inputs is another execution's.
  const foreign: Reading = { ...reading, scope: 'foreign' };
  return withDuplicates(list.items.flatMap((item, index) => readTrigger(item, child(path, index), places, foreign) ?? []), places, reading);
}

function withDuplicates(triggers: readonly TriggerModel[], places: readonly NamedPlace[], reading: Reading): readonly TriggerModel[] {
  const seen = new Set<string>();
  for (const { id, at, path } of places) {
    if (id !== '' && seen.has(id)) reading.report.error(path, at, `Duplicate trigger id with name [${id}]`, 'Give one of them another id.');
    seen.add(id);
  }
  return triggers;
}

function readTrigger(node: SourceNode, path: Path, places: NamedPlace[], reading: Reading): TriggerModel | undefined {
  if (node.type !== 'map') {
    reading.report.error(path, node, isNull(node) ? 'must not be null' : `must be a trigger with "id" and "type", found ${described(node)}`);
    return undefined;
  }
  const id = readTriggerId(node, path, places, reading);
  const info = resolveType(node, path, 'trigger', reading);
  if (info === undefined) collectExpressions(node, path, reading);
  const description = scalarText(valueAt(node, 'description'));
  const own = info === undefined ? {} : readTypedProperties(node, path, info.properties, shortName(info.type), (key) => triggerKeys.has(key), reading, commonTriggerKeys);
  if (info?.triggerKind === 'SCHEDULE') checkSchedule(node, path, reading);
  readLogLevel(node, path, reading);
  return {
    id,
    type: info?.type ?? scalarText(valueAt(node, 'type')) ?? '',
    kind: info?.triggerKind ?? 'POLLING',
    ...(description === undefined ? {} : { description }),
    disabled: readBoolean(valueAt(node, 'disabled'), child(path, 'disabled'), false, reading),
    conditions: readConditionModels(valueAt(node, 'conditions'), child(path, 'conditions'), reading),
    labels: readLabels(valueAt(node, 'labels'), child(path, 'labels'), reading, { systemAllowed: false }),
    stopAfter: readStates(node, 'stopAfter', path, reading),
    properties: { ...readKept(node, path, reading), ...own },
  };
}

function readTriggerId(node: MapNode, path: Path, places: NamedPlace[], reading: Reading): string {
  const value = valueAt(node, 'id');
  const id = scalarText(value);
  const idPath = child(path, 'id');
  if (value === undefined || id === undefined) {
    reading.report.error(idPath, value ?? headSpan(node), 'must not be null', 'Give the trigger an id.');
    return '';
  }
  if (!taskIdPattern.test(id)) reading.report.error(idPath, value, `must match "${taskIdPattern.source}", found ${described(value)}`, 'Use letters, digits, "_" and "-".');
  places.push({ id, at: value, path: idPath });
  return id;
}

function readKept(node: MapNode, path: Path, reading: Reading): Record<string, unknown> {
  const kept: [string, unknown][] = [];
  for (const key of keptKeys) {
    const value = valueAt(node, key);
    if (value === undefined) continue;
    const at = child(path, key);
    if (key === 'when') kept.push([key, readText(value, at, reading)]);
    else if (key === 'inputs' || key === 'logLevel') {
      if (key === 'inputs' && value.type !== 'map') reading.report.error(at, value, `must be a map from input ids to values, found ${described(value)}`);
      collectExpressions(value, at, reading);
      kept.push([key, plain(value)]);
    } else kept.push([key, readBoolean(value, at, false, reading)]);
  }
  return Object.fromEntries(kept);
}

function readStates(node: MapNode, key: string, path: Path, reading: Reading): readonly string[] {
  const value = valueAt(node, key);
  if (value === undefined) return [];
  if (value.type !== 'list') {
    reading.report.error(child(path, key), value, `must be a list of states, found ${described(value)}`);
    return [];
  }
  return value.items.flatMap((item, index) => {
    const state = scalarText(item);
    if (state !== undefined && isStateType(state)) return state;
    reading.report.error(child(child(path, key), index), item, `must be a state, found ${described(item)}`, didYouMean(nearestName(state ?? '', stateTypes)) ?? `Use one of ${stateTypes.join(', ')}.`);
    return [];
  });
}

function checkSchedule(node: MapNode, path: Path, reading: Reading): void {
  const cron = valueAt(node, 'cron');
  const text = scalarText(cron)?.trim();
  const withSeconds = scalarText(valueAt(node, 'withSeconds'))?.toLowerCase() === 'true';
  if (cron !== undefined && text !== undefined && !holdsExpression(text)) {
    const problem = cronProblem(text, withSeconds);
    if (problem !== undefined) reading.report.error(child(path, 'cron'), cron, `invalid cron expression ${described(cron)}: ${problem}`, withSeconds ? 'Write six fields: second, minute, hour, day, month, day of the week.' : 'Write five fields: minute, hour, day, month, day of the week; or @hourly, @daily, @weekly, @monthly.');
  }
  const timezone = valueAt(node, 'timezone');
  const zone = scalarText(timezone);
  if (timezone !== undefined && zone !== undefined && !holdsExpression(zone) && !isTimeZone(zone)) {
    reading.report.error(child(path, 'timezone'), timezone, `Unknown time zone ${described(timezone)}`, 'Write a name such as Europe/Paris, or UTC.');
  }
}

/** What is wrong with a cron text; undefined when nothing is. Five fields, six with seconds, or a nickname. */
export function cronProblem(cron: string, withSeconds: boolean): string | undefined {
  try {
    new Cron(cron, { paused: true, mode: cron.startsWith('@') ? 'auto' : withSeconds ? '6-part' : '5-part' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '').replace(/\.$/, '') : 'it can not be read';
  }
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // The constructor's refusal is the answer; there is no other way to ask.
    return false;
  }
}
