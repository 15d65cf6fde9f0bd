import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MetricEntry } from '../../../core/protocol/entities/log-entry.ts';
import { metricsChoice, metricsShown, tasksWithMetrics } from './metrics.ts';

const metric = (taskId: string, name: string, value: number): MetricEntry => ({ namespace: 'n', flowId: 'f', taskId, executionId: 'e', taskRunId: `run-${taskId}`, type: 'counter', name, value, timestamp: '2026-11-24T14:00:00.000Z', deleted: false });
const metrics = [metric('load', 'rows', 7), metric('fetch', 'rows', 30), metric('load', 'bytes', 512), ...Array.from({ length: 60 }, (_, index) => metric('many', `m${index}`, index))];
const nameOf = (one: MetricEntry): string => one.taskId;

test('metrics are of one task, sorted, and in pages that end', () => {
  assert.equal(tasksWithMetrics(metrics), ['fetch', 'load', 'many']);
  assert.equal(metricsShown(metrics, metricsChoice('?task=load&sort=value:desc'), nameOf).rows.map((one) => one.value), [512, 7]);
  assert.equal(metricsShown(metrics, metricsChoice('?sort=task:asc'), nameOf).rows.slice(0, 3).map((one) => one.taskId), ['fetch', 'load', 'load']);
  const third = metricsShown(metrics, metricsChoice('?page=3'), nameOf);
  assert.equal([third.rows.length, third.total, third.page], [13, 63, 3]);
  assert.is(metricsShown(metrics, metricsChoice('?page=99'), nameOf).page, 3, 'a page after the last is the last');
  assert.equal(metricsChoice('?sort=__proto__:asc&page=-1&size=7'), { task: undefined, sort: undefined, page: 1, size: 25 });
});

test.run();
