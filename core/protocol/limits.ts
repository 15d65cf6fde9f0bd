/** Every limit of the house: name, unit, value, reason. Relations between them are asserted by `assertLimits` at start-up. */
export const limits = {
  /** A flow's source. Kestra flows seldom pass 100 kB; a 10,000-line flow is about 500 kB. */
  sourceBytesMax: 4 * 1024 * 1024,
  /** A JSON, YAML or form body; FILE inputs stream past it to the disk. */
  bodyBytesMax: 10 * 1024 * 1024,
  /** Request line and headers. Cookies of everything else on localhost come along, and filters stand in addresses. */
  headBytesMax: 32 * 1024,
  /** One uploaded file of a multipart body. */
  fileBytesMax: 10 * 1024 * 1024 * 1024,
  /** One WebSocket frame: a whole document's update must fit. */
  frameBytesMax: 8 * 1024 * 1024,
  /** What may wait for one socket before it is closed (documents) or sent a fresh state (watch): the state of an execution of 10,000 task runs has 8.4 MB. */
  backpressureBytesMax: 16 * 1024 * 1024,
  watchBufferedBytesMax: 256 * 1024,
  awarenessBytesMax: 4 * 1024,
  awarenessIdsPerSocketMax: 8,
  socketsPerParticipantMax: 200,
  subscriptionsPerSocketMax: 64,
  /** Decided but uncommitted steps; above it creations are refused with 429. */
  executorQueueMax: 20_000,
  liveExecutionsMax: 200_000,
  /** One log message before it is split, as in Kestra. */
  logMessageCharsMax: 10 * 1024,
  /** Log bytes that one task run may write; what comes after is counted and dropped with one line saying so. */
  logBytesPerTaskRunMax: 64 * 1024 * 1024,
  /** Outputs of one task run that stay in its row. */
  outputBytesMax: 1024 * 1024,
  pageSizeMax: 1000,
  /** What one participant may have remembered: every name is a row that is read with each page. */
  preferencesPerParticipantMax: 200,
  savedSearchesPerParticipantMax: 100,
  expressionFuelMax: 200_000,
  expressionOutputCharsMax: 8 * 1024 * 1024,
  expressionDepthMax: 100,
  /** Nested lists and maps of a JSON text; other servers stop at 500 to 1,000 too. */
  jsonDepthMax: 500,
  flowableChildrenMax: 50_000,
  /** Child executions that one task run has under way. */
  itemsAtOnceMax: 500,
  /** Items of a file that are read in one go. */
  itemsReadMax: 100,
  loginFailuresPerQuarterHourMax: 10,
  /** The console of an execution: what people tried in a session; older entries go. */
  consoleEntriesMax: 50,
  consoleResultCharsMax: 20_000,
  /** Consoles kept at once: 50 x 20 kB x this is the worst case, 100 MB. */
  consolesMax: 100,
  /** Lines of its own log that a trigger keeps. */
  triggerLogLinesMax: 1000,
  /** Executions of which each was started by a flow trigger on the one before: more are a loop. */
  flowTriggerChainMax: 100,
  topicRingBytesMax: 1024 * 1024,
  topicRingCountMax: 1000,
} as const;

/** Fails at start-up when two limits contradict each other. */
export function assertLimits(): void {
  if (limits.sourceBytesMax * 2 > limits.frameBytesMax) throw new Error('a whole document (text and its history) must fit in one frame');
  if (limits.watchBufferedBytesMax > limits.backpressureBytesMax) throw new Error('a watcher must be judged slow before its socket is closed');
}
