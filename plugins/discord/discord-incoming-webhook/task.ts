/** DiscordIncomingWebhook: a message to Discord. */
import { discord } from '../../sdk/notification/services.ts';
import { incomingWebhookTask } from '../../sdk/notification/webhook.ts';

export const plugin = incomingWebhookTask(discord);
