/** Dialogs of the execution page: the inputs of a resume, killing, labels, states, a file's preview. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import { Button } from '../../components/button/button.tsx';
import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError } from '../../components/field/field.tsx';
import { InputForm, type FormInput } from '../../components/input-form/input-form.tsx';
import { StatePill } from '../../components/state-pill/state-pill.tsx';
import type { StateType } from '../../../core/protocol/states.ts';

export function ResumeDialog({ inputs, values }: { readonly inputs: readonly FormInput[]; readonly values: Readonly<Record<string, string>> }) {
  return (
    <Dialog id="resume" title="Resume execution" wide>
      <form class="execute" novalidate>
        <div data-inputs=""><InputForm inputs={inputs} values={values} problems={{}} hidden={new Set()} /></div>
        <FormError />
        <div class="dialog-actions"><Button action="cancel">Cancel</Button><Button kind="primary" icon="play" type="submit" keys="Ctrl Enter">Resume</Button></div>
      </form>
    </Dialog>
  );
}

export function KillDialog({ name, watching }: { readonly name: string; readonly watching: readonly string[] }) {
  return (
    <Dialog id="kill" title={`Kill ${name}?`}>
      <p class="dim">Running tasks are stopped now and nothing new starts.{watching.length === 0 ? '' : ` ${watching.join(', ')} ${watching.length === 1 ? 'is' : 'are'} watching it.`}</p>
      <form method="dialog" class="execute">
        <label class="choice"><input type="checkbox" name="cascade" checked /> Also the executions that it started</label>
        <div class="dialog-actions"><button class="button" value="" autofocus>Cancel</button><button class="button" data-kind="danger-fill" value="yes">Kill execution</button></div>
      </form>
    </Dialog>
  );
}

/** What each target state means for what comes after. */
const stateHints: Readonly<Partial<Record<StateType, string>>> = {
  SUCCESS: 'as if it had come through', WARNING: 'came through, but somebody should look', FAILED: 'did not come through', CANCELLED: 'was given up', RUNNING: 'goes on',
};

export function StateDialog({ title, text, states, hints = stateHints }: { readonly title: string; readonly text: string; readonly states: readonly StateType[]; readonly hints?: Readonly<Partial<Record<StateType, string>>> }) {
  return (
    <Dialog id="state" title={title}>
      <p class="dim">{text}</p>
      <form method="dialog" class="execute">
        <fieldset class="choices state-choice">
          <legend class="field-label">New state</legend>
          {states.map((state, index) => <label class="choice"><input type="radio" name="state" value={state} checked={index === 0} /><StatePill state={state} />{hints[state] === undefined ? null : <span class="dim">{hints[state]}</span>}</label>)}
        </fieldset>
        <div class="dialog-actions"><button class="button" value="">Cancel</button><button class="button" data-kind="primary" value="yes">Change state</button></div>
      </form>
    </Dialog>
  );
}

/** One row a label; the server merges, so what is there can be changed but not taken away. */
export function LabelsDialog({ labels }: { readonly labels: readonly Label[] }) {
  return (
    <Dialog id="labels" title="Set labels">
      <p class="dim">New ones are added. A label that is there keeps its key; its value can be changed.</p>
      <form class="execute">
        <div class="stack" data-rows="">{[...labels, { key: '', value: '' }].map((label) => <LabelRow label={label} fixed={label.key !== ''} />)}</div>
        <Button kind="quiet" size="small" icon="plus" action="add-label">One more</Button>
        <FormError />
        <div class="dialog-actions"><Button action="cancel">Cancel</Button><Button kind="primary" type="submit">Save labels</Button></div>
      </form>
    </Dialog>
  );
}

export function LabelRow({ label, fixed }: { readonly label: Label; readonly fixed: boolean }) {
  return (
    <div class="row" data-label-row="">
      <span class="input grow"><input name="key" aria-label="Key" placeholder="key" value={label.key} readonly={fixed} autocomplete="off" spellcheck={false} /></span>
      <span class="input grow"><input name="value" aria-label={fixed ? `Value of ${label.key}` : 'Value'} placeholder="value" value={label.value} autocomplete="off" spellcheck={false} /></span>
    </div>
  );
}
