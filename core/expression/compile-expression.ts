// Expression trees to closures. A property chain costs a few nanoseconds per step; anything with a cost of its own pays fuel.
import type { Call, Signature } from './call.ts';
import { locatedError } from './call.ts';
import { ExpressionError, missingError } from './error.ts';
import type { Evaluation, Site } from './evaluation.ts';
import { deeper, fail, spend, spendItems } from './evaluation.ts';
import { filterTable } from './filters/index.ts';
import { functionTable } from './functions/index.ts';
import { callMethod } from './methods.ts';
import { calculate, contains, negate, rangeOf } from './operators.ts';
import { newOutput } from './output.ts';
import type { Emit, Evaluate, Expression, Macro } from './program.ts';
import type { ArgumentNode, BinaryOperator, CallNode, ExpressionNode } from './syntax.ts';
import { testTable } from './tests/index.ts';
import { attributeOf, keyText, ownEntry, variableOf } from './value/access.ts';
import { areEqual, compareValues } from './value/comparison.ts';
import { isMap, missing } from './value/kinds.ts';
import { newMap, setEntry } from './value/maps.ts';
import { isTrue } from './value/truth.ts';
import { concatenate, textOf } from './value/text.ts';

/** The template being compiled: macros and blocks are found when they are called, so their order does not matter. */
export interface Unit {
  readonly source: string;
  readonly macros: Map<string, Macro>;
  readonly blocks: Map<string, Emit>;
}

/** Compiles an expression. */
export function compileExpression(unit: Unit, node: ExpressionNode): Expression {
  switch (node.type) {
    case 'literal': {
      const { value } = node;
      return always(() => value);
    }
    case 'name':
      return compileName(unit, node.name, node.offset);
    case 'attribute':
      return compileAttribute(unit, node);
    case 'binary':
      return compileBinary(unit, node);
    case 'ternary': {
      const condition = compileExpression(unit, node.condition).strict;
      const then = compileExpression(unit, node.then).strict;
      const otherwise = compileExpression(unit, node.otherwise).strict;
      return catching((e) => (isTrue(condition(e)) ? then(e) : otherwise(e)));
    }
    case 'unary': {
      const operand = compileExpression(unit, node.operand).strict;
      const { operator } = node;
      if (operator === 'not') return catching((e) => !isTrue(operand(e)));
      const site = siteOf(unit, node.offset);
      return catching((e) => {
        const value = operand(e);
        e.site = site;
        return negate(e, operator, value);
      });
    }
    case 'interpolation': {
      const parts = node.parts.map((part) => compileExpression(unit, part).strict);
      return catching((e) => parts.reduce<string>((text, part) => concatenate(e, text, textOf(e, part(e))), ''));
    }
    case 'list': {
      const items = node.items.map((item) => compileExpression(unit, item).strict);
      return catching((e) => {
        spendItems(e, items.length);
        return items.map((item) => item(e));
      });
    }
    case 'map': {
      const entries = node.entries.map(({ key, value }) => ({ key: compileExpression(unit, key).strict, value: compileExpression(unit, value).strict }));
      return catching((e) => {
        spendItems(e, entries.length);
        const map = newMap();
        for (const { key, value } of entries) setEntry(map, keyText(key(e)), value(e));
        return map;
      });
    }
    case 'call':
      return compileFunctionCall(unit, node.call);
    case 'filter':
      return compileFilter(unit, compileExpression(unit, node.input), node.call);
    case 'test':
      return compileTest(unit, compileExpression(unit, node.input), node.call, node.negated);
    case 'method':
      return compileMethod(unit, compileExpression(unit, node.target).strict, node.call);
  }
}

function always(evaluate: Evaluate): Expression {
  return { strict: evaluate, soft: evaluate };
}

/** The soft form of an expression that is not a chain: an error about something missing becomes `missing`. */
function catching(strict: Evaluate): Expression {
  return {
    strict,
    soft: (e) => {
      const { scope, protectsRaw } = e;
      try {
        return strict(e);
      } catch (thrown) {
        if (!(thrown instanceof ExpressionError) || thrown.kind !== 'missing') throw thrown;
        // Errors leave from anywhere: loops, macros and render() in between have not put things back.
        e.scope = scope;
        e.protectsRaw = protectsRaw;
        return missing;
      }
    },
  };
}

function siteOf(unit: Unit, offset: number): Site {
  return { template: unit.source, offset };
}

function compileName(unit: Unit, name: string, offset: number): Expression {
  const soft: Evaluate = (e) => (e.scope === undefined ? ownEntry(e.variables, name) : variableOf(e, name));
  return {
    soft,
    strict: (e) => {
      const value = soft(e);
      if (value === missing) throw missingError(name, unit.source, offset);
      return value;
    },
  };
}

function compileAttribute(unit: Unit, node: ExpressionNode & { readonly type: 'attribute' }): Expression {
  const target = compileExpression(unit, node.target);
  const { source } = unit;
  const { offset } = node.key;
  if (node.key.type === 'literal' && typeof node.key.value === 'string') {
    const key = node.key.value;
    const get = (value: unknown): unknown => (isMap(value) ? ownEntry(value, key) : attributeOf(value, key));
    return {
      soft: (e) => {
        const value = target.soft(e);
        return value === missing ? missing : get(value);
      },
      strict: (e) => {
        const value = get(target.strict(e));
        if (value === missing) throw missingError(key, source, offset);
        return value;
      },
    };
  }
  const key = compileExpression(unit, node.key);
  return {
    soft: (e) => {
      const value = target.soft(e);
      if (value === missing) return missing;
      const name = key.soft(e);
      return name === missing ? missing : attributeOf(value, name);
    },
    strict: (e) => {
      const container = target.strict(e);
      const name = key.strict(e);
      const value = attributeOf(container, name);
      if (value === missing) throw missingError(textOf(e, name), source, offset);
      return value;
    },
  };
}

function compileBinary(unit: Unit, node: ExpressionNode & { readonly type: 'binary' }): Expression {
  const leftForms = compileExpression(unit, node.left);
  const rightForms = compileExpression(unit, node.right);
  const left = leftForms.strict;
  const right = rightForms.strict;
  switch (node.operator) {
    case '??': {
      const found = (value: unknown): boolean => value !== missing && value !== null && value !== undefined;
      return choice((e, rest) => {
        const value = leftForms.soft(e);
        return found(value) ? value : rest(e);
      }, rightForms);
    }
    case '???':
      return choice((e, rest) => {
        const value = leftForms.soft(e);
        return value === missing ? rest(e) : value;
      }, rightForms);
    case 'and':
      return catching((e) => isTrue(left(e)) && isTrue(right(e)));
    case 'or':
      return catching((e) => isTrue(left(e)) || isTrue(right(e)));
    default: {
      const operate = binaryOperation(node.operator);
      const site = siteOf(unit, node.offset);
      return catching((e) => {
        const a = left(e);
        const b = right(e);
        e.site = site;
        return operate(e, a, b);
      });
    }
  }
}

function choice(choose: (e: Evaluation, rest: Evaluate) => unknown, right: Expression): Expression {
  return { strict: (e) => choose(e, right.strict), soft: (e) => choose(e, right.soft) };
}

function binaryOperation(operator: Exclude<BinaryOperator, '??' | '???' | 'and' | 'or'>): (e: Evaluation, a: unknown, b: unknown) => unknown {
  switch (operator) {
    case '==': return areEqual;
    case '!=': return (e, a, b) => !areEqual(e, a, b);
    case '<': return (e, a, b) => compareValues(e, a, b) < 0;
    case '>': return (e, a, b) => compareValues(e, a, b) > 0;
    case '<=': return (e, a, b) => compareValues(e, a, b) <= 0;
    case '>=': return (e, a, b) => compareValues(e, a, b) >= 0;
    case 'contains': return contains;
    case '..': return (e, a, b) => rangeOf(e, a, b, 1);
    case '~': return (e, a, b) => concatenate(e, textOf(e, a), textOf(e, b));
    case '+': case '-': case '*': case '/': case '%':
      return (e, a, b) => calculate(e, operator, a, b);
  }
}

/** Puts the arguments into the order of the parameters; throws at run time, so that a template with a bad call in a branch still works. */
function compileArguments(unit: Unit, what: Call['what'], call: CallNode, signature: Signature): (e: Evaluation) => readonly unknown[] {
  const { parameters } = signature;
  const problem = argumentProblem(call.arguments, signature);
  if (problem !== undefined) {
    const site = siteOf(unit, call.offset);
    return (e) => {
      e.site = site;
      return fail(e, 'function', `The ${what} \`${call.name}\` ${problem}`);
    };
  }
  const values = call.arguments.map((argument) => compileExpression(unit, argument.value).strict);
  const positions = call.arguments.map((argument, index) => (argument.name === undefined ? index : parameters.indexOf(argument.name)));
  if (values.length === 0) return () => [];
  return (e) => {
    const ordered: unknown[] = [];
    values.forEach((value, index) => {
      ordered[positions[index] ?? index] = value(e);
    });
    return ordered;
  };
}

function argumentProblem(args: readonly ArgumentNode[], signature: Signature): string | undefined {
  const { parameters } = signature;
  const expected = parameters.length === 0 ? 'it takes none' : `it takes ${parameters.join(', ')}`;
  const unknown = args.find((argument) => argument.name !== undefined && !parameters.includes(argument.name));
  if (unknown !== undefined) return `has no argument \`${unknown.name ?? ''}\`; ${expected}`;
  const positionalCount = args.findLastIndex((argument) => argument.name === undefined) + 1;
  if (signature.variadic !== true && positionalCount > parameters.length) return `has too many arguments; ${expected}`;
  return undefined;
}

/** One step, the place of the call, and every error located there. */
function guardedCall<Result>(e: Evaluation, site: Site, run: () => Result): Result {
  spend(e, 1);
  e.site = site;
  try {
    return run();
  } catch (thrown) {
    throw locatedError(thrown, e);
  }
}

function unknownCall(unit: Unit, what: string, call: CallNode): Expression {
  const site = siteOf(unit, call.offset);
  return always((e) => {
    e.site = site;
    return fail(e, 'function', `There is no ${what} \`${call.name}\``);
  });
}

/** Compiles `input | name(…)`; also used by the filter tag. */
export function compileFilter(unit: Unit, input: Expression, call: CallNode): Expression {
  const filter = filterTable.get(call.name);
  if (filter === undefined) return unknownCall(unit, 'filter', call);
  const inputOf = filter.acceptsMissing === true ? nullWhenMissing(input.soft) : input.strict;
  const valuesOf = compileArguments(unit, 'filter', call, filter);
  const site = siteOf(unit, call.offset);
  const { name } = call;
  const { parameters, apply } = filter;
  return catching((e) => {
    const value = inputOf(e);
    const values = valuesOf(e);
    return guardedCall(e, site, () => apply(value, { what: 'filter', name, parameters, values, evaluation: e }));
  });
}

function nullWhenMissing(soft: Evaluate): Evaluate {
  return (e) => {
    const value = soft(e);
    return value === missing ? null : value;
  };
}

function compileTest(unit: Unit, input: Expression, call: CallNode, negated: boolean): Expression {
  const test = testTable.get(call.name);
  if (test === undefined) return unknownCall(unit, 'test', call);
  const inputOf = test.acceptsMissing === true ? nullWhenMissing(input.soft) : input.strict;
  const valuesOf = compileArguments(unit, 'test', call, test);
  const site = siteOf(unit, call.offset);
  const { name } = call;
  const { parameters, apply } = test;
  return catching((e) => {
    const value = inputOf(e);
    const values = valuesOf(e);
    return guardedCall(e, site, () => apply(value, { what: 'test', name, parameters, values, evaluation: e })) !== negated;
  });
}

function compileFunctionCall(unit: Unit, call: CallNode): Expression {
  if (call.name === 'block') return compileBlockCall(unit, call);
  const definition = functionTable.get(call.name);
  if (definition === undefined) return compileMacroCall(unit, call);
  const valuesOf = compileArguments(unit, 'function', call, definition);
  const site = siteOf(unit, call.offset);
  const { name } = call;
  const { parameters, apply } = definition;
  return catching((e) => {
    const values = valuesOf(e);
    return guardedCall(e, site, () => apply({ what: 'function', name, parameters, values, evaluation: e }));
  });
}

function compileBlockCall(unit: Unit, call: CallNode): Expression {
  const [argument] = call.arguments;
  const site = siteOf(unit, call.offset);
  const nameOf = argument === undefined ? undefined : compileExpression(unit, argument.value).strict;
  return catching((e) => {
    const name = nameOf === undefined ? '' : textOf(e, nameOf(e));
    const emit = unit.blocks.get(name);
    return guardedCall(e, site, () => (emit === undefined ? fail(e, 'function', `There is no block \`${name}\` in this template`) : emitted(e, emit)));
  });
}

function compileMacroCall(unit: Unit, call: CallNode): Expression {
  const site = siteOf(unit, call.offset);
  const args = call.arguments.map((argument) => ({ name: argument.name, evaluate: compileExpression(unit, argument.value).strict }));
  return catching((e) => {
    const macro = unit.macros.get(call.name);
    if (macro === undefined) {
      e.site = site;
      return fail(e, 'function', `There is no function or macro \`${call.name}\``);
    }
    const values = new Map<string, unknown>();
    args.forEach(({ name, evaluate }, index) => {
      const parameter = name ?? macro.parameters[index]?.name;
      if (parameter !== undefined) values.set(parameter, evaluate(e));
    });
    return guardedCall(e, site, () => {
      for (const { name, defaultValue } of macro.parameters) {
        if (!values.has(name)) values.set(name, defaultValue === undefined ? null : defaultValue(e));
      }
      // A macro sees its parameters and the caller's variables, not what the template has set.
      const { scope } = e;
      e.scope = { values, parent: undefined };
      const text = emitted(e, macro.emit);
      e.scope = scope;
      return text;
    });
  });
}

function emitted(e: Evaluation, emit: Emit): string {
  return deeper(e, () => {
    const output = newOutput(false);
    emit(e, output);
    return output.text;
  });
}

function compileMethod(unit: Unit, target: Evaluate, call: CallNode): Expression {
  const args = call.arguments.map((argument) => compileExpression(unit, argument.value).strict);
  const site = siteOf(unit, call.offset);
  return catching((e) => {
    const value = target(e);
    const values = args.map((argument) => argument(e));
    const result = guardedCall(e, site, () => callMethod(e, value, call.name, values));
    if (result === missing) throw missingError(call.name, unit.source, call.offset);
    return result;
  });
}
