/** The group core.runner. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.runner',
  title: 'Task runners',
  description: 'Where the commands of a script run: as a process of this machine.',
  category: 'CORE',
};
