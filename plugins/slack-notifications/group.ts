/** The group slack.notifications. */
import type { GroupDefinition } from '../sdk/index.ts';

export const group: GroupDefinition = {
  name: 'slack.notifications',
  title: 'Slack',
  description: 'Sends messages by incoming webhooks of Slack.',
  category: 'MESSAGING',
};
