/** A surface with a head: title, count, a link to everything. */
import type { Children } from '../view.ts';

export interface PanelProps {
  readonly title?: string;
  readonly count?: number | undefined;
  readonly alert?: boolean;
  readonly more?: { readonly text: string; readonly href: string } | undefined;
  readonly aside?: Children;
  readonly label?: string;
  readonly id?: string;
  readonly children?: Children;
}

export function Panel({ title, count, alert, more, aside, label, id, children }: PanelProps) {
  return (
    <section class="panel" aria-label={label ?? title} id={id}>
      {title === undefined ? null : (
        <div class="panel-head">
          <h2>{title}</h2>{count === undefined ? null : <span class="count" data-kind={alert === true && count > 0 ? 'alert' : undefined}>{count}</span>}
          <span class="grow"></span>{aside}{more === undefined ? null : <a class="link" href={more.href}>{more.text}</a>}
        </div>
      )}
      {children}
    </section>
  );
}
