// The state of one rendering: what it sees, what it may still spend, and where it is.
import { ExpressionError } from './error.ts';
import type { ExpressionErrorKind } from './error.ts';
import type { Limits } from './limits.ts';
import type { World } from './world.ts';

/** What a template sees by name. */
export type Variables = Readonly<Record<string, unknown>>;

/** Names made by the template itself (`set`, `for`, macro parameters); the innermost wins, the variables come last. */
export interface Scope {
  readonly values: Map<string, unknown>;
  readonly parent: Scope | undefined;
}

/** A place in a template, for errors. */
export interface Site {
  readonly template: string;
  readonly offset: number;
}

/** One rendering. It is made for one call of `render` and changes only there. */
export interface Evaluation {
  readonly variables: Variables;
  readonly world: World;
  readonly limits: Limits;
  /** Renders a template found in a value, for `render()` and `renderOnce()`, within the same limits. */
  readonly renderNested: (evaluation: Evaluation, template: string, recursive: boolean) => string;
  /** Regular expressions by flags and source: compiling one takes longer than most matches. */
  readonly patterns: Map<string, unknown>;
  /** Contents of raw blocks that recursive passes must not touch; the text holds a placeholder. */
  readonly rawTexts: string[];
  protectsRaw: boolean;
  fuelLeft: number;
  depth: number;
  scope: Scope | undefined;
  /** The call being made: errors without a place of their own happened here. */
  site: Site;
}

/** Pays for work; ends the rendering when the fuel is used up. */
export function spend(evaluation: Evaluation, steps: number): void {
  evaluation.fuelLeft -= steps;
  // Written this way round so that NaN ends the rendering as well.
  if (!(evaluation.fuelLeft >= 0)) {
    evaluation.fuelLeft = 0;
    fail(evaluation, 'limit', `The expression needs more than ${evaluation.limits.fuelMax} steps (limit fuelMax): is a loop, range or macro endless?`);
  }
}

/** Pays for a list or map that is made or walked. */
export function spendItems(evaluation: Evaluation, itemCount: number): void {
  spend(evaluation, 1 + itemCount / 8);
}

/** Pays for the entries of a map that is made: several times what an item of a list costs. */
export function spendEntries(evaluation: Evaluation, entryCount: number): void {
  spend(evaluation, 1 + entryCount);
}

/** Pays for two texts that are compared: they may be long and equal up to the last character. */
export function spendComparison(evaluation: Evaluation, left: string, right: string): void {
  if (left.length > 64 && right.length > 64) spend(evaluation, Math.min(left.length, right.length) / 64);
}

/** Pays for a text that is about to be made or walked, and refuses one that is too long. */
export function spendText(evaluation: Evaluation, charCount: number): void {
  if (charCount > evaluation.limits.outputCharsMax) {
    fail(evaluation, 'limit', `The expression makes a text of more than ${evaluation.limits.outputCharsMax} characters (limit outputCharsMax)`);
  }
  spend(evaluation, 1 + charCount / 64);
}

/** Runs something one level deeper. */
export function deeper<Result>(evaluation: Evaluation, run: () => Result): Result {
  if (evaluation.depth >= evaluation.limits.depthMax) {
    fail(evaluation, 'limit', `The expression goes more than ${evaluation.limits.depthMax} levels deep (limit depthMax): does a macro, block, render() or value contain itself?`);
  }
  evaluation.depth += 1;
  try {
    return run();
  } finally {
    evaluation.depth -= 1;
  }
}

/** Ends the rendering with an error at the current place. */
export function fail(evaluation: Evaluation, kind: ExpressionErrorKind, message: string): never {
  throw new ExpressionError(message, { kind, ...evaluation.site });
}
