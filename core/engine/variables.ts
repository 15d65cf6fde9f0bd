/** The rendering context (engine-semantics section 4). Built per task run; the trees inside are the execution's own, never copied. */
import type { TaskRunRow } from '../protocol/entities/execution.ts';
import { isoText } from '../protocol/time.ts';
import type { TaskModel } from '../language/model.ts';
import type { ExecutionState } from './execution-state.ts';
import type { Lookup } from './lookup.ts';

/** Labels as a map, `system.x` nested under `system`; the first of equal keys wins. */
function labelMap(state: ExecutionState): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  for (const { key, value } of state.header.labels) {
    const parts = key.startsWith('system.') ? ['system', key.slice(7)] : [key];
    let at = map;
    for (const part of parts.slice(0, -1)) {
      const next = Object.hasOwn(at, part) ? at[part] : undefined;
      const deeper: Record<string, unknown> = typeof next === 'object' && next !== null ? next as Record<string, unknown> : {};
      Object.defineProperty(at, part, { value: deeper, enumerable: true, configurable: true, writable: true });
      at = deeper;
    }
    const last = parts[parts.length - 1] ?? key;
    if (!Object.hasOwn(at, last)) Object.defineProperty(at, last, { value, enumerable: true, configurable: true, writable: true });
  }
  return map;
}

export function variablesOf(state: ExecutionState, lookup: Lookup, at?: { readonly task: TaskModel; readonly taskRun?: TaskRunRow | undefined }): Readonly<Record<string, unknown>> {
  const { header, index } = state;
  const startMs = header.histories[0]?.atMs ?? 0;
  const variables: Record<string, unknown> = {
    flow: { id: header.flowId, namespace: header.namespace, revision: header.flowRevision, ...(header.tenant === 'main' ? {} : { tenantId: header.tenant }) },
    execution: { id: header.id, startDate: isoText(startMs), originalId: header.originalId, ...(header.outputs === undefined ? {} : { outputs: header.outputs }), state: state.state },
    vars: header.vars ?? { ...index.flow.variables, ...header.variables },
    outputs: lookup.decrypted(header.loopRun?.outputs === undefined ? state.outputs : { ...header.loopRun.outputs, ...state.outputs }),
    tasks: state.tasks,
    labels: labelMap(state),
    envs: lookup.envs,
    globals: lookup.globals,
  };
  const inputs = header.inputs;
  if (inputs !== undefined && Object.keys(inputs).length > 0) variables['inputs'] = lookup.decrypted(inputs);
  if (header.trigger !== undefined) variables['trigger'] = header.trigger.variables;
  const schedule = header.variables?.['schedule'];
  if (schedule !== undefined) variables['schedule'] = schedule;
  if (header.loopRun !== undefined) variables['item'] = itemOf(header.loopRun);
  if (at !== undefined) {
    variables['task'] = { id: at.task.id, type: at.task.type };
    const { taskRun } = at;
    if (taskRun !== undefined) {
      const directory = directoryOf(state, taskRun);
      const value = taskRun.value ?? directory?.value ?? switchValue(state, taskRun);
      if (directory !== undefined) variables['workerTaskrun'] = { id: directory.id, ...(directory.value === undefined ? {} : { value: directory.value }), ...(directory.iteration === undefined ? {} : { iteration: directory.iteration }) };
      variables['taskrun'] = {
        id: taskRun.id,
        startDate: isoText(taskRun.histories[0]?.atMs ?? startMs),
        attemptsCount: taskRun.attempts?.filter((attempt) => attempt.histories.length > 1 || attempt.histories[0]?.state !== 'RUNNING').length ?? 0,
        ...(taskRun.parentTaskRunId === undefined ? {} : { parentId: taskRun.parentTaskRunId }),
        ...(value === undefined ? {} : { value }),
        ...(taskRun.iteration === undefined ? {} : { iteration: taskRun.iteration }),
      };
      const parents: Record<string, unknown>[] = [];
      for (let one = taskRun.parentTaskRunId === undefined ? undefined : state.get(taskRun.parentTaskRunId); one !== undefined; one = one.parentTaskRunId === undefined ? undefined : state.get(one.parentTaskRunId)) {
        const entry: Record<string, unknown> = {};
        if (one.value !== undefined) entry['taskrun'] = { value: one.value, ...(one.iteration === undefined ? {} : { iteration: one.iteration }) };
        if (one.outputs !== undefined && Object.keys(one.outputs).length > 0) entry['outputs'] = lookup.decrypted(one.outputs);
        if (Object.keys(entry).length > 0) parents.push(entry);
      }
      const parent = parents[0];
      if (parent !== undefined) {
        variables['parent'] = parent;
        variables['parents'] = parents;
      }
    }
  }
  return variables;
}

/** `item` of a Loop's iteration. */
function itemOf({ index, value, key, parents }: NonNullable<ExecutionState['header']['loopRun']>): Readonly<Record<string, unknown>> {
  const [parent] = parents ?? [];
  return { index, value, ...(key === undefined ? {} : { key }), ...(parent === undefined ? {} : { parent }), parents: parents ?? [] };
}

/** Tasks that share a directory have the value of the task run that owns it. */
function directoryOf(state: ExecutionState, taskRun: TaskRunRow): TaskRunRow | undefined {
  const parent = taskRun.parentTaskRunId === undefined ? undefined : state.get(taskRun.parentTaskRunId);
  return parent !== undefined && state.index.tasks.get(parent.taskId)?.task.flowable === 'workingDirectory' ? parent : undefined;
}

/** A direct child of a Switch may ask for `taskrun.value`: it is the value that chose its case. */
function switchValue(state: ExecutionState, taskRun: TaskRunRow): unknown {
  const parent = taskRun.parentTaskRunId === undefined ? undefined : state.get(taskRun.parentTaskRunId);
  return parent !== undefined && state.index.tasks.get(parent.taskId)?.task.flowable === 'switch' ? parent.outputs?.['value'] : undefined;
}
