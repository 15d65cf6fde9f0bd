/** What the tasks of a run have measured: of one task or of all, sorted, in pages. */
import type { ExecutionTopicState } from '../../../core/protocol/topics.ts';
import { withQuery } from '../../components/filter-bar/filters.ts';
import { Icon } from '../../components/icon/icon.tsx';
import { Empty } from '../../components/notice/notice.tsx';
import { Pager } from '../../components/pager/pager.tsx';
import { Table } from '../../components/table/table.tsx';
import { Moment } from '../../components/time/time.tsx';
import { durationWords } from '../../components/time/words.ts';
import type { Place } from '../page.ts';
import { taskNameOf } from './failure.ts';
import { metricsChoice, metricsShown, tasksWithMetrics } from './metrics.ts';

const columns = [
  { title: 'Task', sort: 'task' }, { title: 'Name', sort: 'name' }, { title: 'Value', sort: 'value', end: true },
  { title: 'Share of the largest', wide: true }, { title: 'Tags', wide: true }, { title: 'At', sort: 'timestamp', wide: true, end: true },
];
const typeIcons = { counter: 'stats', timer: 'clock', gauge: 'live' } as const;

export function MetricsView({ state, place }: { readonly state: ExecutionTopicState; readonly place: Place }) {
  if (state.metrics.length === 0) return <section class="panel"><Empty icon="stats" title="No metrics"><p>Tasks report counters and timers; a script does it with a line such as <code>{'::{"metrics":[{"name":"rows","type":"counter","value":12}]}::'}</code></p></Empty></section>;
  const choice = metricsChoice(place.search);
  const nameOf = (metric: { readonly taskRunId: string; readonly taskId: string }): string => taskNameOf(state, metric.taskRunId) ?? metric.taskId;
  const { rows, total, page } = metricsShown(state.metrics, choice, nameOf);
  const largest = new Map<string, number>();
  for (const metric of state.metrics) largest.set(metric.name, Math.max(largest.get(metric.name) ?? 0, Math.abs(metric.value)));
  const tasks = tasksWithMetrics(state.metrics);
  return (
    <>
      <div class="row">
        <label class="row small dim" for="metric-task">Task</label>
        <span class="input"><select id="metric-task" name="task">
          <option value="" selected={choice.task === undefined}>All {tasks.length} tasks</option>
          {tasks.map((task) => <option value={task} selected={task === choice.task}>{task}</option>)}
        </select></span>
        <span class="grow"></span>
        {choice.task === undefined && choice.sort === undefined ? null : <a class="link small" href={`${place.path}${withQuery(place.search, { task: undefined, sort: undefined, page: undefined })}`}>Show all, as they came</a>}
      </div>
      <section class="panel" aria-label="Metrics">
        <Table id="metric-rows" label="Metrics" columns={columns} path={place.path} search={place.search}>
          {rows.map((metric) => (
            <tr>
              <td class="mono cut" data-cell="sub"><button type="button" class="link" data-action="task-view" data-value={JSON.stringify([metric.taskRunId, 'metrics'])}>{nameOf(metric)}</button></td>
              <td class="mono" data-cell="main"><span class="row"><Icon name={typeIcons[metric.type]} size={14} label={metric.type} />{metric.name}</span></td>
              <td class="end num" data-cell="side" title={metric.type === 'timer' ? `${metric.value} ms` : undefined}>{metric.type === 'timer' ? durationWords(metric.value) : metric.value.toLocaleString('en-US')}</td>
              <td class="wide"><svg class="metric-bar" width="120" height="8" role="img" aria-label={`${metric.value} of at most ${largest.get(metric.name) ?? 0}`}><rect class="bar" data-state="RUNNING" width={Math.max(1, (Math.abs(metric.value) / (largest.get(metric.name) || 1)) * 120)} height="8" rx="2" /></svg></td>
              <td class="wide">{Object.entries(metric.tags ?? {}).map(([key, value]) => <span class="label">{key}:{value}</span>)}</td>
              <td class="wide end"><Moment at={metric.timestamp} nowMs={place.nowMs} zone={place.zone} /></td>
            </tr>
          ))}
        </Table>
        <Pager path={place.path} search={place.search} page={page} size={choice.size} total={total} />
      </section>
    </>
  );
}
