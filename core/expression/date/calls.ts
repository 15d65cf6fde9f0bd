// What the date filters and functions share: reading their input and arguments.
import type { Call } from '../call.ts';
import { optionalText, refuse } from '../call.ts';
import { spend } from '../evaluation.ts';
import { kindOf } from '../value/kinds.ts';
import { isNumber, toNumber } from '../value/numbers.ts';
import { formatMoment, isoFormat } from './format.ts';
import type { Moment } from './moment.ts';
import { parseIso } from './moment.ts';
import { parseMoment } from './parse.ts';
import { PatternProblem } from './pattern.ts';
import type { Zone } from './zone.ts';
import { zoneNamed } from './zone.ts';

/** Arguments that every date filter takes, in this order. */
export const dateParameters = ['format', 'timeZone', 'existingFormat', 'locale'] as const;

/** The zone of the argument `timeZone`, else the world's, else UTC. */
export function zoneOf(call: Call): Zone {
  const name = optionalText(call, 'timeZone') ?? call.evaluation.world.defaultTimeZone ?? 'UTC';
  return zoneNamed(name) ?? refuse(call, `does not know the time zone \`${name}\``);
}

/** Reads a date: ISO text, text in `existingFormat`, seconds since 1970, or a Date. It is seen in the zone of the call. */
export function momentOf(input: unknown, call: Call): Moment {
  const zone = zoneOf(call);
  // Asking a named zone for its offset goes through ICU.
  spend(call.evaluation, zone.type === 'iana' ? 60 : 10);
  if (typeof input === 'string') return { ...momentOfText(input, zone, call), zone };
  if (isNumber(input)) return momentAt(Math.round(toNumber(input) * 1e6) / 1e3, zone, call);
  if (input instanceof Date) return momentAt(input.getTime(), zone, call);
  return refuse(call, `expects a date as text, seconds since 1970 or a date, found ${kindOf(input)}`);
}

/** The moment of milliseconds since 1970. */
export function momentAt(epochMs: number, zone: Zone, call: Call): Moment {
  const wholeMs = Math.floor(epochMs);
  if (!(Math.abs(wholeMs) <= 8.64e15)) return refuse(call, 'met a date outside of the calendar');
  return { epochMs: wholeMs, nanosOfMs: Math.round((epochMs - wholeMs) * 1e3) * 1e3 % 1e6, zone };
}

function momentOfText(text: string, zone: Zone, call: Call): Moment {
  const format = optionalText(call, 'existingFormat');
  const moment = format === undefined ? parseIso(text, zone) : withPattern(call, () => parseMoment(text, { format, zone, locale: localeOf(call) }));
  if (moment !== undefined) return moment;
  const expected = format === undefined ? 'an ISO date such as 2024-05-31 or 2024-05-31T10:00:00Z (or give existingFormat)' : `the format \`${format}\``;
  return refuse(call, `can not read the date \`${text}\`; expected ${expected}`);
}

/** The moment as text in the argument `format`, default ISO with microseconds. */
export function formatted(moment: Moment, call: Call): string {
  const format = optionalText(call, 'format') ?? isoFormat;
  spend(call.evaluation, 8 + format.length);
  return withPattern(call, () => formatMoment(moment, format, localeOf(call)));
}

function localeOf(call: Call): string {
  return (optionalText(call, 'locale') ?? 'en-US').replace(/_/g, '-');
}

function withPattern<Result>(call: Call, run: () => Result): Result {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof PatternProblem) return refuse(call, `failed: ${thrown.message}`);
    if (thrown instanceof RangeError && /locale|language tag/i.test(thrown.message)) return refuse(call, `does not know the locale \`${localeOf(call)}\``);
    throw thrown;
  }
}
