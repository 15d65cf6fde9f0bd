/** SetVariables: gives variables of its own execution other values. The engine does it, in its own step. */
import { executionTask } from '../../sdk/index.ts';
import { boolean, dynamic, mapOf, optional, properties } from '../../sdk/schema.ts';

export const plugin = executionTask({
  type: 'io.kestra.plugin.core.execution.SetVariables',
  title: 'Set variables',
  description: 'Gives variables new values for the rest of its execution. Maps are merged into maps.',
  properties: properties({
    variables: dynamic(mapOf(undefined, { title: 'The variables', description: 'Values by name; rendered, and read as `{{ vars.NAME }}` from then on.' })),
    overwrite: optional(boolean({ title: 'Replace what is there', description: 'With `false` the task fails when one of the variables is set already.', default: true })),
  }),
  change: 'setVariables',
});
