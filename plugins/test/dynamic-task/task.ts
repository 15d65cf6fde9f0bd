/** DynamicTask: adds a task run to its execution. */
import { runnable } from '../../sdk/index.ts';
import { boolean, optional, properties } from '../../sdk/schema.ts';
import { renderedBoolean } from '../../sdk/values.ts';

export const plugin = runnable({
  type: 'io.kestra.core.tasks.test.DynamicTask',
  title: 'Add a task run',
  description: 'Adds one dynamic task run to the execution, whose `value` is the id of its own task run.',
  properties: properties({ fail: optional(boolean({ title: 'Fail', description: 'The added task run and this one fail.', default: false })) }),
  runs: 'inline',
  run: (context) => {
    const fail = renderedBoolean(context, 'fail', false);
    // The id only has to be unlike any task's: that of the own task run is, and a second attempt may repeat it.
    const dynamic = [{ taskId: `dynamic-${context.taskRun.id}-${context.taskRun.attemptsCount}`, value: context.taskRun.id, state: fail ? 'FAILED' : 'SUCCESS' }] as const;
    return fail ? { type: 'failed', message: 'Task failed', dynamic } : { type: 'succeeded', dynamic };
  },
});
