// jq on values: a pure interpreter of the jq language, counted in the same fuel as the expression around it.
import { ExpressionError } from '../error.ts';
import type { Evaluation } from '../evaluation.ts';
import { fail, spend, spendItems } from '../evaluation.ts';
import { createBuiltins } from './builtins.ts';
import type { Builtin, Machine, Scope } from './evaluate.ts';
import { run } from './evaluate.ts';
import { JqSyntaxProblem, parseJq, parseJqDefinitions } from './parser.ts';
import { preludeText } from './prelude.ts';
import type { JqNode } from './syntax.ts';
import { JqError, normal } from './values.ts';

interface Library {
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly prelude: Scope | undefined;
}

// Made at the first use and the same for ever: importing this file does no work.
let library: Library | undefined;

function loadedLibrary(): Library {
  library ??= {
    builtins: createBuiltins(),
    prelude: parseJqDefinitions(preludeText).reduce<Scope | undefined>((parent, definition) => ({ type: 'function', definition, parent }), undefined),
  };
  return library;
}

/** All results of a jq expression for an input; an error of the expression becomes an ExpressionError. */
export function runJq(evaluation: Evaluation, expression: string, input: unknown): readonly unknown[] {
  spend(evaluation, 1 + expression.length / 8);
  const machine: Machine = { evaluation, ...loadedLibrary() };
  const results: unknown[] = [];
  try {
    run(machine, parsed(evaluation, expression), undefined, { value: normal(input), path: undefined }, ({ value }) => {
      spendItems(evaluation, 1);
      results.push(value);
    });
  } catch (thrown) {
    if (thrown instanceof ExpressionError || !(thrown instanceof JqError)) throw thrown;
    return fail(evaluation, 'function', `The filter \`jq\` failed: ${thrown.message}`);
  }
  return results;
}

function parsed(evaluation: Evaluation, expression: string): JqNode {
  try {
    return parseJq(expression);
  } catch (thrown) {
    if (!(thrown instanceof JqSyntaxProblem)) throw thrown;
    return fail(evaluation, 'function', `The filter \`jq\` can not read \`${expression}\`: ${thrown.message}`);
  }
}
