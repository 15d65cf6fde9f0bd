// Functions of the template language itself.
import type { Call, FunctionDefinition } from '../call.ts';
import { argument, refuse, requiredArgument } from '../call.ts';
import { rangeOf } from '../operators.ts';
import { compareValues } from '../value/comparison.ts';
import { isInteger } from '../value/numbers.ts';

/** Functions of the template language, by name. */
export const pebbleFunctions = {
  // `block` needs the template, so compile-expression.ts compiles it; the entry names it for the editor.
  block: { parameters: ['name'], doc: 'The text of a block of this template.', apply: (call) => refuse(call, 'can only be called by its name') },
  i18n: { parameters: ['bundle', 'key'], variadic: true, doc: 'A translated message; there are no message bundles here.', apply: (call) => refuse(call, 'has no message bundles here') },
  max: { parameters: [], variadic: true, doc: 'The greatest of its arguments.', apply: (call) => extreme(call, 1) },
  min: { parameters: [], variadic: true, doc: 'The least of its arguments.', apply: (call) => extreme(call, -1) },
  parent: { parameters: [], doc: 'The block of the parent template; templates have no parents here.', apply: (call) => refuse(call, 'has no parent template here') },
  range: {
    parameters: ['start', 'end', 'increment'],
    doc: 'The integers (or letters) from start to end, both included.',
    apply: (call) => {
      const step = argument(call, 'increment') ?? 1;
      if (!isInteger(step)) return refuse(call, 'expects an integer as `increment`');
      return rangeOf(call.evaluation, requiredArgument(call, 'start'), requiredArgument(call, 'end'), Number(step));
    },
  },
} satisfies Readonly<Record<string, FunctionDefinition>>;

function extreme(call: Call, sign: 1 | -1): unknown {
  const [first, ...rest] = call.values;
  if (first === undefined) return refuse(call, 'needs at least one argument');
  return rest.reduce((best, value) => (compareValues(call.evaluation, value, best) * sign > 0 ? value : best), first);
}
