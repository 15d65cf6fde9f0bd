/** Logs and metrics. */
import type { runs } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';
import { logsFollow } from './follow.ts';
import * as logs from './logs.ts';
import * as metrics from './metrics.ts';

export const runHandlers: HandlersOf<typeof runs> = {
  logsOfExecution: logs.ofExecution, logsPage: logs.page, logsMap: logs.map, logsDownload: logs.download, logsSearch: logs.search, logsDelete: logs.remove, logsDeleteOfFlow: logs.removeOfFlow, logsFollow,
  metricsOfExecution: metrics.ofExecution, metricsNames: metrics.names, metricsTasks: metrics.tasks, metricsAggregates: metrics.aggregates,
};
