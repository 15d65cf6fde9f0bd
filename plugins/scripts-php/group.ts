/** The group scripts.php. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'scripts.php',
  title: 'PHP',
  description: 'Runs PHP scripts, and commands where PHP is at hand.',
  category: 'SCRIPT',
};
