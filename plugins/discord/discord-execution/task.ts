/** DiscordExecution: how an execution stands, told to Discord. */
import { executionNoticeTask } from '../../sdk/notification/execution.ts';
import { discord } from '../../sdk/notification/services.ts';

export const plugin = executionNoticeTask(discord);
