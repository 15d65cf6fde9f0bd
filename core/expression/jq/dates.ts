// jq's dates: seconds since 1970 and ISO texts.
import type { Evaluation } from '../evaluation.ts';
import { parseIso } from '../date/moment.ts';
import { formatMoment } from '../date/format.ts';
import { zoneNamed } from '../date/zone.ts';
import type { Builtin, Machine } from './evaluate.ts';
import { ofValues } from './of-values.ts';
import { described, JqError } from './values.ts';

/** The functions on dates. */
export function dateBuiltins(): readonly (readonly [string, Builtin])[] {
  return [
    ['now/0', onInput((machine) => machine.evaluation.world.nowMs() / 1000)],
    ['todateiso8601/0', onInput((machine, input) => toIso(machine.evaluation, input))],
    ['strftime/1', ofValues((evaluation, input, format) => toText(evaluation, input, typeof format === 'string' ? format : ''))],
    ['fromdateiso8601/0', onInput((machine, input) => fromIso(machine.evaluation, input))],
  ];
}

function onInput(apply: (machine: Machine, input: unknown) => unknown): Builtin {
  return (machine, _args, input, emit) => emit({ value: apply(machine, input.value), path: undefined });
}

function toIso(evaluation: Evaluation, input: unknown): string {
  return inPattern(evaluation, input, "yyyy-MM-dd'T'HH:mm:ssXXX");
}

const strftimePatterns: Readonly<Record<string, string>> = {
  Y: 'yyyy', y: 'yy', m: 'MM', d: 'dd', e: 'd', H: 'HH', I: 'hh', M: 'mm', S: 'ss', p: 'a', j: 'DDD', a: 'EEE', A: 'EEEE', b: 'MMM', h: 'MMM', B: 'MMMM',
  F: 'yyyy-MM-dd', T: 'HH:mm:ss', R: 'HH:mm', D: 'MM/dd/yy', Z: "'UTC'", z: 'xx', u: 'e', V: 'ww', G: 'YYYY', n: '\n', t: '\t', '%': "'%'",
};

function toText(evaluation: Evaluation, input: unknown, format: string): string {
  return format.replace(/%(.)/gs, (code: string, letter: string) => {
    const pattern = strftimePatterns[letter];
    if (pattern === undefined) throw new JqError(`strftime does not know ${code}`);
    return inPattern(evaluation, input, pattern);
  });
}

function inPattern(evaluation: Evaluation, input: unknown, pattern: string): string {
  const zone = zoneNamed('UTC');
  if (typeof input !== 'number' || !(Math.abs(input) < 8.64e12) || zone === undefined) throw new JqError(`${described(evaluation, input)} is not a number of seconds`);
  return formatMoment({ epochMs: Math.floor(input) * 1000, nanosOfMs: 0, zone }, pattern, 'en-US');
}

function fromIso(evaluation: Evaluation, input: unknown): number {
  const zone = zoneNamed('UTC');
  const moment = typeof input === 'string' && zone !== undefined ? parseIso(input, zone) : undefined;
  if (moment === undefined) throw new JqError(`${described(evaluation, input)} is not a date`);
  return Math.floor(moment.epochMs / 1000);
}
