/** The group scripts.bun. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.bun',
  title: 'Bun',
  description: 'Runs Bun scripts, and commands where Bun is at hand.',
  category: 'SCRIPT',
};
