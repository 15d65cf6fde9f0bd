/** Tabs are addresses: each is a link, so that back, share and open-in-new-tab work. */
import type { TabLink } from '../shell/frame.ts';
import { Icon } from '../icon/icon.tsx';
import type { Children } from '../view.ts';

export function Tabs({ current, links, children }: { readonly current: string; readonly links: readonly TabLink[]; readonly children?: Children }) {
  return (
    <nav class="tabs" id="tabs" aria-label="Parts of this page">
      {links.map((link) => (link.disabled !== undefined && link.id !== current ? <a class="tab" role="link" aria-disabled="true" title={link.disabled} data-tab={link.id}>{link.icon === undefined ? null : <Icon name={link.icon} />}{link.title}</a> : (
        <a class="tab" href={link.href} aria-current={link.id === current ? 'page' : undefined} data-tab={link.id}>
          {link.icon === undefined ? null : <Icon name={link.icon} />}{link.title}{link.count === undefined ? null : <span class="count">{link.count}</span>}
        </a>
      )))}
      {children}
    </nav>
  );
}
