// What the operators do with their values.
import type { Evaluation } from './evaluation.ts';
import { fail, spend, spendItems } from './evaluation.ts';
import { areEqual } from './value/comparison.ts';
import { isList, isMap, kindOf } from './value/kinds.ts';
import { keyText } from './value/access.ts';
import type { ArithmeticOperator, NumberValue } from './value/numbers.ts';
import { arithmetic, ArithmeticProblem, isInteger, isNumber } from './value/numbers.ts';
import { concatenate, textOf } from './value/text.ts';

/** `+ - * / %`: numbers; `+` also joins texts and lists, `-` takes items out of a list. */
export function calculate(evaluation: Evaluation, operator: ArithmeticOperator, left: unknown, right: unknown): unknown {
  if (isNumber(left) && isNumber(right)) return calculateNumbers(evaluation, operator, left, right);
  if (operator === '+' && (typeof left === 'string' || typeof right === 'string') && left !== null && right !== null) {
    return concatenate(evaluation, textOf(evaluation, left), textOf(evaluation, right));
  }
  if (isList(left) && (operator === '+' || operator === '-')) {
    const others = isList(right) ? right : [right];
    spendItems(evaluation, left.length + others.length);
    return operator === '+' ? [...left, ...others] : without(evaluation, left, others);
  }
  return fail(evaluation, 'type', `The operator \`${operator}\` needs two numbers, found ${kindOf(left)} and ${kindOf(right)}`);
}

/** The items that are in no way equal to one of the others: texts by a set, everything else one by one and paid for. */
function without(evaluation: Evaluation, list: readonly unknown[], others: readonly unknown[]): readonly unknown[] {
  const texts = new Set(others.filter((other) => typeof other === 'string'));
  const rest = others.filter((other) => typeof other !== 'string');
  return list.filter((item) => {
    if (typeof item === 'string' && texts.has(item)) return false;
    spend(evaluation, rest.length / 8);
    return !rest.some((other) => areEqual(evaluation, item, other));
  });
}

function calculateNumbers(evaluation: Evaluation, operator: ArithmeticOperator, left: NumberValue, right: NumberValue): NumberValue {
  try {
    return arithmetic(operator, left, right);
  } catch (thrown) {
    if (thrown instanceof ArithmeticProblem) return fail(evaluation, 'type', thrown.message);
    throw thrown;
  }
}

/** `-x` and `+x`. */
export function negate(evaluation: Evaluation, operator: '-' | '+', operand: unknown): unknown {
  if (!isNumber(operand)) return fail(evaluation, 'type', `The operator \`${operator}\` needs a number, found ${kindOf(operand)}`);
  return operator === '+' ? operand : calculateNumbers(evaluation, '*', operand, -1);
}

/** `a contains b`: an item of a list, a key of a map, a piece of a text; a list on the right means all of them. */
export function contains(evaluation: Evaluation, container: unknown, sought: unknown): boolean {
  if (container === null || container === undefined) return false;
  if (isList(sought) && (isList(container) || isMap(container))) return sought.every((one) => contains(evaluation, container, one));
  if (isList(container)) {
    spendItems(evaluation, container.length);
    return container.some((item) => areEqual(evaluation, item, sought));
  }
  if (isMap(container)) return sought !== null && Object.hasOwn(container, keyText(sought));
  if (typeof container === 'string') {
    spend(evaluation, 1 + container.length / 64);
    return sought !== null && container.includes(textOf(evaluation, sought));
  }
  return fail(evaluation, 'type', `The operator \`contains\` needs a list, a map or a text on the left, found ${kindOf(container)}`);
}

/** `a..b` and `range(a, b, step)`: integers or single letters, both ends included. */
export function rangeOf(evaluation: Evaluation, start: unknown, end: unknown, step: number): readonly unknown[] {
  if (step === 0) return fail(evaluation, 'type', 'The step of a range can not be 0');
  if (isInteger(start) && isInteger(end)) return integersBetween(evaluation, Number(start), Number(end), step);
  if (typeof start === 'string' && typeof end === 'string' && start.length === 1 && end.length === 1) {
    return integersBetween(evaluation, start.charCodeAt(0), end.charCodeAt(0), step).map((code) => String.fromCharCode(code));
  }
  return fail(evaluation, 'type', `A range goes from integer to integer or from letter to letter, found ${kindOf(start)} and ${kindOf(end)}`);
}

function integersBetween(evaluation: Evaluation, start: number, end: number, step: number): number[] {
  const count = Math.max(0, Math.floor((end - start) / step) + 1);
  spend(evaluation, 1 + count / 2);
  const numbers: number[] = [];
  for (let index = 0; index < count; index += 1) numbers.push(start + index * step);
  return numbers;
}
