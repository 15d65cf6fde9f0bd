/** Reading executions: rows of the engine's environment, as the API shows them. */
import { executionOf, currentState } from '../../../core/protocol/entities/execution.ts';
import { limits } from '../../../core/protocol/limits.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { executionsEval, executionsGet, executionsLatest, executionsOfFlow, executionsSearch } from '../../../core/protocol/operations/executions.ts';
import { latestExecution, loadTaskRuns, searchExecutions } from '../../store/index.ts';
import type { Handler } from '../handler.ts';
import { needExecution, parseSort, replied, wholeExecution } from '../rooms.ts';
import { executionFilter } from './filter.ts';

const sortFields = ['id', 'namespace', 'flowId', 'state.current', 'state.startDate', 'state.endDate', 'state.duration'] as const;

export const get: Handler<typeof executionsGet> = ({ rooms, input, caller }) => wholeExecution(rooms, needExecution(rooms, caller, input.executionId));

export const search: Handler<typeof executionsSearch> = async ({ rooms, input, caller }) => {
  const sort = parseSort(input.sort, sortFields);
  const filter = executionFilter(rooms, caller, input);
  const list = await searchExecutions(rooms.engine, caller.tenant, filter, { page: input.page ?? 1, size: input.size ?? 10, ...(sort === undefined ? {} : { sort }) });
  return { results: list.rows.map((row) => executionOf(row, loadTaskRuns(rooms.engine, row))), total: list.total };
};

export const ofFlow: Handler<typeof executionsOfFlow> = (call) => search({ ...call, input: { ...call.input, filters: [{ field: 'namespace', operation: 'EQUALS', value: call.input.namespace }] } });

export const latest: Handler<typeof executionsLatest> = ({ rooms, input, caller }) => input.body.flatMap(({ namespace, id }) => {
  const row = latestExecution(rooms.engine, caller.tenant, namespace, id);
  return row === undefined ? [] : [{ id: row.id, flowId: row.flowId, namespace: row.namespace, startDate: isoText(row.histories[0]?.atMs ?? 0), status: currentState(row.histories) }];
});

export const evaluate: Handler<typeof executionsEval> = async ({ rooms, input, caller }) => {
  const answer = replied(await rooms.executor.evaluate(caller.tenant, input.executionId, input.taskRunId, input.source));
  if (input.share === true) {
    const { id, name, kind, color } = caller.participant;
    const text = 'error' in answer ? answer.error : answer.result;
    rooms.consoles.add(caller.tenant, input.executionId, {
      id: rooms.ambient.ids.friendly(), at: isoText(rooms.ambient.clock.nowMs()), by: { id, name, kind, color }, expression: input.source.slice(0, limits.consoleResultCharsMax),
      ...(input.taskRunId === undefined ? {} : { taskRunId: input.taskRunId }),
      outcome: { type: 'error' in answer ? 'error' : 'result', text: text.slice(0, limits.consoleResultCharsMax), cut: text.length > limits.consoleResultCharsMax },
    });
  }
  return answer;
};
