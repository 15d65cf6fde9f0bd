/** SlackExecution: how an execution stands, told to Slack. */
import { executionNoticeTask } from '../../sdk/notification/execution.ts';
import { slack } from '../../sdk/notification/services.ts';

export const plugin = executionNoticeTask(slack);
