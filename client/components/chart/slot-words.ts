/** A slot of a chart in words, in the reader's zone. Pure. */
import type { Chart, ChartSlot } from '../../../core/protocol/operations/charts.ts';
import { safeZone } from '../time/words.ts';

const shape: Readonly<Record<Chart<ChartSlot>['slot'], { readonly long: Intl.DateTimeFormatOptions; readonly short: Intl.DateTimeFormatOptions }>> = {
  minute: { long: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, short: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } },
  hour: { long: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, short: { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } },
  day: { long: { weekday: 'short', day: 'numeric', month: 'short' }, short: { day: 'numeric', month: 'short' } },
  week: { long: { day: 'numeric', month: 'short', year: 'numeric' }, short: { day: 'numeric', month: 'short' } },
};

export function slotWords(unit: Chart<ChartSlot>['slot'], slot: ChartSlot, zone: string): { readonly title: string; readonly short: string } {
  const of = (options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat('en-GB', { ...options, timeZone: safeZone(zone) }).format(Date.parse(slot.start)).replace(',', '');
  const { long, short } = shape[unit];
  return { title: unit === 'week' ? `week from ${of(long)}` : of(long), short: of(short) };
}
