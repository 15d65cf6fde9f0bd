/** Conditions of triggers: all of them must hold. */
import { render, type RenderOptions } from '../../core/expression/index.ts';
import type { ConditionModel } from '../../core/language/index.ts';

/** True when all hold. Throws when one can not be rendered, or is of a type that this version does not know. */
export function conditionsHold(conditions: readonly ConditionModel[], options: RenderOptions): boolean {
  return conditions.every((condition) => {
    if (!condition.type.endsWith('.Expression')) throw new Error(`the condition ${condition.type} is not known by this version of Ensemble; use Expression`);
    return render(String(condition.properties['expression'] ?? ''), options).trim() === 'true';
  });
}
