/** Empty, loading, failed: what is not there, why, and the way out. */
import type { IconName } from '../../theme/icons.ts';
import { Icon } from '../icon/icon.tsx';
import type { Children } from '../view.ts';

/** Nothing to show: why, and what to do. */
export function Empty({ icon, title, children }: { readonly icon: IconName; readonly title: string; readonly children?: Children }) {
  return <div class="empty"><Icon name={icon} /><h2>{title}</h2>{children}</div>;
}

export function Notice({ kind, children }: { readonly kind: 'error' | 'warn' | 'past'; readonly children?: Children }) {
  return <div class="notice" data-kind={kind} role={kind === 'error' ? 'alert' : 'status'}><Icon name={kind === 'past' ? 'history' : 'state-warning'} />{children}</div>;
}

/** The first error in words, with its place. */
export function ErrorBox({ title, children }: { readonly title: string; readonly children?: Children }) {
  return <div class="errorbox" role="alert"><b class="row"><Icon name="state-failed" />{title}</b>{children}</div>;
}

/** Grey lines where text will be. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  const widths = ['90', '70', '50', '30'] as const;
  return <div class="stack" aria-busy="true" aria-label="Loading">{Array.from({ length: lines }, (_, index) => <div class="skeleton" data-width={widths[index % widths.length]}></div>)}</div>;
}
