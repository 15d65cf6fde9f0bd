// One call of a filter, function or test, and how it reads its arguments.
import { Deferred } from './deferred.ts';
import { ExpressionError, messageOf } from './error.ts';
import type { Evaluation } from './evaluation.ts';
import { fail } from './evaluation.ts';
import { kindOf } from './value/kinds.ts';
import { isInteger, isNumber, toNumber } from './value/numbers.ts';
import { textOf } from './value/text.ts';

/** What filters, functions and tests have in common: their signature as users write it. */
export interface Signature {
  /** Names of the arguments, in the order of positional ones. */
  readonly parameters: readonly string[];
  /** Takes any number of positional arguments. */
  readonly variadic?: true;
  /** One sentence for the editor. */
  readonly doc: string;
}

/** `{{ input | name(arguments) }}`. The input is null, never missing, unless `acceptsMissing` turns missing into null. */
export interface Filter extends Signature {
  readonly acceptsMissing?: true;
  readonly apply: (input: unknown, call: Call) => unknown;
}

/** `{{ name(arguments) }}`. */
export interface FunctionDefinition extends Signature {
  readonly apply: (call: Call) => unknown;
}

/** `{{ input is name(arguments) }}`. */
export interface TestDefinition extends Signature {
  readonly acceptsMissing?: true;
  readonly apply: (input: unknown, call: Call) => boolean;
}

/** A call being made. `values` are in the order of `parameters`; undefined where the argument was not given. */
export interface Call {
  readonly what: 'filter' | 'function' | 'test';
  readonly name: string;
  readonly parameters: readonly string[];
  readonly values: readonly unknown[];
  readonly evaluation: Evaluation;
}

/** Refuses the call; the sentence starts with what was called. */
export function refuse(call: Call, reason: string): never {
  return fail(call.evaluation, 'function', `The ${call.what} \`${call.name}\` ${reason}`);
}

/** Turns anything thrown by a call into an ExpressionError at its place; what is to be evaluated elsewhere leaves as it is. */
export function locatedError(thrown: unknown, evaluation: Evaluation): ExpressionError | Deferred {
  if (thrown instanceof ExpressionError || thrown instanceof Deferred) return thrown;
  if (thrown instanceof RangeError && thrown.message.includes('call stack')) {
    return new ExpressionError('The expression goes too deep', { kind: 'limit', ...evaluation.site, cause: thrown });
  }
  return new ExpressionError(messageOf(thrown), { kind: 'function', ...evaluation.site, cause: thrown });
}

/** An argument as it is; undefined when not given. */
export function argument(call: Call, parameter: string): unknown {
  return call.values[call.parameters.indexOf(parameter)];
}

/** An argument that must be given; it may be null. */
export function requiredArgument(call: Call, parameter: string): unknown {
  const value = argument(call, parameter);
  return value === undefined ? refuse(call, `needs the argument \`${parameter}\``) : value;
}

/** A text, number or boolean as text; undefined when not given or null. */
export function optionalText(call: Call, parameter: string): string | undefined {
  const value = argument(call, parameter);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (isNumber(value) || typeof value === 'boolean') return textOf(call.evaluation, value);
  return refuse(call, `expects a text as \`${parameter}\`, found ${kindOf(value)}`);
}

/** A text that must be given. */
export function requiredText(call: Call, parameter: string): string {
  return optionalText(call, parameter) ?? refuse(call, `needs a text as \`${parameter}\``);
}

/** An integer that JavaScript can count with; undefined when not given or null. */
export function optionalInteger(call: Call, parameter: string): number | undefined {
  const value = argument(call, parameter);
  if (value === undefined || value === null) return undefined;
  const number = isInteger(value) ? Number(value) : isNumber(value) ? toNumber(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) return refuse(call, `expects an integer as \`${parameter}\`, found ${kindOf(value)}`);
  return number;
}

/** An integer that must be given. */
export function requiredInteger(call: Call, parameter: string): number {
  return optionalInteger(call, parameter) ?? refuse(call, `needs an integer as \`${parameter}\``);
}

/** A boolean, also as text; undefined when not given or null. */
export function optionalBoolean(call: Call, parameter: string): boolean | undefined {
  const value = argument(call, parameter);
  if (value === undefined || value === null) return undefined;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  return refuse(call, `expects true or false as \`${parameter}\`, found ${kindOf(value)}`);
}
