/** ForEachItem works with three helpers inside; people know the one task. Its batches are counted by the state of their executions. Pure. */
import type { TaskRun } from '../../core/protocol/entities/execution.ts';
import { isStateType, isTerminal, type StateType } from '../../core/protocol/states.ts';

export interface Progress {
  /** 0 while it is not known yet. */
  readonly total: number;
  readonly counts: readonly { readonly state: StateType; readonly count: number }[];
  /** The task run that started the executions: what lists them. */
  readonly taskRunId: string;
}

const helperEndings = ['_split', '_items', '_merge'] as const;

export const isItemHelper = (taskRun: TaskRun, parent: TaskRun): boolean => helperEndings.some((ending) => taskRun.taskId === parent.taskId + ending);

const order: readonly StateType[] = ['SUCCESS', 'WARNING', 'FAILED', 'KILLED', 'CANCELLED', 'SKIPPED', 'RUNNING', 'PAUSED', 'RETRYING', 'QUEUED', 'CREATED'];
const place = (state: StateType): number => (order.includes(state) ? order.indexOf(state) : order.length);

/** From the outputs of `_items`: `numberOfBatches` and `iterations` by state. At a moment of the past only what had ended is known. */
export function progressOf(helpers: readonly TaskRun[], atMs?: number): Progress | undefined {
  const items = helpers.find((one) => one.taskId.endsWith('_items'));
  if (items === undefined) return undefined;
  const { iterations, numberOfBatches } = items.outputs;
  if (typeof iterations !== 'object' || iterations === null) return undefined;
  if (atMs !== undefined && !(isTerminal(items.state.current) && Date.parse(items.state.endDate ?? '') <= atMs)) return undefined;
  const counts = Object.entries(iterations).flatMap(([state, count]) => (isStateType(state) && typeof count === 'number' && count > 0 ? [{ state, count }] : []));
  counts.sort((a, b) => place(a.state) - place(b.state));
  const counted = counts.reduce((sum, one) => sum + one.count, 0);
  return { total: typeof numberOfBatches === 'number' ? Math.max(numberOfBatches, counted) : counted, counts, taskRunId: items.id };
}
