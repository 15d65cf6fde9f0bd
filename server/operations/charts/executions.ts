/** Executions over time. What only a time and states choose is counted by the day's counters, whatever the history's size; anything else by reading rows, within a bound. */
import { currentState, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { executionsChart } from '../../../core/protocol/operations/charts.ts';
import { isTerminal, type StateType } from '../../../core/protocol/states.ts';
import { dayFormatter, loadDayCounts, searchExecutions, type ExecutionFilter } from '../../store/index.ts';
import { parseExecutionFilter } from '../executions/filter.ts';
import type { Handler } from '../handler.ts';
import { shownSlots, slotAt, slotsOf, type Slots } from './slots.ts';

const rangeDefaultMs = 30 * 86_400_000;
/** Rows that are read for one chart: about a second of work in slices. */
const rowsMax = 20_000;

interface Figures {
  readonly counts: Partial<Record<StateType, number>>;
  durationSumMs: number;
  ended: number;
}

export const executions: Handler<typeof executionsChart> = async ({ rooms, input, caller }) => {
  const nowMs = rooms.ambient.clock.nowMs();
  const filter = parseExecutionFilter(input, nowMs);
  const startMs = filter.startMs ?? (filter.endMs ?? nowMs) - rangeDefaultMs;
  const endMs = Math.max(startMs, filter.endMs ?? nowMs);
  const dayOf = dayFormatter(rooms.ambient.clock.timeZone());
  const slots = slotsOf(startMs, endMs, dayOf);
  const figures: Figures[] = slots.bounds.slice(1).map(() => ({ counts: {}, durationSumMs: 0, ended: 0 }));
  const found = await searchExecutions(rooms.engine, caller.tenant, { ...filter, startMs, endMs }, { page: 1, size: rowsMax });
  const complete = found.complete && found.rows.length >= found.total;
  for (const row of found.rows) add(figures, slots, row);
  const counted = !complete && isByDay(filter) && slots.unit !== 'minute' && slots.unit !== 'hour';
  if (counted) countDays(figures, slots, filter, loadDayCounts(rooms.engine, caller.tenant, dayOf(startMs)), dayOf);
  return {
    slot: slots.unit, complete: complete || counted,
    slots: shownSlots(slots, (index) => {
      const { counts, durationSumMs, ended } = figures[index] ?? { counts: {}, durationSumMs: 0, ended: 0 };
      return { counts, ...(ended === 0 ? {} : { durationMs: Math.round(durationSumMs / ended) }) };
    }),
  };
};

function add(figures: readonly Figures[], slots: Slots, row: ExecutionRow): void {
  const startMs = row.histories[0]?.atMs ?? 0;
  const figure = figures[slotAt(slots, startMs) ?? -1];
  if (figure === undefined) return;
  const state = currentState(row.histories);
  figure.counts[state] = (figure.counts[state] ?? 0) + 1;
  if (!isTerminal(state)) return;
  figure.durationSumMs += (row.histories[row.histories.length - 1]?.atMs ?? startMs) - startMs;
  figure.ended += 1;
}

/** Nothing chooses but time and states: then the counters of days know it all. */
const isByDay = ({ startMs: _start, endMs: _end, states: _states, ...rest }: ExecutionFilter): boolean => Object.keys(rest).length === 0;

function countDays(figures: readonly Figures[], slots: Slots, filter: ExecutionFilter, days: ReturnType<typeof loadDayCounts>, dayOf: (atMs: number) => string): void {
  const states = filter.states ?? [];
  for (const figure of figures) for (const state of Object.keys(figure.counts)) delete figure.counts[state as StateType];
  const slotOfDay = new Map<string, number>();
  for (let index = 0; index < figures.length; index += 1) {
    for (let atMs = slots.bounds[index] ?? 0; atMs < (slots.bounds[index + 1] ?? 0); atMs += 3_600_000) slotOfDay.set(dayOf(atMs), index);
  }
  for (const [day, counts] of Object.entries(days)) {
    const figure = figures[slotOfDay.get(day) ?? -1];
    if (figure === undefined) continue;
    for (const [name, count] of Object.entries(counts)) {
      // The keys are states by type; Object.entries forgets that.
      const state = name as StateType;
      if (states.length === 0 || states.includes(state)) figure.counts[state] = (figure.counts[state] ?? 0) + count;
    }
  }
}
