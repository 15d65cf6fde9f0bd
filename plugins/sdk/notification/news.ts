/** What a notice says about an execution: its own one, or the one that triggered it. */
import { durationText } from '../../../core/protocol/time.ts';
import type { TaskContext } from '../index.ts';
import { isMap, renderedMap, renderedText, textOf } from '../values.ts';

/** Loops in loops that are looked into. */
const loopsMax = 20;

export interface ExecutionNews {
  readonly executionId: string;
  readonly namespace: string | undefined;
  readonly flowId: string | undefined;
  readonly state: string | undefined;
  /** In words; while it runs, until now. */
  readonly duration: string | undefined;
  /** Ids of tasks that failed, the first one first. */
  readonly failedTasks: readonly string[];
  /** Its page, when the server knows its own address. */
  readonly link: string | undefined;
  readonly message: string | undefined;
  readonly fields: readonly (readonly [string, string])[];
  /** One line that says it all. */
  readonly headline: string;
  /** Whether the state is a bad one. */
  readonly isBad: boolean;
}

export function executionNews(context: TaskContext): ExecutionNews {
  const own = mapAt(context, '{{ execution }}');
  const trigger = mapAt(context, '{{ trigger }}');
  const executionId = renderedText(context, 'executionId')?.trim() ?? context.execution.id;
  const isOwn = executionId === context.execution.id;
  const isTrigger = !isOwn && text(trigger['executionId']) === executionId;
  const failedTasks = isOwn ? failed(context) : [];
  const state = isOwn ? (failedTasks.length > 0 ? 'FAILED' : text(own['state'])) : isTrigger ? text(trigger['state']) : undefined;
  const namespace = isOwn ? context.execution.namespace : isTrigger ? text(trigger['namespace']) : undefined;
  const flowId = isOwn ? context.execution.flowId : isTrigger ? text(trigger['flowId']) : undefined;
  const startMs = isOwn ? Date.parse(text(own['startDate']) ?? '') : Number.NaN;
  const server = rendered(context, '{{ kestra.url }}');
  return {
    executionId, namespace, flowId, state, failedTasks,
    duration: Number.isNaN(startMs) ? undefined : durationText(Math.max(0, Math.round((context.nowMs() - startMs) / 1000) * 1000)),
    link: server === undefined || namespace === undefined || flowId === undefined ? undefined : `${server.replace(/\/+$/, '')}/ui/${context.execution.tenant}/executions/${namespace}/${flowId}/${executionId}`,
    message: renderedText(context, 'customMessage'),
    fields: Object.entries(renderedMap(context, 'customFields')).map(([name, value]) => [name, textOf(value)] as const),
    headline: `Execution ${executionId}${namespace === undefined || flowId === undefined ? '' : ` of ${namespace}.${flowId}`}${state === undefined ? '' : ` is ${state}`}`,
    isBad: state === 'FAILED' || state === 'KILLED' || state === 'CANCELLED',
  };
}

/** The facts as name and value, those that are known. */
export const factsOf = (news: ExecutionNews): readonly (readonly [string, string])[] => [
  ...(news.namespace === undefined ? [] : [['Namespace', news.namespace] as const]),
  ...(news.flowId === undefined ? [] : [['Flow', news.flowId] as const]),
  ['Execution', news.executionId] as const,
  ...(news.state === undefined ? [] : [['State', news.state] as const]),
  ...(news.duration === undefined ? [] : [['Duration', news.duration] as const]),
  ...(news.failedTasks[0] === undefined ? [] : [['Failed task', news.failedTasks[0]] as const]),
  ...news.fields,
];

/** `tasks` is `{taskId: {state}}`, or `{taskId: {value: {state}}}` inside loops. */
function failed(context: TaskContext): readonly string[] {
  const hasFailed = (value: unknown, depth: number): boolean =>
    isMap(value) && (typeof value['state'] === 'string' ? value['state'] === 'FAILED' : depth < loopsMax && Object.values(value).some((inner) => hasFailed(inner, depth + 1)));
  return Object.entries(mapAt(context, '{{ tasks }}')).filter(([, value]) => hasFailed(value, 0)).map(([taskId]) => taskId);
}

const text = (value: unknown): string | undefined => (value === undefined || value === null || value === '' ? undefined : textOf(value));
const mapAt = (context: TaskContext, expression: string): Readonly<Record<string, unknown>> => {
  const found = seenAs(context, expression);
  return isMap(found) ? found : {};
};
const rendered = (context: TaskContext, expression: string): string | undefined => text(seenAs(context, expression));

function seenAs(context: TaskContext, expression: string): unknown {
  try {
    return context.renderTyped(expression);
  } catch {
    // This execution has no such thing: a notice says what is known.
    return undefined;
  }
}
