/** What stands in which hour of which day: dates to come and what was started, grouped by trigger. Pure. */
import type { Trigger } from '../../../../core/protocol/entities/trigger.ts';
import type { CalendarRun, TriggerCalendar } from '../../../../core/protocol/operations/triggers.ts';
import { isOn, triggerKey } from '../words.ts';
import { createZone } from './zone-days.ts';

export type CalendarEntry =
  | { readonly type: 'coming'; readonly trigger: Trigger; readonly count: number; readonly firstMs: number; readonly on: boolean }
  | { readonly type: 'past'; readonly run: CalendarRun; readonly count: number; readonly failed: number; readonly firstMs: number };

export interface CalendarDay {
  readonly startMs: number;
  readonly isToday: boolean;
  /** Of each of 24 hours of the wall clock. */
  readonly hours: readonly (readonly CalendarEntry[])[];
  readonly coming: number;
  readonly past: number;
}

export interface CalendarLayout {
  readonly days: readonly CalendarDay[];
  /** The hour of the wall clock and its quarter; undefined when today is not shown. */
  readonly now: { readonly hour: number; readonly quarter: number } | undefined;
  /** Dates that are switched off are counted apart: they do not happen. */
  readonly coming: number;
  readonly off: number;
  readonly past: number;
}

export function layOut(calendar: TriggerCalendar, options: { readonly zone: string; readonly days: readonly number[]; readonly nowMs: number }): CalendarLayout {
  const { wall, startOfDay } = createZone(options.zone);
  const cells = new Map<string, CalendarEntry>();
  const place = (key: string, ms: number, make: (old: CalendarEntry | undefined) => CalendarEntry): void => {
    const cell = `${startOfDay(ms)} ${wall(ms).hour} ${key}`;
    cells.set(cell, make(cells.get(cell)));
  };
  let [coming, off] = [0, 0];
  for (const { trigger, dates } of calendar.rows) {
    const on = isOn(trigger);
    for (const date of dates) {
      const ms = Date.parse(date);
      if (on) coming += 1;
      else off += 1;
      place(`c ${triggerKey(trigger)}`, ms, (old) => ({ type: 'coming', trigger, on, count: (old?.count ?? 0) + 1, firstMs: Math.min(old?.firstMs ?? ms, ms) }));
    }
  }
  for (const run of calendar.runs) {
    const ms = Date.parse(run.startDate);
    const failed = run.state === 'FAILED' ? 1 : 0;
    place(`p ${triggerKey(run)}`, ms, (old) => ({ type: 'past', run: old?.type === 'past' && old.failed >= failed ? old.run : run, count: (old?.count ?? 0) + 1, failed: (old?.type === 'past' ? old.failed : 0) + failed, firstMs: Math.min(old?.firstMs ?? ms, ms) }));
  }
  const byHour = new Map<string, CalendarEntry[]>();
  for (const [cell, entry] of cells) {
    const [day = '', hour = ''] = cell.split(' ');
    const at = `${day} ${hour}`;
    byHour.set(at, [...(byHour.get(at) ?? []), entry]);
  }
  const today = startOfDay(options.nowMs);
  const days = options.days.map((startMs): CalendarDay => {
    const hours = Array.from({ length: 24 }, (_, hour) => (byHour.get(`${startMs} ${hour}`) ?? []).sort((a, b) => a.firstMs - b.firstMs));
    const all = hours.flat();
    const sum = (type: CalendarEntry['type']): number => all.filter((entry) => entry.type === type && (entry.type === 'past' || entry.on)).reduce((total, entry) => total + entry.count, 0);
    return { startMs, isToday: startMs === today, hours, coming: sum('coming'), past: sum('past') };
  });
  const { hour, minute } = wall(options.nowMs);
  return { days, now: days.some((day) => day.isToday) ? { hour, quarter: Math.floor(minute / 15) } : undefined, coming, off, past: calendar.runs.length };
}

/** The triggers that somebody has switched off, the latest first. */
export const switchedOff = (calendar: TriggerCalendar): readonly Trigger[] => calendar.rows.map((row) => row.trigger).filter((trigger) => trigger.disabled)
  .sort((a, b) => (b.switched?.date ?? '').localeCompare(a.switched?.date ?? ''));
