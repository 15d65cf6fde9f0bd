/** The group scripts.runner. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.runner',
  title: 'Script runners',
  description: 'Task runners of the script plugins that are not part of the core.',
  category: 'SCRIPT',
};
