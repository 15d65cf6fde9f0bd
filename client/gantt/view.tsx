/** Rows of the Gantt: geometry as SVG attributes in percent, so that the first byte from the server is already the picture. */
import { Icon } from '../components/icon/icon.tsx';
import type { StateType } from '../../core/protocol/states.ts';
import type { IconName } from '../theme/icons.ts';
import type { Bar, GanttRow, GanttScale } from './model.ts';
import { spanText } from './span-text.ts';

export interface GanttMark {
  readonly taskRunId: string;
  readonly name: string;
  readonly color: number;
  readonly bot?: boolean;
}

const stateIcon = (state: StateType): IconName => `state-${state.toLowerCase()}` as IconName;
const word = (state: string): string => state.charAt(0) + state.slice(1).toLowerCase();
const initials = (name: string): string => name.split(/\s+/).map((part) => part.charAt(0)).join('').slice(0, 2).toUpperCase();

function percent(ms: number, scale: GanttScale): string {
  const share = ((ms - scale.fromMs) / (scale.toMs - scale.fromMs)) * 100;
  return `${Math.min(100, Math.max(0, share)).toFixed(2)}%`;
}
const width = (fromMs: number, toMs: number, scale: GanttScale): string => `${Math.max(0.15, ((toMs - fromMs) / (scale.toMs - scale.fromMs)) * 100).toFixed(2)}%`;

function BarView({ bar, scale }: { readonly bar: Bar; readonly scale: GanttScale }) {
  const from = percent(bar.fromMs, scale);
  const to = percent(bar.toMs, scale);
  switch (bar.type) {
    case 'waited': return <line class="bar-queued" x1={from} x2={to} y1="16" y2="16" />;
    case 'gap': return <line class="bar-gap" data-state="RETRYING" x1={from} x2={to} y1="16" y2="16" />;
    case 'attempt': return (
      <>
        <rect class="bar-retry" data-state={bar.state} x={from} y="8" width={width(bar.fromMs, bar.toMs, scale)} height="16" rx="2" />
        <rect class="bar" data-state={bar.state} x={to} y="8" width="3" height="16" />
      </>
    );
    case 'ran': return (
      <>
        <rect class="bar" data-state={bar.state} x={from} y={bar.thin ? 13 : 8} width={width(bar.fromMs, bar.toMs, scale)} height={bar.thin ? 6 : 16} rx="2" />
        {bar.live ? <line class="bar-stripes" x1={from} x2={to} y1="16" y2="16" stroke-width={bar.thin ? 6 : 16} /> : null}
      </>
    );
  }
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
  return (
    <div class="gantt-row" id={`row-${row.id}`} data-row={row.id} role="row" aria-level={row.level} data-depth={Math.min(row.level, depthMax)} aria-rowindex={index} aria-expanded={row.children === 0 ? undefined : row.expanded ? 'true' : 'false'}
      aria-selected={selected ? 'true' : undefined} data-who={marks[0]?.color} tabindex={focusable ? 0 : -1}>
      <div class="gantt-name" role="gridcell">
        <span class="twist" data-twist={row.children > 0 ? row.id : undefined}>{row.children === 0 ? null : <Icon name={row.expanded ? 'chevron-down' : 'chevron-right'} size={12} />}</span>
        <Icon name={stateIcon(row.state)} size={14} label={word(row.state)} class="state-icon" state={row.state} />
        <span class="task cut">{row.taskId}</span>
        {row.value === undefined ? (row.children > 0 ? <span class="value">{row.children}</span> : null) : <span class="value cut">{row.value}</span>}
        {row.attempts > 1 ? <span class="count" title={`${row.attempts} attempts`}>{`×${row.attempts}`}</span> : null}
        {marks.map((mark) => <span class="avatar" data-who={mark.color} data-bot={mark.bot === true ? '' : undefined} data-size="16" title={mark.name}>{initials(mark.name)}</span>)}
        <span class="duration">{duration}</span>
        <button type="button" class="row-more" data-menu={row.id} tabindex={-1} aria-haspopup="menu" aria-label={`Actions for ${row.taskId}${row.value === undefined ? '' : ` ${row.value}`}`}><Icon name="more" size={14} /></button>
      </div>
      <div role="gridcell" aria-label={`${word(row.state)}${duration === '' ? '' : `, ${duration}`}${row.attempts > 1 ? `, ${row.attempts} attempts` : ''}${marks.length === 0 ? '' : `, ${marks.map((mark) => mark.name).join(' and ')} here`}`}>
        <svg class="gantt-track" aria-hidden="true">{row.bars.map((bar) => <BarView bar={bar} scale={scale} />)}</svg>
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
}

export function GanttView({ label, rows, scale, selected, marks, first, total, rowHeight }: GanttProps) {
  return (
    <div class="gantt" role="treegrid" aria-label={label} aria-rowcount={total} tabindex={-1}>
      <GanttHead scale={scale} />
      <svg class="gantt-grid" aria-hidden="true">{scale.ticks.map((tick) => <line class="grid" x1={percent(tick.atMs, scale)} x2={percent(tick.atMs, scale)} y1="0" y2="100%" />)}</svg>
      <svg class="gantt-space" width="1" height={first * rowHeight} aria-hidden="true" />
      {rows.map((row, offset) => (
        <GanttRowView row={row} scale={scale} selected={row.id === selected} focusable={row.id === selected || (selected === undefined && first + offset === 0)} marks={marks.filter((mark) => mark.taskRunId === row.id)} index={first + offset + 1} />
      ))}
      <svg class="gantt-space" width="1" height={Math.max(0, total - first - rows.length) * rowHeight} aria-hidden="true" />
    </div>
  );
}
