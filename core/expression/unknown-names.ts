// Finds calls of filters, functions and tests that do not exist. Rendering notices them only when it gets there; the editor at once.
import type { Body, CallNode, ExpressionNode, Problem, TemplateNode } from './syntax.ts';

/** The names that exist. */
export interface KnownNames {
  readonly filters: { has(name: string): boolean };
  readonly functions: { has(name: string): boolean };
  readonly tests: { has(name: string): boolean };
}

/** A problem for each unknown name, in no particular order. */
export function unknownNames(body: Body, known: KnownNames): readonly Problem[] {
  const search: Search = { known, macros: new Set(), problems: [] };
  collectMacros(body, search.macros);
  for (const node of body) searchNode(search, node);
  return search.problems;
}

interface Search {
  readonly known: KnownNames;
  readonly macros: Set<string>;
  readonly problems: Problem[];
}

function collectMacros(body: Body, macros: Set<string>): void {
  for (const node of body) {
    if (node.type === 'macro') macros.add(node.name);
    for (const inner of bodiesOf(node)) collectMacros(inner, macros);
  }
}

function bodiesOf(node: TemplateNode): readonly Body[] {
  switch (node.type) {
    case 'text': case 'raw': case 'print': case 'set':
      return [];
    case 'if':
      return [...node.branches.map(({ body }) => body), node.otherwise ?? []];
    case 'for':
      return [node.body, node.otherwise ?? []];
    case 'macro': case 'block': case 'filterTag':
      return [node.body];
  }
}

function expressionsOf(node: TemplateNode): readonly ExpressionNode[] {
  switch (node.type) {
    case 'text': case 'raw': case 'block': case 'filterTag':
      return [];
    case 'print':
      return [node.expression];
    case 'set':
      return [node.value];
    case 'if':
      return node.branches.map(({ condition }) => condition);
    case 'for':
      return [node.iterable];
    case 'macro':
      return node.parameters.flatMap(({ defaultValue }) => (defaultValue === undefined ? [] : [defaultValue]));
  }
}

function searchNode(search: Search, node: TemplateNode): void {
  for (const expression of expressionsOf(node)) searchExpression(search, expression);
  if (node.type === 'filterTag') for (const call of node.calls) searchCall(search, call, 'filter', search.known.filters.has(call.name));
  for (const body of bodiesOf(node)) for (const inner of body) searchNode(search, inner);
}

function searchExpression(search: Search, node: ExpressionNode): void {
  const visit = (inner: ExpressionNode): void => searchExpression(search, inner);
  switch (node.type) {
    case 'literal': case 'name':
      return;
    case 'interpolation':
      return node.parts.forEach(visit);
    case 'attribute':
      visit(node.target);
      return visit(node.key);
    case 'unary':
      return visit(node.operand);
    case 'binary':
      visit(node.left);
      return visit(node.right);
    case 'ternary':
      return [node.condition, node.then, node.otherwise].forEach(visit);
    case 'list':
      return node.items.forEach(visit);
    case 'map':
      return node.entries.forEach(({ key, value }) => {
        visit(key);
        visit(value);
      });
    case 'method':
      visit(node.target);
      return node.call.arguments.forEach(({ value }) => visit(value));
    case 'call':
      return searchCall(search, node.call, 'function or macro', search.known.functions.has(node.call.name) || search.macros.has(node.call.name));
    case 'filter':
      visit(node.input);
      return searchCall(search, node.call, 'filter', search.known.filters.has(node.call.name));
    case 'test':
      visit(node.input);
      return searchCall(search, node.call, 'test', search.known.tests.has(node.call.name));
  }
}

function searchCall(search: Search, call: CallNode, what: string, exists: boolean): void {
  if (!exists) search.problems.push({ kind: 'unknown', message: `There is no ${what} \`${call.name}\``, offset: call.offset, length: call.length });
  for (const { value } of call.arguments) searchExpression(search, value);
}
