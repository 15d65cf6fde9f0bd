/** Triggers: what starts executions. */
import type { triggers } from '../../../core/protocol/operations/index.ts';
import type { HandlersOf } from '../handler.ts';
import * as backfills from './backfills.ts';
import * as bulk from './bulk.ts';
import { calendar } from './calendar.ts';
import * as change from './change.ts';
import * as list from './list.ts';

export const triggerHandlers: HandlersOf<typeof triggers> = {
  triggersSearch: list.search, triggersOfFlow: list.ofFlow, triggersLogs: list.logs, triggersCalendar: calendar,
  triggersUpdate: change.update, triggersSetDisabled: change.setDisabled, triggersUnlock: change.unlock, triggersRestart: change.restart, triggersDelete: change.remove,
  triggersBackfillCreate: backfills.create, triggersBackfillChange: backfills.change,
  triggersBulk: bulk.byTriggers, triggersBulkByQuery: bulk.byQuery,
};
