/** The chart above the list: asked for when the page stands, and again, at rest, when the list has changed. */
import { charts } from '../../../core/protocol/operations/index.ts';
import type { InputOf } from '../../../core/protocol/operation.ts';
import { mountChart, type MountedChart } from '../list-chart.ts';
import type { PageRun } from '../behaviour.ts';
import { ExecutionChart } from './chart-view.tsx';

export function mountExecutionChart(run: PageRun<unknown>, input: InputOf<typeof charts.executionsChart>): MountedChart {
  return mountChart(run, '#execution-chart', async () => ExecutionChart({ chart: await run.call(charts.executionsChart, input), place: run.place() }));
}
