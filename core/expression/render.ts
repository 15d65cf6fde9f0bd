// Rendering: once or until nothing changes, to a text or to a value, one template or all texts inside a value.
import { locatedError } from './call.ts';
import type { ExpressionCache } from './cache.ts';
import { createExpressionCache } from './cache.ts';
import { compileProgram, hasExpression } from './compile.ts';
import { restoreRaw } from './compile-template.ts';
import type { Evaluation, Variables } from './evaluation.ts';
import { deeper, fail, spend, spendItems, spendText } from './evaluation.ts';
import type { Limits } from './limits.ts';
import { defaultExpressionLimits, renderPassesMax } from './limits.ts';
import { newOutput, resultOf } from './output.ts';
import { Program } from './program.ts';
import { isList, isMap } from './value/kinds.ts';
import { entriesOf, mapFrom } from './value/maps.ts';
import { plainValue } from './value/plain.ts';
import { textOf } from './value/text.ts';
import type { World } from './world.ts';

/** A compiled template, opaque otherwise. */
export interface CompiledTemplate {
  readonly source: string;
}

/** What a template sees and may use. */
export interface RenderOptions {
  readonly variables: Variables;
  readonly world: World;
  /** Default: `defaultExpressionLimits`. */
  readonly limits?: Limits;
  /** Renders the result again until nothing changes, at most 100 times. Default false. */
  readonly recursive?: boolean;
  /** Where compiled templates are kept. Default: one cache of 2000 templates for the whole program. */
  readonly cache?: ExpressionCache;
}

/** How `renderDeep` treats what it finds. */
export interface RenderDeepOptions extends RenderOptions {
  /** A text that is exactly one expression becomes the value of the expression. Default false: it becomes a text. */
  readonly typed?: boolean;
  /** Keys of maps are rendered too. Default false. */
  readonly renderKeys?: boolean;
}

const sharedCache = createExpressionCache();

/** Compiles a template; throws an ExpressionError of kind 'syntax'. The result can be given to `render` in place of the text. */
export function compile(template: string): CompiledTemplate {
  return compileProgram(template);
}

/** Renders a template to a text. Throws nothing but ExpressionError, and always ends. */
export function render(template: string | CompiledTemplate, options: RenderOptions): string {
  if (typeof template === 'string' && !template.includes('{')) return template;
  const evaluation = newEvaluation(options);
  return guarded(evaluation, () => renderText(evaluation, template, options));
}

/** Renders a template; one that is exactly one expression (or writes just one value) keeps the value's type. */
export function renderTyped(template: string | CompiledTemplate, options: RenderOptions): unknown {
  if (typeof template === 'string' && !template.includes('{')) return template;
  const evaluation = newEvaluation(options);
  return guarded(evaluation, () => renderValue(evaluation, template, options));
}

/**
 * Renders every text inside a value; other scalars stay as they are, and what does not change is not copied.
 * All texts share one budget.
 */
export function renderDeep(value: unknown, options: RenderDeepOptions): unknown {
  const evaluation = newEvaluation(options);
  return guarded(evaluation, () => renderInside(evaluation, value, options));
}

function newEvaluation(options: RenderOptions): Evaluation {
  const limits = options.limits ?? defaultExpressionLimits;
  const cache = options.cache ?? sharedCache;
  return {
    variables: options.variables,
    world: options.world,
    limits,
    renderNested: (evaluation, template, recursive) => renderNested(evaluation, cache, template, recursive),
    patterns: new Map(),
    rawTexts: [],
    protectsRaw: false,
    fuelLeft: limits.fuelMax,
    depth: 0,
    scope: undefined,
    site: { template: '', offset: 0 },
  };
}

/** Whatever goes wrong leaves as an ExpressionError. */
function guarded<Result>(evaluation: Evaluation, run: () => Result): Result {
  try {
    return run();
  } catch (thrown) {
    throw locatedError(thrown, evaluation);
  }
}

function programOf(template: string | CompiledTemplate, cache: ExpressionCache): Program {
  if (typeof template === 'string') return cache.get(template, compileProgram);
  return template instanceof Program ? template : cache.get(template.source, compileProgram);
}

function renderText(evaluation: Evaluation, template: string | CompiledTemplate, options: RenderOptions): string {
  const cache = options.cache ?? sharedCache;
  const program = programOf(template, cache);
  return options.recursive === true ? repeatedly(evaluation, cache, program) : once(evaluation, program);
}

function once(evaluation: Evaluation, program: Program): string {
  evaluation.site = { template: program.source, offset: 0 };
  if (program.single !== undefined) {
    const text = textOf(evaluation, program.single(evaluation));
    if (text.length > evaluation.limits.outputCharsMax) spendText(evaluation, text.length);
    return text;
  }
  const output = newOutput(false);
  program.emit(evaluation, output);
  return output.text;
}

/** Renders the result again and again; the contents of raw blocks are put aside until the outermost repetition ends. */
function repeatedly(evaluation: Evaluation, cache: ExpressionCache, program: Program): string {
  const wasProtecting = evaluation.protectsRaw;
  evaluation.protectsRaw = true;
  let text = once(evaluation, program);
  for (let passes = 1; hasExpression(text); passes += 1) {
    const next = once(evaluation, nestedProgram(evaluation, cache, text));
    if (next === text) break;
    if (passes >= renderPassesMax) fail(evaluation, 'limit', `Too many rendering attempts: after ${renderPassesMax} passes there is still something to render`);
    text = next;
  }
  evaluation.protectsRaw = wasProtecting;
  return wasProtecting ? text : restoreRaw(evaluation, text);
}

function nestedProgram(evaluation: Evaluation, cache: ExpressionCache, template: string): Program {
  // Compiling costs about as much as a step per eight characters.
  spend(evaluation, 1 + template.length / 8);
  return programOf(template, cache);
}

function renderNested(evaluation: Evaluation, cache: ExpressionCache, template: string, recursive: boolean): string {
  if (!hasExpression(template)) return template;
  return deeper(evaluation, () => {
    const { scope, site } = evaluation;
    // What the inner template sets stays inside.
    evaluation.scope = scope === undefined ? undefined : { values: new Map(), parent: scope };
    const program = nestedProgram(evaluation, cache, template);
    const text = recursive ? repeatedly(evaluation, cache, program) : once(evaluation, program);
    evaluation.scope = scope;
    evaluation.site = site;
    return text;
  });
}

function renderValue(evaluation: Evaluation, template: string | CompiledTemplate, options: RenderOptions): unknown {
  const cache = options.cache ?? sharedCache;
  const value = onceTyped(evaluation, programOf(template, cache));
  const isText = typeof value === 'string' && options.recursive === true && hasExpression(value);
  return plainValue(isText ? repeatedly(evaluation, cache, nestedProgram(evaluation, cache, value)) : value, evaluation.limits.depthMax);
}

function onceTyped(evaluation: Evaluation, program: Program): unknown {
  evaluation.site = { template: program.source, offset: 0 };
  if (program.single !== undefined) return program.single(evaluation);
  const output = newOutput(true);
  program.emit(evaluation, output);
  return resultOf(output);
}

function renderInside(evaluation: Evaluation, value: unknown, options: RenderDeepOptions): unknown {
  if (typeof value === 'string') return renderLeaf(evaluation, value, options);
  if (isList(value)) {
    spendItems(evaluation, value.length);
    const items = deeper(evaluation, () => value.map((item) => renderInside(evaluation, item, options)));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (isMap(value)) {
    const before = entriesOf(value);
    spendItems(evaluation, before.length);
    const after = deeper(evaluation, () => before.map(([key, item]) => [renderKey(evaluation, key, options), renderInside(evaluation, item, options)] as const));
    return after.some(([key, item], index) => key !== before[index]?.[0] || item !== before[index]?.[1]) ? mapFrom(after) : value;
  }
  return value;
}

function renderKey(evaluation: Evaluation, key: string, options: RenderDeepOptions): string {
  return options.renderKeys === true && key.includes('{') ? renderText(resetScope(evaluation), key, options) : key;
}

function renderLeaf(evaluation: Evaluation, text: string, options: RenderDeepOptions): unknown {
  if (!text.includes('{')) return text;
  return options.typed === true ? renderValue(resetScope(evaluation), text, options) : renderText(resetScope(evaluation), text, options);
}

/** One text does not see what another has set. */
function resetScope(evaluation: Evaluation): Evaluation {
  evaluation.scope = undefined;
  return evaluation;
}
