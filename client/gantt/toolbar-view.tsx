/** Above the Gantt: how rows stand, what is marked, and how near one looks. */
import { Button } from '../components/button/button.tsx';
import type { Children } from '../components/view.ts';
import type { Grouping } from './grouping.ts';

export interface GanttToolbarProps {
  readonly grouping: Grouping;
  readonly critical: boolean;
  readonly table: boolean;
  /** The length of time that is seen when it is fixed. */
  readonly scaleMs: number | undefined;
  /** A part of the time is seen, not all of it. */
  readonly zoomed: boolean;
  /** `12 task runs, 1.8s of 3.6s`. */
  readonly words: string;
  readonly children?: Children;
}

const groupingWords: readonly (readonly [Grouping, string])[] = [['tree', 'Tasks, nested'], ['time', 'By start'], ['task', 'By task'], ['iteration', 'By iteration'], ['state', 'By state']];
const scales: readonly (readonly [number, string])[] = [[1000, '1 second'], [10_000, '10 seconds'], [60_000, '1 minute'], [600_000, '10 minutes'], [3_600_000, '1 hour']];

export function GanttToolbar({ grouping, critical, table, scaleMs, zoomed, words, children }: GanttToolbarProps) {
  return (
    <div class="toolbar gantt-toolbar" id="gantt-toolbar" role="toolbar" aria-label="Gantt">
      <span class="input"><select id="gantt-grouping" aria-label="Rows">{groupingWords.map(([value, word]) => <option value={value} selected={value === grouping}>{word}</option>)}</select></span>
      <span class="row" data-gap="1">
        <Button kind="quiet" icon="chevron-up" action="gantt-collapse" title="Collapse all rows" />
        <Button kind="quiet" icon="chevron-down" action="gantt-expand" title="Expand all rows" />
      </span>
      <Button kind="quiet" icon="branch" action="gantt-critical" pressed={critical} title="Underline what decided how long the run took">Critical path</Button>
      <Button kind="quiet" icon="menu" action="gantt-table" pressed={table} title="The same rows as a table">Table</Button>
      {children}
      <span class="toolbar-gap"></span>
      <span class="small faint num wide" id="gantt-words">{words}</span>
      <span class="input wide"><select id="gantt-scale" aria-label="Time that is seen"><option value="" selected={scaleMs === undefined}>{zoomed ? 'Own zoom' : 'Whole run'}</option>{scales.map(([ms, word]) => <option value={String(ms)} selected={ms === scaleMs}>{word}</option>)}</select></span>
      <span class="row" data-gap="1">
        <Button kind="quiet" icon="minus" action="gantt-out" title="Zoom out ( - )" disabled={zoomed ? undefined : 'The whole run is seen'} />
        <Button kind="quiet" icon="plus" action="gantt-in" title="Zoom in ( + )" />
        <Button kind="quiet" icon="fit" action="gantt-fit" title="The whole run ( 0 )" disabled={zoomed ? undefined : 'The whole run is seen'} />
      </span>
    </div>
  );
}
