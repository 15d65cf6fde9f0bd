/** The store: two LMDB environments, log segments, files. Rows are typed in `tables/`; nobody else spells a key. */
export type { Commit, Entry, Environment, FeedMessage, FileEntry, FileStorage, Key, RangeOptions, Reader, Write } from './contract.ts';
export { StoreError, type StoreFault } from './errors.ts';
export { commitKey, openEnvironment, type EnvironmentOptions } from './lmdb/environment.ts';
export { openAppendLog, type AppendLog } from './append-log.ts';
export { openData, type DataFolder, type OpenDataOptions } from './data-folder.ts';
export { segmentsOfUri } from './file-paths.ts';
export { createFileStorage, type FileStorageOptions } from './files.ts';
export { createFeed, feedFrom, type Feed } from './feed.ts';
export { engineKeys, enginePrefixes, frontKeys, frontPrefixes } from './keys.ts';
export { listFlowRecords, loadFlowRecord, loadRevision, type FlowRecord, type RevisionRecord } from './tables/flows.ts';
export {
  createCounters, dayFormatter, loadDayCounts, loadFlowCounts, loadStateCounts, type Counters, type CountersOptions, type FlowCount,
} from './tables/counters.ts';
export {
  deleteExecution, executionWrites, keptLogRemoval, listKeptLogs, lastExecutionNumber, loadExecution, loadExecutionByNumber, loadExecutionNumber, loadLastTaskRun, loadTaskRun, loadTaskRuns,
  taskRunWrite, type DeleteOptions, type KeptLog,
} from './tables/executions.ts';
export { ensureExecutionIndexes, startedFromOf } from './tables/execution-indexes.ts';
export { flowMatches, isInNamespace, matchesExecution, type ExecutionFilter, type FlowName } from './tables/execution-filter.ts';
export { executionFilterOf } from './tables/execution-query.ts';
export { isCountable, numbersBackwards } from './tables/execution-ranges.ts';
export {
  executionsInOrder, executionsOfState, latestExecution, listExecutions, matchingNumbers, newestNumbers, searchExecutions, type ExecutionList, type ExecutionPage, type ExecutionSortField,
} from './tables/execution-list.ts';
export {
  createLogWriter, inlineBytesMax, loadLogHead, loadLogLines, loadLogMap, logEntryOf, logFilePath, matchesLog, removeLogFile, scanLog, scanLogBackwards,
  type LogFilter, type LogHead, type LogOwner, type LogRow, type LogSource, type LogWriter,
} from './tables/logs.ts';
export { logRemovals, metricRemovals, rewriteLog, type RewrittenLog } from './tables/log-purge.ts';
export { searchLogs, type LogCursor, type LogSearch, type LogSearchOptions, type LogSearchPage } from './tables/log-search.ts';
export { listSavedSearches, loadPreferences, loadSavedSearch } from './tables/preferences.ts';
export { journalWrite, loadJournal, nextJournalPosition, type JournalRow } from './tables/journal.ts';
export { loadMetrics, metricOf, metricWrite, nextMetricPosition, type MetricRow } from './tables/metrics.ts';
export { expiredKvRemovals, isExpired, kvEntryOf, kvRemoval, kvTypeOf, kvWrite, listAllKv, listKv, loadKv, type KvRow, type KvType } from './tables/kv.ts';
export { loadState, stateKeyOf, stateRemoval, stateWrite, type StateOwner, type StateRow } from './tables/states.ts';
export { isLocked, listTriggers, loadTrigger, triggerOf, triggerRemoval, triggerWrite, type BackfillRow, type TriggerRow } from './tables/triggers.ts';
export { createTriggerLogWriter, searchTriggerLogs, type TriggerLogRow, type TriggerLogSearch, type TriggerLogWriter } from './tables/trigger-logs.ts';
export { listTriggerWindows, triggerWindowRemoval, triggerWindowWrite, type TriggerWindowRow } from './tables/trigger-windows.ts';
