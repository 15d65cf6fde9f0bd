/** The group core.http. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'core.http',
  title: 'HTTP',
  description: 'Talks to web services.',
  category: 'CORE',
};
