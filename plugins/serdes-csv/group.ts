/** The group serdes.csv. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'serdes.csv',
  title: 'CSV',
  description: 'From and to CSV files.',
  category: 'OTHER',
};
