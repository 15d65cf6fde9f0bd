/** The group serdes.json. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'serdes.json',
  title: 'JSON',
  description: 'From and to JSON files.',
  category: 'OTHER',
};
