// Numbers as Java has them. Integers are JavaScript numbers while they are safe and bigints beyond; a double that happens to be whole
// (1.0, 3.0 from 1.5 + 1.5) is a Decimal, so that it prints as "1.0". A plain number with a fraction is a double.
import { integerBitsMax } from '../limits.ts';

/** A number that prints differently from the JavaScript number of the same value. */
export class Decimal {
  readonly value: number;
  readonly text: string;
  readonly javaClass: string;

  constructor(value: number, text: string, javaClass: string) {
    this.value = value;
    this.text = text;
    this.javaClass = javaClass;
  }
}

/** Every form that a number takes inside an expression. */
export type NumberValue = number | bigint | Decimal;

/** Thrown by arithmetic; the caller adds the place. */
export class ArithmeticProblem extends Error {
  override readonly name = 'ArithmeticProblem';
}

/** Whether a value is a number of any form. */
export function isNumber(value: unknown): value is NumberValue {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal;
}

/** Whether a value is an integer (Long or longer); 1.0 is none. */
export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** A double; a whole one is boxed. */
export function doubleOf(value: number): NumberValue {
  return Number.isInteger(value) ? new Decimal(value, doubleText(value), 'java.lang.Double') : value;
}

/** The digits of a literal as an integer that loses none. */
export function integerLiteral(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

/** The smallest form of an integer; refuses integers that are absurdly long. */
export function integerOf(value: bigint): number | bigint {
  if (value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  if (BigInt.asIntN(integerBitsMax, value) !== value) throw new ArithmeticProblem(`The integer has more than ${integerBitsMax} bits`);
  return value;
}

/** The value as a JavaScript number; integers beyond 2^53 lose digits. */
export function toNumber(value: NumberValue): number {
  return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : value.value;
}

/** Operators of arithmetic. */
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

/** Integer arithmetic when both are integers (division truncates), else double. */
export function arithmetic(operator: ArithmeticOperator, left: NumberValue, right: NumberValue): NumberValue {
  if (isInteger(left) && isInteger(right)) return integerArithmetic(operator, left, right);
  const a = toNumber(left);
  const b = toNumber(right);
  switch (operator) {
    case '+': return doubleOf(a + b);
    case '-': return doubleOf(a - b);
    case '*': return doubleOf(a * b);
    case '/': return doubleOf(a / b);
    case '%': return doubleOf(a % b);
  }
}

function integerArithmetic(operator: ArithmeticOperator, left: number | bigint, right: number | bigint): number | bigint {
  if ((operator === '/' || operator === '%') && (right === 0 || right === 0n)) throw new ArithmeticProblem('/ by zero');
  if (typeof left === 'number' && typeof right === 'number') {
    const result = safeIntegerArithmetic(operator, left, right);
    // Adding zero turns -0, which integers do not have, into 0.
    if (Number.isSafeInteger(result)) return result + 0;
  }
  const a = BigInt(left);
  const b = BigInt(right);
  switch (operator) {
    case '+': return integerOf(a + b);
    case '-': return integerOf(a - b);
    case '*': return integerOf(a * b);
    case '/': return integerOf(a / b);
    case '%': return integerOf(a % b);
  }
}

function safeIntegerArithmetic(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return Math.trunc(left / right);
    case '%': return left % right;
  }
}

/** -1, 0 or 1; NaN compares with nothing and gives NaN. */
export function compareNumbers(left: NumberValue, right: NumberValue): number {
  const a = left instanceof Decimal ? left.value : left;
  const b = right instanceof Decimal ? right.value : right;
  if (a < b) return -1;
  if (a > b) return 1;
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0;
}

/** The text of a number as Java's toString gives it. */
export function numberText(value: NumberValue): string {
  if (value instanceof Decimal) return value.text;
  if (typeof value === 'bigint') return value.toString();
  if (!Number.isInteger(value)) return doubleText(value);
  return Object.is(value, -0) ? '0' : Math.abs(value) < 1e21 ? String(value) : doubleText(value);
}

/** Java's Double.toString: plain between 10^-3 and 10^7, else with E. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) {
    const text = String(value);
    return text.includes('.') ? text : `${text}.0`;
  }
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  return `${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`;
}

/** The name of the Java class that a number stands for. */
export function javaClassOf(value: NumberValue): string {
  if (value instanceof Decimal) return value.javaClass;
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? 'java.lang.Long' : 'java.math.BigInteger';
  if (!Number.isInteger(value)) return 'java.lang.Double';
  return Math.abs(value) < 2 ** 31 ? 'java.lang.Integer' : 'java.lang.Long';
}
