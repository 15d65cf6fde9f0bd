/** Executions over time. Few are read one by one; many are counted by index ranges, slot by slot, and their durations by the newest of each slot. */
import { currentState, type ExecutionRow } from '../../../core/protocol/entities/execution.ts';
import type { executionsChart } from '../../../core/protocol/operations/charts.ts';
import { isTerminal, stateTypes, type StateType } from '../../../core/protocol/states.ts';
import { dayFormatter, isCountable, listExecutions, loadStateCounts, searchExecutions, type ExecutionFilter } from '../../store/index.ts';
import { executionFilter } from '../executions/filter.ts';
import type { Call, Handler } from '../handler.ts';
import { shownSlots, slotAt, slotsOf, type Slots } from './slots.ts';

const rangeDefaultMs = 30 * 86_400_000;
/** Up to here rows are read: it is as quick as counting, and exact in everything. */
const fewRows = 3000;
/** Rows that are read for a filter that no index answers: about a second of work in slices. */
const rowsMax = 20_000;
/** Rows of a slot whose durations stand for all of it. */
const sampledRows = 100;

interface Figures {
  readonly counts: Partial<Record<StateType, number>>;
  durationSumMs: number;
  ended: number;
}

export const executions: Handler<typeof executionsChart> = async (call) => {
  const { rooms, input, caller } = call;
  const nowMs = rooms.ambient.clock.nowMs();
  const filter = executionFilter(rooms, caller, input);
  const startMs = filter.startMs ?? (filter.endMs ?? nowMs) - rangeDefaultMs;
  const endMs = Math.max(startMs, filter.endMs ?? nowMs);
  const slots = slotsOf(startMs, endMs, dayFormatter(rooms.ambient.clock.timeZone()));
  const figures: Figures[] = slots.bounds.slice(1).map(() => ({ counts: {}, durationSumMs: 0, ended: 0 }));
  const within = { ...filter, startMs, endMs };
  const countable = isCountable({ ...within, states: ['RUNNING'] });
  const total = countable ? listExecutions(rooms.engine, caller.tenant, within, { page: 1, size: 0 }).total : undefined;
  let complete = true;
  if (total !== undefined && total > fewRows) {
    await countSlots(call, within, slots, figures);
  } else {
    const found = await searchExecutions(rooms.engine, caller.tenant, within, { page: 1, size: rowsMax });
    complete = found.complete && found.rows.length >= found.total;
    for (const row of found.rows) {
      const figure = figures[slotAt(slots, row.histories[0]?.atMs ?? 0) ?? -1];
      if (figure !== undefined) add(figure, row, true);
    }
  }
  return {
    slot: slots.unit, complete,
    slots: shownSlots(slots, (index) => {
      const { counts, durationSumMs, ended } = figures[index] ?? { counts: {}, durationSumMs: 0, ended: 0 };
      return { counts, ...(ended === 0 ? {} : { durationMs: Math.round(durationSumMs / ended) }) };
    }),
  };
};

function add(figure: Figures, row: ExecutionRow, isCounted: boolean): void {
  const startMs = row.histories[0]?.atMs ?? 0;
  const state = currentState(row.histories);
  if (isCounted) figure.counts[state] = (figure.counts[state] ?? 0) + 1;
  if (!isTerminal(state)) return;
  figure.durationSumMs += (row.histories[row.histories.length - 1]?.atMs ?? startMs) - startMs;
  figure.ended += 1;
}

/** A turn of the loop for each slot. */
async function countSlots({ rooms, caller }: Pick<Call<typeof executionsChart>, 'rooms' | 'caller'>, filter: ExecutionFilter, slots: Slots, figures: readonly Figures[]): Promise<void> {
  const known = loadStateCounts(rooms.engine, caller.tenant);
  const wanted = stateTypes.filter((state) => (known[state] ?? 0) > 0 && ((filter.states?.length ?? 0) === 0 || filter.states?.includes(state) === true));
  for (const [index, figure] of figures.entries()) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    const startMs = Math.max(filter.startMs ?? 0, slots.bounds[index] ?? 0);
    const endMs = Math.min(filter.endMs ?? Number.MAX_SAFE_INTEGER, (slots.bounds[index + 1] ?? 0) - 1);
    if (startMs > endMs) continue;
    const within = { ...filter, startMs, endMs };
    const list = listExecutions(rooms.engine, caller.tenant, within, { page: 1, size: sampledRows });
    // A slot that was read whole needs no counting.
    const isWhole = list.rows.length >= list.total;
    for (const row of list.rows) add(figure, row, isWhole);
    if (isWhole) continue;
    for (const state of wanted) {
      const { total } = listExecutions(rooms.engine, caller.tenant, { ...within, states: [state] }, { page: 1, size: 0 });
      if (total > 0) figure.counts[state] = total;
    }
  }
}
