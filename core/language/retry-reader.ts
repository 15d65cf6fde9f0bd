/** `retry` of a task or a flow. */
import { parseDurationMs } from '../protocol/time.ts';
import type { RetryModel } from './model.ts';
import { booleanOf, described, type Reading, refuseUnknown } from './reading.ts';
import { durationRemedy } from './schema-value.ts';
import { child, headSpan, type MapNode, type Path, scalarText, type SourceNode, valueAt } from './source-node.ts';

const keysByType: Readonly<Record<RetryModel['type'], { readonly needed: readonly string[]; readonly known: readonly string[] }>> = {
  constant: { needed: ['interval'], known: ['interval'] },
  exponential: { needed: ['interval', 'maxInterval'], known: ['interval', 'maxInterval', 'delayFactor'] },
  random: { needed: ['minInterval', 'maxInterval'], known: ['minInterval', 'maxInterval'] },
};
const commonKeys = ['type', 'maxAttempt', 'maxAttempts', 'maxDuration', 'warningOnRetry', 'behavior'];
const behaviors = ['RETRY_FAILED_TASK', 'CREATE_NEW_EXECUTION'] as const;

export function readRetry(node: SourceNode | undefined, path: Path, reading: Reading): RetryModel | undefined {
  if (node === undefined) return undefined;
  if (node.type !== 'map') {
    reading.report.error(path, node, `must be a map with a type, found ${described(node)}`, 'Write type: constant and interval: PT1M below it.');
    return undefined;
  }
  const type = retryType(node, path, reading);
  if (type === undefined) return undefined;
  const { needed, known } = keysByType[type];
  const names = [...commonKeys, ...known];
  refuseUnknown(node, path, `a ${type} retry`, (key) => names.includes(key), () => names, reading);
  const duration = (key: string): number | undefined => readDuration(valueAt(node, key), child(path, key), reading);
  const intervalMs = duration('interval');
  const maxIntervalMs = duration('maxInterval');
  const minIntervalMs = duration('minInterval');
  const maxDurationMs = duration('maxDuration');
  const maxAttempt = readCount(node, valueAt(node, 'maxAttempts') === undefined ? 'maxAttempt' : 'maxAttempts', path, reading);
  const delayFactor = readNumber(node, 'delayFactor', path, reading);
  for (const key of needed) if (valueAt(node, key) === undefined) reading.report.error(child(path, key), headSpan(node), 'must not be null', `A ${type} retry needs "${key}".`);
  const less = (lower: readonly [string, number | undefined], upper: readonly [string, number | undefined]): void => {
    if (lower[1] === undefined || upper[1] === undefined || lower[1] < upper[1]) return;
    reading.report.error(child(path, lower[0]), valueAt(node, lower[0]) ?? node, `'${lower[0]}' must be less than '${upper[0]}', found ${text(node, lower[0])} and ${text(node, upper[0])}`);
  };
  if (type === 'random') less(['minInterval', minIntervalMs], ['maxInterval', maxIntervalMs]);
  else less(['interval', intervalMs], ['maxInterval', maxIntervalMs]);
  if (type === 'constant') less(['interval', intervalMs], ['maxDuration', maxDurationMs]);
  else less(['maxInterval', maxIntervalMs], ['maxDuration', maxDurationMs]);
  return {
    type,
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(maxIntervalMs === undefined ? {} : { maxIntervalMs }),
    ...(minIntervalMs === undefined ? {} : { minIntervalMs }),
    ...(type === 'exponential' ? { delayFactor: delayFactor ?? 2 } : {}),
    ...(maxAttempt === undefined ? {} : { maxAttempt }),
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
    warningOnRetry: warningOnRetry(node, path, reading),
    behavior: retryBehavior(node, path, reading),
  };
}

const text = (node: MapNode, key: string): string => `\`${scalarText(valueAt(node, key)) ?? ''}\``;

function retryType(node: MapNode, path: Path, reading: Reading): RetryModel['type'] | undefined {
  const value = valueAt(node, 'type');
  const name = scalarText(value)?.toLowerCase();
  if (name === 'constant' || name === 'exponential' || name === 'random') return name;
  if (value === undefined) reading.report.error(child(path, 'type'), headSpan(node), 'must not be null', 'Write type: constant, exponential or random.');
  else reading.report.error(child(path, 'type'), value, `must be one of [constant, exponential, random], found ${described(value)}`);
  return undefined;
}

function retryBehavior(node: MapNode, path: Path, reading: Reading): RetryModel['behavior'] {
  const value = valueAt(node, 'behavior');
  const found = behaviors.find((behavior) => behavior === scalarText(value));
  if (value !== undefined && found === undefined) reading.report.error(child(path, 'behavior'), value, `must be one of [${behaviors.join(', ')}], found ${described(value)}`);
  return found ?? 'RETRY_FAILED_TASK';
}

function warningOnRetry(node: MapNode, path: Path, reading: Reading): boolean {
  const value = valueAt(node, 'warningOnRetry');
  const found = value?.type === 'scalar' ? booleanOf(value) : undefined;
  if (value !== undefined && found === undefined) reading.report.error(child(path, 'warningOnRetry'), value, `must be true or false, found ${described(value)}`);
  return found ?? false;
}

/** A duration in milliseconds; a report and undefined when it is none. */
export function readDuration(value: SourceNode | undefined, path: Path, reading: Reading): number | undefined {
  if (value === undefined) return undefined;
  const ms = value.type === 'scalar' ? parseDurationMs(value.text) : undefined;
  if (ms === undefined) reading.report.error(path, value, `Invalid duration ${described(value)}`, durationRemedy);
  else if (ms < 0) reading.report.error(path, value, `must not be negative, found ${described(value)}`);
  else return ms;
  return undefined;
}

function readNumber(node: MapNode, key: string, path: Path, reading: Reading): number | undefined {
  const value = valueAt(node, key);
  if (value === undefined) return undefined;
  const number = value.type === 'scalar' ? Number(value.text) : Number.NaN;
  if (Number.isFinite(number) && number > 0) return number;
  reading.report.error(child(path, key), value, `must be a number greater than 0, found ${described(value)}`);
  return undefined;
}

function readCount(node: MapNode, key: string, path: Path, reading: Reading): number | undefined {
  const value = valueAt(node, key);
  if (value === undefined) return undefined;
  const number = value.type === 'scalar' ? Number(value.text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= 1) return number;
  reading.report.error(child(path, key), value, `must be a whole number greater than or equal to 1, found ${described(value)}`);
  return undefined;
}
