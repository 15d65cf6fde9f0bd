/** Labels: adds labels to the execution it runs in. The engine does it, in its own step. */
import { executionTask } from '../../sdk/index.ts';
import { anything, dynamic, properties } from '../../sdk/schema.ts';

export const plugin = executionTask({
  type: 'io.kestra.plugin.core.execution.Labels',
  aliases: ['io.kestra.core.tasks.executions.Labels'],
  title: 'Label the execution',
  description: 'Adds labels to its own execution; a label with the same key is replaced. Labels beginning with `system.` cannot be set.',
  properties: properties({
    labels: dynamic(anything({
      title: 'The labels',
      description: 'A map, a list of `{key, value}`, or a text that renders to a JSON map. Keys and values are rendered.',
      examples: [{ customer: '{{ inputs.customer }}' }],
    })),
  }),
  change: 'labels',
});
