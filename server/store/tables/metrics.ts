/** Metrics that tasks report: one row each, in order of arrival, read with their execution. */
import type { ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { MetricEntry } from '../../../core/protocol/entities/log-entry.ts';
import { isoText } from '../../../core/protocol/time.ts';
import type { Reader, Write } from '../contract.ts';
import { engineKeys, enginePrefixes } from '../keys.ts';

type Owner = Pick<ExecutionRow, 'tenant' | 'number' | 'id' | 'namespace' | 'flowId'>;

export interface MetricRow {
  readonly taskId: string;
  readonly taskRunId: string;
  readonly type: MetricEntry['type'];
  readonly name: string;
  /** Timers in milliseconds. */
  readonly value: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly atMs: number;
}

export const metricWrite = (execution: Pick<Owner, 'tenant' | 'number'>, position: number, row: MetricRow): Write =>
  ({ type: 'put', key: engineKeys.metric(execution.tenant, execution.number, position), value: row });

/** Where the next metric of an execution goes; the writer keeps counting from there in memory. */
export function nextMetricPosition(reader: Reader, execution: Pick<Owner, 'tenant' | 'number'>): number {
  for (const { key } of reader.range({ prefix: enginePrefixes.metrics(execution.tenant, execution.number), reverse: true, limit: 1 })) {
    const position = key[3];
    if (typeof position === 'number') return position + 1;
  }
  return 0;
}

export function loadMetrics(reader: Reader, execution: Owner, from = 0): MetricEntry[] {
  const prefix = enginePrefixes.metrics(execution.tenant, execution.number);
  const metrics: MetricEntry[] = [];
  for (const { value } of reader.range<MetricRow>({ prefix, ...(from === 0 ? {} : { after: [...prefix, from - 1] }) })) metrics.push(metricOf(value, execution));
  return metrics;
}

export function metricOf(row: MetricRow, execution: Owner): MetricEntry {
  return {
    namespace: execution.namespace,
    flowId: execution.flowId,
    taskId: row.taskId,
    executionId: execution.id,
    taskRunId: row.taskRunId,
    type: row.type,
    name: row.name,
    value: row.value,
    ...(row.tags === undefined ? {} : { tags: row.tags }),
    timestamp: isoText(row.atMs),
    deleted: false,
  };
}
