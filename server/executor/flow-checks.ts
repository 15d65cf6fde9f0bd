/** `checks` of a flow: asked with the inputs of an execution before it is created. */
import type { FlowIndex } from '../../core/engine/index.ts';
import { isTruthy, render, type RenderOptions } from '../../core/expression/index.ts';
import type { FlowCheck } from '../../core/protocol/entities/flow.ts';

/** The checks that do not hold, with their messages rendered. One that can not be rendered does not hold, and says why. */
export function failedChecks(index: FlowIndex, options: RenderOptions): readonly FlowCheck[] {
  return index.flow.checks.flatMap(({ condition, message, style, behavior }): readonly FlowCheck[] => {
    try {
      return isTruthy(render(condition, options)) ? [] : [{ message: render(message, options), style, behavior }];
    } catch (error) {
      return [{ message: `${message} (${error instanceof Error ? error.message : String(error)})`, style, behavior }];
    }
  });
}

/** What the checks make of a creation: of several that do not hold BLOCK_EXECUTION goes before FAIL_EXECUTION. */
export function verdictOf(checks: readonly FlowCheck[]): { readonly type: 'create' } | { readonly type: 'block' | 'fail'; readonly message: string } {
  for (const [type, behavior] of [['block', 'BLOCK_EXECUTION'], ['fail', 'FAIL_EXECUTION']] as const) {
    const said = checks.filter((check) => check.behavior === behavior).map((check) => check.message);
    if (said.length > 0) return { type, message: said.join('; ') };
  }
  return { type: 'create' };
}
