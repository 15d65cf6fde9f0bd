/** The group core.storage. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.storage',
  title: 'Storage',
  description: 'Files of executions: write, join, split, filter, delete.',
  category: 'CORE',
};
