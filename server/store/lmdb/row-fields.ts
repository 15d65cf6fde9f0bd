/**
 * Field names of our own rows. Only objects made of these names become shared structures (690 bytes a transition against 1,097,
 * engine-performance.md): a structure is stored for ever and their number is small, so the keys of a user's inputs, outputs, labels
 * or headers must not use them up. A row with another field is stored as well, only longer: add the names of a new hot row here.
 */
export const rowFields: ReadonlySet<string> = new Set([
  // executions and task runs
  'number', 'id', 'tenant', 'namespace', 'flowId', 'flowRevision', 'labels', 'inputs', 'outputs', 'variables', 'histories', 'parentId',
  'originalId', 'trigger', 'metadata', 'scheduleAtMs', 'startedBy', 'draftSource', 'state', 'atMs', 'attemptNumber', 'originalCreatedAtMs',
  'position', 'taskId', 'parentTaskRunId', 'value', 'iteration', 'attempts', 'logFile', 'dynamic', 'key', 'type',
  // journal
  'event', 'readings', 'reading', 'events', 'jobId', 'attempt', 'outcome', 'killed', 'timedOut', 'taskRunId', 'error', 'message', 'reason', 'result',
  'entries', 'header', 'rows', 'removed', 'settings', 'what', 'dueAtMs', 'decided', 'values', 'concurrent', 'timeZone', 'kvErrorOnMissing',
  // logs, metrics
  'executionId', 'level', 'lines', 'first', 'count', 'counts', 'bytes', 'offset', 'segment', 'triggerId', 'name', 'tags', 'timestamp',
  // triggers, KV
  'kind', 'dateMs', 'nextAtMs', 'disabled', 'sourceDisabled', 'updatedAtMs', 'locked', 'cron', 'timezone', 'description', 'expiresAtMs', 'createdAtMs', 'revision',
  'evaluatedAtMs', 'evaluateRunningAtMs', 'switched', 'by', 'backfill', 'stopAfter', 'sourceMissing', 'problem', 'startMs', 'endMs', 'currentMs', 'paused',
  'previousNextAtMs', 'windowId', 'met', 'firedAtMs', 'triggerChain',
  // flows, revisions, documents
  'birth', 'deleted', 'triggers', 'inputCount', 'taskTypes', 'draft', 'authors', 'exception', 'color', 'source', 'publishedBy', 'publishedAtMs',
  'deletion', 'restoredFrom', 'ranges', 'from', 'to', 'author', 'update', 'text', 'clock', 'participant', 'participantId',
  // people, audit
  'email', 'role', 'hash', 'lastSeenAtMs', 'operation', 'door', 'subject', 'address', 'sequence', 'prefix', 'lastUsedAtMs',
]);
