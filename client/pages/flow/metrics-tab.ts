/** The Metrics tab: filters, and the figures again when a run of the flow has ended. */
import { charts } from '../../../core/protocol/operations/index.ts';
import { topicOf, type ExecutionsTopicState } from '../../../core/protocol/topics.ts';
import { mountFilterInput } from '../../components/filter-bar/filter-input.ts';
import { draw } from '../../components/live/live.ts';
import type { PageRun } from '../behaviour.ts';
import { topicFilter } from '../list-query.ts';
import type { FlowData } from './load.ts';
import { metricQuery } from './metrics-load.ts';
import { MetricsBody } from './metrics-view.tsx';

/** Runs that end together are read together. */
const restMs = 2000;

export function mountMetricsTab(run: PageRun<FlowData>): void {
  const { app, data } = run;
  run.own(mountFilterInput(run.root, app.go, app));
  run.actions({ refresh: () => app.reload() });
  const input = metricQuery(new URLSearchParams(run.place().search), data);
  let cancel: (() => void) | undefined;
  run.own(() => cancel?.());
  run.live<ExecutionsTopicState>(topicOf.executions(topicFilter({ namespace: data.namespace, flowId: data.id, page: 1, size: 10 })), () => {
    // The first state may already know of a run that the page does not.
    cancel ??= app.timers.after(restMs, () => {
      cancel = undefined;
      run.call(charts.metricsChart, input).then((chart) => {
        const place = run.root.querySelector('#flow-metrics');
        if (place !== null) draw(place, MetricsBody({ chart, place: run.place() }));
      }, (error: unknown) => app.toasts.failed(error, 'The metrics were not read again'));
    });
  });
}
