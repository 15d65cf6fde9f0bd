/** Breakpoints as a call writes them: `taskId` or `taskId.value`, with commas between them. */
import type { Breakpoint } from '../../../core/protocol/entities/execution.ts';
import { illegalArgument } from '../../../core/protocol/errors.ts';
import { taskIdPattern } from '../../../core/protocol/ids.ts';

export function breakpointsOf(text: string | undefined): readonly Breakpoint[] {
  return (text ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '').map((one) => {
    const dot = one.indexOf('.');
    const id = dot < 0 ? one : one.slice(0, dot);
    if (!taskIdPattern.test(id)) throw illegalArgument(`"${one.slice(0, 100)}" is no breakpoint: it is the id of a task, or "task.value" for one iteration`);
    return dot < 0 ? { id } : { id, value: one.slice(dot + 1) };
  });
}
