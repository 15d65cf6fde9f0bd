/** Which flow to run: first its namespace, then the flow. */
import { Dialog } from '../dialog/dialog.tsx';
import { FormError } from '../field/field.tsx';

export interface ChooseFlowProps {
  readonly namespaces: readonly string[];
}

export function ChooseFlowDialog({ namespaces }: ChooseFlowProps) {
  return (
    <Dialog id="choose-flow" title="Execute a flow">
      <form novalidate>
        <div class="field"><label for="choose-namespace">Namespace</label><span class="input"><input id="choose-namespace" name="namespace" list="choose-namespaces" autocomplete="off" spellcheck={false} placeholder={namespaces.length === 0 ? 'There are no flows yet' : 'Type or choose'} autofocus /><datalist id="choose-namespaces">{namespaces.map((name) => <option value={name}></option>)}</datalist></span></div>
        <div class="field"><label for="choose-id">Flow</label><span class="input"><select id="choose-id" name="id" disabled><option value="">Choose a namespace first</option></select></span></div>
        <FormError />
        <div class="dialog-actions"><button type="button" class="button" data-action="cancel">Cancel</button><button type="submit" class="button" data-kind="primary">Go on</button></div>
      </form>
    </Dialog>
  );
}

export interface ChoosableFlow {
  readonly id: string;
  readonly disabled: boolean;
}

export function FlowOptions({ flows }: { readonly flows: readonly ChoosableFlow[] }) {
  if (flows.length === 0) return <option value="">No flow to run here</option>;
  return <>{flows.length > 1 ? <option value="">Choose…</option> : null}{flows.map((flow) => <option value={flow.id} disabled={flow.disabled}>{flow.id}{flow.disabled ? ' (disabled)' : ''}</option>)}</>;
}
