/** The group scripts.julia. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.julia',
  title: 'Julia',
  description: 'Runs Julia scripts, and commands where Julia is at hand.',
  category: 'SCRIPT',
};
