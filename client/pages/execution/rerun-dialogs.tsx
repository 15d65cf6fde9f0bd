/** Running a run again: on from where it failed, or anew. Both ask which revision; a replay may take other inputs. */
import { Button } from '../../components/button/button.tsx';
import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError } from '../../components/field/field.tsx';
import { InputForm, type FormInput } from '../../components/input-form/input-form.tsx';

export interface RevisionChoiceProps {
  /** What the run ran; 0 for a draft's text. */
  readonly own: number;
  /** Newest first; empty when the flow is gone. */
  readonly revisions: readonly number[];
}

export function RevisionChoice({ own, revisions }: RevisionChoiceProps) {
  const latest = revisions[0];
  const others = revisions.filter((one) => one !== own && one !== latest);
  return (
    <fieldset class="choices revision-choice">
      <legend class="field-label">Revision</legend>
      <label class="choice"><input type="radio" name="revision" value="" checked />{own === 0 ? 'The draft\'s text, as it ran' : `${own}, as it ran${latest === own ? ' (it is the latest)' : ''}`}</label>
      {latest === undefined || latest === own ? null : <label class="choice"><input type="radio" name="revision" value={String(latest)} />{latest}, the latest</label>}
      {others.length === 0 ? null : (
        <span class="choice"><label class="choice"><input type="radio" name="revision" value="other" />Another</label>
          <span class="input"><select name="other" aria-label="Another revision">{others.map((one) => <option value={String(one)}>{one}</option>)}</select></span></span>
      )}
      {latest === undefined ? <p class="hint">The flow is deleted; only what this run ran is left.</p> : null}
    </fieldset>
  );
}

export interface RestartDialogProps extends RevisionChoiceProps {
  readonly state: string;
  /** Names of the task runs that run again. */
  readonly from: readonly string[];
}

const namesShown = 5;
function Names({ names }: { readonly names: readonly string[] }) {
  return <>{names.slice(0, namesShown).map((name, index) => <>{index === 0 ? '' : ', '}<span class="mono">{name}</span></>)}{names.length > namesShown ? ` and ${names.length - namesShown} more` : ''}</>;
}

export function RestartDialog({ state, from, own, revisions }: RestartDialogProps) {
  return (
    <Dialog id="restart" title={`Restart from ${state}?`}>
      <p class="dim">{from.length === 0 ? 'Nothing of it failed by itself: the server decides what runs again.' : <><Names names={from} /> {from.length === 1 ? 'runs' : 'run'} again; what has succeeded stays.</>} On another revision it goes on as a copy with an id of its own.</p>
      <form class="execute">
        <RevisionChoice own={own} revisions={revisions} />
        <FormError />
        <div class="dialog-actions"><Button action="cancel">Cancel</Button><Button kind="primary" icon="replay" type="submit" keys="Ctrl Enter" autofocus>Restart</Button></div>
      </form>
    </Dialog>
  );
}

export interface ReplayDialogProps extends RevisionChoiceProps {
  /** The task run to go on from; none for the start. */
  readonly from: string | undefined;
  readonly inputs: readonly FormInput[];
  readonly values: Readonly<Record<string, string>>;
}

export function ReplayDialog({ from, own, revisions, inputs, values }: ReplayDialogProps) {
  return (
    <Dialog id="replay" title={from === undefined ? 'Replay as a new execution?' : `Replay from ${from}?`} wide>
      <p class="dim">{from === undefined ? 'Everything runs again.' : <>What ran before <span class="mono">{from}</span> is taken over; it and what comes after it run again.</>} The new execution has the labels and the trigger of this one, which stays as it is.</p>
      <form class="execute" novalidate>
        <RevisionChoice own={own} revisions={revisions} />
        <div data-replay-inputs=""><ReplayInputs inputs={inputs} values={values} open={false} /></div>
        <FormError />
        <div class="dialog-actions"><Button action="cancel">Cancel</Button><Button kind="primary" icon="replay" type="submit" keys="Ctrl Enter" autofocus>Replay</Button></div>
      </form>
    </Dialog>
  );
}

/** Closed: the same inputs. Open: these ones. */
export function ReplayInputs({ inputs, values, open }: { readonly inputs: readonly FormInput[]; readonly values: Readonly<Record<string, string>>; readonly open: boolean }) {
  if (inputs.length === 0) return <></>;
  return (
    <details class="execute-more" data-change-inputs="" open={open ? true : undefined}>
      <summary>With changed inputs</summary>
      <InputForm inputs={inputs} values={values} problems={{}} hidden={new Set()} />
      {inputs.some((input) => input.type === 'SECRET') ? <p class="hint">A secret is not shown again; left empty, it stays.</p> : null}
      {inputs.some((input) => input.type === 'FILE') ? <p class="hint">A file that is not chosen anew stays the one of this run.</p> : null}
    </details>
  );
}
