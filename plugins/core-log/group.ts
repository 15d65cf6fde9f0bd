/** The group core.log. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.log',
  title: 'Log',
  description: 'Writes lines into the log of an execution.',
  category: 'CORE',
};
