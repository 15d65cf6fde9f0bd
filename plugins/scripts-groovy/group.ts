/** The group scripts.groovy. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.groovy',
  title: 'Groovy',
  description: 'Runs Groovy scripts, and commands where Groovy is at hand.',
  category: 'SCRIPT',
};
