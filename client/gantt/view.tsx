/** Rows of the Gantt: geometry as SVG attributes in percent, so that the first byte from the server is already the picture. */
import { Icon } from '../components/icon/icon.tsx';
import type { StateType } from '../../core/protocol/states.ts';
import type { IconName } from '../theme/icons.ts';
import type { Bar } from './bars.ts';
import type { Progress } from './iterations.ts';
import type { GanttRow } from './model.ts';
import type { GanttScale } from './scale.ts';
import { initials } from '../components/avatars/avatars.tsx';
import { spanText } from './span-text.ts';

export interface GanttMark {
  readonly taskRunId: string;
  readonly name: string;
  readonly color: number;
  readonly bot?: boolean;
}

const stateIcon = (state: StateType): IconName => `state-${state.toLowerCase()}` as IconName;
const word = (state: string): string => state.charAt(0) + state.slice(1).toLowerCase();

function percent(ms: number, scale: GanttScale): string {
  const share = ((ms - scale.fromMs) / (scale.toMs - scale.fromMs)) * 100;
  return `${Math.min(100, Math.max(0, share)).toFixed(2)}%`;
}
const width = (fromMs: number, toMs: number, scale: GanttScale): string => `${Math.max(0.15, ((toMs - fromMs) / (scale.toMs - scale.fromMs)) * 100).toFixed(2)}%`;

const shortShare = 0.012;

function BarView({ bar, scale }: { readonly bar: Bar; readonly scale: GanttScale }) {
  // Outside of the window there is nothing to draw.
  if (bar.toMs < scale.fromMs || bar.fromMs > scale.toMs) return <></>;
  const from = percent(bar.fromMs, scale);
  const to = percent(bar.toMs, scale);
  const wide = width(Math.max(bar.fromMs, scale.fromMs), Math.min(bar.toMs, scale.toMs), scale);
  switch (bar.type) {
    case 'waited': return <line class="bar-queued" x1={from} x2={to} y1="16" y2="16" />;
    case 'gap': return <line class="bar-gap" data-state="RETRYING" x1={from} x2={to} y1="16" y2="16" />;
    case 'attempt': return (
      <>
        <rect class="bar-retry" data-state={bar.state} x={from} y="8" width={wide} height="16" rx="2" />
        <rect class="bar" data-state={bar.state} x={to} y="8" width="3" height="16" />
      </>
    );
    case 'ran': return (
      <>
        <rect class="bar" data-state={bar.state} x={from} y={bar.thin ? 13 : 8} width={wide} height={bar.thin ? 6 : 16} rx="2" />
        {bar.live ? <line class="bar-stripes" x1={from} x2={to} y1="16" y2="16" stroke-width={bar.thin ? 6 : 16} /> : null}
      </>
    );
    // Dashes around something so narrow are no outline.
    case 'later': return <rect class="bar-outline" data-short={(bar.toMs - bar.fromMs) / (scale.toMs - scale.fromMs) < shortShare ? '' : undefined} data-state={bar.state} x={from} y={bar.thin ? 13.5 : 8.5} width={wide} height={bar.thin ? 5 : 15} rx="2" />;
  }
}

/** Queued, running, total: what a pointer rests on, and what a reader of screens hears. */
function timesText(row: GanttRow): string {
  let waitedMs = 0;
  for (const bar of row.bars) if (bar.type === 'waited') waitedMs += bar.toMs - bar.fromMs;
  if (row.spanMs === undefined) return waitedMs > 0 ? `waits for ${spanText(waitedMs)}` : 'not begun';
  return `${spanText(row.spanMs + waitedMs)} in all, ${spanText(waitedMs)} queued, ${spanText(row.spanMs)} ${row.live ? 'running so far' : 'running'}`;
}

function CriticalView({ row, scale }: { readonly row: GanttRow; readonly scale: GanttScale }) {
  const own = row.bars.filter((bar) => (bar.type === 'ran' || bar.type === 'attempt') && bar.toMs >= scale.fromMs && bar.fromMs <= scale.toMs);
  const first = own[0];
  const last = own[own.length - 1];
  return first === undefined || last === undefined ? <></> : <rect class="critical" x={percent(first.fromMs, scale)} y="26" width={width(Math.max(first.fromMs, scale.fromMs), Math.min(last.toMs, scale.toMs), scale)} height="2" />;
}

const progressPx = 64;
/** The batches of a ForEachItem as one bar, parted by state. */
function ProgressView({ progress, taskId }: { readonly progress: Progress; readonly taskId: string }) {
  let x = 0;
  const words = progress.counts.map((one) => `${one.count} ${one.state.toLowerCase()}`).join(', ');
  return (
    <button type="button" class="row-progress" tabindex={-1} data-iterations={progress.taskRunId} title={`${words} of ${progress.total}: show the executions`} aria-label={`${taskId}: ${words} of ${progress.total} batches. Show the executions`}>
      <svg width={progressPx} height="8" aria-hidden="true"><rect class="progress-ground" width={progressPx} height="8" rx="2" />
        {progress.counts.map((one) => {
          const wide = (one.count / Math.max(1, progress.total)) * progressPx;
          const rect = <rect class="bar" data-state={one.state} x={x.toFixed(1)} width={wide.toFixed(1)} height="8" />;
          x += wide;
          return rect;
        })}</svg>
      <span class="num">{progress.total}</span>
    </button>
  );
}

/** Deeper rows are not moved in further: names must stay readable. */
const depthMax = 8;

export interface GanttRowProps {
  readonly row: GanttRow;
  readonly scale: GanttScale;
  readonly selected: boolean;
  readonly focusable: boolean;
  readonly marks: readonly GanttMark[];
  /** 1-based place among all rows, for readers: only some are in the page. */
  readonly index: number;
}

export function GanttRowView({ row, scale, selected, focusable, marks, index }: GanttRowProps) {
  const duration = row.spanMs === undefined ? '' : spanText(row.spanMs);
  const times = timesText(row);
  return (
    <div class="gantt-row" id={`row-${row.id}`} data-row={row.id} role="row" data-heading={row.heading ? '' : undefined} aria-level={row.level} data-depth={Math.min(row.level, depthMax)} aria-rowindex={index} aria-expanded={row.children === 0 ? undefined : row.expanded ? 'true' : 'false'}
      aria-selected={selected ? 'true' : undefined} data-who={marks[0]?.color} tabindex={focusable ? 0 : -1}>
      <div class="gantt-name" role="gridcell">
        <span class="twist" data-twist={row.children > 0 ? row.id : undefined}>{row.children === 0 ? null : <Icon name={row.expanded ? 'chevron-down' : 'chevron-right'} size={12} />}</span>
        <Icon name={stateIcon(row.state)} size={14} label={word(row.state)} class="state-icon" state={row.state} />
        <span class="task cut">{row.taskId}</span>
        {row.value === undefined ? (row.children > 0 ? <span class="value">{row.children}</span> : null) : <span class="value cut">{row.value}</span>}
        {row.attempts > 1 ? <span class="count" title={`${row.attempts} attempts`}>{`×${row.attempts}`}</span> : null}
        {marks.map((mark) => <span class="avatar" data-who={mark.color} data-bot={mark.bot === true ? '' : undefined} data-size="16" title={mark.name}>{initials(mark.name)}</span>)}
        {row.progress === undefined ? null : <ProgressView progress={row.progress} taskId={row.taskId} />}
        <span class="duration">{duration}</span>
        {row.heading ? null : <button type="button" class="row-more" data-menu={row.id} tabindex={-1} aria-haspopup="menu" aria-label={`Actions for ${row.taskId}${row.value === undefined ? '' : ` ${row.value}`}`}><Icon name="more" size={14} /></button>}
      </div>
      <div role="gridcell" aria-label={`${word(row.state)}, ${times}${row.critical ? ', on the critical path' : ''}${row.attempts > 1 ? `, ${row.attempts} attempts` : ''}${marks.length === 0 ? '' : `, ${marks.map((mark) => mark.name).join(' and ')} here`}`}>
        <svg class="gantt-track" aria-hidden="true"><title>{times}</title>{row.bars.map((bar) => <BarView bar={bar} scale={scale} />)}{row.critical ? <CriticalView row={row} scale={scale} /> : null}</svg>
      </div>
    </div>
  );
}

export function GanttHead({ scale }: { readonly scale: GanttScale }) {
  return (
    <div class="gantt-head" role="row">
      <div role="columnheader"><span>Task run</span><span>Duration</span></div>
      <div role="columnheader"><span class="hidden-text">Time</span><svg aria-hidden="true" width="100%" height="28">{scale.ticks.map((tick) => <text x={percent(tick.atMs, scale)} y="18" dx="4">{tick.text}</text>)}</svg></div>
    </div>
  );
}

/** Where a colleague's pointer is, or the moment that they look at. */
export interface GanttCursor {
  readonly name: string;
  readonly color: number;
  readonly atMs: number;
}

export interface GanttProps {
  readonly label: string;
  readonly rows: readonly GanttRow[];
  readonly scale: GanttScale;
  readonly selected: string | undefined;
  readonly marks: readonly GanttMark[];
  /** The window of rows in the page: `[first, first + rows)` of `total`; the rest is empty height. */
  readonly first: number;
  readonly total: number;
  readonly rowHeight: number;
  /** The moment that is shown, when it is not the present. */
  readonly atMs?: number | undefined;
  readonly cursors?: readonly GanttCursor[];
  /** A range that is being drawn with the pointer. */
  readonly range?: { readonly fromMs: number; readonly toMs: number } | undefined;
}

const headPx = 28;
const flagsMax = 5;

function Overlay({ scale, atMs, cursors = [], range, height }: Pick<GanttProps, 'scale' | 'atMs' | 'cursors' | 'range'> & { readonly height: number }) {
  const inside = (ms: number): boolean => ms >= scale.fromMs && ms <= scale.toMs;
  return (
    <svg class="gantt-overlay" aria-hidden="true" height={height}>
      {range === undefined ? null : <rect class="gantt-range" x={percent(Math.min(range.fromMs, range.toMs), scale)} y="0" width={width(Math.min(range.fromMs, range.toMs), Math.max(range.fromMs, range.toMs), scale)} height="100%" />}
      {cursors.filter((cursor) => inside(cursor.atMs)).slice(0, flagsMax).map((cursor) => (
        <>
          <line class="viewer-line" data-who={cursor.color} x1={percent(cursor.atMs, scale)} x2={percent(cursor.atMs, scale)} y1={headPx} y2="100%" />
          <svg x={percent(cursor.atMs, scale)} y="8" overflow="visible"><g class="pointer" data-who={cursor.color}><rect x="-1" y="0" width={cursor.name.slice(0, 16).length * 6 + 10} height="16" rx="3" /><text x="4" y="11">{cursor.name.slice(0, 16)}</text></g></svg>
        </>
      ))}
      {atMs === undefined || !inside(atMs) ? null : <g class="playhead"><line x1={percent(atMs, scale)} x2={percent(atMs, scale)} y1="0" y2="100%" /></g>}
    </svg>
  );
}

export function GanttView({ label, rows, scale, selected, marks, first, total, rowHeight, atMs, cursors, range }: GanttProps) {
  return (
    <div class="gantt" role="treegrid" aria-label={label} aria-rowcount={total} tabindex={-1}>
      <GanttHead scale={scale} />
      <svg class="gantt-grid" aria-hidden="true">{scale.ticks.map((tick) => <line class="grid" x1={percent(tick.atMs, scale)} x2={percent(tick.atMs, scale)} y1="0" y2="100%" />)}</svg>
      <svg class="gantt-space" width="1" height={first * rowHeight} aria-hidden="true" />
      {rows.map((row, offset) => (
        <GanttRowView row={row} scale={scale} selected={row.id === selected} focusable={row.id === selected || (selected === undefined && first + offset === 0)} marks={marks.filter((mark) => mark.taskRunId === row.id)} index={first + offset + 1} />
      ))}
      <svg class="gantt-space" width="1" height={Math.max(0, total - first - rows.length) * rowHeight} aria-hidden="true" />
      <Overlay scale={scale} atMs={atMs} cursors={cursors ?? []} range={range} height={Math.max(rows.length, total) * rowHeight + headPx} />
    </div>
  );
}
