/** What the tasks of a run have measured. */
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { Empty } from '../../components/notice/notice.tsx';
import { durationWords } from '../../components/time/words.ts';
import { Moment } from '../../components/time/time.tsx';
import type { Place } from '../page.ts';
import { taskNameOf } from './failure.ts';

export function MetricsView({ state, place }: { readonly state: ExecutionTopicState; readonly place: Place }) {
  if (state.metrics.length === 0) return <section class="panel"><Empty icon="stats" title="No metrics"><p>Tasks report counters and timers; a script does it with a line such as <code>{'::{"metrics":[{"name":"rows","type":"counter","value":12}]}::'}</code></p></Empty></section>;
  const largest = new Map<string, number>();
  for (const metric of state.metrics) largest.set(metric.name, Math.max(largest.get(metric.name) ?? 0, Math.abs(metric.value)));
  return (
    <section class="panel" aria-label="Metrics">
      <table class="table"><thead><tr><th>Task run</th><th>Metric</th><th class="wide">Type</th><th class="end">Value</th><th class="wide">Share of the largest</th><th class="wide">Tags</th><th class="wide end">At</th></tr></thead>
        <tbody>{state.metrics.slice(0, metricsShown).map((metric) => (
          <tr><td class="mono cut" data-cell="sub">{taskNameOf(state, metric.taskRunId) ?? metric.taskId}</td><td class="mono" data-cell="main">{metric.name}</td><td class="wide">{metric.type}</td><td class="end num" data-cell="side" title={metric.type === 'timer' ? `${metric.value} ms` : undefined}>{metric.type === 'timer' ? durationWords(metric.value) : metric.value.toLocaleString('en-US')}</td>
            <td class="wide"><svg class="metric-bar" width="120" height="8" role="img" aria-label={`${metric.value} of at most ${largest.get(metric.name) ?? 0}`}><rect class="bar" data-state="RUNNING" width={Math.max(1, (Math.abs(metric.value) / (largest.get(metric.name) || 1)) * 120)} height="8" rx="2" /></svg></td>
            <td class="wide">{Object.entries(metric.tags ?? {}).map(([key, value]) => <span class="label">{key}:{value}</span>)}</td><td class="wide end"><Moment at={metric.timestamp} nowMs={place.nowMs} zone={place.zone} /></td></tr>
        ))}</tbody></table>
      {state.metrics.length > metricsShown ? <p class="panel-body faint small">{state.metrics.length - metricsShown} more are in the API: GET /api/v1/metrics/{state.execution?.id}</p> : null}
    </section>
  );
}
const metricsShown = 500;
