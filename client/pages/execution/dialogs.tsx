/** Dialogs of the execution page: the inputs of a resume, labels, states, a file's preview. */
import { Button } from '../../components/button/button.tsx';
import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError, SelectField, TextField } from '../../components/field/field.tsx';
import { InputForm, type FormInput } from '../../components/input-form/input-form.tsx';

export function ResumeDialog({ inputs, values }: { readonly inputs: readonly FormInput[]; readonly values: Readonly<Record<string, string>> }) {
  return (
    <Dialog id="resume" title="Resume execution" wide>
      <form class="execute" novalidate>
        <div data-inputs=""><InputForm inputs={inputs} values={values} problems={{}} hidden={new Set()} /></div>
        <FormError />
        <div class="dialog-actions"><Button action="cancel">Cancel</Button><Button kind="primary" icon="play" type="submit">Resume</Button></div>
      </form>
    </Dialog>
  );
}

export function StateDialog({ title, text, states }: { readonly title: string; readonly text: string; readonly states: readonly string[] }) {
  return (
    <Dialog id="state" title={title}>
      <p class="dim">{text}</p>
      <form method="dialog" class="execute">
        <SelectField name="state" label="New state" options={states.map((state) => ({ value: state, text: `${state.charAt(0)}${state.slice(1).toLowerCase()}` }))} />
        <div class="dialog-actions"><button class="button" value="">Cancel</button><button class="button" data-kind="primary" value="yes">Change state</button></div>
      </form>
    </Dialog>
  );
}

export function LabelsDialog({ labels }: { readonly labels: string }) {
  return (
    <Dialog id="labels" title="Change labels">
      <form method="dialog" class="execute">
        <TextField name="labels" label="Labels" value={labels} hint="key:value, separated by commas" autocomplete="off" />
        <div class="dialog-actions"><button class="button" value="">Cancel</button><button class="button" data-kind="primary" value="yes">Save labels</button></div>
      </form>
    </Dialog>
  );
}

export function PreviewDialog({ name, content, truncated }: { readonly name: string; readonly content: string; readonly truncated: boolean }) {
  return (
    <Dialog id="preview" title={name} wide>
      <pre class="preview-text mono" tabindex={0}>{content}</pre>
      {truncated ? <p class="faint small">Only the beginning is shown; download the file for all of it.</p> : null}
      <form method="dialog"><div class="dialog-actions"><button class="button" value="" autofocus>Close</button></div></form>
    </Dialog>
  );
}
