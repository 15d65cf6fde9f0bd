/** What the execution page asks: the run, and what its tab needs. The topic keeps the same state live afterwards. */
import type { Execution, TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { Flow } from '../../../core/protocol/entities/flow.ts';
import type { LogEntry } from '../../../core/protocol/entities/log-entry.ts';
import type { ExecutionDependencies } from '../../../core/protocol/operations/execution-facts.ts';
import { executionFacts, executions, preferences, runs } from '../../../core/protocol/operations/index.ts';
import type { ExecutionTopicState, LogsTopicState } from '../../../core/protocol/topics.ts';
import type { PageContext } from '../page.ts';
import { firstFailure } from './failure.ts';
import { logChoices, type LogChoices } from './log-choices.ts';

export const executionTabs = ['overview', 'gantt', 'logs', 'topology', 'outputs', 'metrics', 'dependencies', 'loops'] as const;
export type ExecutionTab = (typeof executionTabs)[number];

export interface ExecutionData {
  readonly tab: ExecutionTab;
  readonly state: ExecutionTopicState;
  readonly logs: LogsTopicState;
  /** The last lines of what failed first: its words, wherever in a long log they are. */
  readonly failure: readonly LogEntry[];
  /** The flow as this execution runs it; undefined when its revision is gone. */
  readonly flow: Flow | undefined;
  /** On the tab of the log. */
  readonly logChoices?: LogChoices;
  /** On the tab of dependencies. */
  readonly related?: ExecutionDependencies;
}

const firstLines = 400;
const failureLines = 12;
/** Task runs in the first answer; the topic brings all of them a moment later, so a run of 5,000 is no page of megabytes. */
const firstTaskRunsMax = 300;

export async function loadExecution({ ask, params }: PageContext): Promise<ExecutionData> {
  const executionId = params['id'] ?? '';
  const tab = executionTabs.find((one) => one === params['tab']) ?? 'gantt';
  const [execution, metrics, page, flow, related, own] = await Promise.all([
    ask(executions.executionsGet, { executionId }),
    ask(runs.metricsOfExecution, { executionId, page: 1, size: tab === 'metrics' ? 1000 : 1 }),
    ask(runs.logsPage, { executionId, size: firstLines }),
    ask(executions.executionsFlow, { executionId }).catch(() => undefined),
    tab === 'dependencies' ? ask(executionFacts.executionsDependencies, { executionId, expandAll: true }) : undefined,
    tab === 'logs' ? ask(preferences.preferencesGet, {}) : undefined,
  ]);
  const counts = { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0 };
  const whole = topicStateOf(execution);
  const failed = firstFailure(whole);
  const failure = failed === undefined ? [] : (await ask(runs.logsPage, { executionId, taskRunId: failed.id, size: failureLines })).lines;
  return { tab, flow, failure, ...(related === undefined ? {} : { related }), ...(own === undefined ? {} : { logChoices: logChoices(own.values) }), state: { ...firstPart(whole, failed), metrics: tab === 'metrics' ? metrics.results : [] }, logs: { ...page, counts } };
}

/** The API's execution in the shape of its topic. */
export function topicStateOf(execution: Execution): ExecutionTopicState {
  const { taskRunList, ...header } = execution;
  const list = taskRunList ?? [];
  return { execution: header, taskRuns: Object.fromEntries(list.map((taskRun) => [taskRun.id, taskRun])), order: list.map((taskRun) => taskRun.id), metrics: [] };
}

/** The first task runs, and what failed with everything around it. */
export function firstPart(state: ExecutionTopicState, failed: TaskRun | undefined): ExecutionTopicState {
  if (state.order.length <= firstTaskRunsMax) return state;
  const kept = new Set(state.order.slice(0, firstTaskRunsMax));
  for (let one = failed; one !== undefined; one = one.parentTaskRunId === undefined ? undefined : state.taskRuns[one.parentTaskRunId]) kept.add(one.id);
  const order = state.order.filter((id) => kept.has(id));
  return { ...state, order, taskRuns: Object.fromEntries(order.flatMap((id) => { const taskRun = state.taskRuns[id]; return taskRun === undefined ? [] : [[id, taskRun]]; })) };
}
