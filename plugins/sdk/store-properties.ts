/** What tasks of the stores read from their properties in the same words. */
import type { StateAddress, TaskContext } from './index.ts';
import { boolean, dynamic, optional, text } from './schema.ts';
import { clipped, renderedBoolean, renderedText, TaskFailure } from './values.ts';

export const namespaceProperty = () => optional(dynamic(text({ title: 'Namespace', description: 'Left out: that of the flow.', default: '{{ flow.namespace }}' })));
/** The flow's own namespace when left out. */
export const namespaceOf = (context: TaskContext): string => renderedText(context, 'namespace')?.trim() || context.execution.namespace;

export const stateProperties = () => ({
  name: optional(dynamic(text({ title: 'Name of the state', default: 'default' }))),
  namespace: optional(dynamic(boolean({ title: 'Share it in the namespace', description: 'With `true` all flows of the namespace have this state together.', default: false }))),
  taskrunValue: optional(dynamic(boolean({ title: 'One for each value of a loop', description: 'With `false` all rounds of a loop share it.', default: true }))),
});

export function stateAddress(context: TaskContext): StateAddress {
  const { value } = context.taskRun;
  return {
    name: renderedText(context, 'name')?.trim() || 'default', ofNamespace: renderedBoolean(context, 'namespace', false),
    ...(value === undefined || !renderedBoolean(context, 'taskrunValue', true) ? {} : { value }),
  };
}

/** A date of a property as milliseconds: an ISO date, with a time, with an offset. Without one it is UTC. */
export function dateMs(context: TaskContext, name: string): number | undefined {
  const value = renderedText(context, name)?.trim();
  if (value === undefined || value === '') return undefined;
  const zoned = /T/.test(value) && !/(?:Z|[+-]\d{2}:?\d{2})$/i.test(value) ? `${value}Z` : value;
  const ms = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i.test(value) ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(ms)) throw new TaskFailure(`The property "${name}" is "${clipped(value)}": expected a date such as 2024-12-31T10:00:00Z.`);
  return ms;
}

/** What the engine answered, or a failure with its reason. */
export async function asked(context: TaskContext, request: Parameters<TaskContext['request']>[0]): Promise<unknown> {
  const answer = await context.request(request);
  if (!answer.ok) throw new TaskFailure(answer.message ?? 'The engine refused without saying why.');
  return answer.value;
}
