/** `taskCache`: a run with the same rendered properties takes the outputs of an earlier one that ended well. */
import { renderDeep, type RenderOptions } from '../../core/expression/index.ts';
import type { TaskModel } from '../../core/language/index.ts';
import type { ExecutionRow, TaskRunRow } from '../../core/protocol/entities/execution.ts';
import { engineKeys, type Key, type Reader, type Write } from '../store/index.ts';

export interface CachedOutputs {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly executionId: string;
  readonly atMs: number;
  readonly expiresAtMs?: number;
}

/** The key of what is about to run, or undefined when it can not be told: then it runs. */
export function cacheKey(execution: ExecutionRow, row: TaskRunRow, task: TaskModel, options: RenderOptions): Key | undefined {
  const hash = options.world.hash;
  if (hash === undefined) return undefined;
  try {
    const rendered = renderDeep({ ...task.properties, type: task.type }, options);
    return engineKeys.taskCache(execution.tenant, execution.namespace, execution.flowId, task.id, hash('sha256', JSON.stringify([row.value ?? null, rendered])));
  } catch {
    // The task itself says what is wrong with its properties.
    return undefined;
  }
}

export function cached(engine: Reader, key: Key, nowMs: number): CachedOutputs | undefined {
  const found = engine.get<CachedOutputs>(key);
  return found === undefined || (found.expiresAtMs !== undefined && found.expiresAtMs <= nowMs) ? undefined : found;
}

export function cacheWrite(key: Key, task: TaskModel, execution: ExecutionRow, outputs: Readonly<Record<string, unknown>>, nowMs: number): Write {
  const ttlMs = task.taskCache?.ttlMs;
  const value: CachedOutputs = { outputs, executionId: execution.id, atMs: nowMs, ...(ttlMs === undefined ? {} : { expiresAtMs: nowMs + ttlMs }) };
  return { type: 'put', key, value };
}
