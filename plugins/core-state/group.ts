/** The group core.state. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.state',
  title: 'States',
  description: 'Values that a flow keeps between its executions.',
  category: 'CORE',
};
