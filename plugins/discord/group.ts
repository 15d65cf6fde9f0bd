/** The group discord. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'discord',
  title: 'Discord',
  description: 'Sends messages by incoming webhooks of Discord.',
  category: 'MESSAGING',
};
