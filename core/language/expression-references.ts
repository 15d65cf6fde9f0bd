/** The names of tasks, inputs and variables that an expression uses, with their places in its text. */
import { type Body, type CallNode, type ExpressionNode, parseTemplate } from '../expression/index.ts';
import { never } from './source-node.ts';

/** What stands behind `outputs.`, `tasks.`, `inputs.` or `vars.`, as `.name` or `['name']`. */
export interface Reference {
  readonly root: 'outputs' | 'tasks' | 'inputs' | 'vars';
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  /** On the left of `??`, before `default(…)` or `is defined`: a missing name is foreseen there. */
  readonly guarded: boolean;
}

export interface ParsedText {
  readonly problems: readonly { readonly message: string; readonly offset: number; readonly length: number }[];
  readonly references: readonly Reference[];
}

export function parseText(text: string): ParsedText {
  const { ast, problems } = parseTemplate(text);
  const references: Reference[] = [];
  visitBody(ast, references);
  return { problems, references };
}

function visitBody(body: Body, found: Reference[]): void {
  for (const node of body) {
    switch (node.type) {
      case 'text':
      case 'raw':
        break;
      case 'print':
        visit(node.expression, found);
        break;
      case 'if':
        for (const branch of node.branches) {
          visit(branch.condition, found);
          visitBody(branch.body, found);
        }
        if (node.otherwise !== undefined) visitBody(node.otherwise, found);
        break;
      case 'for':
        visit(node.iterable, found);
        visitBody(node.body, found);
        if (node.otherwise !== undefined) visitBody(node.otherwise, found);
        break;
      case 'set':
        visit(node.value, found);
        break;
      case 'macro':
      case 'block':
        visitBody(node.body, found);
        break;
      case 'filterTag':
        for (const call of node.calls) visitCall(call, found);
        visitBody(node.body, found);
        break;
      default:
        never(node);
    }
  }
}

function visitCall(call: CallNode, found: Reference[]): void {
  for (const argument of call.arguments) visit(argument.value, found);
}

function visit(node: ExpressionNode, found: Reference[], guarded = false): void {
  switch (node.type) {
    case 'literal':
    case 'name':
      return;
    case 'interpolation':
      for (const part of node.parts) visit(part, found, guarded);
      return;
    case 'attribute':
      if (node.target.type === 'name' && isRoot(node.target.name) && node.key.type === 'literal' && typeof node.key.value === 'string') {
        found.push({ root: node.target.name, name: node.key.value, offset: node.key.offset, length: node.key.length, guarded });
        return;
      }
      visit(node.target, found, guarded);
      visit(node.key, found, guarded);
      return;
    case 'method':
      visit(node.target, found, guarded);
      visitCall(node.call, found);
      return;
    case 'call':
      visitCall(node.call, found);
      return;
    case 'filter':
      visit(node.input, found, guarded || node.call.name === 'default');
      visitCall(node.call, found);
      return;
    case 'test':
      visit(node.input, found, guarded || ['defined', 'empty', 'null'].includes(node.call.name));
      visitCall(node.call, found);
      return;
    case 'unary':
      visit(node.operand, found, guarded);
      return;
    case 'binary':
      visit(node.left, found, guarded || node.operator === '??' || node.operator === '???');
      visit(node.right, found, guarded);
      return;
    case 'ternary':
      for (const part of [node.condition, node.then, node.otherwise]) visit(part, found, guarded);
      return;
    case 'list':
      for (const item of node.items) visit(item, found, guarded);
      return;
    case 'map':
      for (const entry of node.entries) {
        visit(entry.key, found, guarded);
        visit(entry.value, found, guarded);
      }
      return;
    default:
      never(node);
  }
}

const isRoot = (name: string): name is Reference['root'] => name === 'outputs' || name === 'tasks' || name === 'inputs' || name === 'vars';
