/** What the execution page asks: the run, and what its tab needs. The topic keeps the same state live afterwards. */
import type { Execution } from '../../../core/protocol/entities/execution.ts';
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import { executions, runs } from '../../../core/protocol/operations/index.ts';
import type { ExecutionTopicState, LogsTopicState } from '../../../core/protocol/topics.ts';
import type { PageContext } from '../page.ts';

export const executionTabs = ['overview', 'gantt', 'logs', 'topology', 'outputs', 'metrics'] as const;
export type ExecutionTab = (typeof executionTabs)[number];

export interface ExecutionData {
  readonly tab: ExecutionTab;
  readonly state: ExecutionTopicState;
  readonly logs: LogsTopicState;
  /** The flow as this execution runs it; undefined when its revision is gone. */
  readonly flow: Flow | undefined;
}

const firstLines = 400;

export async function loadExecution({ ask, params }: PageContext): Promise<ExecutionData> {
  const executionId = params['id'] ?? '';
  const tab = executionTabs.find((one) => one === params['tab']) ?? 'gantt';
  const [execution, metrics, page, flow] = await Promise.all([
    ask(executions.executionsGet, { executionId }),
    ask(runs.metricsOfExecution, { executionId, page: 1, size: 1000 }),
    ask(runs.logsPage, { executionId, size: firstLines }),
    ask(executions.executionsFlow, { executionId }).catch(() => undefined),
  ]);
  const counts = { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0 };
  return { tab, flow, state: { ...topicStateOf(execution), metrics: metrics.results }, logs: { ...page, counts } };
}

/** The API's execution in the shape of its topic. */
export function topicStateOf(execution: Execution): ExecutionTopicState {
  const { taskRunList, ...header } = execution;
  const list = taskRunList ?? [];
  return { execution: header, taskRuns: Object.fromEntries(list.map((taskRun) => [taskRun.id, taskRun])), order: list.map((taskRun) => taskRun.id), metrics: [] };
}
