/** The engine: pure decisions over executions. */
export { dueKey, type Advance, type Command, type DueWhat, type EngineEvent } from './events.ts';
export { ExecutionState } from './execution-state.ts';
export { childTasks, indexFlow, type FlowIndex } from './flow-index.ts';
export { createRecorder, replay, ReplayError, settingsOf, type JournalEntry, type Reading, type Recorder, type Settings } from './journal.ts';
export { loopIndex } from './loop-index.ts';
export { initialLabels, isSystemLabel, labelsFrom, mergeLabels } from './labels.ts';
export type { Lookup } from './lookup.ts';
export { taskRunsForReplay } from './replay-from.ts';
export { step } from './step.ts';
export { variablesOf } from './variables.ts';
export { calendarTimes, onCalendar, conditionOfData, conditionsHold, conditionName, dateVariables, isCalendar, isTruthy, type ConditionFacts, type Upstream } from './triggers/conditions.ts';
export { defaultStates, evaluateFlowTrigger, isMissed, nextMissMs, planFlowTrigger, type FlowTriggerPlan } from './triggers/flow-trigger.ts';
export { cronTimes, dateTimes, isoIn, satisfying, timesOf, type ScheduleTimes } from './triggers/schedule-times.ts';
