/** Deleting a run: what goes with it is the person's choice. */
import { Icon } from '../../components/icon/icon.tsx';
import { Dialog } from '../../components/dialog/dialog.tsx';

export interface DeleteDialogProps {
  readonly name: string;
  /** Colleagues who look at it now. */
  readonly watching: readonly string[];
  readonly running: boolean;
}

export function DeleteDialog({ name, watching, running }: DeleteDialogProps) {
  return (
    <Dialog id="delete" title={`Delete ${name}?`}>
      <p class="dim">The execution and its task runs are gone for everybody. This can not be undone.{watching.length === 0 ? '' : ` ${watching.join(', ')} ${watching.length === 1 ? 'is' : 'are'} looking at it.`}</p>
      {running ? <p class="notice" data-kind="warn" role="alert"><Icon name="state-warning" />It still runs: it is killed first, with the executions that it started.</p> : null}
      <form method="dialog" class="execute">
        <fieldset class="stack choices"><legend class="field-label">Delete with it</legend>
          <label class="choice"><input type="checkbox" name="logs" checked /> Its log</label>
          <label class="choice"><input type="checkbox" name="metrics" checked /> Its metrics</label>
          <label class="choice"><input type="checkbox" name="files" checked /> Its files in the storage</label>
        </fieldset>
        <div class="dialog-actions"><button class="button" value="" autofocus>Cancel</button><button class="button" data-kind="danger-fill" value="yes">Delete execution</button></div>
      </form>
    </Dialog>
  );
}
