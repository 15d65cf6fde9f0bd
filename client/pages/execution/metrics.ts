/** Which metrics of a run are shown, in which order. Pure. */
import type { MetricEntry } from '../../../core/protocol/entities/log-entry.ts';

export interface MetricsChoice {
  /** A task's id; all when left out. */
  readonly task: string | undefined;
  readonly sort: { readonly field: 'task' | 'name' | 'value' | 'timestamp'; readonly descending: boolean } | undefined;
  readonly page: number;
  readonly size: number;
}

export const metricSizes = [25, 50, 100] as const;
const fields = ['task', 'name', 'value', 'timestamp'] as const;

/** From the address of the page; what it does not understand is left out. */
export function metricsChoice(search: string): MetricsChoice {
  const query = new URLSearchParams(search);
  const [field, way] = (query.get('sort') ?? '').split(':');
  const known = fields.find((one) => one === field);
  const page = Number(query.get('page'));
  const size = Number(query.get('size'));
  return {
    task: query.get('task') ?? undefined, sort: known === undefined ? undefined : { field: known, descending: way === 'desc' },
    page: Number.isInteger(page) && page > 0 ? page : 1, size: metricSizes.find((one) => one === size) ?? metricSizes[0],
  };
}

/** The rows of the page, and how many there are in all. Without a sort they are in the order of their arrival. */
export function metricsShown(metrics: readonly MetricEntry[], choice: MetricsChoice, nameOf: (metric: MetricEntry) => string): { readonly rows: readonly MetricEntry[]; readonly total: number; readonly page: number } {
  const { task, sort, size } = choice;
  const matching = task === undefined || task === '' ? metrics : metrics.filter((metric) => metric.taskId === task);
  let sorted = matching;
  if (sort !== undefined) {
    const keyOf = (metric: MetricEntry): string | number => (sort.field === 'task' ? nameOf(metric) : metric[sort.field]);
    const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
    sorted = [...matching].sort((a, b) => compare(keyOf(a), keyOf(b)) * (sort.descending ? -1 : 1));
  }
  const page = Math.min(choice.page, Math.max(1, Math.ceil(sorted.length / size)));
  return { rows: sorted.slice((page - 1) * size, page * size), total: sorted.length, page };
}

export const tasksWithMetrics = (metrics: readonly MetricEntry[]): readonly string[] => [...new Set(metrics.map((metric) => metric.taskId))].sort();
