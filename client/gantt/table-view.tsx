/** The same rows as a plain table: for readers of screens, for copying, for print. A page of them at a time. */
import { Button } from '../components/button/button.tsx';
import { stateWord } from '../components/state-pill/state-words.ts';
import { StatePill } from '../components/state-pill/state-pill.tsx';
import type { GanttRow } from './model.ts';
import { spanText } from './span-text.ts';

/** Rows of a page. */
export const tableRows = 100;

export interface GanttTableProps {
  readonly rows: readonly GanttRow[];
  /** From 0. */
  readonly page: number;
  readonly timeText: (ms: number) => string;
}

export function GanttTable({ rows, page, timeText }: GanttTableProps) {
  const pages = Math.max(1, Math.ceil(rows.length / tableRows));
  const shown = Math.min(page, pages - 1);
  return (
    <div class="gantt-table">
      <table class="table">
        <caption class="hidden-text">Task runs, in the order of the Gantt</caption>
        <thead><tr><th scope="col">Task run</th><th scope="col">State</th><th scope="col">Started</th><th scope="col" class="end">Queued</th><th scope="col" class="end">Ran</th><th scope="col" class="end">Attempts</th></tr></thead>
        <tbody>{rows.slice(shown * tableRows, (shown + 1) * tableRows).map((row) => {
          const waitedMs = row.bars.reduce((sum, bar) => (bar.type === 'waited' ? sum + bar.toMs - bar.fromMs : sum), 0);
          const started = row.bars.find((bar) => bar.type === 'ran' || bar.type === 'attempt');
          return (
            <tr>
              <th scope="row" class="mono">{row.heading ? row.taskId : <button type="button" class="link" data-row={row.id} aria-label={`${row.taskId}${row.value === undefined ? '' : ` ${row.value}`}, level ${row.level}`}>{row.taskId}</button>}{row.value === undefined ? null : <span class="faint"> {row.value}</span>}</th>
              <td><StatePill state={row.state} />{row.critical ? <span class="faint small"> critical path</span> : null}{row.progress === undefined ? null : <span class="faint small"> {row.progress.counts.map((one) => `${one.count} ${stateWord(one.state).toLowerCase()}`).join(', ')} of {row.progress.total}</span>}</td>
              <td class="num">{started === undefined ? 'not begun' : timeText(started.fromMs)}</td>
              <td class="end num">{spanText(waitedMs)}</td><td class="end num">{row.spanMs === undefined ? '' : spanText(row.spanMs)}</td><td class="end num">{row.heading ? '' : row.attempts}</td>
            </tr>
          );
        })}</tbody>
      </table>
      {pages === 1 ? null : <div class="row gantt-pages"><Button size="small" action="gantt-page" value={String(shown - 1)} disabled={shown === 0 ? 'This is the first page' : undefined}>Before</Button><span class="small num">rows {shown * tableRows + 1} to {Math.min(rows.length, (shown + 1) * tableRows)} of {rows.length.toLocaleString('en-US')}</span><Button size="small" action="gantt-page" value={String(shown + 1)} disabled={shown === pages - 1 ? 'This is the last page' : undefined}>Next</Button></div>}
    </div>
  );
}
