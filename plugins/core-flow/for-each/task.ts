/** ForEach: a chain of tasks for every value of a list. */
import { flowable } from '../../sdk/index.ts';
import { anything, branches, dynamic, integer, optional, properties, tasks } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.ForEach',
  title: 'Run tasks for each value of a list',
  description: 'Runs the tasks once for every value, one value after the other or several at once. Inside, `{{ taskrun.value }}` is the value and `{{ taskrun.iteration }}` counts from 0; deeper, `{{ parent.taskrun.value }}`.',
  properties: properties({
    values: dynamic(anything({ title: 'The values', description: 'A list, or a text that renders to a JSON list. Values are texts inside; the same value counts once; null fails.', examples: [['a', 'b'], '{{ outputs.list.value }}'] })),
    tasks: tasks({ title: 'Tasks for each value' }),
    concurrencyLimit: optional(integer({ title: 'How many values at once', description: '1 means one after the other, 0 all at once.', default: 1, minimum: 0 })),
    ...branches(),
  }),
  flowable: 'foreach',
});
