/** The group scripts.node. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.node',
  title: 'Node.js',
  description: 'Runs Node.js scripts, and commands where Node.js is at hand.',
  category: 'SCRIPT',
};
