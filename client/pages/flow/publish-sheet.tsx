/** The publish sheet: every unpublished change with its author; what is switched off stays in the draft. */
import type { DraftAnswer } from '../../../core/protocol/operations/flows.ts';
import { Avatar } from '../../components/avatars/avatars.tsx';
import { Button } from '../../components/button/button.tsx';
import { Dialog } from '../../components/dialog/dialog.tsx';
import { FormError, TextField } from '../../components/field/field.tsx';

export function PublishSheet({ draft, ownId }: { readonly draft: DraftAnswer; readonly ownId: string }) {
  const others = draft.hunks.filter((hunk) => hunk.author.id !== ownId).length;
  return (
    <Dialog id="publish" title={draft.base === 0 ? 'Publish as revision 1' : `Publish as revision ${draft.base + 1}`} wide>
      <form class="execute publish-form">
        <p class="dim">{others === 0 ? 'All changes are yours.' : `${others} of ${draft.hunks.length} changes are by others. What you leave out stays in the draft for them.`}</p>
        <ol class="hunk-list" aria-label="Unpublished changes">
          {draft.hunks.map((hunk) => (
            <li class="hunk" data-who={hunk.author.color}>
              <label class="hunk-head row"><input class="check" type="checkbox" name="hunk" value={hunk.id} checked /><Avatar who={hunk.author} size={16} /><b>{hunk.author.name}</b><span class="faint small">line {hunk.draftLine}</span></label>
              <div class="inline-diff mono">
                {hunk.removed.slice(0, 40).map((text) => <div class="diff-line" data-diff="del"><span class="sign">−</span><code>{text}</code></div>)}
                {hunk.added.slice(0, 40).map((text) => <div class="diff-line" data-diff="add"><span class="sign">+</span><code>{text}</code></div>)}
                {hunk.removed.length + hunk.added.length > 80 ? <p class="faint small">and more lines</p> : null}
              </div>
            </li>
          ))}
        </ol>
        <TextField name="message" label="What changed" hint="Optional; shown in the list of revisions" maxLength={2000} />
        <FormError />
        <div class="dialog-actions"><Button action="cancel">Cancel</Button><Button kind="primary" icon="publish" type="submit">Publish</Button></div>
      </form>
    </Dialog>
  );
}

export function ChangesDialog({ draft }: { readonly draft: DraftAnswer }) {
  return (
    <Dialog id="changes" title={`Changes since revision ${draft.base}`} wide>
      {draft.hunks.length === 0 ? <p class="dim">The draft is what is published.</p> : (
        <ol class="hunk-list">
          {draft.hunks.map((hunk) => (
            <li class="hunk" data-who={hunk.author.color}>
              <p class="hunk-head row"><Avatar who={hunk.author} size={16} /><b>{hunk.author.name}</b><span class="faint small">line {hunk.draftLine}</span></p>
              <div class="inline-diff mono">
                {hunk.removed.slice(0, 40).map((text) => <div class="diff-line" data-diff="del"><span class="sign">−</span><code>{text}</code></div>)}
                {hunk.added.slice(0, 40).map((text) => <div class="diff-line" data-diff="add"><span class="sign">+</span><code>{text}</code></div>)}
              </div>
            </li>
          ))}
        </ol>
      )}
      <form method="dialog"><div class="dialog-actions"><button class="button" value="" autofocus>Close</button></div></form>
    </Dialog>
  );
}
