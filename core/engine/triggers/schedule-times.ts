/** Dates of a clock trigger: cron with or without seconds, nicknames, a list of dates; time zones. Pure: the time comes in. */
import { Cron } from 'croner';
import { DateTime } from 'luxon';
import type { TriggerModel } from '../../language/model.ts';

export interface ScheduleTimes {
  /** The first date after a moment. */
  next(afterMs: number): number | undefined;
  /** The last date before a moment. */
  previous(beforeMs: number): number | undefined;
  /** ISO text in the schedule's zone, as `trigger.date` shows it. */
  text(atMs: number): string;
  readonly zone: string;
}

export function cronTimes(cron: string, timezone: string | undefined, serverZone: string): ScheduleTimes {
  const zone = timezone ?? serverZone;
  const pattern = new Cron(cron.trim(), { timezone: zone, paused: true, sloppyRanges: true });
  return {
    zone,
    next: (afterMs) => pattern.nextRun(new Date(afterMs))?.getTime(),
    previous: (beforeMs) => pattern.previousRuns(1, new Date(beforeMs))[0]?.getTime(),
    text: (atMs) => isoIn(atMs, zone),
  };
}

/** The dates of a ScheduleOnDates; one without an offset is in the trigger's zone. Throws at a text that is no date. */
export function dateTimes(dates: readonly string[], timezone: string | undefined, serverZone: string): ScheduleTimes {
  const zone = timezone ?? serverZone;
  const sorted = [...new Set(dates.map((text) => dateMs(text, zone)))].sort((a, b) => a - b);
  return {
    zone,
    next: (afterMs) => sorted.find((atMs) => atMs > afterMs),
    previous: (beforeMs) => sorted.findLast((atMs) => atMs < beforeMs),
    text: (atMs) => isoIn(atMs, zone),
  };
}

/** Of a trigger that the clock starts; undefined for all others. Throws when its cron or one of its dates can not be read. */
export function timesOf(model: Pick<TriggerModel, 'kind' | 'properties'>, serverZone: string): ScheduleTimes | undefined {
  if (model.kind !== 'SCHEDULE') return undefined;
  const { cron, dates, timezone } = model.properties;
  const zone = typeof timezone === 'string' ? timezone : undefined;
  if (typeof cron === 'string') return cronTimes(cron, zone, serverZone);
  if (Array.isArray(dates)) return dateTimes(dates.map(String), zone, serverZone);
  return undefined;
}

/** Only those dates that hold; the search ends after `candidatesMax` dates that do not. */
export function satisfying(times: ScheduleTimes, holds: (atMs: number) => boolean, candidatesMax: number): ScheduleTimes {
  const search = (step: (fromMs: number) => number | undefined, fromMs: number): number | undefined => {
    let atMs = step(fromMs);
    for (let count = 0; atMs !== undefined && count < candidatesMax; count += 1) {
      if (holds(atMs)) return atMs;
      atMs = step(atMs);
    }
    return undefined;
  };
  return { ...times, next: (afterMs) => search(times.next, afterMs), previous: (beforeMs) => search(times.previous, beforeMs) };
}

export const isoIn = (atMs: number, zone: string): string => DateTime.fromMillis(atMs, { zone }).toISO() ?? new Date(atMs).toISOString();

function dateMs(text: string, zone: string): number {
  const parsed = DateTime.fromISO(text.trim(), { zone });
  if (!parsed.isValid) throw new Error(`"${text}" is not a date; write one such as 2026-03-29T09:00:00+02:00`);
  return parsed.toMillis();
}
