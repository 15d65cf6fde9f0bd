/** Switch: the branch whose name a value is. */
import { Type } from 'typebox';
import { flowable } from '../../sdk/index.ts';
import { branches, cases, dynamic, optional, properties, tasks, text } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.Switch',
  aliases: ['io.kestra.core.tasks.flows.Switch'],
  title: 'Run the tasks of one case',
  description: 'Renders a value and runs the tasks of the case with that name, or `defaults`. Values are compared as text. With neither it fails.',
  properties: properties({
    value: dynamic(text({ title: 'The value that decides' })),
    cases: optional(cases({ title: 'Tasks by value' })),
    defaults: optional(tasks({ title: 'Tasks when no case matches' })),
    ...branches(),
  }),
  outputs: Type.Object({ value: Type.String({ title: 'The rendered value' }), defaults: Type.Boolean({ title: 'Whether no case matched' }) }),
  flowable: 'switch',
});
