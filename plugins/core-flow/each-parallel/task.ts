/** EachParallel: the old ForEach, everything at once. */
import { flowable } from '../../sdk/index.ts';
import { anything, branches, dynamic, integer, optional, properties, tasks } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.EachParallel',
  aliases: ['io.kestra.core.tasks.flows.EachParallel'],
  title: 'Run tasks for each value, at once (deprecated)',
  description: 'Starts all tasks of all values together: the tasks of one value run at once, too. Use `io.kestra.plugin.core.flow.ForEach` with `concurrencyLimit: 0` instead.',
  deprecated: true,
  properties: properties({
    value: dynamic(anything({ title: 'The values', description: 'A list, or a text that renders to a JSON list.' })),
    tasks: tasks({ title: 'Tasks for each value' }),
    concurrent: optional(integer({ title: 'How many at once', description: '0 means all.', default: 0, minimum: 0 })),
    ...branches(),
  }),
  flowable: 'eachParallel',
});
