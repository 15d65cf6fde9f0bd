/** Labels of executions: order, overwriting, and the reserved `system.` keys (engine-semantics section 6). */
import type { Label } from '../protocol/entities/execution.ts';
import { parseJsonText } from '../protocol/json.ts';

export const isSystemLabel = (key: string): boolean => key.startsWith('system.');

/** Later labels overwrite earlier ones of the same key, in place; new ones come last. */
export function mergeLabels(labels: readonly Label[], more: readonly Label[]): readonly Label[] {
  const merged = [...labels];
  for (const label of more) {
    const index = merged.findIndex((one) => one.key === label.key);
    if (index >= 0) merged[index] = label;
    else merged.push(label);
  }
  return merged;
}

/** The labels of a new execution: those of the flow without `system.`, the given ones, and the correlation id. */
export function initialLabels(flow: readonly Label[], given: readonly Label[], executionId: string): readonly Label[] {
  const labels = [...flow.filter((label) => !isSystemLabel(label.key)), ...given];
  return labels.some((label) => label.key === 'system.correlationId') ? labels : [...labels, { key: 'system.correlationId', value: executionId }];
}

/** A label list from what a Labels task renders: a map, a list of {key, value}, or a JSON text of either. Undefined when it is none. */
export function labelsFrom(value: unknown): readonly Label[] | undefined {
  let given = value;
  if (typeof given === 'string') {
    try {
      given = parseJsonText(given);
    } catch {
      return undefined;
    }
  }
  const text = (one: unknown): string => (typeof one === 'string' ? one : JSON.stringify(one));
  if (Array.isArray(given)) {
    const list = given.map((one: unknown) => (typeof one === 'object' && one !== null && 'key' in one && 'value' in one ? { key: String(one.key), value: text(one.value) } : undefined));
    return list.every((one) => one !== undefined) ? list : undefined;
  }
  if (typeof given !== 'object' || given === null) return undefined;
  return Object.entries(given).map(([key, one]) => ({ key, value: text(one) }));
}
