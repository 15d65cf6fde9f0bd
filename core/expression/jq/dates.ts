// jq's dates: seconds since 1970, ISO texts, and "broken down" lists [year, month from 0, day, hours, minutes, seconds, weekday, day of the year].
import type { Evaluation } from '../evaluation.ts';
import { spend } from '../evaluation.ts';
import type { Moment } from '../date/moment.ts';
import { fieldsOf, momentOfLocal, parseIso } from '../date/moment.ts';
import { formatMoment } from '../date/format.ts';
import { parseMoment } from '../date/parse.ts';
import type { Zone } from '../date/zone.ts';
import { zoneNamed } from '../date/zone.ts';
import { isList } from '../value/kinds.ts';
import type { Builtin, Machine } from './evaluate.ts';
import { ofValues } from './of-values.ts';
import { described, JqError, normal } from './values.ts';

/** The functions on dates. `localtime` and `strflocaltime` see the world's time zone. */
export function dateBuiltins(): readonly (readonly [string, Builtin])[] {
  return [
    ['now/0', onInput((machine) => machine.evaluation.world.nowMs() / 1000)],
    ['todateiso8601/0', onInput((machine, input) => formatMoment(momentFrom(machine.evaluation, input, utc()), "yyyy-MM-dd'T'HH:mm:ssXXX", 'en-US'))],
    ['fromdateiso8601/0', onInput((machine, input) => fromIso(machine.evaluation, input))],
    ['strftime/1', ofValues((evaluation, input, format) => toText(evaluation, momentFrom(evaluation, input, utc()), format))],
    ['strflocaltime/1', ofValues((evaluation, input, format) => toText(evaluation, momentFrom(evaluation, input, local(evaluation)), format))],
    ['strptime/1', ofValues((evaluation, input, format) => brokenDown(fromText(evaluation, input, format)))],
    ['mktime/0', onInput((machine, input) => (isList(input) ? Math.floor(momentFrom(machine.evaluation, input, utc()).epochMs / 1000) : refused(machine.evaluation, input, 'a broken down time')))],
    ['gmtime/0', onInput((machine, input) => brokenDown(momentFrom(machine.evaluation, input, utc())))],
    ['localtime/0', onInput((machine, input) => brokenDown(momentFrom(machine.evaluation, input, local(machine.evaluation))))],
  ];
}

function onInput(apply: (machine: Machine, input: unknown) => unknown): Builtin {
  return (machine, _args, input, emit) => {
    spend(machine.evaluation, 20);
    emit({ value: apply(machine, input.value), path: undefined });
  };
}

function utc(): Zone {
  return zone('UTC');
}

function local(evaluation: Evaluation): Zone {
  return zone(evaluation.world.defaultTimeZone ?? 'UTC');
}

function zone(name: string): Zone {
  const found = zoneNamed(name);
  if (found === undefined) throw new JqError(`There is no time zone ${name}`);
  return found;
}

function refused(evaluation: Evaluation, value: unknown, expected: string): never {
  throw new JqError(`${described(evaluation, value)} is not ${expected}`);
}

/** The moment of seconds since 1970, or of a broken down time in UTC. */
function momentFrom(evaluation: Evaluation, input: unknown, zone: Zone): Moment {
  if (typeof input === 'number' && Math.abs(input) < 8.64e12) return { epochMs: Math.floor(input) * 1000, nanosOfMs: 0, zone };
  if (!isList(input)) return refused(evaluation, input, 'a number of seconds or a broken down time');
  const [year, month, day, hour = 0, minute = 0, second = 0] = input.map(normal);
  const numbers = [year, month, day, hour, minute, second].map((part) => (typeof part === 'number' ? Math.floor(part) : refused(evaluation, input, 'a broken down time')));
  const [y = 0, m = 0, d = 1, h = 0, min = 0, s = 0] = numbers;
  const moment = momentOfLocal({ year: y, month: m + 1, day: d, hour: h, minute: min, second: Math.min(s, 59), nanos: 0 }, utc());
  return moment === undefined ? refused(evaluation, input, 'a date') : { ...moment, zone };
}

function brokenDown(moment: Moment): readonly number[] {
  const { year, month, day, hour, minute, second, weekday, dayOfYear } = fieldsOf(moment);
  return [year, month - 1, day, hour, minute, second, weekday % 7, dayOfYear - 1];
}

const strftimePatterns: Readonly<Record<string, string>> = {
  Y: 'yyyy', y: 'yy', m: 'MM', d: 'dd', e: 'd', H: 'HH', I: 'hh', M: 'mm', S: 'ss', p: 'a', j: 'DDD', a: 'EEE', A: 'EEEE', b: 'MMM', h: 'MMM', B: 'MMMM',
  F: 'yyyy-MM-dd', T: 'HH:mm:ss', R: 'HH:mm', D: 'MM/dd/yy', c: 'EEE MMM d HH:mm:ss yyyy', Z: 'zzz', z: 'xx', u: 'e', V: 'ww', G: 'YYYY', n: '\n', t: '\t', '%': "'%'",
};

/** A pattern of strftime in the letters of the room's own patterns; what is no code is quoted. */
function patternOf(format: unknown): string {
  if (typeof format !== 'string') throw new JqError('A date format is a string');
  return format.replace(/%(.)|[^%]+/gs, (piece: string, letter?: string) => {
    if (letter === undefined) return piece.replace(/[A-Za-z'[\]{}#]+/g, (text) => `'${text.replaceAll("'", "''")}'`);
    return strftimePatterns[letter] ?? unknownCode(piece);
  });
}

function unknownCode(code: string): never {
  throw new JqError(`The date format does not know ${code}`);
}

function toText(evaluation: Evaluation, moment: Moment, format: unknown): string {
  spend(evaluation, 20);
  // %s is a number and has no letter of its own.
  const withSeconds = typeof format === 'string' ? format.replaceAll('%s', String(Math.floor(moment.epochMs / 1000))) : format;
  return formatMoment(moment, patternOf(withSeconds), 'en-US');
}

function fromText(evaluation: Evaluation, input: unknown, format: unknown): Moment {
  spend(evaluation, 20);
  if (typeof input !== 'string') return refused(evaluation, input, 'a string with a date');
  const pattern = patternOf(format).replace('xx', 'XX').replace('zzz', 'X');
  return parseMoment(input, { format: pattern, zone: utc(), locale: 'en-US' }) ?? refused(evaluation, input, `a date in the format ${String(format)}`);
}

function fromIso(evaluation: Evaluation, input: unknown): number {
  const moment = typeof input === 'string' ? parseIso(input, utc()) : undefined;
  return moment === undefined ? refused(evaluation, input, 'a date') : Math.floor(moment.epochMs / 1000);
}
