/** Logs, metrics and triggers. */
import type { runs } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';
import { logsFollow } from './follow.ts';
import * as logs from './logs.ts';
import * as metrics from './metrics.ts';
import * as triggers from './triggers.ts';

export const runHandlers: HandlersOf<typeof runs> = {
  logsOfExecution: logs.ofExecution, logsPage: logs.page, logsMap: logs.map, logsDownload: logs.download, logsSearch: logs.search, logsFollow,
  metricsOfExecution: metrics.ofExecution,
  triggersSearch: triggers.search, triggersOfFlow: triggers.ofFlow, triggersUpdate: triggers.update, triggersUnlock: triggers.unlock,
};
