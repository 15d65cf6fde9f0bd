/** Dag: tasks ordered by what they depend on. */
import { flowable } from '../../sdk/index.ts';
import { branches, dagTasks, integer, optional, properties } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.Dag',
  aliases: ['io.kestra.core.tasks.flows.Dag'],
  title: 'Run tasks by their dependencies',
  description: 'Starts a task as soon as all tasks that it depends on have ended. Circles and unknown names are refused when the flow is saved.',
  properties: properties({
    tasks: dagTasks({ title: 'Tasks and their dependencies', description: 'Each entry has a `task` and, if it waits for others, `dependsOn`: a list of task ids.' }),
    concurrent: optional(integer({ title: 'How many at once', description: '0 means all that can run.', default: 0, minimum: 0 })),
    ...branches(),
  }),
  flowable: 'dag',
});
