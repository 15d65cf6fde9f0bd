// The door of the expression language: templates such as `{{ outputs.a.value | upper }}`, compiled once and rendered within limits.
import type { Signature } from './call.ts';
import { filterTable } from './filters/index.ts';
import { functionTable } from './functions/index.ts';
import { testTable } from './tests/index.ts';

export { createExpressionCache } from './cache.ts';
export type { ExpressionCache } from './cache.ts';
export type { Signature } from './call.ts';
export { hasExpression, parseTemplate } from './compile.ts';
export { Deferred } from './deferred.ts';
export { ExpressionError } from './error.ts';
export type { ExpressionErrorDetails, ExpressionErrorKind } from './error.ts';
export type { Variables } from './evaluation.ts';
export { defaultExpressionLimits } from './limits.ts';
export type { Limits } from './limits.ts';
export { compile, render, renderDeep, renderTyped } from './render.ts';
export type { CompiledTemplate, RenderDeepOptions, RenderOptions } from './render.ts';
export type { ArgumentNode, BinaryOperator, Body, CallNode, ExpressionNode, ParameterNode, Problem, Span, TemplateNode, UnaryOperator } from './syntax.ts';
export type { ParsedTemplate } from './template-parser.ts';
export { isTruthy } from './value/truth.ts';
export type { Clock, HashAlgorithm, HttpCall, SubflowCall, World } from './world.ts';

/** Names of all filters, for completion. */
export const filterNames: readonly string[] = [...filterTable.keys()].sort();
/** Names of all functions, for completion. */
export const functionNames: readonly string[] = [...functionTable.keys()].sort();
/** Names of all tests, for completion. */
export const testNames: readonly string[] = [...testTable.keys()].sort();

/** Parameters and one sentence about each filter, function and test, for the editor's completion and hover. */
export const signatures: { readonly [kind in 'filters' | 'functions' | 'tests']: ReadonlyMap<string, Signature> } = {
  filters: filterTable,
  functions: functionTable,
  tests: testTable,
};
export { holidayCountries, isHoliday } from './date/holidays.ts';
