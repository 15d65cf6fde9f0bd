/** Dialogs stand on the browser's own `<dialog>`: focus stays inside, Escape closes, the page behind is inert. */
import type { Children } from '../view.ts';
import { Button } from '../button/button.tsx';

export function Dialog({ id, title, wide, children }: { readonly id: string; readonly title: string; readonly wide?: boolean; readonly children?: Children }) {
  return <dialog class="dialog" id={id} aria-labelledby={`${id}-title`} data-size={wide === true ? 'wide' : undefined}><h2 id={`${id}-title`}>{title}</h2>{children}</dialog>;
}

export interface Question {
  /** Names the object: "Delete 3 flows?" */
  readonly title: string;
  /** What follows from it, and who is affected. */
  readonly text: string;
  readonly details?: readonly string[];
  /** The verb and its object: "Delete 3 flows". */
  readonly action: string;
  readonly danger?: boolean;
}

export function ConfirmView({ question }: { readonly question: Question }) {
  return (
    <Dialog id="confirm" title={question.title}>
      <p class="dim">{question.text}</p>
      {question.details === undefined || question.details.length === 0 ? null : <ul class="dialog-details mono">{question.details.map((detail) => <li class="cut">{detail}</li>)}</ul>}
      <form method="dialog">
        <div class="dialog-actions">
          <button class="button" value="no" autofocus>Cancel</button>
          <button class="button" data-kind={question.danger === true ? 'danger-fill' : 'primary'} value="yes">{question.action}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Something that is shown once: it can be copied, and the dialog says that it will not come back. */
export function SecretView({ title, text, secret }: { readonly title: string; readonly text: string; readonly secret: string }) {
  return (
    <Dialog id="secret" title={title} wide>
      <p class="dim">{text}</p>
      <div class="row"><span class="input grow"><input class="mono" readonly value={secret} aria-label={title} autofocus /></span><Button icon="copy" action="copy" value={secret}>Copy</Button></div>
      <form method="dialog"><div class="dialog-actions"><button class="button" data-kind="primary" value="yes">I have kept it</button></div></form>
    </Dialog>
  );
}
