/** The group core.log. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.log',
  title: 'Log',
  description: 'Writes, fetches and purges lines of logs.',
  category: 'CORE',
};
