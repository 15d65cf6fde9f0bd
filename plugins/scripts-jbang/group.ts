/** The group scripts.jbang. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.jbang',
  title: 'JBang',
  description: 'Runs JBang scripts, and commands where JBang is at hand.',
  category: 'SCRIPT',
};
