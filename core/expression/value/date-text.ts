// Dates that are JavaScript Date objects, as text.

/** An instant as ISO text with milliseconds; an invalid one prints as such instead of throwing. */
export function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'Invalid Date' : date.toISOString();
}
