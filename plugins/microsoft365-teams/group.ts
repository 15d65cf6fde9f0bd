/** The group microsoft365.teams. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'microsoft365.teams',
  title: 'Microsoft Teams',
  description: 'Sends messages by incoming webhooks of Teams.',
  category: 'MESSAGING',
};
