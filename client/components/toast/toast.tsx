/** What happened. Done goes away by itself; an error stays and lists each fault with its place. */
import type { FieldProblem } from '../../../core/protocol/errors.ts';
import { Button } from '../button/button.tsx';
import { Icon } from '../icon/icon.tsx';

export type Toast =
  | { readonly type: 'done'; readonly text: string; readonly link?: { readonly text: string; readonly href: string } }
  | { readonly type: 'error'; readonly text: string; readonly errors: readonly FieldProblem[] };

export function ToastView({ id, toast }: { readonly id: string; readonly toast: Toast }) {
  return (
    <div class="toast" id={id} data-kind={toast.type} role={toast.type === 'error' ? 'alert' : 'status'}>
      <Icon name={toast.type === 'done' ? 'check' : 'state-failed'} />
      <div class="grow">
        <b class="toast-text">{toast.text}</b>
        {toast.type === 'error' && toast.errors.length > 0 ? <ul>{toast.errors.map((error) => <li>{error.path === undefined || error.path === '' ? null : <code>{error.path}: </code>}{error.message}</li>)}</ul> : null}
        {toast.type === 'done' && toast.link !== undefined ? <div><a class="link small" href={toast.link.href}>{toast.link.text}</a></div> : null}
      </div>
      <Button kind="quiet" size="small" icon="close" title="Close this message" action="toast-close" value={id} />
    </div>
  );
}
