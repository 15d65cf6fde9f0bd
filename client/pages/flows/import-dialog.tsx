import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError } from '../../components/field/field.tsx';

/** YAML or ZIP; what fails is listed, what is good comes in. */
export function ImportDialog() {
  return (
    <Dialog id="import" title="Import flows" wide>
      <p class="dim">A YAML file (several flows separated by <code>---</code>) or a ZIP of YAML files. A flow that exists gets a new revision; one that does not is created. Unpublished typing of others stays in the drafts.</p>
      <form>
        <div class="field"><label for="import-file">File</label><span class="input"><input id="import-file" name="fileUpload" type="file" accept=".yaml,.yml,.zip" required autofocus /></span></div>
        <FormError />
        <div class="dialog-actions"><button class="button" type="button" data-close="">Cancel</button><button class="button" data-kind="primary" type="submit">Import flows</button></div>
      </form>
    </Dialog>
  );
}
