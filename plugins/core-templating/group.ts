/** The group core.templating. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.templating',
  title: 'Templating',
  description: 'Tasks that are made while the execution runs.',
  category: 'CORE',
};
