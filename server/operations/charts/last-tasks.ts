import type { executionsLastTasks } from '../../../core/protocol/operations/charts.ts';
import { loadExecution, loadLastTaskRun } from '../../store/index.ts';
import type { Handler } from '../handler.ts';

/** One look-up an execution, however many task runs it has. Who may not read a namespace learns nothing of its executions. */
export const lastTasks: Handler<typeof executionsLastTasks> = ({ rooms, input, caller }) => Object.fromEntries(input.ids.flatMap((id) => {
  const execution = loadExecution(rooms.engine, caller.tenant, id);
  if (execution === undefined || rooms.access.refusal(caller, { resource: 'execution', action: 'read' }, execution.namespace) !== undefined) return [];
  const last = loadLastTaskRun(rooms.engine, execution);
  return last === undefined ? [] : [[id, { taskId: last.taskId, attempts: last.attempts?.length ?? 0 }]];
}));
