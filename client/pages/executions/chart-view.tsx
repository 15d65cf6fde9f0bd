import type { Chart, ExecutionChartSlot } from '../../../core/protocol/operations/charts.ts';
import { countsByState, stack, StateLegend } from '../../components/chart/day-chart.tsx';
import { SlotChart, type Series } from '../../components/chart/slot-chart.tsx';
import { slotWords } from '../../components/chart/slot-words.ts';
import { datesField, withDates } from '../../components/filter-bar/filters.ts';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { durationWords } from '../../components/time/words.ts';
import type { Place } from '../page.ts';

const series: readonly Series[] = stack.map((state) => ({ id: state, title: stateWord(state), paint: { 'data-state': state }, ...(state === 'SUCCESS' ? { quiet: true } : {}) }));

/** Executions per slot by state, with the mean duration as a line. */
export function ExecutionChart({ chart, place }: { readonly chart: Chart<ExecutionChartSlot>; readonly place: Place }) {
  const seen = new Set<string>();
  const slots = chart.slots.map((slot) => {
    const counts = Object.fromEntries(countsByState(slot.counts));
    for (const [state, count] of Object.entries(counts)) if (count > 0) seen.add(state);
    // A bar's end is the next one's start: the last millisecond before it is still its own.
    const until = new Date(Date.parse(slot.end) - 1).toISOString();
    return { ...slotWords(chart.slot, slot, place.zone), href: `${place.path}${withDates(place.search, datesField, slot.start, until)}`, counts, line: slot.durationMs };
  });
  return (
    <>
      <SlotChart label={`Executions per ${chart.slot}`} slots={slots} series={series} countWords={(count) => `${count} ${count === 1 ? 'execution' : 'executions'}`} line={{ title: 'mean duration', words: durationWords }} legend={<StateLegend states={stack.filter((state) => seen.has(state))} />} />
      {chart.complete ? null : <p class="faint small">There are more than can be counted at once: the chart shows the newest only.</p>}
    </>
  );
}
