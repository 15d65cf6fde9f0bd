import { roles } from '../../../core/protocol/entities/participant.ts';
import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError, SelectField, TextField } from '../../components/field/field.tsx';
import { roleWords } from './view.tsx';

/** Asks for a role; the link comes afterwards. */
export function InviteDialog() {
  return (
    <Dialog id="invite" title="Invite somebody">
      <form>
        <SelectField name="role" label="Role" value="editor" options={[...roles].reverse().map((role) => ({ value: role, text: `${role}: ${roleWords[role]}` }))} />
        <TextField name="name" label="For whom" hint="Only a note for the audit log; the person chooses the name" maxLength={60} />
        <FormError />
        <div class="dialog-actions"><button class="button" type="button" data-close="">Cancel</button><button class="button" data-kind="primary" type="submit">Make a link</button></div>
      </form>
    </Dialog>
  );
}
