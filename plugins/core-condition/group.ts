/** The group core.condition. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.condition',
  title: 'Conditions',
  description: 'Decide whether a trigger may start an execution.',
  category: 'CORE',
};
