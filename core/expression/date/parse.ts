// Text to moments by a Java pattern (`existingFormat`).
import { isoFormat, namedPatterns } from './format.ts';
import type { Moment } from './moment.ts';
import { momentOfLocal, parseIso } from './moment.ts';
import { calendarWords } from './names.ts';
import type { PatternToken } from './pattern.ts';
import { parsePattern, PatternProblem } from './pattern.ts';
import type { Zone } from './zone.ts';
import { zoneNamed } from './zone.ts';

/** Where a text is read and in which words. */
export interface ParsingOptions {
  readonly format: string;
  readonly zone: Zone;
  readonly locale: string;
}

/** Reads a date by a pattern or named format; undefined when the text does not fit. Throws PatternProblem for a bad pattern. */
export function parseMoment(text: string, options: ParsingOptions): Moment | undefined {
  const name = options.format.toLowerCase();
  const pattern = namedPatterns.get(name) ?? (name.startsWith('iso_') ? isoFormat : options.format);
  if (name.startsWith('iso')) return parseIso(text, options.zone);
  const parsing: Parsing = { text, at: 0, values: new Map(), zone: undefined, locale: options.locale, pattern: options.format };
  if (!parseTokens(parsing, parsePattern(pattern)) || parsing.at !== text.length) return undefined;
  return momentOf(parsing, options.zone);
}

interface Parsing {
  readonly text: string;
  readonly locale: string;
  readonly pattern: string;
  at: number;
  /** Numbers by letter; months under M, years under y, halves of the day under a. */
  values: Map<string, number>;
  zone: Zone | undefined;
}

function parseTokens(parsing: Parsing, tokens: readonly PatternToken[]): boolean {
  return tokens.every((token, index) => {
    if (token.type === 'literal') {
      if (!parsing.text.startsWith(token.text, parsing.at)) return false;
      parsing.at += token.text.length;
      return true;
    }
    if (token.type === 'optional') {
      const before = { at: parsing.at, values: new Map(parsing.values), zone: parsing.zone };
      if (!parseTokens(parsing, token.tokens)) Object.assign(parsing, before);
      return true;
    }
    const next = tokens[index + 1];
    return parseField(parsing, token.letter, token.count, next?.type === 'field' && isNumeric(next.letter, next.count));
  });
}

function isNumeric(letter: string, count: number): boolean {
  return 'uydDHhKkmsSnAN'.includes(letter) || ('MLQ'.includes(letter) && count <= 2);
}

function parseField(parsing: Parsing, letter: string, count: number, isAdjacent: boolean): boolean {
  switch (letter) {
    case 'y': case 'u': case 'Y':
      return count === 2 ? takeDigits(parsing, 'y', 2, 2, (value) => value + 2000) : takeDigits(parsing, 'y', count, isAdjacent ? count : 9);
    case 'M': case 'L':
      if (count <= 2) return takeDigits(parsing, 'M', count, count === 1 && !isAdjacent ? 2 : count);
      return takeWord(parsing, 'M', calendarWords('months', count === 3 ? 'short' : 'long', parsing.locale), 1) ||
        takeWord(parsing, 'M', calendarWords('monthsInDate', count === 3 ? 'short' : 'long', parsing.locale), 1);
    case 'E': case 'e': case 'c':
      return takeWord(parsing, 'E', calendarWords('weekdays', count === 4 ? 'long' : 'short', parsing.locale), 1);
    case 'a':
      return takeWord(parsing, 'a', calendarWords('meridiems', 'long', parsing.locale), 0);
    case 'd': case 'D': case 'H': case 'h': case 'K': case 'k': case 'm': case 's':
      return takeDigits(parsing, letter, count, count === 1 && !isAdjacent ? 3 : count);
    case 'S':
      return takeDigits(parsing, 'n', count, count, (value) => value * 10 ** (9 - Math.min(9, count)));
    case 'n': case 'A': case 'N':
      return takeDigits(parsing, letter, count, isAdjacent ? count : 19);
    case 'X': case 'x': case 'Z': case 'O':
      return takeZone(parsing, /(?:GMT|UTC)?[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?|Z|GMT|UTC/y);
    case 'V': case 'z':
      return takeZone(parsing, /[A-Za-z][\w/+-]*|[+-]\d{2}(?::?\d{2})?/y);
    case 'G':
      return takeWord(parsing, 'G', calendarWords('eras', count === 4 ? 'long' : 'short', parsing.locale), 0);
    default:
      throw new PatternProblem(`The date pattern \`${parsing.pattern}\` has the letter "${letter}", which can not be read back`);
  }
}

function takeDigits(parsing: Parsing, field: string, countMin: number, countMax: number, convert: (value: number) => number = (value) => value): boolean {
  const digits = /^\d+/.exec(parsing.text.slice(parsing.at, parsing.at + Math.max(countMin, countMax)))?.[0] ?? '';
  if (digits.length < countMin) return false;
  parsing.at += digits.length;
  parsing.values.set(field, convert(Number(digits)));
  return true;
}

function takeWord(parsing: Parsing, field: string, words: readonly string[], firstValue: number): boolean {
  const rest = parsing.text.slice(parsing.at).toLowerCase();
  const index = words.findIndex((word) => rest.startsWith(word.toLowerCase()));
  const word = words[index];
  if (word === undefined) return false;
  parsing.at += word.length;
  parsing.values.set(field, index + firstValue);
  return true;
}

function takeZone(parsing: Parsing, pattern: RegExp): boolean {
  const sticky = new RegExp(pattern.source, 'y');
  sticky.lastIndex = parsing.at;
  const name = sticky.exec(parsing.text)?.[0];
  const zone = name === undefined ? undefined : zoneNamed(name);
  if (name === undefined || zone === undefined) return false;
  parsing.at += name.length;
  parsing.zone = zone;
  return true;
}

function momentOf(parsing: Parsing, zone: Zone): Moment | undefined {
  const { values } = parsing;
  const year = values.get('y');
  const month = values.get('M');
  const dayOfYear = values.get('D');
  if (year === undefined || (month === undefined && dayOfYear === undefined && values.has('d'))) return undefined;
  const half = values.get('a');
  const twelve = values.get('h') ?? values.get('K');
  const hour = values.get('H') ?? (values.has('k') ? (values.get('k') ?? 0) % 24 : twelve === undefined ? 0 : (twelve % 12) + (half === 1 ? 12 : 0));
  const moment = momentOfLocal(
    {
      year,
      month: month ?? 1,
      day: values.get('d') ?? 1,
      hour,
      minute: values.get('m') ?? 0,
      second: values.get('s') ?? 0,
      nanos: values.get('n') ?? 0,
    },
    parsing.zone ?? zone,
  );
  if (moment === undefined || dayOfYear === undefined || month !== undefined) return moment;
  return { ...moment, epochMs: moment.epochMs + (dayOfYear - 1) * 86_400_000 };
}
