/** DefaultSequential2: a Sequential with an output that plugin defaults may set. */
import { Type } from 'typebox';
import { flowable } from '../../sdk/index.ts';
import { branches, dynamic, optional, properties, tasks, text } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.core.runners.PluginDefaultsCaseTest$DefaultSequential2',
  title: 'A Sequential with an output (2)',
  description: 'Runs tasks one after the other; its output `def` is there as soon as it starts.',
  properties: properties({
    tasks: tasks({ title: 'The tasks, in order' }),
    def: optional(dynamic(text({ title: 'The output' }))),
    ...branches(),
  }),
  outputs: Type.Object({ def: Type.String({ title: 'The text of `def`' }) }),
  flowable: 'sequential',
  startOutputs: ['def'],
});
