/** The group core.trigger. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.trigger',
  title: 'Triggers',
  description: 'Start executions by the clock or by a call from outside.',
  category: 'CORE',
};
