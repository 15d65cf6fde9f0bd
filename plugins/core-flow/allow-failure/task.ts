/** AllowFailure: tasks whose failure only warns. */
import { flowable } from '../../sdk/index.ts';
import { branches, properties, tasks } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.AllowFailure',
  aliases: ['io.kestra.core.tasks.flows.AllowFailure'],
  title: 'Let tasks fail',
  description: 'Runs tasks one after the other. When one fails, the rest is left out, `errors` run, and the execution goes on with a warning.',
  properties: properties({
    tasks: tasks({ title: 'The tasks, in order' }),
    ...branches(),
  }),
  flowable: 'allowFailure',
});
