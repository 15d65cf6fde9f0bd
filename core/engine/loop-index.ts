/** The part of a flow that one iteration of a Loop runs, as a flow of its own. */
import type { OutputModel, TaskModel } from '../language/model.ts';
import { inputTypes, type InputType } from '../language/model.ts';
import { childTasks, indexFlow, type FlowIndex } from './flow-index.ts';

/** Undefined when the flow has no such Loop (another revision). */
export function loopIndex(index: FlowIndex, taskId: string): FlowIndex | undefined {
  const task = index.tasks.get(taskId)?.task;
  if (task === undefined || task.kind !== 'items') return undefined;
  const { concurrency: _concurrency, retry, ...flow } = index.flow;
  // A new execution of one iteration is none of the loop.
  const tried = task.retry ?? retry;
  return indexFlow({
    ...flow, tasks: childTasks(task), errors: task.errors, finally: [], afterExecution: [], listeners: [], triggers: [], sla: [], checks: [], outputs: outputsOf(task),
    ...(tried === undefined || tried.behavior === 'CREATE_NEW_EXECUTION' ? {} : { retry: tried }),
  }, index.revision);
}

/** `outputs` of a Loop: rendered in each iteration. */
function outputsOf(task: TaskModel): readonly OutputModel[] {
  const given = task.properties['outputs'];
  if (!Array.isArray(given)) return [];
  return given.flatMap((one: unknown): readonly OutputModel[] => {
    if (typeof one !== 'object' || one === null || !('id' in one) || !('value' in one)) return [];
    return [{ id: String(one.id), type: inputTypes.find((type): type is InputType => 'type' in one && type === one.type) ?? 'STRING', value: one.value }];
  });
}
