/** Parallel: tasks at once. */
import { flowable } from '../../sdk/index.ts';
import { branches, integer, optional, properties, tasks } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.Parallel',
  aliases: ['io.kestra.core.tasks.flows.Parallel'],
  title: 'Run tasks at once',
  description: 'Starts all its tasks together, or at most `concurrent` of them at a time. A failing child does not stop the others.',
  properties: properties({
    tasks: tasks({ title: 'The tasks' }),
    concurrent: optional(integer({ title: 'How many at once', description: '0 means all.', default: 0, minimum: 0 })),
    ...branches(),
  }),
  flowable: 'parallel',
});
