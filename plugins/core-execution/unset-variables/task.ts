/** UnsetVariables: takes variables of its own execution away. The engine does it, in its own step. */
import { executionTask } from '../../sdk/index.ts';
import { boolean, dynamic, optional, properties, texts } from '../../sdk/schema.ts';

export const plugin = executionTask({
  type: 'io.kestra.plugin.core.execution.UnsetVariables',
  title: 'Remove variables',
  description: 'Takes variables away for the rest of its execution.',
  properties: properties({
    variables: dynamic(texts({ title: 'Names of the variables' })),
    ignoreMissing: optional(boolean({ title: 'Accept that one is missing', description: 'With `false` the task fails when there is no such variable.', default: false })),
  }),
  change: 'unsetVariables',
});
