/** The group core.output. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.output',
  title: 'Outputs',
  description: 'Hands values to later tasks under chosen names.',
  category: 'CORE',
};
