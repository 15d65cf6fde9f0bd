/** The group scripts.r. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.r',
  title: 'R',
  description: 'Runs R scripts, and commands where R is at hand.',
  category: 'SCRIPT',
};
