/** The rows of two runs: A filled above, B hollow below, a bracket for what is longer. */
import { scaleOf, spanText, type Bar, type GanttMark } from '../../gantt/index.ts';
import { Icon } from '../../components/icon/icon.tsx';
import { StateIcon } from '../../components/state-pill/state-pill.tsx';
import { Avatar } from '../../components/avatars/avatars.tsx';
import type { ComparedRow, Side } from './compare.ts';

/** Times from the start of each run, or each task run from its own start. */
export type Alignment = 'start' | 'task';

export function signedSpan(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${spanText(Math.abs(ms))}`;
}

const StateChange = ({ row }: { readonly row: Pick<ComparedRow, 'a' | 'b' | 'stateDiffers'> }) => (
  <span class="change-pair">{row.a === undefined ? null : <StateIcon state={row.a.state} size={14} />}{row.stateDiffers ? <Icon name="arrow-right" size={12} /> : null}{row.b === undefined || (row.a !== undefined && !row.stateDiffers) ? null : <StateIcon state={row.b.state} size={14} />}</span>
);

const depthMax = 8;
const barHeight = 11;
const thinHeight = 6;

const startOf = (side: Side): number => side.bars.find((bar) => bar.type === 'ran' || bar.type === 'attempt')?.fromMs ?? 0;
const endOf = (side: Side): number => side.bars.reduce((end, bar) => (bar.type === 'ran' || bar.type === 'attempt' ? Math.max(end, bar.toMs) : end), 0);

function Bars({ side, shiftMs, spanMs, run }: { readonly side: Side; readonly shiftMs: number; readonly spanMs: number; readonly run: 'a' | 'b' }) {
  const percent = (ms: number): string => `${Math.min(100, Math.max(0, ((ms - shiftMs) / spanMs) * 100)).toFixed(2)}%`;
  const width = (bar: Bar): string => `${Math.max(0.2, ((bar.toMs - bar.fromMs) / spanMs) * 100).toFixed(2)}%`;
  const top = run === 'a' ? 7 : 22;
  return (
    <>
      {side.bars.map((bar) => {
        if (bar.type === 'gap') return <line class="bar-gap" data-state="RETRYING" x1={percent(bar.fromMs)} x2={percent(bar.toMs)} y1={top + 5} y2={top + 5} />;
        if (bar.type !== 'ran' && bar.type !== 'attempt') return <></>;
        const thin = bar.type === 'ran' && bar.thin;
        return <rect class={run === 'a' ? 'bar' : 'bar-b'} data-state={bar.state} x={percent(bar.fromMs)} y={top + (thin ? 2 : 0)} width={width(bar)} height={thin ? thinHeight : barHeight} rx="2" />;
      })}
    </>
  );
}

function Track({ row, spanMs, align }: { readonly row: ComparedRow; readonly spanMs: number; readonly align: Alignment }) {
  const shiftA = row.a === undefined || align === 'start' ? 0 : startOf(row.a);
  const shiftB = row.b === undefined || align === 'start' ? 0 : startOf(row.b);
  const ends = row.a === undefined || row.b === undefined || !row.isSlower ? undefined : [endOf(row.a) - shiftA, endOf(row.b) - shiftB] as const;
  const percent = (ms: number): string => `${Math.min(100, Math.max(0, (ms / spanMs) * 100)).toFixed(2)}%`;
  return (
    <svg class="gantt-track" aria-hidden="true">
      {row.a === undefined ? null : <Bars side={row.a} shiftMs={shiftA} spanMs={spanMs} run="a" />}
      {row.b === undefined ? null : <Bars side={row.b} shiftMs={shiftB} spanMs={spanMs} run="b" />}
      {ends === undefined || align === 'start' ? null : <>{[ends[0], ends[1]].map((end) => <line class="bar-link" x1={percent(end)} x2={percent(end)} y1="17.5" y2="22.5" />)}<line class="bar-link" data-way={ends[1] < ends[0] ? 'less' : undefined} x1={percent(Math.min(...ends))} x2={percent(Math.max(...ends))} y1="20" y2="20" /></>}
    </svg>
  );
}

const spanOf = (side: Side | undefined): string => (side === undefined ? '–' : side.spanMs === undefined ? 'not begun' : spanText(side.spanMs));

function words(row: ComparedRow): string {
  const parts = [row.a === undefined ? 'only in B' : row.b === undefined ? 'only in A' : row.deltaMs === undefined ? '' : signedSpan(row.deltaMs), row.stateDiffers ? `state ${row.a?.state.toLowerCase()} in A, ${row.b?.state.toLowerCase()} in B` : '', row.outputsDiffer > 0 ? `${row.outputsDiffer} outputs differ` : ''];
  return `A ${spanOf(row.a)}, B ${spanOf(row.b)}, ${parts.filter((part) => part !== '').join(', ')}`;
}

function Row({ row, index, selected, focusable, marks, spanMs, align }: { readonly row: ComparedRow; readonly index: number; readonly selected: boolean; readonly focusable: boolean; readonly marks: readonly GanttMark[]; readonly spanMs: number; readonly align: Alignment }) {
  return (
    <div class="gantt-row" role="row" data-key={row.key} data-depth={Math.min(row.level, depthMax)} aria-level={row.level} aria-rowindex={index} aria-selected={selected ? 'true' : undefined} data-who={marks[0]?.color} tabindex={focusable ? 0 : -1}>
      <div class="gantt-name" role="gridcell">
        <span class="compare-cells">
          <span class="row" data-gap="1">
            <StateChange row={row} /><span class="task cut">{row.taskId}</span>{row.value === undefined ? null : <span class="value cut">{row.value}</span>}
            {row.a !== undefined && row.b !== undefined && row.a.attempts !== row.b.attempts ? <span class="count" title="Attempts in A and in B">{row.a.attempts} → {row.b.attempts}</span> : null}
            {row.outputsDiffer > 0 ? <span class="count" title="Outputs that differ">{row.outputsDiffer} {row.outputsDiffer === 1 ? 'value' : 'values'}</span> : null}
            {marks.map((mark) => <Avatar who={mark} size={16} />)}
          </span>
          <span>{spanOf(row.a)}</span><span>{spanOf(row.b)}</span>
          <span class="delta" data-same={row.isSlower || row.a === undefined || row.b === undefined ? undefined : ''}>{row.a === undefined ? 'only in B' : row.b === undefined ? 'only in A' : row.deltaMs === undefined ? '' : signedSpan(row.deltaMs)}</span>
        </span>
      </div>
      <div role="gridcell" aria-label={words(row)}><Track row={row} spanMs={spanMs} align={align} /></div>
    </div>
  );
}

export interface CompareRowsProps {
  readonly rows: readonly ComparedRow[];
  /** The window of rows in the page; the rest is empty height. */
  readonly first: number;
  readonly total: number;
  readonly rowHeight: number;
  readonly spanMs: number;
  readonly align: Alignment;
  readonly selected: string | undefined;
  readonly marks: readonly GanttMark[];
}

export function CompareRows({ rows, first, total, rowHeight, spanMs, align, selected, marks }: CompareRowsProps) {
  const scale = scaleOf(0, spanMs, 'start');
  const full = scale.toMs - scale.fromMs;
  const percent = (ms: number): string => `${((ms / full) * 100).toFixed(2)}%`;
  return (
    <div class="gantt" data-compare="" role="treegrid" aria-label="Task runs of both runs" aria-rowcount={total} tabindex={-1}>
      <div class="gantt-head" role="row">
        <div role="columnheader"><span class="compare-cells"><span>Task run</span><span>A</span><span>B</span><span>Difference</span></span></div>
        <div role="columnheader"><span class="hidden-text">Time since the start</span><svg aria-hidden="true" width="100%" height="28">{scale.ticks.map((tick) => <text x={percent(tick.atMs)} y="18" dx="4">{tick.text}</text>)}</svg></div>
      </div>
      <svg class="gantt-grid" aria-hidden="true">{scale.ticks.map((tick) => <line class="grid" x1={percent(tick.atMs)} x2={percent(tick.atMs)} y1="0" y2="100%" />)}</svg>
      <svg class="gantt-space" width="1" height={first * rowHeight} aria-hidden="true" />
      {rows.map((row, offset) => <Row row={row} index={first + offset + 1} selected={row.key === selected} focusable={row.key === selected || (selected === undefined && first + offset === 0)} marks={marks.filter((mark) => mark.taskRunId === row.key)} spanMs={full} align={align} />)}
      <svg class="gantt-space" width="1" height={Math.max(0, total - first - rows.length) * rowHeight} aria-hidden="true" />
    </div>
  );
}
