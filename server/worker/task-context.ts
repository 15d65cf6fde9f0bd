/** The context a task runs with: its properties rendered on demand, its log, and what its place (inline or thread) can do for it. */
import { defaultExpressionLimits, render, renderDeep, renderTyped, type RenderOptions, type World } from '../../core/expression/index.ts';
import type { TaskContext } from '../../plugins/sdk/index.ts';
import type { TaskJob } from './contract.ts';

/** What differs between a task inline and one in a thread. */
export type ContextServices = Pick<TaskContext, 'log' | 'metric' | 'signal' | 'files' | 'nowMs' | 'languageLevel' | 'sleep' | 'after' | 'process' | 'taskRunner' | 'docker' | 'lineReader' | 'stopsWithin' | 'encrypt' | 'request' | 'stores' | 'namespaceFiles' | 'runTask'>;

export interface ContextOptions {
  readonly job: TaskJob;
  readonly world: World;
  /** Steps of one rendering. */
  readonly fuelMax: number;
  readonly services: ContextServices;
}

export function createTaskContext(options: ContextOptions): TaskContext {
  const { job, services } = options;
  const { execution, task, taskRun } = job;
  const limits = { ...defaultExpressionLimits, fuelMax: options.fuelMax };
  const seen = job.variables['taskrun'];
  const attemptsCount = typeof seen === 'object' && seen !== null && 'attemptsCount' in seen ? Number(seen.attemptsCount) : Math.max(0, job.attempt - 1);
  const shared = {
    ...services,
    properties: task.properties,
    task: { id: task.id, type: task.type },
    execution: { id: execution.id, namespace: execution.namespace, flowId: execution.flowId, flowRevision: execution.flowRevision, tenant: execution.tenant },
    taskRun: { id: taskRun.id, attemptsCount, ...(taskRun.value === undefined ? {} : { value: taskRun.value }) },
  };
  const contextWith = (variables: Readonly<Record<string, unknown>>): TaskContext => {
    const rendering: RenderOptions = { variables, world: options.world, limits };
    return {
      ...shared,
      render: (value) => (typeof value === 'string' ? render(value, rendering) : textOf(renderDeep(value, { ...rendering, renderKeys: true }))),
      renderTyped: (value) => (typeof value === 'string' ? renderTyped(value, rendering) : renderDeep(value, { ...rendering, typed: true, renderKeys: true })),
      renderDeep: (value, deep) => renderDeep(value, { ...rendering, renderKeys: true, typed: deep?.typed === true }),
      withVariables: (more) => contextWith({ ...variables, ...more }),
    };
  };
  return contextWith(job.variables);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
