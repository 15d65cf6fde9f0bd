/** Days and hours of a time zone, by Intl alone: the calendar is drawn on both sides. Pure. */
export interface WallClock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
}

const dayMs = 86_400_000;

export function createZone(zone: string): { readonly wall: (ms: number) => WallClock; readonly startOfDay: (ms: number) => number; readonly addDays: (startMs: number, days: number) => number; readonly startOfWeek: (ms: number) => number; readonly dayOf: (text: string) => number | undefined } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' });
  const wall = (ms: number): WallClock => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return { year, month, day, hour, minute, weekday: ((new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7) + 1 };
  };
  const midnight = (year: number, month: number, day: number): number => {
    const wanted = Date.UTC(year, month - 1, day);
    // The offset at midnight may differ from the one in the middle of the day: a second look settles it.
    let at = wanted;
    for (let round = 0; round < 3; round += 1) {
      const shown = wall(at);
      const off = Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute) - wanted;
      if (off === 0) break;
      at -= off;
    }
    return at;
  };
  const startOfDay = (ms: number): number => {
    const { year, month, day } = wall(ms);
    return midnight(year, month, day);
  };
  const addDays = (startMs: number, days: number): number => startOfDay(startMs + days * dayMs + dayMs / 2);
  return {
    wall, startOfDay, addDays,
    startOfWeek: (ms) => {
      const start = startOfDay(ms);
      return addDays(start, 1 - wall(start).weekday);
    },
    dayOf: (text) => {
      const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
      return match === null ? undefined : midnight(Number(match[1]), Number(match[2]), Number(match[3]));
    },
  };
}

export const dayText = ({ year, month, day }: Pick<WallClock, 'year' | 'month' | 'day'>): string => `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
