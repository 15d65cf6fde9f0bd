/** TeamsIncomingWebhook: a message to Teams. */
import { teams } from '../../sdk/notification/services.ts';
import { incomingWebhookTask } from '../../sdk/notification/webhook.ts';

export const plugin = incomingWebhookTask(teams);
