/** Triggers: their rows, those of the clock, of calls, of other flows, of plugins. Lives in the engine's thread. */
export type { SchedulerOptions } from './room.ts';
export { createScheduler, type Scheduler } from './scheduler.ts';
