import type { TriggerCalendar } from '../../../../core/protocol/operations/triggers.ts';
import { flows, triggers } from '../../../../core/protocol/operations/index.ts';
import { given, triggerQuery } from '../../list-query.ts';
import type { PageContext } from '../../page.ts';
import { createZone, dayText } from './zone-days.ts';

export interface CalendarData {
  readonly calendar: TriggerCalendar;
  readonly span: 'week' | 'day';
  /** The first moment of each day that is shown. */
  readonly days: readonly number[];
  /** `2026-11-23` of the page before, of the one after, and of today. */
  readonly before: string;
  readonly after: string;
  readonly today: string;
  readonly namespaces: readonly string[];
}

/** What to ask for: also used by the live page, which asks again. */
export function calendarInput(query: URLSearchParams, days: readonly number[], endMs: number) {
  const { q, state, namespace, flowId } = triggerQuery(query);
  return { from: new Date(days[0] ?? 0).toISOString(), to: new Date(endMs).toISOString(), ...given({ q, state, namespace, flowId }) };
}

export function shownDays(query: URLSearchParams, zone: string, nowMs: number): { readonly span: 'week' | 'day'; readonly days: readonly number[]; readonly endMs: number } {
  const { startOfDay, startOfWeek, addDays, dayOf } = createZone(zone);
  const span = query.get('span') === 'day' ? 'day' : 'week';
  const at = dayOf(query.get('date') ?? '') ?? nowMs;
  const first = span === 'day' ? startOfDay(at) : startOfWeek(at);
  const count = span === 'day' ? 1 : 7;
  return { span, days: Array.from({ length: count }, (_, index) => addDays(first, index)), endMs: addDays(first, count) - 1 };
}

export async function loadCalendar({ ask, query, zone, nowMs }: Pick<PageContext, 'ask' | 'query' | 'zone' | 'nowMs'>): Promise<CalendarData> {
  const { wall, addDays } = createZone(zone);
  const { span, days, endMs } = shownDays(query, zone, nowMs);
  const [calendar, namespaces] = await Promise.all([ask(triggers.triggersCalendar, calendarInput(query, days, endMs)), ask(flows.flowsNamespaces, {})]);
  const step = span === 'day' ? 1 : 7;
  const first = days[0] ?? nowMs;
  return { calendar, span, days, before: dayText(wall(addDays(first, -step))), after: dayText(wall(addDays(first, step))), today: dayText(wall(nowMs)), namespaces };
}
