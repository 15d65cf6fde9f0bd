/** Task runs that start another execution. */
import { render, renderDeep } from '../../expression/index.ts';
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

export function createSubflow(s: Stepper, row: TaskRunRow, task: TaskModel): void {
  const { header } = s.state;
  const { properties } = task;
  try {
    const options = s.options(row, task);
    const text = (value: unknown): string => render(String(value ?? ''), options);
    const inputs = renderDeep(properties['inputs'] ?? {}, options);
    const rendered = labelsFrom(renderDeep(properties['labels'] ?? {}, options)) ?? [];
    const inherited = properties['inheritLabels'] === true ? header.labels : header.labels.filter((label) => isSystemLabel(label.key));
    const revision = properties['revision'];
    const date = properties['scheduleDate'];
    const outputs = properties['outputs'];
    // The child's id is chosen here, so that the row and the child come into the world in one commit: a crash leaves no orphan.
    const childId = s.lookup.newId();
    const command: Command = {
      type: 'createSubflow', taskRunId: row.id, childId, namespace: text(properties['namespace']), flowId: text(properties['flowId']),
      ...(revision === undefined || revision === null ? {} : { revision: Number(revision) }),
      inputs: typeof inputs === 'object' && inputs !== null ? inputs as Record<string, unknown> : {},
      labels: mergeLabels(inherited, rendered), wait: waits(task),
      ...(date === undefined || date === null ? {} : { scheduleAtMs: Date.parse(text(date)) }),
      ...(typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs) ? { outputs: outputs as Record<string, unknown> } : {}),
      trigger: { id: task.id, type: task.type, variables: { executionId: header.id, namespace: header.namespace, flowId: header.flowId, flowRevision: header.flowRevision, taskRunId: row.id } },
    };
    s.put({ ...startAttempt(s, row, s.atMs), outputs: { executionId: childId } });
    s.commands.push(command);
  } catch (error) {
    s.log('ERROR', messageOf(error), row);
    finishAttempt(s, startAttempt(s, row, s.atMs), task, 'FAILED', undefined);
  }
}
