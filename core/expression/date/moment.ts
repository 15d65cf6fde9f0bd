// An instant in a zone, to the nanosecond: JavaScript dates and luxon stop at milliseconds.
import { DateTime } from 'luxon';
import type { Zone } from './zone.ts';
import { zoneNamed } from './zone.ts';

/** An instant (milliseconds since 1970, rounded down, and the nanoseconds in that millisecond) seen in a zone. */
export interface Moment {
  readonly epochMs: number;
  readonly nanosOfMs: number;
  readonly zone: Zone;
}

/** What clock and calendar show in the zone of a moment. `weekday` is 1 on Monday; `nanos` are those of the second. */
export interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
  readonly weekday: number;
  readonly dayOfYear: number;
  readonly weekYear: number;
  readonly week: number;
  readonly offsetMinutes: number;
}

/** A date and time of day without zone. */
export interface LocalDateTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
}

const isoPattern =
  /^([+-]?\d{4,6})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?(?:\[([\w/+:-]+)\])?)?$/i;

/** Reads ISO text: with offset or zone, or local (then it is a time in `zone`), or a date (its first instant in `zone`). */
export function parseIso(text: string, zone: Zone): Moment | undefined {
  const match = isoPattern.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, offset, zoneName] = match;
  const local: LocalDateTime = {
    year: Number(year), month: Number(month), day: Number(day),
    hour: Number(hour ?? 0), minute: Number(minute ?? 0), second: Number(second ?? 0),
    nanos: Number((fraction ?? '').padEnd(9, '0')),
  };
  const ownZone = zoneName !== undefined ? zoneNamed(zoneName) : offset !== undefined ? zoneNamed(offset.toUpperCase()) : zone;
  return ownZone === undefined ? undefined : momentOfLocal(local, ownZone);
}

/** The instant at which the clocks of a zone show a local time; undefined when there is no such date. A skipped hour moves forward. */
export function momentOfLocal(local: LocalDateTime, zone: Zone): Moment | undefined {
  const { year, month, day, hour, minute, second } = local;
  const date = DateTime.fromObject({ year, month, day, hour, minute, second, millisecond: Math.floor(local.nanos / 1e6) }, { zone, locale: 'en-US' });
  return date.isValid ? { epochMs: date.toMillis(), nanosOfMs: local.nanos % 1e6, zone } : undefined;
}

/** The calendar of a moment. */
export function fieldsOf(moment: Moment): Fields {
  const date = dateTimeOf(moment);
  return {
    year: date.year, month: date.month, day: date.day, hour: date.hour, minute: date.minute, second: date.second,
    nanos: date.millisecond * 1e6 + moment.nanosOfMs,
    weekday: date.weekday, dayOfYear: date.ordinal, weekYear: date.weekYear, week: date.weekNumber,
    offsetMinutes: date.offset,
  };
}

/** Units of `dateAdd`, in Java's names. */
export const dateUnits = [
  'NANOS', 'MICROS', 'MILLIS', 'SECONDS', 'MINUTES', 'HOURS', 'HALF_DAYS', 'DAYS', 'WEEKS', 'MONTHS', 'YEARS', 'DECADES', 'CENTURIES', 'MILLENNIA',
] as const;

/** A unit of `dateAdd`. */
export type DateUnit = (typeof dateUnits)[number];

/** Adds to a moment; days and longer keep the time of day, months end at the last day of the month. Undefined outside the calendar. */
export function addToMoment(moment: Moment, amount: number, unit: DateUnit): Moment | undefined {
  switch (unit) {
    case 'NANOS': return addNanos(moment, amount);
    case 'MICROS': return addNanos(moment, amount * 1000);
    case 'MILLIS': return plus(moment, { milliseconds: amount });
    case 'SECONDS': return plus(moment, { seconds: amount });
    case 'MINUTES': return plus(moment, { minutes: amount });
    case 'HOURS': return plus(moment, { hours: amount });
    case 'HALF_DAYS': return plus(moment, { hours: amount * 12 });
    case 'DAYS': return plus(moment, { days: amount });
    case 'WEEKS': return plus(moment, { weeks: amount });
    case 'MONTHS': return plus(moment, { months: amount });
    case 'YEARS': return plus(moment, { years: amount });
    case 'DECADES': return plus(moment, { years: amount * 10 });
    case 'CENTURIES': return plus(moment, { years: amount * 100 });
    case 'MILLENNIA': return plus(moment, { years: amount * 1000 });
  }
}

function addNanos(moment: Moment, amount: number): Moment | undefined {
  const nanos = moment.nanosOfMs + amount;
  const carriedMs = Math.floor(nanos / 1e6);
  return plus({ ...moment, nanosOfMs: nanos - carriedMs * 1e6 }, { milliseconds: carriedMs });
}

function plus(moment: Moment, amount: Readonly<Record<string, number>>): Moment | undefined {
  const date = dateTimeOf(moment).plus(amount);
  return date.isValid ? { ...moment, epochMs: date.toMillis() } : undefined;
}

function dateTimeOf(moment: Moment): DateTime {
  return DateTime.fromMillis(moment.epochMs, { zone: moment.zone, locale: 'en-US' });
}

/** Nanoseconds since 1970. */
export function epochNanos(moment: Moment): bigint {
  return BigInt(moment.epochMs) * 1_000_000n + BigInt(moment.nanosOfMs);
}
