/** The group core.flow. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.flow',
  title: 'Flow control',
  description: 'Tasks that order other tasks: one after the other, at once, on a condition, for each value, after a pause, in another flow.',
  category: 'CORE',
};
