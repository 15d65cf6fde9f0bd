// The tests of `is` and `is not`. To add one, add an entry.
import type { Call, TestDefinition } from '../call.ts';
import { refuse, requiredArgument } from '../call.ts';
import { spend, spendText } from '../evaluation.ts';
import { areEqual } from '../value/comparison.ts';
import { isList, isMap, kindOf } from '../value/kinds.ts';
import { isInteger } from '../value/numbers.ts';
import { isEmpty } from '../value/truth.ts';

const tests = {
  defined: { parameters: [], acceptsMissing: true, doc: 'The variable or attribute exists and is not null.', apply: (input) => input !== null && input !== undefined },
  empty: { parameters: [], doc: 'Null, or an empty text, list or map.', apply: isEmpty },
  equalTo: { parameters: ['value'], doc: 'The same as ==.', apply: (input, call) => areEqual(call.evaluation, input, requiredArgument(call, 'value')) },
  even: { parameters: [], doc: 'An even integer.', apply: (input, call) => integerOf(input, call) % 2n === 0n },
  iterable: { parameters: [], doc: 'A list.', apply: isList },
  json: { parameters: [], doc: 'A text that is JSON.', apply: isJson },
  map: { parameters: [], doc: 'A map.', apply: isMap },
  null: { parameters: [], doc: 'Null.', apply: (input) => input === null || input === undefined },
  odd: { parameters: [], doc: 'An odd integer.', apply: (input, call) => integerOf(input, call) % 2n !== 0n },
} satisfies Readonly<Record<string, TestDefinition>>;

/** Every test by its name. */
export const testTable: ReadonlyMap<string, TestDefinition> = new Map(Object.entries(tests));

function integerOf(input: unknown, call: Call): bigint {
  return isInteger(input) ? BigInt(input) : refuse(call, `expects an integer, found ${kindOf(input)}`);
}

function isJson(input: unknown, call: Call): boolean {
  if (typeof input !== 'string') return false;
  spendText(call.evaluation, input.length);
  spend(call.evaluation, input.length / 16);
  try {
    JSON.parse(input);
    return true;
  } catch {
    // Not being JSON is the answer, not a failure.
    return false;
  }
}
