/** The inputs that a Pause task of a flow asks for, at any depth. Pure. */
import type { Flow } from '../../../core/protocol/entities/flow.ts';

type Input = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Input => typeof value === 'object' && value !== null && !Array.isArray(value);

export function pauseInputs(flow: Flow | undefined, taskId: string): readonly Input[] {
  // A stack instead of recursion: a flow may be deep.
  const stack: unknown[] = flow === undefined ? [] : [flow];
  while (stack.length > 0) {
    const value = stack.pop();
    if (Array.isArray(value)) stack.push(...value);
    if (!isRecord(value)) continue;
    if (value['id'] === taskId && Array.isArray(value['onResume'])) return value['onResume'].filter(isRecord);
    stack.push(...Object.values(value));
  }
  return [];
}
