// jq's mathematics: the functions of C that JavaScript has or that a few lines make.
import type { Evaluation } from '../evaluation.ts';
import { spend } from '../evaluation.ts';
import type { Builtin } from './evaluate.ts';
import { numberInput } from './builtins.ts';
import { ofValues } from './of-values.ts';

const ofInput: Readonly<Record<string, (value: number) => unknown>> = {
  abs: Math.abs, fabs: Math.abs, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, sqrt: Math.sqrt, cbrt: Math.cbrt,
  // Halves go away from zero, as in C; `rint` and `nearbyint` take the even neighbour.
  round: (value) => Math.sign(value) * Math.round(Math.abs(value)), rint: roundedToEven, nearbyint: roundedToEven,
  exp: Math.exp, exp2: (value) => 2 ** value, exp10: (value) => 10 ** value, pow10: (value) => 10 ** value, expm1: Math.expm1,
  log: Math.log, log2: Math.log2, log10: Math.log10, log1p: Math.log1p, logb: (value) => exponentOf(value) - 1,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
  gamma: logGamma, lgamma: logGamma, tgamma: gamma, lgamma_r: (value) => [logGamma(value), gamma(value) < 0 ? -1 : 1],
  significand: (value) => (value === 0 || !Number.isFinite(value) ? value : value / 2 ** (exponentOf(value) - 1)),
  frexp: (value) => (value === 0 || !Number.isFinite(value) ? [value, 0] : [value / 2 ** exponentOf(value), exponentOf(value)]),
  modf: (value) => (Number.isFinite(value) ? [value - Math.trunc(value), Math.trunc(value)] : [0, value]),
};

const ofTwo: Readonly<Record<string, (left: number, right: number) => number>> = {
  pow: (base, exponent) => base ** exponent, atan2: Math.atan2, hypot: Math.hypot, fmin: Math.min, fmax: Math.max, fmod: (a, b) => a % b,
  fdim: (a, b) => Math.max(0, a - b), copysign: (size, sign) => (sign < 0 || Object.is(sign, -0) ? -Math.abs(size) : Math.abs(size)),
  ldexp: (value, exponent) => value * 2 ** exponent, scalb: (value, exponent) => value * 2 ** exponent, scalbln: (value, exponent) => value * 2 ** exponent,
  drem: (a, b) => a - b * roundedToEven(a / b), nextafter: neighbour, nexttoward: neighbour,
};

/** The functions on numbers. */
export function mathBuiltins(): readonly (readonly [string, Builtin])[] {
  const number = (evaluation: Evaluation, value: unknown): number => {
    spend(evaluation, 1 / 8);
    return numberInput(evaluation, value);
  };
  return [
    ...Object.entries(ofInput).map(([name, apply]) => [`${name}/0`, ofValues((e, input) => apply(number(e, input)))] as const),
    ...Object.entries(ofTwo).map(([name, apply]) => [`${name}/2`, ofValues((e, _input, left, right) => apply(number(e, left), number(e, right)))] as const),
    ['fma/3', ofValues((e, _input, a, b, c) => number(e, a) * number(e, b) + number(e, c))],
  ];
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** The exponent e of value = m * 2^e with 0.5 <= |m| < 1. */
function exponentOf(value: number): number {
  if (value === 0) return Number.NEGATIVE_INFINITY;
  const exponent = Math.floor(Math.log2(Math.abs(value))) + 1;
  // The logarithm rounds: a value just below a power of two may come out one too high.
  return Math.abs(value) / 2 ** (exponent - 1) < 1 ? exponent - 1 : exponent;
}

// Lanczos, g = 7, n = 9: about fifteen digits.
const lanczosFirst = 0.99999999999980993;
const lanczos: readonly number[] = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];

function gamma(value: number): number {
  if (value < 0.5) return Math.PI / (Math.sin(Math.PI * value) * gamma(1 - value));
  const x = value - 1;
  const sum = lanczos.reduce((total, factor, index) => total + factor / (x + index + 1), lanczosFirst);
  const t = x + 7.5;
  return Math.sqrt(2 * Math.PI) * t ** (x + 0.5) * Math.exp(-t) * sum;
}

function logGamma(value: number): number {
  if (value < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * value))) - logGamma(1 - value);
  const x = value - 1;
  const sum = lanczos.reduce((total, factor, index) => total + factor / (x + index + 1), lanczosFirst);
  const t = x + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The next double from one number towards another. */
function neighbour(from: number, to: number): number {
  if (Number.isNaN(from) || Number.isNaN(to) || from === to) return to;
  if (from === 0) return to > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, from);
  view.setBigInt64(0, view.getBigInt64(0) + (from < to === from > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
