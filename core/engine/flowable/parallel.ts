/** Parallel: all children at once, or `concurrent` of them. */
import { childTasks, enabled } from '../flow-index.ts';
import type { Flowable, FlowableContext } from './flowable.ts';

export const parallel: Flowable = {
  start: (context) => ({ plan: { type: 'parallel', tasks: enabled(childTasks(context.task)), concurrent: countProperty(context, 'concurrent', 0) } }),
};

/** A whole number from a property that may be an expression. */
export function countProperty(context: FlowableContext, name: string, otherwise: number): number {
  const value = context.task.properties[name];
  if (value === undefined || value === null) return otherwise;
  const number = typeof value === 'number' ? value : Number(context.render(value));
  if (!Number.isInteger(number) || number < 0) throw new Error(`\`${name}\` must be a whole number of 0 or more, found \`${String(value)}\``);
  return number;
}
