/** Buttons and links that look like buttons. A disabled one says why in its tooltip and can still be focused, so that the reason can be read. */
import type { IconName } from '../../theme/icons.ts';
import { Icon } from '../icon/icon.tsx';
import type { Children } from '../view.ts';

export interface ButtonProps {
  readonly kind?: 'primary' | 'quiet' | 'danger' | 'danger-fill';
  readonly size?: 'small';
  readonly icon?: IconName;
  /** What a click does: `actions.ts` of the page listens for it. */
  readonly action?: string;
  /** Data of the action, as `data-value`. */
  readonly value?: string;
  readonly type?: 'button' | 'submit';
  /** Why it can not be used now. */
  readonly disabled?: string | undefined;
  readonly title?: string;
  readonly keys?: string;
  readonly href?: string;
  readonly download?: string;
  readonly pressed?: boolean;
  readonly wide?: boolean;
  readonly autofocus?: boolean;
  readonly children?: Children;
}

export function Button(props: ButtonProps) {
  const { kind, size, icon, action, value, type, disabled, title, keys, href, pressed, wide, autofocus, download, children } = props;
  const only = children === undefined ? 'icon' : undefined;
  const content = <>{icon === undefined ? null : <Icon name={icon} />}{children}{keys === undefined ? null : <kbd>{keys}</kbd>}</>;
  const look = { class: wide === true ? 'button wide' : 'button', 'data-kind': kind, 'data-size': size, 'data-only': only, title: disabled ?? title, 'aria-label': only === undefined ? undefined : title };
  if (href !== undefined && disabled === undefined) return <a {...look} href={href} download={download}>{content}</a>;
  return (
    <button {...look} type={type ?? 'button'} data-action={disabled === undefined ? action : undefined} data-value={value} aria-disabled={disabled === undefined ? undefined : 'true'} aria-pressed={pressed} autofocus={autofocus}>
      {content}
    </button>
  );
}
