// Compiled templates, kept while they are used.
import { cachedTemplateCharsMax, cachedTemplatesMax } from './limits.ts';
import type { Program } from './program.ts';

/** Compiled templates by their text. Pass the same one to every `render` that may meet the same templates. */
export interface ExpressionCache {
  /** The compiled form, from the cache or made by `compile`; errors are not kept. */
  get(template: string, compile: (template: string) => Program): Program;
}

/**
 * A cache of at most `entriesMax` templates. Two generations instead of a list in order of use: a hit is one look-up, and a template
 * that was used since the last change of generations is not forgotten.
 */
export function createExpressionCache(entriesMax: number = cachedTemplatesMax): ExpressionCache {
  let young = new Map<string, Program>();
  let old = new Map<string, Program>();
  const keep = (template: string, program: Program): Program => {
    if (young.size >= entriesMax / 2) {
      old = young;
      young = new Map();
    }
    young.set(template, program);
    return program;
  };
  return {
    get: (template, compile) => {
      const program = young.get(template);
      if (program !== undefined) return program;
      if (template.length > cachedTemplateCharsMax) return compile(template);
      return keep(template, old.get(template) ?? compile(template));
    },
  };
}
