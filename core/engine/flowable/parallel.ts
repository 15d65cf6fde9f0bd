/** Parallel: all children at once, or `concurrent` of them. */
import type { TaskModel } from '../../language/model.ts';
import { childTasks, enabled } from '../flow-index.ts';
import type { Plan } from '../plan.ts';
import { FlowableError, type Flowable, type FlowableContext, type Started } from './flowable.ts';

const planOf = (task: TaskModel, concurrent: number): Plan => ({ type: 'parallel', tasks: enabled(childTasks(task)), concurrent });

export const parallel: Flowable = {
  start: (context) => {
    const concurrent = countProperty(context, 'concurrent', 0);
    return { plan: planOf(context.task, concurrent), ...keptCount(context, 'concurrent', concurrent) };
  },
  resume: (context) => planOf(context.task, context.taskRun.decided?.concurrent ?? countProperty(context, 'concurrent', 0)),
};

/** A whole number from a property that may be an expression. */
export function countProperty(context: FlowableContext, name: string, otherwise: number): number {
  const value = context.task.properties[name];
  if (value === undefined || value === null) return otherwise;
  const number = typeof value === 'number' ? value : Number(context.render(value));
  if (!Number.isInteger(number) || number < 0) throw new FlowableError(`\`${name}\` must be a whole number of 0 or more, found \`${String(value)}\``);
  return number;
}

/** A count that an expression has said is kept; one that is written in the flow need not be. */
export const keptCount = (context: FlowableContext, name: string, concurrent: number): Pick<Started, 'decided'> =>
  (typeof context.task.properties[name] === 'string' ? { decided: { concurrent } } : {});
