/** Triggers: their rows, schedules by the clock, webhooks by a call. Lives in the engine's thread. */
export { createScheduler, type Scheduler, type SchedulerOptions } from './scheduler.ts';
