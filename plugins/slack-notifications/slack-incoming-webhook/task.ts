/** SlackIncomingWebhook: a message to Slack. */
import { slack } from '../../sdk/notification/services.ts';
import { incomingWebhookTask } from '../../sdk/notification/webhook.ts';

export const plugin = incomingWebhookTask(slack);
