// Filters on numbers.
import type { Call, Filter } from '../call.ts';
import { optionalText, refuse, requiredText } from '../call.ts';
import { integerBitsMax } from '../limits.ts';
import { formatDecimal } from '../value/decimal-format.ts';
import { kindOf } from '../value/kinds.ts';
import type { NumberValue } from '../value/numbers.ts';
import { arithmetic, compareNumbers, Decimal, doubleOf, doubleText, integerLiteral, integerOf, isNumber, numberText } from '../value/numbers.ts';
import { notNull } from './input.ts';

/** Filters on numbers, by name. */
export const numberFilters = {
  abs: { parameters: [], doc: 'The number without its sign.', apply: notNull((input, call) => absolute(numberInput(input, call))) },
  number: { parameters: ['type'], doc: 'The number that a text writes; type INT, LONG, FLOAT, DOUBLE, BIGDECIMAL or BIGINTEGER.', apply: notNull(toNumberOfType) },
  numberFormat: { parameters: ['format'], doc: 'Writes a number in a Java pattern such as "#,##0.00".', apply: notNull((input, call) => formatted(numberInput(input, call), call)) },
} satisfies Readonly<Record<string, Filter>>;

function numberInput(input: unknown, call: Call): NumberValue {
  if (isNumber(input)) return input;
  return refuse(call, `expects a number, found ${kindOf(input)}${typeof input === 'string' ? '; use the filter `number` first' : ''}`);
}

function absolute(value: NumberValue): NumberValue {
  return compareNumbers(value, 0) < 0 ? arithmetic('*', value, -1) : value;
}

function formatted(value: NumberValue, call: Call): string {
  const pattern = requiredText(call, 'format');
  return formatDecimal(value, pattern) ?? refuse(call, `can not use the pattern \`${pattern}\``);
}

const integerPattern = /^[+-]?\d{1,80}$/;
const decimalPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;

function toNumberOfType(input: unknown, call: Call): NumberValue {
  const text = typeof input === 'string' ? input.trim() : isNumber(input) ? numberText(input) : refuse(call, `expects a text, found ${kindOf(input)}`);
  const type = optionalText(call, 'type')?.toUpperCase();
  if (!decimalPattern.test(text)) return refuse(call, `can not read \`${text}\` as a number`);
  switch (type) {
    case undefined: return integerPattern.test(text) ? integerLiteral(text) : doubleOf(Number(text));
    case 'INT': return integerWithin(text, 32, call);
    case 'LONG': return integerWithin(text, 64, call);
    case 'BIGINTEGER': return integerWithin(text, integerBitsMax, call);
    case 'DOUBLE': return doubleOf(Number(text));
    case 'FLOAT': return floatOf(Number(text));
    case 'BIGDECIMAL': return new Decimal(Number(text), text.replace(/^\+/, ''), 'java.math.BigDecimal');
    default: return refuse(call, `does not know the type \`${type}\`; it knows INT, LONG, FLOAT, DOUBLE, BIGDECIMAL, BIGINTEGER`);
  }
}

function integerWithin(text: string, bits: number, call: Call): number | bigint {
  if (!integerPattern.test(text)) return refuse(call, `can not read \`${text}\` as an integer`);
  const value = BigInt(text.replace(/^\+/, ''));
  return BigInt.asIntN(bits, value) === value ? integerOf(value) : refuse(call, `met \`${text}\`, which needs more than ${bits} bits`);
}

/** A Java float: the shortest digits that give the same 32-bit number. */
function floatOf(value: number): NumberValue {
  const float = Math.fround(value);
  for (let digits = 1; digits <= 9; digits += 1) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return new Decimal(float, doubleText(short), 'java.lang.Float');
  }
  return new Decimal(float, doubleText(float), 'java.lang.Float');
}
