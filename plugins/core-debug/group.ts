/** The group core.debug. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.debug',
  title: 'Debug',
  description: 'Small tasks to look at values while a flow is being made.',
  category: 'CORE',
};
