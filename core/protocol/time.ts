/** Times are numbers inside (`EpochMs`, `DurationMs`) and ISO text only on the wire. */
import type { Branded } from './ids.ts';

export type EpochMs = Branded<number, 'EpochMs'>;
export type DurationMs = Branded<number, 'DurationMs'>;
export const epochMs = (value: number): EpochMs => value as EpochMs;
export const durationMs = (value: number): DurationMs => value as DurationMs;

let lastMs = Number.NaN;
let lastText = '';
/** ISO-8601 with milliseconds and `Z`. The last text is remembered: events of one batch share a millisecond. */
export function isoText(atMs: number): string {
  if (atMs !== lastMs) {
    lastText = new Date(atMs).toISOString();
    lastMs = atMs;
  }
  return lastText;
}

const durationPattern = /^([+-])?P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:([+-]?\d+(?:\.\d+)?)H)?(?:([+-]?\d+(?:\.\d+)?)M)?(?:([+-]?\d+(?:\.\d+)?)S)?)?$/i;

/** ISO-8601 duration to milliseconds, or undefined when the text is none. A month counts 30 days, a year 365. */
export function parseDurationMs(text: string): DurationMs | undefined {
  const match = durationPattern.exec(text.trim());
  if (match === null || /^[+-]?PT?$/i.test(text.trim())) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const days = part(2) * 365 + part(3) * 30 + part(4) * 7 + part(5);
  const ms = Math.round((((days * 24 + part(6)) * 60 + part(7)) * 60 + part(8)) * 1000);
  return durationMs(match[1] === '-' ? -ms : ms);
}

/** Milliseconds to ISO-8601 duration in hours, minutes and seconds, as Java's `Duration.toString` writes it. */
export function durationText(ms: number): string {
  if (ms === 0) return 'PT0S';
  const sign = ms < 0 ? '-' : '';
  let rest = Math.abs(ms);
  const hours = Math.floor(rest / 3_600_000);
  rest -= hours * 3_600_000;
  const minutes = Math.floor(rest / 60_000);
  rest -= minutes * 60_000;
  const seconds = rest / 1000;
  return `${sign}PT${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds > 0 ? `${seconds}S` : ''}`;
}

const datePattern = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** A date of a query, or undefined when the text is none. A space before a zone is a `+` that an address has eaten; without a zone it is UTC. */
export function parseDateMs(text: string): EpochMs | undefined {
  const repaired = text.trim().replace(/ (\d{2}:?\d{2})$/, (whole, zone: string, at: number) => (at > 10 ? `+${zone}` : whole)).replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T');
  const zoned = /T/.test(repaired) && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(repaired) ? `${repaired}Z` : repaired;
  const ms = datePattern.test(repaired) ? Date.parse(zoned) : Number.NaN;
  return Number.isNaN(ms) ? undefined : epochMs(ms);
}
