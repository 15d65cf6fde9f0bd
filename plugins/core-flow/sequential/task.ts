/** Sequential: tasks one after the other, as a group. */
import { flowable } from '../../sdk/index.ts';
import { branches, properties, tasks } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.Sequential',
  aliases: ['io.kestra.core.tasks.flows.Sequential'],
  title: 'Run tasks one after the other',
  description: 'Groups tasks that run in the order they are written: for a shared error branch, a retry, or to be one step of a Parallel.',
  properties: properties({
    tasks: tasks({ title: 'The tasks, in order' }),
    ...branches(),
  }),
  flowable: 'sequential',
});
