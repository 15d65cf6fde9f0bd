/** The group core.execution. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.execution',
  title: 'Execution',
  description: 'Tasks that act on executions: fail, assert, label, resume, count, purge.',
  category: 'CORE',
};
