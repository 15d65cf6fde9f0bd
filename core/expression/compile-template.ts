// Template trees to closures that write.
import type { Unit } from './compile-expression.ts';
import { compileExpression, compileFilter } from './compile-expression.ts';
import type { Evaluation, Scope } from './evaluation.ts';
import { fail, spend, spendItems, spendText } from './evaluation.ts';
import { newOutput, writeValue } from './output.ts';
import type { Emit, Evaluate, Expression } from './program.ts';
import { Program } from './program.ts';
import type { Body, ExpressionNode, TemplateNode } from './syntax.ts';
import { isList, isMap, kindOf, missing } from './value/kinds.ts';
import { entriesOf } from './value/maps.ts';
import { isTrue } from './value/truth.ts';
import { ownEntry } from './value/access.ts';

/** Compiles a parsed template. */
export function compileTemplate(source: string, body: Body): Program {
  const unit: Unit = { source, macros: new Map(), blocks: new Map() };
  const [only] = body;
  const emit = compileBody(unit, body);
  const single = body.length === 1 && only?.type === 'print' ? compileExpression(unit, only.expression).strict : undefined;
  return new Program(source, emit, single);
}

function compileBody(unit: Unit, body: Body): Emit {
  const emits = body.map((node) => compileNode(unit, node));
  const [first] = emits;
  if (emits.length === 1 && first !== undefined) return first;
  return (e, output) => {
    for (const emit of emits) emit(e, output);
  };
}

function compileNode(unit: Unit, node: TemplateNode): Emit {
  switch (node.type) {
    case 'text': {
      const { text } = node;
      return (e, output) => writeValue(e, output, text);
    }
    case 'raw': {
      const { text } = node;
      return (e, output) => writeValue(e, output, e.protectsRaw ? protectedText(e, text) : text);
    }
    case 'print': {
      const evaluate = compileExpression(unit, node.expression).strict;
      return (e, output) => writeValue(e, output, evaluate(e));
    }
    case 'if':
      return compileIf(unit, node);
    case 'for':
      return compileFor(unit, node);
    case 'set': {
      const evaluate = compileExpression(unit, node.value).strict;
      const { name } = node;
      return (e) => {
        spend(e, 1);
        assign(e, name, evaluate(e));
      };
    }
    case 'macro': {
      const parameters = node.parameters.map(({ name, defaultValue }) => ({ name, defaultValue: defaultValue === undefined ? undefined : compileExpression(unit, defaultValue).strict }));
      unit.macros.set(node.name, { parameters, emit: compileBody(unit, node.body) });
      return () => {};
    }
    case 'block': {
      const emit = compileBody(unit, node.body);
      unit.blocks.set(node.name, emit);
      return emit;
    }
    case 'filterTag':
      return compileFilterTag(unit, node);
  }
}

function compileIf(unit: Unit, node: TemplateNode & { readonly type: 'if' }): Emit {
  const branches = node.branches.map(({ condition, body }) => ({ condition: compileCondition(unit, condition), emit: compileBody(unit, body) }));
  const otherwise = node.otherwise === undefined ? undefined : compileBody(unit, node.otherwise);
  return (e, output) => {
    const emit = branches.find(({ condition }) => condition(e))?.emit ?? otherwise;
    emit?.(e, output);
  };
}

function compileCondition(unit: Unit, node: ExpressionNode): (e: Evaluation) => boolean {
  const evaluate = compileExpression(unit, node).strict;
  return (e) => isTrue(evaluate(e));
}

function compileFor(unit: Unit, node: TemplateNode & { readonly type: 'for' }): Emit {
  const iterable: Evaluate = compileExpression(unit, node.iterable).strict;
  const emitBody = compileBody(unit, node.body);
  const emitOtherwise = node.otherwise === undefined ? undefined : compileBody(unit, node.otherwise);
  const { variable } = node;
  const site = { template: unit.source, offset: node.iterable.offset };
  return (e, output) => {
    const value = iterable(e);
    e.site = site;
    const items = itemsOf(e, value);
    if (items.length === 0) {
      emitOtherwise?.(e, output);
      return;
    }
    const outer = rootScope(e);
    const { length } = items;
    for (let index = 0; index < length; index += 1) {
      e.site = site;
      spend(e, 1);
      const values = new Map<string, unknown>([
        [variable, items[index] ?? null],
        ['loop', { index, length, first: index === 0, last: index === length - 1, revindex: length - 1 - index }],
      ]);
      e.scope = { values, parent: outer };
      emitBody(e, output);
    }
    e.scope = outer;
  };
}

/** What a loop goes over: the items of a list, the entries of a map (`entry.key`, `entry.value`); nothing for null. */
function itemsOf(e: Evaluation, value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (isList(value)) return value;
  if (isMap(value)) {
    const entries = entriesOf(value);
    spendItems(e, entries.length);
    return entries.map(([key, item]) => ({ key, value: item }));
  }
  return fail(e, 'type', `Can not loop over ${kindOf(value)}; a list or a map was expected`);
}

/** `set` inside a loop changes the variable of the place where it was made; a new one lives until the loop's turn ends. */
function assign(e: Evaluation, name: string, value: unknown): void {
  let owner: Scope | undefined = e.scope;
  while (owner !== undefined && !owner.values.has(name)) owner = owner.parent;
  if (owner === undefined) {
    const isCallersVariable = e.scope !== undefined && ownEntry(e.variables, name) !== missing;
    owner = isCallersVariable ? outermost(e.scope ?? rootScope(e)) : (e.scope ?? rootScope(e));
  }
  owner.values.set(name, value);
}

function rootScope(e: Evaluation): Scope {
  e.scope ??= { values: new Map(), parent: undefined };
  return e.scope;
}

function outermost(scope: Scope): Scope {
  let root = scope;
  while (root.parent !== undefined) root = root.parent;
  return root;
}

function compileFilterTag(unit: Unit, node: TemplateNode & { readonly type: 'filterTag' }): Emit {
  const emitBody = compileBody(unit, node.body);
  const bodyText: Evaluate = (e) => {
    const inner = newOutput(false);
    emitBody(e, inner);
    return inner.text;
  };
  const filtered = node.calls.reduce<Expression>((input, call) => compileFilter(unit, input, call), { strict: bodyText, soft: bodyText });
  return (e, output) => writeValue(e, output, filtered.strict(e));
}

/** A placeholder made of characters that no keyboard writes; `restoreRaw` puts the content back after the last pass. */
function protectedText(e: Evaluation, text: string): string {
  spendText(e, text.length);
  return `\uE000${e.rawTexts.push(text) - 1}\uE001`;
}

/** Puts the contents of raw blocks back. */
export function restoreRaw(e: Evaluation, text: string): string {
  if (e.rawTexts.length === 0) return text;
  const restored = text.replace(/\uE000(\d{1,9})\uE001/g, (placeholder, index: string) => e.rawTexts[Number(index)] ?? placeholder);
  spendText(e, restored.length);
  return restored;
}
