/** Spans that people name: today, the previous week. In the browser's own zone; a week begins on Monday. Pure but for the zone. */

export interface NamedRange {
  readonly name: string;
  readonly startMs: number;
  /** The last millisecond of it. */
  readonly endMs: number;
}

export function namedRanges(nowMs: number): readonly NamedRange[] {
  const now = new Date(nowMs);
  const day = (offset: number): number => new Date(now.getFullYear(), now.getMonth(), now.getDate() + offset).getTime();
  const monday = -((now.getDay() + 6) % 7);
  const month = (offset: number): number => new Date(now.getFullYear(), now.getMonth() + offset, 1).getTime();
  const year = (offset: number): number => new Date(now.getFullYear() + offset, 0, 1).getTime();
  const range = (name: string, startMs: number, afterMs: number): NamedRange => ({ name, startMs, endMs: afterMs - 1 });
  return [
    range('Today', day(0), day(1)), range('Yesterday', day(-1), day(0)), range('Day before yesterday', day(-2), day(-1)),
    range('This week', day(monday), day(monday + 7)), range('Previous week', day(monday - 7), day(monday)),
    range('This month', month(0), month(1)), range('Previous month', month(-1), month(0)),
    range('This year', year(0), year(1)), range('Previous year', year(-1), year(0)),
    range('Today so far', day(0), nowMs + 1), range('This week so far', day(monday), nowMs + 1), range('This month so far', month(0), nowMs + 1), range('This year so far', year(0), nowMs + 1),
  ];
}
