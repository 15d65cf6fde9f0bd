/** What the Metrics tab asks, from its address. */
import { charts } from '../../../core/protocol/operations/index.ts';
import { metricAggregations } from '../../../core/protocol/entities/log-entry.ts';
import type { MetricChart } from '../../../core/protocol/operations/charts.ts';
import { datesField, relativeField, withPresets, type FilterField } from '../../components/filter-bar/filters.ts';
import { given } from '../list-query.ts';
import type { PageContext } from '../page.ts';

export interface MetricsData {
  readonly chart: MetricChart;
}

const options = (values: readonly string[]) => values.map((value) => ({ value, text: value }));

export const metricFields = ({ tasks, metrics }: Pick<MetricChart, 'tasks' | 'metrics'>): readonly FilterField[] => [
  { name: 'metric', title: 'metric', comparator: 'is', options: options(metrics) },
  { name: 'aggregation', title: 'aggregation', comparator: 'is', options: options(metricAggregations) },
  { name: 'taskId', title: 'task', comparator: 'is', options: options(tasks) },
  { ...relativeField, preset: 'P30D' },
  datesField,
];

export function metricQuery(address: URLSearchParams, flow: { readonly namespace: string; readonly id: string }) {
  const query = withPresets(address, metricFields({ tasks: [], metrics: [] }));
  const one = (name: string): string | undefined => (query.get(name)?.trim() === '' ? undefined : query.get(name)?.trim() ?? undefined);
  return { namespace: flow.namespace, flowId: flow.id, ...given({ metric: one('metric'), aggregation: one('aggregation'), taskId: one('taskId'), timeRange: one('timeRange'), startDate: one('startDate'), endDate: one('endDate') }) };
}

export async function loadMetricsTab({ ask, query }: Pick<PageContext, 'ask' | 'query'>, flow: { readonly namespace: string; readonly id: string }): Promise<MetricsData> {
  return { chart: await ask(charts.metricsChart, metricQuery(query, flow)) };
}
