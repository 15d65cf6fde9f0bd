/** LoopUntil: its tasks run again and again until the condition holds. Between two rounds the task run pauses. */
import { isTruthy } from '../../expression/index.ts';
import type { TaskModel } from '../../language/model.ts';
import type { TaskRunRow } from '../../protocol/entities/execution.ts';
import type { StateType } from '../../protocol/states.ts';
import { messageOf, type Stepper } from '../stepper.ts';
import { redispatch } from './begin.ts';

/** The state that the loop ends with, or undefined when its tasks run once more. Its tasks have ended well. */
export function roundOver(s: Stepper, parent: TaskRunRow, task: TaskModel, nominal: StateType): StateType | undefined {
  const loop = parent.decided?.loop;
  if (loop === undefined) return nominal;
  try {
    if (isTruthy(s.render(parent, task, String(task.properties['condition'] ?? '')))) return nominal;
  } catch (error) {
    s.log('ERROR', `Unable to evaluate the condition of ${task.id}: ${messageOf(error)}`, parent);
    return 'FAILED';
  }
  const sinceMs = s.atMs - (parent.histories[0]?.atMs ?? s.atMs);
  if ((loop.maxIterations !== undefined && iterationCount(parent) >= loop.maxIterations) || (loop.maxDurationMs !== undefined && sinceMs + loop.intervalMs > loop.maxDurationMs)) {
    s.log(loop.failOnMax ? 'ERROR' : 'WARN', `${task.id} has reached its maximum: ${iterationCount(parent)} iterations in ${sinceMs} ms, and its condition does not hold`, parent);
    return loop.failOnMax ? 'FAILED' : nominal;
  }
  s.put({ ...parent, histories: [...parent.histories, { state: 'PAUSED', atMs: s.atMs }] });
  s.commands.push({ type: 'schedule', dueAtMs: s.atMs + loop.intervalMs, what: { type: 'loop', taskRunId: parent.id } });
  return undefined;
}

const iterationCount = (row: TaskRunRow): number => Number(row.outputs?.['iterationCount'] ?? 1);

/** The next round: what its tasks were is gone, and they are created anew. */
export function nextRound(s: Stepper, row: TaskRunRow): void {
  s.removeBelow(row.id);
  s.state.plans.delete(row.id);
  const count = iterationCount(row);
  s.put({ ...row, iteration: count, outputs: { ...row.outputs, iterationCount: count + 1 }, histories: [...row.histories, { state: 'RUNNING', atMs: s.atMs }] });
  if (s.state.state === 'PAUSED' && s.state.header.held !== true) {
    s.setState('RUNNING');
    redispatch(s);
  }
  s.mark(row.id);
  s.settle();
}
