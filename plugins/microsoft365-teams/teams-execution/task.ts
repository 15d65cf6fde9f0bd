/** TeamsExecution: how an execution stands, told to Teams. */
import { executionNoticeTask } from '../../sdk/notification/execution.ts';
import { teams } from '../../sdk/notification/services.ts';

export const plugin = executionNoticeTask(teams);
