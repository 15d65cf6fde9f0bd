/** The tasks of a flow by id, at any depth: their types, their text. Pure. */
import type { Flow } from '../../../core/protocol/entities/flow.ts';

type Part = Readonly<Record<string, unknown>>;
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whatever has an id and a type, below what a flow may run: an input has both, too, and is no task. */
export function tasksOf(flow: Flow | undefined): ReadonlyMap<string, Part> {
  const found = new Map<string, Part>();
  if (flow === undefined) return found;
  // A stack instead of recursion: a flow may be deep.
  const stack: unknown[] = [flow['afterExecution'], flow['finally'], flow.errors, flow.tasks];
  while (stack.length > 0) {
    const value = stack.pop();
    if (Array.isArray(value)) { stack.push(...value.toReversed()); continue; }
    if (!isPart(value)) continue;
    const { id, type } = value;
    if (typeof id === 'string' && typeof type === 'string' && !found.has(id)) found.set(id, value);
    for (const [name, part] of Object.entries(value).toReversed()) if (!notTasks.has(name) && typeof part === 'object') stack.push(part);
  }
  return found;
}
/** Members of a task whose entries look like tasks and are none. */
const notTasks: ReadonlySet<string> = new Set(['onResume', 'inputs', 'taskRunner', 'retry', 'inputFiles']);

export const taskTypesOf = (flow: Flow | undefined): ReadonlyMap<string, string> => new Map([...tasksOf(flow)].map(([id, task]) => [id, String(task['type'])]));
