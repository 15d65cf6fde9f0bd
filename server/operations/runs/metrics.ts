import type { metricsOfExecution } from '../../../core/protocol/operations/runs.ts';
import { loadExecution, loadMetrics } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { pageOf, parseSort, sortRows } from '../rooms.ts';

const given = (text: string | undefined): text is string => text !== undefined && text !== '';

/** An unknown execution has no metrics, as in Kestra. */
export const ofExecution: Handler<typeof metricsOfExecution> = ({ rooms, input, caller }) => {
  const execution = loadExecution(rooms.engine, caller.tenant, input.executionId);
  const sort = parseSort(input.sort, ['taskId', 'name', 'timestamp', 'value']);
  const all = execution === undefined ? [] : loadMetrics(rooms.engine, execution)
    .filter((metric) => (!given(input.taskRunId) || metric.taskRunId === input.taskRunId) && (!given(input.taskId) || metric.taskId === input.taskId));
  return pageOf(sortRows(all, sort, (metric, field) => metric[field]), input);
};
