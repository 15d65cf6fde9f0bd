/** If: one of two branches. */
import { Type } from 'typebox';
import { flowable } from '../../sdk/index.ts';
import { branches, dynamic, optional, properties, tasks, text } from '../../sdk/schema.ts';

export const plugin = flowable({
  type: 'io.kestra.plugin.core.flow.If',
  aliases: ['io.kestra.core.tasks.flows.If'],
  title: 'Run tasks on a condition',
  description: 'Runs `then` when the condition holds, else `else`. A condition holds unless it renders to `false`, `0`, `-0` or an empty text.',
  properties: properties({
    condition: dynamic(text({ title: 'The condition', description: 'Rendered once, when the task starts.', examples: ['{{ inputs.count > 10 }}'] })),
    // biome-ignore lint/suspicious/noThenProperty: the flow language calls the branch so; a schema is never awaited.
    then: tasks({ title: 'Tasks when it holds' }),
    else: optional(tasks({ title: 'Tasks when it does not hold' })),
    ...branches(),
  }),
  outputs: Type.Object({ evaluationResult: Type.Boolean({ title: 'Whether the condition held' }) }),
  flowable: 'if',
});
