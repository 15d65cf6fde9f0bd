/** Task runs that start another execution. */
import { render, renderDeep, type RenderOptions } from '../../expression/index.ts';
import type { TaskModel } from '../../language/model.ts';
import { currentState, type TaskRunRow } from '../../protocol/entities/execution.ts';
import type { StateType } from '../../protocol/states.ts';
import type { Command, EngineEvent } from '../events.ts';
import { isSystemLabel, labelsFrom, mergeLabels } from '../labels.ts';
import { messageOf, type Stepper, waits } from '../stepper.ts';
import { finishAttempt, startAttempt } from './attempts.ts';

/** The child exists: a task that does not wait has done its part. */
export function subflowStarted(s: Stepper, event: Extract<EngineEvent, { type: 'subflowStarted' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    if (waits(task)) return 'it waits for the end';
    if (row.outputs?.['executionId'] !== event.childId) return 'it has started another execution';
    finishAttempt(s, row, task, 'SUCCESS', { executionId: event.childId, state: 'CREATED' });
    return undefined;
  });
}

export function subflowRefused(s: Stepper, event: Extract<EngineEvent, { type: 'subflowRefused' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    if (currentState(row.histories) !== 'RUNNING' || row.outputs?.['executionId'] !== event.childId) return 'it has started another execution';
    const { outputs: _child, ...without } = row;
    s.log('ERROR', event.message, row);
    finishAttempt(s, without, task, 'FAILED', undefined);
    return undefined;
  });
}

/** The child that was to go on can not: another one is started. */
export function subflowMissing(s: Stepper, event: Extract<EngineEvent, { type: 'subflowMissing' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    if (currentState(row.histories) !== 'RUNNING' || row.outputs?.['executionId'] !== event.childId) return 'it waits for another execution';
    callAnew(s, row, task);
    return undefined;
  });
}

export function subflowEnded(s: Stepper, event: Extract<EngineEvent, { type: 'subflowEnded' }>): string | undefined {
  return s.withOpen(event.taskRunId, (row, task) => {
    if (currentState(row.histories) !== 'RUNNING' || row.outputs?.['executionId'] !== event.childId) return 'it waits for another execution';
    const outputs = { ...row.outputs, state: event.state, ...(event.outputs === undefined ? {} : { outputs: event.outputs }) };
    if (event.problem !== undefined) {
      s.log('ERROR', event.problem, row);
      finishAttempt(s, row, task, 'FAILED', outputs);
      return undefined;
    }
    const transmit = task.properties['transmitFailed'] !== false;
    const carried: readonly StateType[] = ['FAILED', 'PAUSED', 'KILLED', 'WARNING', 'CANCELLED'];
    const raw = transmit && carried.includes(event.state) ? (event.state === 'CANCELLED' || event.state === 'PAUSED' ? 'FAILED' : event.state) : 'SUCCESS';
    finishAttempt(s, row, task, raw, outputs);
    return undefined;
  });
}

/** The execution that a task asks for. Its id is chosen here, so that the row and the child come into the world in one commit: a crash leaves no orphan. */
export function callOf(s: Stepper, row: TaskRunRow, task: TaskModel, options: RenderOptions): Extract<Command, { type: 'createSubflow' }> {
  const { header } = s.state;
  const { properties } = task;
  const text = (value: unknown): string => render(String(value ?? ''), options);
  const inputs = renderDeep(properties['inputs'] ?? {}, options);
  const rendered = labelsFrom(renderDeep(properties['labels'] ?? {}, options)) ?? [];
  const inherited = properties['inheritLabels'] === true ? header.labels : header.labels.filter((label) => isSystemLabel(label.key));
  const revision = properties['revision'];
  const date = properties['scheduleDate'];
  const outputs = properties['outputs'];
  return {
    type: 'createSubflow', taskRunId: row.id, childId: s.lookup.newId(), namespace: text(properties['namespace']), flowId: text(properties['flowId']),
    ...(revision === undefined || revision === null ? {} : { revision: Number(revision) }),
    inputs: typeof inputs === 'object' && inputs !== null ? inputs as Record<string, unknown> : {},
    labels: mergeLabels(inherited, rendered), wait: waits(task),
    ...(date === undefined || date === null ? {} : { scheduleAtMs: Date.parse(text(date)) }),
    ...(typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs) ? { outputs: outputs as Record<string, unknown> } : {}),
    trigger: { id: task.id, type: task.type, variables: { executionId: header.id, namespace: header.namespace, flowId: header.flowId, flowRevision: header.flowRevision, taskRunId: row.id } },
  };
}

export function createSubflow(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const before = row.outputs?.['executionId'];
  if (typeof before === 'string' && restartsChild(s, row, task)) {
    s.commands.push({ type: 'restartSubflow', taskRunId: startAttempt(s, row, s.atMs).id, childId: before });
    return;
  }
  callAnew(s, row, task);
}

/** From level 1.x on, what is restarted after a failure restarts the child that failed. */
const restartsChild = (s: Stepper, row: TaskRunRow, task: TaskModel): boolean =>
  currentState(row.histories) === 'RESTARTED' && s.state.index.flow.level !== '0.20' && task.properties['restartBehavior'] !== 'NEW_EXECUTION' && waits(task);

function callAnew(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  try {
    const command = callOf(s, row, task, s.options(row, task));
    const running = currentState(row.histories) === 'RUNNING' ? row : startAttempt(s, row, s.atMs);
    s.put({ ...running, outputs: { executionId: command.childId } });
    s.commands.push(command);
  } catch (error) {
    s.log('ERROR', messageOf(error), row);
    finishAttempt(s, currentState(row.histories) === 'RUNNING' ? row : startAttempt(s, row, s.atMs), task, 'FAILED', undefined);
  }
}
