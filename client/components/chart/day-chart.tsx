/** Executions per day, stacked by state. Geometry is SVG attributes in percent, so no inline styles and it is readable from the first byte. */
import type { StateType } from '../../../core/protocol/states.ts';
import { Icon } from '../icon/icon.tsx';
import { stateIcon, stateWord } from '../state-pill/state-words.ts';
import { niceMost } from './slot-chart.tsx';

export type Daily = Readonly<Record<string, Readonly<Partial<Record<StateType, number>>>>>;

/** From the bottom: exceptions stand on the ground line, where they are seen. */
export const stack: readonly StateType[] = ['FAILED', 'KILLED', 'WARNING', 'PAUSED', 'RUNNING', 'QUEUED', 'SUCCESS'];
/** States without a bar of their own count with the one they are on the way to or from. */
const shownAs: Readonly<Record<StateType, StateType>> = {
  CREATED: 'QUEUED', QUEUED: 'QUEUED', RUNNING: 'RUNNING', PAUSED: 'PAUSED', BREAKPOINT: 'PAUSED', RESTARTED: 'RUNNING', RETRYING: 'RUNNING', RETRIED: 'WARNING',
  KILLING: 'KILLED', KILLED: 'KILLED', SUCCESS: 'SUCCESS', WARNING: 'WARNING', FAILED: 'FAILED', CANCELLED: 'KILLED', SKIPPED: 'SUCCESS',
};

interface Segment { readonly state: StateType; readonly y: number; readonly height: number; readonly count: number }

const plotHeight = 144;
const top = 12;

/** Days (`yyyy-MM-dd`), oldest first, without gaps, ending with the last one given. */
export function daysOf(daily: Daily, lastDay: string, count: number): readonly string[] {
  const endMs = Date.parse(`${lastDay}T00:00:00Z`);
  const known = Object.keys(daily).sort().at(-1);
  const lastMs = known === undefined ? endMs : Math.max(endMs, Date.parse(`${known}T00:00:00Z`));
  return Array.from({ length: count }, (_, index) => new Date(lastMs - (count - 1 - index) * 86_400_000).toISOString().slice(0, 10));
}

export function countsByState(counts: Readonly<Partial<Record<StateType, number>>>): ReadonlyMap<StateType, number> {
  const sums = new Map<StateType, number>();
  for (const state of stack) sums.set(state, 0);
  for (const [state, count] of Object.entries(counts)) {
    // The keys are states by type; Object.entries forgets that.
    const shown = shownAs[state as StateType];
    if (shown !== undefined && count !== undefined) sums.set(shown, (sums.get(shown) ?? 0) + count);
  }
  return sums;
}

export interface DayChartProps {
  readonly daily: Daily;
  readonly days: readonly string[];
  readonly hrefOf: (day: string) => string;
}

export function DayChart({ daily, days, hrefOf }: DayChartProps) {
  const sums = days.map((day) => ({ day, counts: countsByState(daily[day] ?? {}) }));
  const totals = sums.map(({ counts }) => [...counts.values()].reduce((sum, count) => sum + count, 0));
  const most = niceMost(Math.max(1, ...totals));
  const step = 100 / days.length;
  const total = totals.reduce((sum, count) => sum + count, 0);
  return (
    <svg class="chart" height="176" width="100%" role="group" aria-label={`Executions per day, last ${days.length} days, stacked by state: ${total} in all`}>
      {[0, 0.5, 1].map((part) => <line class="grid" x1="0" x2="100%" y1={top + plotHeight * part + 0.5} y2={top + plotHeight * part + 0.5} />)}
      <text class="axis" x="0" y={top - 3}>{most}</text>
      {sums.map(({ day, counts }, index) => {
        const x = index * step + step * 0.13;
        const width = step * 0.74;
        const segments = segmentsOf(counts, most);
        return (
          <>
          <a href={hrefOf(day)} aria-label={`${day}: ${totals[index] ?? 0} executions`}>
            <rect class="hit" x={percent(index * step)} y={top} width={percent(step)} height={plotHeight} />
            {segments.map((segment) => (
              <>
                <rect data-state={segment.state} x={percent(x)} y={segment.y} width={percent(width)} height={segment.height}><title>{day}: {segment.count} {stateWord(segment.state)}</title></rect>
                {segment.state === 'SUCCESS' ? <rect class="cap" data-state="SUCCESS" x={percent(x)} y={segment.y} width={percent(width)} height={Math.min(2, segment.height)} /> : null}
              </>
            ))}
          </a>
          {index % Math.ceil(days.length / 7) === (days.length - 1) % Math.ceil(days.length / 7) ? <text class="axis" x={percent(index * step + step / 2)} y="172" text-anchor="middle">{dayWords(day)}</text> : null}
          </>
        );
      })}
    </svg>
  );
}

export function StateLegend({ states }: { readonly states: readonly StateType[] }) {
  return <ul class="legend wide">{states.map((state) => <li data-state={state}><Icon name={stateIcon(state)} />{stateWord(state)}</li>)}</ul>;
}

/** Counts by state as a list, largest first, each a link. */
export function StateCounts({ counts, hrefOf }: { readonly counts: Readonly<Record<string, number>>; readonly hrefOf: (state: StateType) => string }) {
  const rows = Object.entries(counts).filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  return (
    <ul class="legend" data-list="">
      {rows.map(([name, count]) => {
        const state = name as StateType;
        return <li data-state={state}><Icon name={stateIcon(state)} /><a href={hrefOf(state)}>{stateWord(state)}</a><b>{count}</b></li>;
      })}
    </ul>
  );
}

function segmentsOf(counts: ReadonlyMap<StateType, number>, most: number): readonly Segment[] {
  const segments: Segment[] = [];
  let bottom = top + plotHeight;
  for (const state of stack) {
    const count = counts.get(state) ?? 0;
    if (count === 0) continue;
    // One failure among thousands must still be seen: at least 2 px.
    const height = Math.max(2, Math.round((count / most) * (plotHeight - 2)));
    const y = Math.max(top, bottom - height);
    segments.push({ state, y, height: bottom - y, count });
    bottom = y - 1;
  }
  return segments;
}

const percent = (value: number): string => `${Math.round(value * 100) / 100}%`;
const dayWords = (day: string): string => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));
