/** Starts a flow: its inputs as a form that the server checks while one types, labels, a date, and the same as a curl line. */
import { Button } from '../button/button.tsx';
import { Dialog } from '../dialog/dialog.tsx';
import { FormError } from '../field/field.tsx';
import type { Label } from '../../../core/protocol/entities/execution.ts';
import { Icon } from '../icon/icon.tsx';
import { LabelRows } from '../label/label-rows.tsx';
import { InputForm, type InputFormProps } from '../input-form/input-form.tsx';

export interface ExecuteDialogProps {
  readonly title: string;
  readonly form: InputFormProps;
  readonly labels: readonly Label[];
  /** What a person should know before they start it. */
  readonly warnings: readonly string[];
  /** Name of the execution whose inputs and labels can be taken. */
  readonly prefill: string | undefined;
  readonly draft: boolean;
  readonly disabled: string | undefined;
}

export function ExecuteDialog({ title, form, labels, warnings, prefill, draft, disabled }: ExecuteDialogProps) {
  return (
    <Dialog id="execute" title={title} wide>
      <form class="execute" novalidate>
        {draft ? <p class="notice" data-kind="info">Runs the text on screen, unpublished. The execution says so.</p> : null}
        {warnings.map((warning) => <p class="notice" data-kind="warn" role="status"><Icon name="state-warning" />{warning}</p>)}
        {prefill === undefined ? null : <div class="row"><Button size="small" icon="copy" action="prefill">Take inputs and labels of {prefill}</Button></div>}
        <div data-inputs="">{<InputForm {...form} />}</div>
        <details class="execute-more">
          <summary>Labels and date</summary>
          <div data-label-place=""><LabelRows labels={labels} /></div>
          <div class="field"><label for="execute-date">Not before</label><span class="input"><input id="execute-date" name="$date" type="datetime-local" step="1" /></span><span class="hint">Your time zone; empty starts at once</span></div>
        </details>
        <details class="execute-more">
          <summary>As a curl line</summary>
          <pre class="execute-curl mono" data-curl="" tabindex={0}></pre>
          <p class="hint">Secrets stand as “…”: put them in yourself. Files are read from the folder where it is run.</p>
          <div><Button icon="copy" size="small" action="copy-curl">Copy</Button></div>
        </details>
        <FormError />
        <progress class="execute-progress" max="100" value="0" hidden aria-label="Upload"></progress>
        <div class="dialog-actions">
          <Button action="cancel">Cancel</Button>
          <Button kind="primary" icon="play" type="submit" keys="Ctrl Enter" disabled={disabled}>Start</Button>
        </div>
      </form>
    </Dialog>
  );
}
