/** If: the condition is computed once, when the task run is created, and kept in its outputs. */
import { isTruthy } from '../../expression/index.ts';
import { enabled } from '../flow-index.ts';
import type { Plan } from '../plan.ts';
import type { Flowable, FlowableContext } from './flowable.ts';

const planOf = ({ task }: FlowableContext, holds: boolean): Plan => {
  const { children } = task;
  return { type: 'sequence', tasks: children.type === 'branches' ? enabled(holds ? children.then : children.else) : [] };
};

export const ifElse: Flowable = {
  start: (context) => {
    const holds = isTruthy(context.render(context.task.properties['condition']));
    return { plan: planOf(context, holds), outputs: { evaluationResult: holds } };
  },
  resume: (context) => planOf(context, context.taskRun.outputs?.['evaluationResult'] === true),
};
