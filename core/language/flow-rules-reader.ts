/** What a flow demands of its executions: service levels, checks before they begin, and the deprecated listeners after they end. */
import type { CheckModel, ListenerModel, SlaModel } from './model.ts';
import { didYouMean, nearestName } from './nearest-name.ts';
import { described, listUnder, type Reading, readText, refuseUnknown } from './reading.ts';
import { readLabels } from './labels-reader.ts';
import { readDuration } from './retry-reader.ts';
import { readConditionModels } from './schema-value.ts';
import { child, entryOf, headSpan, isNull, type MapNode, type Path, scalarText, valueAt } from './source-node.ts';
import { readTaskList } from './task-reader.ts';

/** One word of a list, in any case; the first of them when the key is absent and not needed. */
function readOneOf<const Word extends string>(item: MapNode, key: string, words: readonly [Word, ...Word[]], at: Path, reading: Reading, needed: boolean): Word {
  const node = valueAt(item, key);
  if (node === undefined) {
    if (needed) reading.report.error(child(at, key), headSpan(item), 'must not be null', `Use one of ${words.join(', ')}.`);
    return words[0];
  }
  const text = scalarText(node)?.toUpperCase();
  const found = words.find((word) => word === text);
  if (found === undefined) reading.report.error(child(at, key), node, `must be one of [${words.join(', ')}], found ${described(node)}`, didYouMean(nearestName(text ?? '', words)));
  return found ?? words[0];
}

/** `sla`: what is violated when an execution takes too long or when an assertion about it does not hold. */
export function readSla(root: MapNode, reading: Reading): readonly SlaModel[] {
  const path = child(undefined, 'sla');
  return (listUnder(root, 'sla', undefined, reading) ?? []).flatMap((item, index): readonly SlaModel[] => {
    const at = child(path, index);
    if (item.type !== 'map') {
      reading.report.error(at, item, `must be an SLA with "id" and "type", found ${described(item)}`);
      return [];
    }
    const names = ['id', 'type', 'behavior', 'labels', 'duration', 'assert'];
    refuseUnknown(item, at, 'an SLA', (key) => names.includes(key), () => names, reading);
    const id = scalarText(valueAt(item, 'id'));
    if (id === undefined) reading.report.error(child(at, 'id'), headSpan(item), 'must not be null');
    const type = readOneOf(item, 'type', ['MAX_DURATION', 'EXECUTION_ASSERTION'], at, reading, true);
    const behavior = readOneOf(item, 'behavior', ['FAIL', 'CANCEL', 'NONE'], at, reading, false);
    const needed = type === 'MAX_DURATION' ? 'duration' : 'assert';
    if (valueAt(item, 'type') !== undefined && valueAt(item, needed) === undefined) reading.report.error(child(at, needed), headSpan(item), 'must not be null', `An SLA of type ${type} needs "${needed}".`);
    const durationMs = readDuration(valueAt(item, 'duration'), child(at, 'duration'), reading);
    const labels = readLabels(valueAt(item, 'labels'), child(at, 'labels'), reading, { systemAllowed: false });
    const assert = readText(valueAt(item, 'assert'), child(at, 'assert'), reading);
    return [{ id: id ?? '', type, behavior, labels, ...(durationMs === undefined ? {} : { durationMs }), ...(assert === undefined ? {} : { assert }) }];
  });
}

/** `checks`: conditions about the inputs, asked before an execution is created. */
export function readChecks(root: MapNode, reading: Reading): readonly CheckModel[] {
  const path = child(undefined, 'checks');
  const names = ['condition', 'when', 'message', 'style', 'behavior'];
  return (listUnder(root, 'checks', undefined, reading) ?? []).flatMap((item, index): readonly CheckModel[] => {
    const at = child(path, index);
    if (item.type !== 'map') {
      reading.report.error(at, item, `must be a check with "condition" and "message", found ${described(item)}`);
      return [];
    }
    refuseUnknown(item, at, 'a check', (key) => names.includes(key), () => names, reading);
    const key = valueAt(item, 'when') === undefined ? 'condition' : 'when';
    const condition = readText(valueAt(item, key), child(at, key), reading);
    if (condition === undefined) reading.report.error(child(at, 'condition'), headSpan(item), 'must not be null');
    const message = readText(valueAt(item, 'message'), child(at, 'message'), reading);
    if (message === undefined) reading.report.error(child(at, 'message'), headSpan(item), 'must not be null');
    return [{
      condition: condition ?? 'true', message: message ?? '',
      style: readOneOf(item, 'style', ['INFO', 'SUCCESS', 'WARNING', 'ERROR'], at, reading, false),
      behavior: readOneOf(item, 'behavior', ['BLOCK_EXECUTION', 'FAIL_EXECUTION', 'CREATE_EXECUTION'], at, reading, false),
    }];
  });
}

/** The deprecated `listeners`: tasks that run after the end when their conditions hold. */
export function readListeners(root: MapNode, reading: Reading): readonly ListenerModel[] {
  const entry = entryOf(root, 'listeners');
  if (entry === undefined || isNull(entry.value)) return [];
  const path = child(undefined, 'listeners');
  reading.report.warn(path, entry.keySpan, '"listeners" are deprecated', 'Use "afterExecution" with "runIf", or a flow with a Flow trigger.');
  return (listUnder(root, 'listeners', undefined, reading) ?? []).flatMap((item, index): readonly ListenerModel[] => {
    const at = child(path, index);
    if (item.type !== 'map') {
      reading.report.error(at, item, `must be a map with "tasks", found ${described(item)}`);
      return [];
    }
    const names = ['description', 'conditions', 'tasks'];
    refuseUnknown(item, at, 'a listener', (key) => names.includes(key), () => names, reading);
    return [{ conditions: readConditionModels(valueAt(item, 'conditions'), child(at, 'conditions'), reading), tasks: readTaskList(item, 'tasks', at, reading, { required: true }) }];
  });
}
