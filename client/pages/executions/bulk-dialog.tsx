/** The question before something is done with executions, with the choices that it has. */
import type { StateType } from '../../../core/protocol/states.ts';
import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError } from '../../components/field/field.tsx';
import { LabelRows } from '../../components/label/label-rows.tsx';
import { stateWord } from '../../components/state-pill/state-words.ts';
import { toExecution, type Place } from '../page.ts';

export const bulkActions = ['restart', 'replay', 'change-status', 'kill', 'delete', 'labels', 'resume', 'pause', 'unqueue', 'force-run'] as const;
export type BulkAction = (typeof bulkActions)[number];
export const isBulkAction = (text: string): text is BulkAction => bulkActions.some((action) => action === text);

interface Words { readonly verb: string; readonly text: string; readonly danger?: boolean }
const words: Readonly<Record<BulkAction, Words>> = {
  restart: { verb: 'Restart', text: 'Each goes on from the task that failed, under the same id.' },
  replay: { verb: 'Replay', text: 'Each becomes a new execution, from the start.' },
  'change-status': { verb: 'Change state of', text: 'Each takes this state as if it had ended so. Nothing runs.' },
  kill: { verb: 'Kill', text: 'Running tasks are stopped now, also in executions that these started.', danger: true },
  delete: { verb: 'Delete', text: 'This can not be undone.', danger: true },
  labels: { verb: 'Set labels of', text: 'A label of the same key is replaced, others stay.' },
  resume: { verb: 'Resume', text: 'Each goes on after its pause. One whose Pause task asks for inputs has to be resumed on its own page.' },
  pause: { verb: 'Pause', text: 'Running tasks end, nothing new starts until it is resumed.' },
  unqueue: { verb: 'Unqueue', text: 'Each leaves the queue, whatever the limit of its flow says.' },
  'force-run': { verb: 'Force run', text: 'Each goes on whatever holds it. One that a worker is still busy with may run twice.', danger: true },
};
export const verbOf = (action: BulkAction): string => words[action].verb;
export const changeableStates: readonly StateType[] = ['FAILED', 'SUCCESS', 'WARNING', 'CANCELLED'];

export interface BulkDialogProps {
  readonly action: BulkAction;
  /** `12 executions`, or the name of one. */
  readonly what: string;
  readonly details: readonly string[];
}

export function BulkDialog({ action, what, details }: BulkDialogProps) {
  const { verb, text, danger } = words[action];
  return (
    <Dialog id="bulk-dialog" title={`${verb} ${what}?`}>
      <form class="bulk-form" novalidate>
        <p class="dim">{text}</p>
        <Choices action={action} />
        {details.length === 0 ? null : <ul class="dialog-details mono">{details.map((detail) => <li class="cut">{detail}</li>)}</ul>}
        <FormError />
        <div class="dialog-actions">
          <button type="button" class="button" data-action="cancel" autofocus={action !== 'labels'}>Cancel</button>
          <button type="submit" class="button" data-kind={danger === true ? 'danger-fill' : 'primary'}>{verb} {what}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Choices({ action }: { readonly action: BulkAction }) {
  const box = (name: string, label: string, checked: boolean) => <label class="choice"><input class="check" type="checkbox" name={name} checked={checked} />{label}</label>;
  switch (action) {
    case 'change-status': return (
      <div class="field"><label for="bulk-status">State</label><span class="input"><select id="bulk-status" name="status">{changeableStates.map((state) => <option value={state}>{stateWord(state)}</option>)}</select></span></div>
    );
    case 'unqueue': return (
      <div class="field"><label for="bulk-status">It becomes</label><span class="input"><select id="bulk-status" name="status"><option value="RUNNING">Running: it starts now</option><option value="CANCELLED">Cancelled: it never runs</option><option value="FAILED">Failed: it never runs</option></select></span></div>
    );
    case 'replay': return box('latestRevision', 'With the latest revision of its flow', false);
    case 'labels': return <LabelRows labels={[]} />;
    case 'delete': return (
      <>
        {box('includeNonTerminated', 'Also those that have not ended', false)}
        <p class="danger-text small" data-when="includeNonTerminated" hidden>What still runs is not stopped first: its tasks go on, and nobody sees what becomes of them. Kill such executions before you delete them.</p>
        {box('deleteLogs', 'Their logs', true)}{box('deleteMetrics', 'Their metrics', true)}{box('deleteStorage', 'Their files', true)}
      </>
    );
    default: return null;
  }
}

export interface Misfit {
  readonly id: string;
  readonly message: string;
  readonly row?: { readonly id: string; readonly namespace: string; readonly flowId: string; readonly state: StateType } | undefined;
}

/** What could not be done, one execution a line. */
export function MisfitsDialog({ title, text, misfits, place, rest }: { readonly title: string; readonly text: string; readonly misfits: readonly Misfit[]; readonly place: Place; readonly rest: number }) {
  return (
    <Dialog id="misfits" title={title} wide>
      <p class="dim">{text}</p>
      <div class="bulk-errors"><table class="table" aria-label="Executions that do not fit">
        <thead><tr><th scope="col">Execution</th><th scope="col">Flow</th><th scope="col">State</th><th scope="col">Why not</th></tr></thead>
        <tbody>{misfits.map(({ id, message, row }) => (
          <tr><td data-cell="main"><a class="id" href={row === undefined ? `/ui/${place.tenant}/executions/${encodeURIComponent(id)}` : toExecution(place, row)} title={id}>{id.slice(0, 8)}</a></td><td class="mono" data-cell="side">{row?.flowId ?? ''}</td><td>{row === undefined ? '' : stateWord(row.state)}</td><td data-cell="sub">{message}</td></tr>
        ))}</tbody>
      </table></div>
      <form method="dialog"><div class="dialog-actions">
        <button class="button" value="no" autofocus>Close</button>
        {rest > 0 ? <button class="button" data-kind="primary" value="yes">Choose the other {rest}</button> : null}
      </div></form>
    </Dialog>
  );
}

/** The inputs that an execution was started with. */
export function InputsDialog({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <Dialog id="inputs-shown" title={title} wide>
      <pre class="inputs-shown" tabindex={0}>{text}</pre>
      <form method="dialog"><div class="dialog-actions"><button class="button" value="" autofocus>Close</button></div></form>
    </Dialog>
  );
}
