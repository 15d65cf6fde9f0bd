/** Exit: ends its own execution with a state. The engine does it, in its own step. */
import { executionTask } from '../../sdk/index.ts';
import { choice, dynamic, optional, properties } from '../../sdk/schema.ts';

export const plugin = executionTask({
  type: 'io.kestra.plugin.core.execution.Exit',
  title: 'End the execution',
  description: 'Ends its execution there, with a state of your choice. Tasks that run are waited for, unless the state is KILLED; nothing new begins but `afterExecution`.',
  properties: properties({
    state: optional(dynamic(choice(['SUCCESS', 'WARNING', 'KILLED', 'FAILED', 'CANCELLED', 'CANCELED'], { title: 'State of the execution', default: 'SUCCESS' }))),
  }),
  change: 'exit',
});
