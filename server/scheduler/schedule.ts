/** Dates of a Schedule trigger: cron with or without seconds, nicknames, time zones. Pure: the time comes in. */
import { Cron } from 'croner';
import { DateTime } from 'luxon';

export interface ScheduleTimes {
  next(afterMs: number): number | undefined;
  /** The date before. */
  previous(beforeMs: number): number | undefined;
  /** ISO text in the schedule's zone, as `trigger.date` shows it. */
  text(atMs: number): string;
}

export function scheduleTimes(cron: string, timezone: string | undefined, serverZone: string): ScheduleTimes {
  const zone = timezone ?? serverZone;
  const pattern = new Cron(cron.trim(), { timezone: zone, paused: true, sloppyRanges: true });
  return {
    next: (afterMs) => pattern.nextRun(new Date(afterMs))?.getTime(),
    previous: (beforeMs) => pattern.previousRuns(1, new Date(beforeMs))[0]?.getTime(),
    text: (atMs) => DateTime.fromMillis(atMs, { zone }).toISO() ?? new Date(atMs).toISOString(),
  };
}
