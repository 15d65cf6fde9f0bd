/** The Metrics tab: one metric of the flow's runs over time, aggregated as is asked. */
import type { MetricChart } from '../../../core/protocol/operations/charts.ts';
import { Button } from '../../components/button/button.tsx';
import { SlotChart } from '../../components/chart/slot-chart.tsx';
import { slotWords } from '../../components/chart/slot-words.ts';
import { FilterBar } from '../../components/filter-bar/filter-bar.tsx';
import { datesField, withDates, withFilter } from '../../components/filter-bar/filters.ts';
import { Empty } from '../../components/notice/notice.tsx';
import { durationWords } from '../../components/time/words.ts';
import type { Place } from '../page.ts';
import { metricFields, type MetricsData } from './metrics-load.ts';

export function MetricsTab({ data, place }: { readonly data: MetricsData; readonly place: Place }) {
  return (
    <>
      <div class="toolbar">
        <FilterBar label="Choose a metric" path={place.path} search={place.search} fields={metricFields(data.chart)} zone={place.zone} />
        <Button kind="quiet" icon="replay" action="refresh" title="Read the metrics again" />
      </div>
      <div class="page-pad"><section class="panel" id="flow-metrics" aria-label="Metrics over time"><MetricsBody chart={data.chart} place={place} /></section></div>
    </>
  );
}

export function MetricsBody({ chart, place }: { readonly chart: MetricChart; readonly place: Place }) {
  const query = new URLSearchParams(place.search);
  const metric = query.get('metric') ?? '';
  const aggregation = query.get('aggregation') ?? '';
  if (chart.metrics.length === 0 && metric === '') return <Empty icon="stats" title="No metrics in this time"><p>Tasks report figures such as rows read or bytes sent; whatever runs of this flow report appears here.</p></Empty>;
  if (metric === '' || aggregation === '') {
    const fields = metricFields(chart);
    const field = fields.find(({ name }) => name === (metric === '' ? 'metric' : 'aggregation'));
    return (
      <Empty icon="stats" title={metric === '' ? 'Choose a metric' : 'Choose how it is aggregated'}>
        <p>{metric === '' ? 'These were reported in this time:' : `How the reports of ${metric} in one slot of time become one figure:`}</p>
        <p class="row metric-choices">{(field?.options ?? []).map(({ value }) => <a class="button" data-size="small" href={`${place.path}${withFilter(place.search, field, value)}`}>{value}</a>)}</p>
      </Empty>
    );
  }
  const words = (value: number): string => (chart.isTimer ? durationWords(value) : rounded(value));
  const total = chart.slots.reduce((sum, slot) => sum + slot.reports, 0);
  const legend = `${aggregation.toLowerCase()} of ${metric}`;
  if (total === 0) return <Empty icon="filter" title={`No report of ${metric}`}><p>It was not reported in this time{query.get('taskId') === null ? '' : ' by this task'}.</p></Empty>;
  return (
    <div class="chart-panel">
      <SlotChart label={`${legend} per ${chart.slot}`} slots={chart.slots.map((slot) => ({
        ...slotWords(chart.slot, slot, place.zone), href: `${place.path}${withDates(place.search, datesField, slot.start, new Date(Date.parse(slot.end) - 1).toISOString())}`,
        counts: slot.value === undefined ? {} : { value: Math.max(0, slot.value) },
      }))} series={[{ id: 'value', title: legend, paint: { 'data-series': '' } }]} valueWords={words} countWords={() => `${total} ${total === 1 ? 'report' : 'reports'}`} legend={<p class="small">{legend}{chart.isTimer ? ', time' : ''}</p>} />
      {chart.complete ? null : <p class="faint small">There are more executions than can be read at once: the chart is of the newest.</p>}
    </div>
  );
}

const rounded = (value: number): string => (Math.abs(value) >= 100 || Number.isInteger(value) ? Math.round(value) : Math.round(value * 100) / 100).toLocaleString('en-US').replaceAll(',', '\u202f');
