/** Addresses inside the execution page that carry more than a tab. Pure. */
import type { TaskRun } from '../../../core/protocol/entities/execution.ts';
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { toExecution, type Place } from '../page.ts';
import { pathOfTaskRun } from './outputs.ts';

interface Address { readonly namespace: string; readonly flowId: string; readonly id: string }

export function toLogs(place: Pick<Place, 'tenant'>, execution: Address, what: { readonly taskRunId?: string | undefined; readonly line?: number | undefined; readonly minLevel?: string | undefined }): string {
  const query = new URLSearchParams();
  if (what.minLevel !== undefined) query.set('minLevel', what.minLevel);
  if (what.taskRunId !== undefined) query.set('taskRunId', what.taskRunId);
  if (what.line !== undefined) query.set('line', String(what.line));
  const text = query.toString();
  return `${toExecution(place, execution, 'logs')}${text === '' ? '' : `?${text}`}`;
}

export const toOutputs = (place: Pick<Place, 'tenant'>, execution: Address, state: ExecutionTopicState, taskRun: TaskRun): string =>
  `${toExecution(place, execution, 'outputs')}?${pathOfTaskRun(state, taskRun).map((name) => `p=${encodeURIComponent(name)}`).join('&')}`;
