/** Time windows of flow triggers: in which stretch of time results of several executions count together. Pure arithmetic. */
import { DateTime } from 'luxon';
import { parseDurationMs } from '../../protocol/time.ts';

/** How long a result counts. A zone is that of the trigger, or of the server. */
export type TriggerWindow =
  /** Windows side by side, from the beginning of a unit (day, hour, minute) plus `advanceMs`. */
  | { readonly type: 'tumbling'; readonly lengthMs: number; readonly advanceMs: number; readonly zone: string }
  /** The last `lengthMs`, whenever one looks. */
  | { readonly type: 'sliding'; readonly lengthMs: number }
  /** Each day from one time of day to another one, perhaps over midnight. */
  | { readonly type: 'daily'; readonly fromMs: number; readonly toMs: number; readonly zone: string };

export interface Stretch {
  readonly startMs: number;
  /** The last millisecond that belongs to it. */
  readonly endMs: number;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const minuteMs = 60_000;

export function windowAt(window: TriggerWindow, nowMs: number): Stretch | undefined {
  switch (window.type) {
    case 'tumbling': return tumblingAt(window, nowMs);
    case 'sliding': return { startMs: nowMs - window.lengthMs + 1, endMs: nowMs };
    case 'daily': return dailyAt(window, nowMs);
    default: return never(window);
  }
}

/** A day's window follows the calendar of its zone: it has 23 or 25 hours when the clock is changed. */
function tumblingAt({ lengthMs, advanceMs, zone }: Extract<TriggerWindow, { type: 'tumbling' }>, nowMs: number): Stretch {
  const shifted = DateTime.fromMillis(nowMs - advanceMs, { zone });
  const unit = lengthMs >= dayMs ? 'day' : lengthMs >= hourMs ? 'hour' : lengthMs >= minuteMs ? 'minute' : 'second';
  const wholeDays = lengthMs % dayMs === 0 ? lengthMs / dayMs : undefined;
  if (wholeDays !== undefined) {
    // Windows of several days stand side by side from the epoch's first day on, so that all executions agree on where they begin.
    const day = shifted.startOf('day');
    const number = Math.floor(Date.UTC(day.year, day.month - 1, day.day) / dayMs);
    const start = day.minus({ days: ((number % wholeDays) + wholeDays) % wholeDays });
    return { startMs: start.toMillis() + advanceMs, endMs: start.plus({ days: wholeDays }).toMillis() + advanceMs - 1 };
  }
  const base = (unit === 'minute' || unit === 'second' ? shifted.startOf('hour') : shifted.startOf('day')).toMillis();
  const passed = Math.floor((nowMs - advanceMs - base) / lengthMs) * lengthMs;
  return { startMs: base + passed + advanceMs, endMs: base + passed + advanceMs + lengthMs - 1 };
}

function dailyAt({ fromMs, toMs, zone }: Extract<TriggerWindow, { type: 'daily' }>, nowMs: number): Stretch | undefined {
  const today = DateTime.fromMillis(nowMs, { zone }).startOf('day');
  const over = toMs <= fromMs;
  for (const day of over ? [today.minus({ days: 1 }), today] : [today]) {
    const startMs = atTime(day, fromMs);
    const endMs = atTime(over ? day.plus({ days: 1 }) : day, toMs);
    if (nowMs >= startMs && nowMs <= endMs) return { startMs, endMs };
  }
  return undefined;
}

/** The next moment at which a daily window ends: when a deadline has been missed, it is then. */
export function nextEndMs(window: TriggerWindow, afterMs: number): number | undefined {
  if (window.type === 'sliding') return undefined;
  if (window.type === 'tumbling') return windowAt(window, afterMs + 1)?.endMs;
  const today = DateTime.fromMillis(afterMs, { zone: window.zone }).startOf('day');
  for (const days of [0, 1, 2]) {
    const endMs = atTime(today.plus({ days }), window.toMs);
    if (endMs > afterMs) return endMs;
  }
  return undefined;
}

/** By the wall clock, so that 09:00 stays 09:00 on the days when the clock is changed. */
function atTime(day: DateTime, timeMs: number): number {
  return day.set({ hour: Math.floor(timeMs / hourMs), minute: Math.floor(timeMs / minuteMs) % 60, second: Math.floor(timeMs / 1000) % 60, millisecond: timeMs % 1000 }).toMillis();
}

/** `09:00`, `09:00:00`, `09:00:00.000`, perhaps with an offset, as milliseconds of the day; undefined when it is none. */
export function timeOfDayMs(text: string): number | undefined {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return hour * hourMs + minute * minuteMs + second * 1000 + Math.floor(Number(`0.${match[4] ?? 0}`) * 1000);
}

/** The offset of a time of day in minutes; undefined when it has none. */
export function offsetMinutes(text: string): number | undefined {
  const match = /(?:(Z)|([+-])(\d{2}):?(\d{2})?)$/.exec(text.trim());
  if (match === null) return undefined;
  if (match[1] === 'Z') return 0;
  return (match[2] === '-' ? -1 : 1) * (Number(match[3]) * 60 + Number(match[4] ?? 0));
}

type Given = Readonly<Record<string, unknown>>;

/** `timeWindow` of 0.20's preconditions, `window`/`windowAdvance` of a MultipleCondition. Throws at a value that can not be read. */
export function windowOfTimeWindow(given: Given | undefined, zone: string): TriggerWindow {
  const at = typeof given?.['timezone'] === 'string' ? given['timezone'] : zone;
  switch (given?.['type'] ?? 'DURATION_WINDOW') {
    case 'SLIDING_WINDOW': return { type: 'sliding', lengthMs: durationOf(given, 'window', dayMs) };
    case 'DAILY_TIME_WINDOW': return { type: 'daily', fromMs: timeOf(given, 'startTime'), toMs: timeOf(given, 'endTime'), zone: at };
    case 'DAILY_TIME_DEADLINE': return { type: 'daily', fromMs: 0, toMs: timeOf(given, 'deadline'), zone: at };
    default: return { type: 'tumbling', lengthMs: durationOf(given, 'window', dayMs), advanceMs: durationOf(given, 'windowAdvance', 0), zone: at };
  }
}

/** `window` of the later form: one of `deadline`, `from` with `to`, `every` with `offset`, `lookback`. */
export function windowOfDependsOn(given: Given | undefined, zone: string): TriggerWindow {
  const at = typeof given?.['timezone'] === 'string' ? given['timezone'] : zone;
  if (given?.['deadline'] !== undefined) return { type: 'daily', fromMs: 0, toMs: timeOf(given, 'deadline'), zone: at };
  if (given?.['from'] !== undefined || given?.['to'] !== undefined) return { type: 'daily', fromMs: timeOf(given, 'from'), toMs: timeOf(given, 'to'), zone: at };
  if (given?.['lookback'] !== undefined) return { type: 'sliding', lengthMs: durationOf(given, 'lookback', dayMs) };
  return { type: 'tumbling', lengthMs: durationOf(given, 'every', dayMs), advanceMs: durationOf(given, 'offset', 0), zone: at };
}

function durationOf(given: Given | undefined, name: string, whenMissing: number): number {
  const value = given?.[name];
  if (value === undefined || value === null) return whenMissing;
  const ms = parseDurationMs(String(value));
  if (ms === undefined) throw new Error(`"${name}" is "${String(value)}"; expected an ISO-8601 duration such as PT1H or P1D`);
  if (ms <= 0 && whenMissing > 0) throw new Error(`"${name}" is "${String(value)}"; expected a duration longer than nothing`);
  return ms;
}

function timeOf(given: Given | undefined, name: string): number {
  const value = given?.[name];
  const ms = typeof value === 'string' ? timeOfDayMs(value) : undefined;
  if (ms === undefined) throw new Error(`"${name}" is ${value === undefined ? 'missing' : `"${String(value)}"`}; expected a time of day such as 09:00:00`);
  return ms;
}

function never(value: never): never {
  throw new Error(`not a window: ${JSON.stringify(value)}`);
}
