/** The group scripts.go. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.go',
  title: 'Go',
  description: 'Runs Go scripts, and commands where Go is at hand.',
  category: 'SCRIPT',
};
