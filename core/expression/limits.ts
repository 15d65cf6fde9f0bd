// What one rendering may cost. The numbers are counted, not timed, so that the same expression ends at the same place everywhere.

/** The most one rendering may use; nested `render()` calls share the same budget. */
export interface Limits {
  /** Steps: one per loop turn, call of a filter, function or macro, and a fraction per character or item they go through. */
  readonly fuelMax: number;
  /** UTF-16 units of the result and of every text on the way to it. */
  readonly outputCharsMax: number;
  /** Levels of macros, blocks and `render()` inside each other, and of the nesting of values that are walked. */
  readonly depthMax: number;
}

/** Enough for any flow that people write by hand; an endless loop ends after about a fifth of a second. */
export const defaultExpressionLimits: Limits = {
  fuelMax: 1_000_000,
  outputCharsMax: 10 * 1024 * 1024,
  depthMax: 100,
};

/** Passes of recursive rendering before it is taken for endless (engine-semantics, section 10). */
export const renderPassesMax = 100;

/** Levels of brackets, operators and tags in one template: the parser and the compiled closures recurse that deep. */
export const syntaxDepthMax = 400;

/** Bits of an integer. A Long has 64; BIGINTEGER values may be longer, but squaring in a loop must end. */
export const integerBitsMax = 256;

/** Instructions of a compiled regular expression; matching costs text length times this. */
export const regularExpressionProgramMax = 20_000;

/** Templates that one cache keeps; about 2 KB each. */
export const cachedTemplatesMax = 2000;

/** A template longer than this is compiled each time instead of being kept. */
export const cachedTemplateCharsMax = 64 * 1024;

/** Characters of a template that an error message repeats. */
export const quotedTemplateCharsMax = 1000;

/** Characters of an error message; values of users stand in it. */
export const messageCharsMax = 4000;
