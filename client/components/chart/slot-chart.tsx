/**
 * Figures over time: bars stacked by series, one slot a bar, and a line of a second figure. Each bar is a link that narrows the list to its
 * time, with everything it shows in its name; the same figures stand in a table below. Geometry is SVG attributes in percent.
 */
import type { View } from '../view.ts';

export interface Series {
  readonly id: string;
  readonly title: string;
  /** Paints the bar: `data-state` or `data-level`. */
  readonly paint: Readonly<Record<string, string>>;
  /** A soft body with a solid cap, so that exceptions stand out. */
  readonly quiet?: boolean;
}

export interface ChartedSlot {
  /** When, in words. */
  readonly title: string;
  /** Under the axis. */
  readonly short: string;
  readonly href: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly line?: number | undefined;
}

export interface SlotChartProps {
  readonly label: string;
  readonly slots: readonly ChartedSlot[];
  /** From the ground line up. */
  readonly series: readonly Series[];
  readonly countWords: (count: number) => string;
  /** A single figure of a bar, where it is not a count. */
  readonly valueWords?: (value: number) => string;
  readonly line?: { readonly title: string; readonly words: (value: number) => string };
  readonly legend?: View;
}

const plotHeight = 112;
const top = 14;

export function SlotChart({ label, slots, series, countWords, valueWords = plain, line, legend }: SlotChartProps) {
  const totals = slots.map((slot) => sumOf(slot, series));
  const total = totals.reduce((sum, one) => sum + one, 0);
  const highest = Math.max(0, ...totals);
  const most = niceMost(highest === 0 ? 1 : highest);
  const lineMost = Math.max(0, ...slots.map((slot) => slot.line ?? 0));
  const step = 100 / Math.max(1, slots.length);
  // Of many slots six, so that their dates stand apart on a phone, too.
  const every = Math.ceil(slots.length / (slots.length > 14 ? 6 : 7));
  const words = (slot: ChartedSlot): string => {
    const parts = series.flatMap(({ id, title }) => ((slot.counts[id] ?? 0) === 0 ? [] : [`${valueWords(slot.counts[id] ?? 0)} ${title}`]));
    return `${slot.title}: ${parts.length === 0 ? countWords(0) : parts.join(', ')}${slot.line === undefined || line === undefined ? '' : `, ${line.title} ${line.words(slot.line)}`}`;
  };
  return (
    <>
      <svg class="chart slot-chart" height="144" width="100%" role="group" aria-label={`${label}: ${countWords(total)}`}>
        {[0, 0.5, 1].map((part) => <line class="grid" x1="0" x2="100%" y1={top + plotHeight * part + 0.5} y2={top + plotHeight * part + 0.5} />)}
        <text class="axis" x="0" y={top - 4}>{valueWords(most)}</text>
        {line === undefined || lineMost === 0 ? null : <text class="axis" x="100%" y={top - 4} text-anchor="end">{line.title} up to {line.words(lineMost)}</text>}
        {slots.map((slot, index) => (
          <>
            <a href={slot.href} aria-label={words(slot)}>
              <title>{words(slot)}</title>
              <rect class="hit" x={percent(index * step)} y={top} width={percent(step)} height={plotHeight} />
              {segmentsOf(slot, series, most).map((segment) => (
                <>
                  <rect {...segment.series.paint} class={segment.series.quiet === true ? 'quiet' : undefined} x={percent(index * step + step * 0.13)} y={segment.y} width={percent(step * 0.74)} height={segment.height} />
                  {segment.series.quiet === true ? <rect {...segment.series.paint} class="cap" x={percent(index * step + step * 0.13)} y={segment.y} width={percent(step * 0.74)} height={Math.min(2, segment.height)} /> : null}
                </>
              ))}
            </a>
            {index % every === (slots.length - 1) % every ? <text class="axis" {...placeOfName(index, slots.length)} y="140">{slot.short}</text> : null}
          </>
        ))}
        {lineMost === 0 ? null : <Line slots={slots} step={step} most={lineMost} />}
      </svg>
      <div class="chart-foot">
        {legend}
        <details class="chart-table"><summary>As a table</summary>
          <div class="table-wrap"><table class="table" aria-label={label}>
            <thead><tr><th scope="col">Time</th>{series.map(({ title }) => <th scope="col" class="end">{title}</th>)}{series.length === 1 ? null : <th scope="col" class="end">All</th>}{line === undefined ? null : <th scope="col" class="end">{line.title}</th>}</tr></thead>
            <tbody>{slots.map((slot, index) => (totals[index] === 0 ? null : <tr><td><a href={slot.href}>{slot.title}</a></td>{series.map(({ id }) => <td class="end num">{slot.counts[id] === undefined && series.length === 1 ? '' : valueWords(slot.counts[id] ?? 0)}</td>)}{series.length === 1 ? null : <td class="end num">{totals[index]}</td>}{line === undefined ? null : <td class="end num">{slot.line === undefined ? '' : line.words(slot.line)}</td>}</tr>))}</tbody>
          </table></div>
        </details>
      </div>
    </>
  );
}

/** Under the middle of the slot; of many slots the first and the last name stay inside of the chart. */
function placeOfName(index: number, count: number): { readonly x: string; readonly 'text-anchor': string } {
  if (count > 12 && index === 0) return { x: '0', 'text-anchor': 'start' };
  if (count > 12 && index === count - 1) return { x: '100%', 'text-anchor': 'end' };
  return { x: percent(((index + 0.5) * 100) / count), 'text-anchor': 'middle' };
}

/** A path needs numbers, percents only stand in lines: so the line is pieces between neighbours that have the figure, and a dot at each. */
function Line({ slots, step, most }: { readonly slots: readonly ChartedSlot[]; readonly step: number; readonly most: number }) {
  const points = slots.flatMap((slot, index) => (slot.line === undefined ? [] : [{ x: index * step + step / 2, y: top + plotHeight - 2 - (slot.line / most) * (plotHeight - 6) }]));
  return (
    <g class="slot-line" aria-hidden="true">
      {points.map((point, index) => {
        const next = points[index + 1];
        return <>{next === undefined ? null : <line class="line-duration" x1={percent(point.x)} y1={round(point.y)} x2={percent(next.x)} y2={round(next.y)} />}<circle class="line-dot" cx={percent(point.x)} cy={round(point.y)} r="1.5" /></>;
      })}
    </g>
  );
}

const sumOf = (slot: ChartedSlot, series: readonly Series[]): number => series.reduce((sum, { id }) => sum + (slot.counts[id] ?? 0), 0);

function segmentsOf(slot: ChartedSlot, series: readonly Series[], most: number): readonly { readonly series: Series; readonly y: number; readonly height: number }[] {
  const segments: { readonly series: Series; readonly y: number; readonly height: number }[] = [];
  let bottom = top + plotHeight;
  for (const one of series) {
    const count = slot.counts[one.id] ?? 0;
    if (count === 0) continue;
    // One failure among thousands must still be seen: at least 2 px.
    const height = Math.max(2, Math.round((count / most) * (plotHeight - 2)));
    const y = Math.max(top, bottom - height);
    segments.push({ series: one, y, height: bottom - y });
    bottom = y - 1;
  }
  return segments;
}

/** A round number just above: the tallest bar uses most of the height. */
export function niceMost(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

const plain = (value: number): string => value.toLocaleString('en-US').replaceAll(',', '\u202f');
const percent = (value: number): string => `${round(value)}%`;
const round = (value: number): number => Math.round(value * 100) / 100;
