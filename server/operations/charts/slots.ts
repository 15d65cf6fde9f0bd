/** Slots of time for charts: minutes, hours, days or weeks by the length of the range. Days begin at midnight of the server's zone, as its counters do. Pure. */
import { isoText } from '../../../core/protocol/time.ts';

export interface Slots {
  readonly unit: 'minute' | 'hour' | 'day' | 'week';
  /** Starts of the slots and, last, the end of the last one. Ascending. */
  readonly bounds: readonly number[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The steps that a reader knows; the first that gives at most so many slots. */
const slotsMax = 62;
const steps = [minuteMs, 5 * minuteMs, 15 * minuteMs, 30 * minuteMs, hourMs, 3 * hourMs];

export function slotsOf(startMs: number, endMs: number, dayOf: (atMs: number) => string): Slots {
  const span = Math.max(minuteMs, endMs - startMs);
  const step = steps.find((one) => span / one <= slotsMax);
  if (step !== undefined && span <= 3 * dayMs) {
    const bounds: number[] = [];
    for (let at = Math.floor(startMs / step) * step; at < endMs; at += step) bounds.push(at);
    bounds.push((bounds[bounds.length - 1] ?? startMs) + step);
    return { unit: step < hourMs ? 'minute' : 'hour', bounds };
  }
  const days = dayStarts(startMs, endMs, dayOf);
  if (days.length - 1 <= slotsMax) return { unit: 'day', bounds: days };
  // Weeks end with the last day, so that the newest bar is a whole one.
  const last = days.length - 1;
  const bounds = days.filter((_, index) => (last - index) % 7 === 0);
  return { unit: 'week', bounds: bounds[0] === days[0] ? bounds : [days[0] ?? startMs, ...bounds] };
}

/** Midnights from the day of the start to the one after the end. A day may have 23 or 25 hours, so each is looked for. */
function dayStarts(startMs: number, endMs: number, dayOf: (atMs: number) => string): readonly number[] {
  const starts: number[] = [];
  let at = midnightOf(startMs, dayOf);
  while (at <= endMs) {
    starts.push(at);
    // The next midnight is 23 to 25 hours away, so 36 hours on is always within the next day.
    at = midnightOf(at + 36 * hourMs, dayOf);
  }
  starts.push(at);
  return starts;
}

const quarterMs = 15 * minuteMs;
function midnightOf(atMs: number, dayOf: (atMs: number) => string): number {
  const day = dayOf(atMs);
  let low = Math.floor(atMs / quarterMs) * quarterMs - 26 * hourMs;
  let high = Math.floor(atMs / quarterMs) * quarterMs;
  // The first quarter hour of that day: before it the day is another.
  while (high - low > quarterMs) {
    const middle = Math.floor((low + high) / 2 / quarterMs) * quarterMs;
    if (dayOf(middle) === day) high = middle;
    else low = middle;
  }
  return high;
}

/** The slot of a moment, or undefined outside. */
export function slotAt({ bounds }: Slots, atMs: number): number | undefined {
  if (atMs < (bounds[0] ?? 0) || atMs >= (bounds[bounds.length - 1] ?? 0)) return undefined;
  let low = 0;
  let high = bounds.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) <= atMs) low = middle;
    else high = middle;
  }
  return low;
}

/** The slots as the API shows them, each with what `of` says of it. */
export const shownSlots = <Figures extends object>({ bounds }: Slots, of: (index: number) => Figures): readonly (Figures & { readonly start: string; readonly end: string })[] =>
  bounds.slice(0, -1).map((start, index) => ({ start: isoText(start), end: isoText(bounds[index + 1] ?? start), ...of(index) }));
