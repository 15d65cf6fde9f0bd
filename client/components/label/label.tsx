/** Labels `key:value`; a click filters the list by it. */
import type { Label } from '../../../core/protocol/entities/execution.ts';

export function Labels({ labels, hrefOf, most = 4 }: { readonly labels: readonly Label[]; readonly hrefOf?: (label: Label) => string; readonly most?: number }) {
  const shown = labels.slice(0, most);
  return (
    <span class="row" data-gap="1">
      {shown.map((label) => (hrefOf === undefined
        ? <span class="label" title={`${label.key}:${label.value}`}>{label.key}:{label.value}</span>
        : <a class="label" href={hrefOf(label)} title={`Only with ${label.key}:${label.value}`}>{label.key}:{label.value}</a>))}
      {labels.length > shown.length ? <span class="faint small" title={labels.slice(most).map((label) => `${label.key}:${label.value}`).join('\n')}>+{labels.length - shown.length}</span> : null}
    </span>
  );
}
