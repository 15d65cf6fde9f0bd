/** The list of shortcuts, `?`. */
import { Dialog } from '../dialog/dialog.tsx';

const shortcuts: readonly { readonly title: string; readonly rows: readonly (readonly [keys: string, what: string])[] }[] = [
  { title: 'Everywhere', rows: [['Ctrl K', 'Jump to a page, flow or execution'], ['?', 'This list'], ['G then H F E L T P', 'Home, flows, executions, logs, triggers, plugins'], ['[ and ]', 'Previous and next tab'], ['/', 'Filter'], ['Esc', 'Close']] },
  { title: 'Lists', rows: [['J K', 'Row down, row up'], ['Enter', 'Open the row'], ['X', 'Select the row'], ['Shift click', 'Select up to here']] },
  { title: 'Flows', rows: [['Ctrl S', 'Publish'], ['Ctrl E', 'Run'], ['Ctrl Enter', 'Confirm, send']] },
  { title: 'Runs', rows: [['E, W', 'In logs: next error, next warning (Shift: back)'], ['arrows', 'In Gantt and graph: from row to row, from task to task'], ['+ - 0', 'Gantt and graph: zoom in, out, fit'], ['Space', 'Time of a run: play or rest'], [', and .', 'To the event before, to the next'], ['L', 'Back to the present'], ['F', 'Follow the next person (Esc: look alone)'], ['E', 'Graph: draw what a task started inside of it']] },
];

export function Shortcuts({ letters }: { readonly letters: 'on' | 'off' }) {
  return (
    <Dialog id="shortcuts" title="Keyboard shortcuts" wide>
      <div class="shortcuts">
        {shortcuts.map((group) => (
          <section>
            <h3>{group.title}</h3>
            <dl>{group.rows.map(([keys, what]) => <><dt><kbd>{keys}</kbd></dt><dd>{what}</dd></>)}</dl>
          </section>
        ))}
      </div>
      <div class="row"><button type="button" class="switch" role="switch" aria-checked={letters === 'on' ? 'true' : 'false'} aria-label="Single letters as shortcuts" data-action="letters"></button><span>Single letters as shortcuts</span><span class="faint small">They rest while you type. Switch them off if you speak to your computer.</span></div>
      <form method="dialog"><div class="dialog-actions"><button class="button" data-kind="primary" autofocus>Close</button></div></form>
    </Dialog>
  );
}
