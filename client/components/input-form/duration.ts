/** ISO durations as their parts, years to seconds, and back. Pure. */
export const durationUnits = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const;
export type DurationUnit = (typeof durationUnits)[number];
export type DurationParts = Readonly<Partial<Record<DurationUnit, number>>>;

const shape = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

/** Undefined for a text that is no duration. */
export function durationParts(text: string): DurationParts | undefined {
  const match = shape.exec(text.trim());
  if (match === null || /[PT]$/i.test(text.trim())) return undefined;
  const parts: Partial<Record<DurationUnit, number>> = {};
  for (const [index, unit] of durationUnits.entries()) {
    const found = match[index + 1];
    if (found !== undefined) parts[unit] = Number(found);
  }
  return parts;
}

/** Empty when all parts are. */
export function durationOf(parts: DurationParts): string {
  const of = (unit: DurationUnit, letter: string): string => ((parts[unit] ?? 0) > 0 ? `${parts[unit]}${letter}` : '');
  const date = of('years', 'Y') + of('months', 'M') + of('weeks', 'W') + of('days', 'D');
  const time = of('hours', 'H') + of('minutes', 'M') + of('seconds', 'S');
  return date === '' && time === '' ? '' : `P${date}${time === '' ? '' : `T${time}`}`;
}
