/** Figures over time. */
import type { charts } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';
import { executions } from './executions.ts';
import { lastTasks } from './last-tasks.ts';
import { logs } from './logs.ts';
import { metrics } from './metrics.ts';

export const chartHandlers: HandlersOf<typeof charts> = { executionsChart: executions, executionsLastTasks: lastTasks, logsChart: logs, metricsChart: metrics };
