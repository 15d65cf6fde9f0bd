/** Dag: a child starts when all it depends on have ended, whatever their state. */
import type { TaskModel } from '../../language/model.ts';
import type { Plan } from '../plan.ts';
import type { Flowable } from './flowable.ts';
import { countProperty, keptCount } from './parallel.ts';

const planOf = ({ children }: TaskModel, concurrent: number): Plan =>
  ({ type: 'dag', entries: children.type === 'dag' ? children.tasks.filter((entry) => !entry.task.disabled) : [], concurrent });

export const dag: Flowable = {
  start: (context) => {
    const concurrent = countProperty(context, 'concurrent', 0);
    return { plan: planOf(context.task, concurrent), ...keptCount(context, 'concurrent', concurrent) };
  },
  resume: (context) => planOf(context.task, context.taskRun.decided?.concurrent ?? countProperty(context, 'concurrent', 0)),
};
