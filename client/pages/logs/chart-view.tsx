import { logLevels, type LogLevel } from '../../../core/protocol/entities/log-entry.ts';
import type { Chart, LogChartSlot } from '../../../core/protocol/operations/charts.ts';
import { SlotChart, type Series } from '../../components/chart/slot-chart.tsx';
import { slotWords } from '../../components/chart/slot-words.ts';
import { datesField, withDates } from '../../components/filter-bar/filters.ts';
import type { Place } from '../page.ts';

/** Errors stand on the ground line, where they are seen; what is told all the time stays quiet. */
const series: readonly Series[] = [...logLevels].reverse().map((level) => ({ id: level, title: level, paint: { 'data-level': level }, ...(level === 'INFO' ? { quiet: true } : {}) }));

/** Log lines per slot by level. */
export function LogChart({ chart, place }: { readonly chart: Chart<LogChartSlot>; readonly place: Place }) {
  const seen = new Set<string>();
  const slots = chart.slots.map((slot) => {
    for (const [level, count] of Object.entries(slot.counts)) if (count > 0) seen.add(level);
    const until = new Date(Date.parse(slot.end) - 1).toISOString();
    return { ...slotWords(chart.slot, slot, place.zone), href: `${place.path}${withDates(place.search, datesField, slot.start, until)}`, counts: slot.counts };
  });
  return (
    <>
      <SlotChart label={`Log lines per ${chart.slot}`} slots={slots} series={series} countWords={(count) => `${count} ${count === 1 ? 'line' : 'lines'}`} legend={<LevelLegend levels={logLevels.filter((level) => seen.has(level))} />} />
      {chart.complete ? null : <p class="faint small">There is more than can be counted at once: the chart shows the newest lines only.</p>}
    </>
  );
}

function LevelLegend({ levels }: { readonly levels: readonly LogLevel[] }) {
  return <ul class="legend wide">{[...levels].reverse().map((level) => <li><svg class="level-dot" width="8" height="8" aria-hidden="true"><rect width="8" height="8" rx="2" data-level={level} class={level === 'INFO' ? 'quiet' : undefined} /></svg>{level}</li>)}</ul>;
}
