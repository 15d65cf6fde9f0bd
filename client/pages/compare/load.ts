/** Two executions as their pages have them; while one is not chosen yet, the last ones of the same flow to choose from. */
import type { ExecutionHeader } from '../../../core/protocol/entities/execution.ts';
import { notFound } from '../../../core/protocol/errors.ts';
import { executions } from '../../../core/protocol/operations/index.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { firstPart, topicStateOf } from '../execution/load.ts';
import type { PageContext } from '../page.ts';

export interface CompareData {
  readonly a: ExecutionTopicState;
  readonly b: ExecutionTopicState | undefined;
  /** The last runs of the flow of A, newest first. */
  readonly others: readonly ExecutionHeader[];
}

const othersMax = 25;

export async function loadCompare({ ask, query }: PageContext): Promise<CompareData> {
  const idA = query.get('a') ?? '';
  const idB = query.get('b') ?? '';
  if (idA === '') throw notFound('the address names no execution to compare; open a run and press "Compare with…" there');
  const [a, b] = await Promise.all([ask(executions.executionsGet, { executionId: idA }), idB === '' ? undefined : ask(executions.executionsGet, { executionId: idB })]);
  const found = await ask(executions.executionsSearch, { namespace: a.namespace, flowId: a.flowId, page: 1, size: othersMax });
  return {
    // The topics bring the rest a moment later.
    a: firstPart(topicStateOf(a), undefined), b: b === undefined ? undefined : firstPart(topicStateOf(b), undefined),
    others: found.results.filter((one) => one.id !== idA && one.flowId === a.flowId).map(({ taskRunList: _taskRuns, inputs: _inputs, outputs: _outputs, variables: _variables, ...header }) => header),
  };
}
