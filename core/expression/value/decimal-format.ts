// Java's DecimalFormat patterns: `#.##`, `#,##0.00`, `0%`, `'#'0`; half-even rounding, signs and separators of English.
import type { NumberValue } from './numbers.ts';
import { numberText, toNumber } from './numbers.ts';

interface Layout {
  readonly prefix: string;
  readonly suffix: string;
  readonly integerDigitsMin: number;
  readonly fractionDigitsMin: number;
  readonly fractionDigitsMax: number;
  readonly groupSize: number;
  readonly scale: number;
}

/** The number in a pattern; undefined when the pattern makes no sense. */
export function formatDecimal(value: NumberValue, pattern: string): string | undefined {
  const [positive = '', negative] = splitUnquoted(pattern);
  const layout = layoutOf(positive);
  if (layout === undefined) return undefined;
  const number = toNumber(value);
  if (Number.isNaN(number)) return 'NaN';
  const isNegative = number < 0;
  const digits = Number.isFinite(number) ? digitsOf(value, layout) : '∞';
  const isZero = !/[1-9∞]/.test(digits);
  if (!isNegative || isZero) return layout.prefix + digits + layout.suffix;
  const negativeLayout = negative === undefined ? undefined : layoutOf(negative);
  if (negativeLayout !== undefined) return negativeLayout.prefix + digits + negativeLayout.suffix;
  return `-${layout.prefix}${digits}${layout.suffix}`;
}

function splitUnquoted(pattern: string): readonly string[] {
  const parts = [''];
  let quoted = false;
  for (const character of pattern) {
    if (character === "'") quoted = !quoted;
    if (character === ';' && !quoted) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts;
}

function layoutOf(pattern: string): Layout | undefined {
  const match = /^((?:'[^']*'|[^#0,.'])*)([#0,]*(?:\.[#0]*)?)((?:'[^']*'|[^#0,.'])*)$/.exec(pattern);
  if (match === null) return undefined;
  const [, prefix = '', number = '', suffix = ''] = match;
  const [integer = '', fraction = ''] = number.split('.');
  if (number === '' || fraction.includes('0', fraction.indexOf('#') === -1 ? fraction.length : fraction.indexOf('#'))) return undefined;
  const affixes = prefix + suffix;
  return {
    prefix: unquoted(prefix),
    suffix: unquoted(suffix),
    integerDigitsMin: integer.replace(/[^0]/g, '').length,
    fractionDigitsMin: fraction.replace(/[^0]/g, '').length,
    fractionDigitsMax: fraction.length,
    groupSize: integer.includes(',') ? integer.length - 1 - integer.lastIndexOf(',') : 0,
    scale: affixes.includes('%') ? 2 : affixes.includes('‰') ? 3 : 0,
  };
}

function unquoted(text: string): string {
  return text.replace(/'([^']*)'/g, (_all, inner: string) => (inner === '' ? "'" : inner)).replaceAll('¤', '$');
}

function digitsOf(value: NumberValue, layout: Layout): string {
  const { integer, fraction } = rounded(plainDigits(value), layout.scale, layout.fractionDigitsMax);
  const kept = fraction.replace(/0+$/, '').padEnd(layout.fractionDigitsMin, '0');
  let whole = integer.replace(/^0+/, '').padStart(layout.integerDigitsMin, '0');
  if (whole === '' && kept === '') whole = '0';
  const grouped = layout.groupSize > 0 ? whole.replace(new RegExp(`\\B(?=(?:\\d{${layout.groupSize}})+$)`, 'g'), ',') : whole;
  return kept === '' ? grouped : `${grouped}.${kept}`;
}

/** The digits without sign and exponent. */
function plainDigits(value: NumberValue): { readonly integer: string; readonly fraction: string } {
  const [mantissa = '0', exponent = '0'] = numberText(value).toUpperCase().split('E');
  const [integer = '0', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.');
  return moved(integer, fraction, Number(exponent));
}

/** Moves the decimal point to the right. */
function moved(integer: string, fraction: string, places: number): { readonly integer: string; readonly fraction: string } {
  if (places >= 0) {
    const padded = fraction.padEnd(places, '0');
    return { integer: integer + padded.slice(0, places), fraction: padded.slice(places) };
  }
  const padded = integer.padStart(-places + 1, '0');
  return { integer: padded.slice(0, places), fraction: padded.slice(places) + fraction };
}

function rounded(digits: { readonly integer: string; readonly fraction: string }, scale: number, fractionDigitsMax: number): { readonly integer: string; readonly fraction: string } {
  const { integer, fraction } = moved(digits.integer, digits.fraction, scale);
  if (fraction.length <= fractionDigitsMax) return { integer, fraction };
  const kept = integer + fraction.slice(0, fractionDigitsMax);
  const rest = fraction.slice(fractionDigitsMax);
  const isHalf = /^50*$/.test(rest);
  const roundsUp = isHalf ? Number(kept.slice(-1)) % 2 === 1 : rest >= '5';
  const result = (BigInt(kept) + (roundsUp ? 1n : 0n)).toString().padStart(fractionDigitsMax + 1, '0');
  return { integer: result.slice(0, result.length - fractionDigitsMax), fraction: result.slice(result.length - fractionDigitsMax) };
}
