/** Dag: a child starts when all it depends on have ended, whatever their state. */
import type { Flowable } from './flowable.ts';
import { countProperty } from './parallel.ts';

export const dag: Flowable = {
  start: (context) => {
    const { children } = context.task;
    const entries = children.type === 'dag' ? children.tasks.filter((entry) => !entry.task.disabled) : [];
    return { plan: { type: 'dag', entries, concurrent: countProperty(context, 'concurrent', 0) } };
  },
};
