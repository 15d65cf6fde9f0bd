// Moments to text: by a Java pattern, by one of the named formats, or in the style of a locale.
import type { Fields, Moment } from './moment.ts';
import { fieldsOf } from './moment.ts';
import { calendarWords, styledFormat } from './names.ts';
import type { PatternToken } from './pattern.ts';
import { parsePattern, PatternProblem } from './pattern.ts';
import { offsetText } from './zone.ts';

/** The default format. */
export const isoFormat = "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX";

/** Named formats that are patterns. */
export const namedPatterns: ReadonlyMap<string, string> = new Map([
  ['iso', isoFormat],
  ['iso_sec', "yyyy-MM-dd'T'HH:mm:ssXXX"],
  ['sql', 'yyyy-MM-dd HH:mm:ss.SSSSSS'],
  ['sql_seq', 'yyyy-MM-dd HH:mm:ss'],
]);

/** Named formats whose length depends on the value; names are lower case. */
const namedFormats: ReadonlyMap<string, (moment: Moment, fields: Fields) => string> = new Map([
  ['iso_date_time', (moment, f) => `${localDate(f)}T${localTime(f)}${offset(f)}${zoneSuffix(moment)}`],
  ['iso_zoned_date_time', (moment, f) => `${localDate(f)}T${localTime(f)}${offset(f)}${zoneSuffix(moment)}`],
  ['iso_offset_date_time', (_moment, f) => `${localDate(f)}T${localTime(f)}${offset(f)}`],
  ['iso_date', (_moment, f) => localDate(f) + offset(f)],
  ['iso_time', (_moment, f) => localTime(f) + offset(f)],
  ['iso_local_date', (_moment, f) => localDate(f)],
  ['iso_local_time', (_moment, f) => localTime(f)],
  ['iso_local_date_time', (_moment, f) => `${localDate(f)}T${localTime(f)}`],
  ['iso_offset_time', (_moment, f) => localTime(f) + offset(f)],
  ['iso_ordinal_date', (_moment, f) => `${padded(f.year, 4)}-${padded(f.dayOfYear, 3)}${offset(f)}`],
  ['iso_week_date', (_moment, f) => `${padded(f.weekYear, 4)}-W${padded(f.week, 2)}-${f.weekday}${offset(f)}`],
  ['iso_instant', (moment) => instantText(moment)],
  ['rfc_1123_date_time', (_moment, f) => rfc1123(f)],
]);

const styles = ['full', 'long', 'medium', 'short'] as const;

/** Formats a moment; throws PatternProblem for a pattern that makes no sense and RangeError for a locale that is none. */
export function formatMoment(moment: Moment, format: string, locale: string): string {
  const name = format.toLowerCase();
  const named = namedFormats.get(name);
  if (named !== undefined) return named(moment, fieldsOf(moment));
  const style = styles.find((candidate) => candidate === name);
  if (style !== undefined) return styledText(moment, style, locale);
  const tokens = parsePattern(namedPatterns.get(name) ?? format);
  const fields = fieldsOf(moment);
  return formatTokens(tokens, { moment, fields, locale, pattern: format });
}

interface Formatting {
  readonly moment: Moment;
  readonly fields: Fields;
  readonly locale: string;
  readonly pattern: string;
}

function formatTokens(tokens: readonly PatternToken[], formatting: Formatting): string {
  return tokens
    .map((token) => {
      if (token.type === 'literal') return token.text;
      return token.type === 'optional' ? formatTokens(token.tokens, formatting) : formatField(token.letter, token.count, formatting);
    })
    .join('');
}

function formatField(letter: string, count: number, formatting: Formatting): string {
  const { fields, locale, moment } = formatting;
  switch (letter) {
    case 'u': case 'y': return yearText(fields.year, count);
    case 'Y': return yearText(fields.weekYear, count);
    case 'M': return monthText(fields.month, count, 'monthsInDate', locale);
    case 'L': return monthText(fields.month, count, 'months', locale);
    case 'd': return padded(fields.day, count);
    case 'D': return padded(fields.dayOfYear, count);
    case 'E': return weekdayText(fields.weekday, count, locale);
    case 'e': case 'c': return count <= 2 ? padded(fields.weekday, count) : weekdayText(fields.weekday, count, locale);
    case 'a': return calendarWords('meridiems', 'long', locale)[fields.hour < 12 ? 0 : 1] ?? '';
    case 'H': return padded(fields.hour, count);
    case 'h': return padded(fields.hour % 12 || 12, count);
    case 'K': return padded(fields.hour % 12, count);
    case 'k': return padded(fields.hour || 24, count);
    case 'm': return padded(fields.minute, count);
    case 's': return padded(fields.second, count);
    case 'S': return padded(fields.nanos, 9).padEnd(count, '0').slice(0, count);
    case 'n': return padded(fields.nanos, count);
    case 'A': return padded(millisOfDay(fields), count);
    case 'N': return padded(BigInt(millisOfDay(fields)) * 1_000_000n + BigInt(fields.nanos % 1e6), count);
    case 'Q': case 'q': return quarterText(Math.ceil(fields.month / 3), count);
    case 'w': return padded(fields.week, count);
    case 'W': return padded(Math.ceil(fields.day / 7), count);
    case 'F': return padded(Math.ceil(fields.day / 7), count);
    case 'G': return eraText(fields.year, count, locale);
    case 'V': return moment.zone.name === 'UTC' && fields.offsetMinutes === 0 ? 'UTC' : zoneId(moment);
    case 'z': return moment.zone.offsetName(moment.epochMs, { format: count >= 4 ? 'long' : 'short', locale }) ?? offset(fields);
    case 'O': return localizedOffset(fields.offsetMinutes, count);
    case 'X': return offsetText(fields.offsetMinutes, count, true);
    case 'x': return offsetText(fields.offsetMinutes, count, false);
    case 'Z': return count === 4 ? localizedOffset(fields.offsetMinutes, 4) : count === 5 ? offsetText(fields.offsetMinutes, 3, true) : offsetText(fields.offsetMinutes, 2, false);
    default: throw new PatternProblem(`The date pattern \`${formatting.pattern}\` has the unknown letter "${letter}"; quote text with '`);
  }
}

function padded(value: number | bigint, width: number): string {
  const text = value.toString();
  return text.startsWith('-') ? `-${text.slice(1).padStart(width, '0')}` : text.padStart(width, '0');
}

function yearText(year: number, count: number): string {
  return count === 2 ? padded(((year % 100) + 100) % 100, 2) : padded(year, count);
}

function monthText(month: number, count: number, kind: 'months' | 'monthsInDate', locale: string): string {
  if (count <= 2) return padded(month, count);
  return calendarWords(kind, count === 3 ? 'short' : count === 4 ? 'long' : 'narrow', locale)[month - 1] ?? '';
}

function weekdayText(weekday: number, count: number, locale: string): string {
  return calendarWords('weekdaysInDate', count <= 3 ? 'short' : count === 4 ? 'long' : 'narrow', locale)[weekday - 1] ?? '';
}

function quarterText(quarter: number, count: number): string {
  if (count <= 2) return padded(quarter, count);
  return count === 3 ? `Q${quarter}` : `${quarter}${['st', 'nd', 'rd', 'th'][quarter - 1] ?? 'th'} quarter`;
}

function eraText(year: number, count: number, locale: string): string {
  return calendarWords('eras', count === 4 ? 'long' : 'short', locale)[year > 0 ? 1 : 0] ?? '';
}

function millisOfDay(fields: Fields): number {
  return ((fields.hour * 60 + fields.minute) * 60 + fields.second) * 1000 + Math.floor(fields.nanos / 1e6);
}

function localizedOffset(offsetMinutes: number, count: number): string {
  if (offsetMinutes === 0) return 'GMT';
  if (count === 4) return `GMT${offsetText(offsetMinutes, 3, false)}`;
  return `GMT${offsetText(offsetMinutes, 3, false).replace(/^([+-])0/, '$1').replace(/:00$/, '')}`;
}

function localDate(fields: Fields): string {
  return `${padded(fields.year, 4)}-${padded(fields.month, 2)}-${padded(fields.day, 2)}`;
}

function localTime(fields: Fields): string {
  const fraction = padded(fields.nanos, 9).replace(/0+$/, '');
  return `${padded(fields.hour, 2)}:${padded(fields.minute, 2)}:${padded(fields.second, 2)}${fraction === '' ? '' : `.${fraction}`}`;
}

function offset(fields: Fields): string {
  return offsetText(fields.offsetMinutes, 3, true);
}

function zoneId(moment: Moment): string {
  return moment.zone.type === 'fixed' ? offsetText(moment.zone.offset(moment.epochMs), 3, true) : moment.zone.name;
}

function zoneSuffix(moment: Moment): string {
  if (moment.zone.type === 'fixed') return moment.zone.offset(moment.epochMs) === 0 ? '[UTC]' : '';
  return `[${moment.zone.name}]`;
}

/** ISO_INSTANT: the fraction has 0, 3, 6 or 9 digits. */
function instantText(moment: Moment): string {
  const text = new Date(moment.epochMs).toISOString();
  const nanos = padded((((moment.epochMs % 1000) + 1000) % 1000) * 1e6 + moment.nanosOfMs, 9);
  const digitCount = nanos === '000000000' ? 0 : nanos.endsWith('000000') ? 3 : nanos.endsWith('000') ? 6 : 9;
  return text.slice(0, text.indexOf('.')) + (digitCount === 0 ? '' : `.${nanos.slice(0, digitCount)}`) + 'Z';
}

function rfc1123(fields: Fields): string {
  const weekday = weekdayText(fields.weekday, 3, 'en-US');
  const month = calendarWords('months', 'short', 'en-US')[fields.month - 1] ?? '';
  const time = `${padded(fields.hour, 2)}:${padded(fields.minute, 2)}:${padded(fields.second, 2)}`;
  return `${weekday}, ${fields.day} ${month} ${padded(fields.year, 4)} ${time} ${fields.offsetMinutes === 0 ? 'GMT' : offsetText(fields.offsetMinutes, 2, false)}`;
}

function styledText(moment: Moment, style: (typeof styles)[number], locale: string): string {
  const isFixed = moment.zone.type === 'fixed';
  // Intl knows no fixed offsets: the clock is moved instead, and its style is one that prints no zone.
  const shownMs = isFixed ? moment.epochMs + moment.zone.offset(moment.epochMs) * 60_000 : moment.epochMs;
  const timeStyle = isFixed && moment.zone.offset(moment.epochMs) !== 0 && style !== 'short' ? 'medium' : style;
  return styledFormat(locale, style, timeStyle, isFixed ? 'UTC' : moment.zone.name).format(new Date(shownMs));
}
