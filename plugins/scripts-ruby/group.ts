/** The group scripts.ruby. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.ruby',
  title: 'Ruby',
  description: 'Runs Ruby scripts, and commands where Ruby is at hand.',
  category: 'SCRIPT',
};
