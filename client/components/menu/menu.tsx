/** A button with a menu under it. The layer and "click elsewhere closes" are the browser's popover; open state, place and keys are Alpine (`menu.ts`). */
import type { IconName } from '../../theme/icons.ts';
import { Icon } from '../icon/icon.tsx';
import type { Children } from '../view.ts';

export interface MenuProps {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly icon?: IconName;
  readonly small?: boolean;
  readonly button?: Children;
  readonly children?: Children;
}

export function Menu({ id, title, icon = 'more', small, button, children }: MenuProps) {
  return (
    <span class="menu-anchor" x-data="menu">
      <button type="button" class={button === undefined ? 'button' : 'menu-button'} data-kind="quiet" data-only={button === undefined ? 'icon' : undefined} data-size={small === true ? 'small' : undefined} popovertarget={id} aria-haspopup="menu" aria-label={title} title={title}>
        {button ?? <Icon name={icon} />}
      </button>
      <div class="menu" id={id} role="menu" aria-label={title} popover="auto">{children}</div>
    </span>
  );
}

export interface MenuItemProps {
  readonly icon?: IconName;
  readonly action?: string;
  readonly value?: string;
  readonly href?: string;
  readonly download?: string;
  readonly danger?: boolean;
  /** Why it can not be used now. */
  readonly disabled?: string | undefined;
  readonly keys?: string;
  readonly checked?: boolean;
  readonly children?: Children;
}

export function MenuItem({ icon, action, value, href, download, danger, disabled, keys, checked, children }: MenuItemProps) {
  const content = <>{icon === undefined ? null : <Icon name={icon} />}<span>{children}</span>{checked === true ? <Icon name="check" size={14} class="menu-check" /> : null}{keys === undefined ? null : <kbd>{keys}</kbd>}</>;
  const kind = danger === true ? 'danger' : undefined;
  if (href !== undefined && disabled === undefined) return <a class="menu-item" role="menuitem" tabindex={-1} href={href} data-kind={kind} download={download}>{content}</a>;
  return (
    <button type="button" class="menu-item" role={checked === undefined ? 'menuitem' : 'menuitemradio'} tabindex={-1} aria-checked={checked} data-action={disabled === undefined ? action : undefined} data-value={value} data-kind={kind} aria-disabled={disabled === undefined ? undefined : 'true'} title={disabled}>
      {content}
    </button>
  );
}
