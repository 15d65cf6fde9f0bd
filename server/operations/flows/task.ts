import { notFound } from '../../../core/protocol/errors.ts';
import type * as operations from '../../../core/protocol/operations/flows.ts';
import type { Handler } from '../handler.ts';
import { existingFlow, parsedRevision, revisionOf } from './flow-answer.ts';

/** Members of a flow that hold no tasks, yet may hold things with an id and a type. */
const withoutTasks: ReadonlySet<string> = new Set(['triggers', 'inputs', 'outputs', 'labels', 'variables', 'pluginDefaults', 'taskDefaults']);

/** One task as written, at any depth. */
export const flowsTask: Handler<typeof operations.flowsTask> = async ({ input, caller, rooms }) => {
  const record = existingFlow(rooms.front, caller.tenant, input.namespace, input.id);
  const revision = revisionOf(rooms.front, record, input.revision);
  const data = revision === undefined ? (await rooms.documents.parse((await rooms.documents.draft(record)).source)).flow?.data : (await parsedRevision(rooms, record, revision)).flow?.data;
  const task = data === undefined ? undefined : Object.entries(data).filter(([name]) => !withoutTasks.has(name)).map(([, value]) => findTask(value, input.taskId)).find((found) => found !== undefined);
  if (task === undefined) throw notFound(`task ${input.taskId} of flow ${input.namespace}.${input.id}`);
  return task;
};

function findTask(value: unknown, taskId: string): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value) && 'id' in value && value.id === taskId && 'type' in value && typeof value.type === 'string') return value;
  for (const child of Object.values(value)) {
    const found = findTask(child, taskId);
    if (found !== undefined) return found;
  }
  return undefined;
}
