/** The group scripts.python. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.python',
  title: 'Python',
  description: 'Runs Python scripts, and commands where Python is at hand.',
  category: 'SCRIPT',
};
