/** EachSequential: the old ForEach, one value after the other. */
import { flowable } from '../../sdk/index.ts';
import { anything, branches, dynamic, properties, tasks } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.EachSequential',
  aliases: ['io.kestra.core.tasks.flows.EachSequential'],
  title: 'Run tasks for each value, in order (deprecated)',
  description: 'Runs all tasks of the first value, then of the second. Use `io.kestra.plugin.core.flow.ForEach` instead.',
  deprecated: true,
  properties: properties({
    value: dynamic(anything({ title: 'The values', description: 'A list, or a text that renders to a JSON list.' })),
    tasks: tasks({ title: 'Tasks for each value' }),
    ...branches(),
  }),
  flowable: 'eachSequential',
});
