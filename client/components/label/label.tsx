/** Labels `key:value`; a click filters the list by it. */
import type { Label } from '../../../core/protocol/entities/execution.ts';

export interface LabelsProps {
  readonly labels: readonly Label[];
  readonly hrefOf?: (label: Label) => string;
  readonly most?: number;
  /** `key:value` of those by which the list is filtered now. */
  readonly chosen?: ReadonlySet<string>;
}

export function Labels({ labels, hrefOf, most = 4, chosen = new Set() }: LabelsProps) {
  const shown = labels.slice(0, most);
  return (
    <span class="row" data-gap="1">
      {shown.map((label) => (hrefOf === undefined
        ? <span class="label" title={`${label.key}:${label.value}`}>{label.key}:{label.value}</span>
        : <a class="label" href={hrefOf(label)} aria-current={chosen.has(`${label.key}:${label.value}`) ? 'true' : undefined} title={chosen.has(`${label.key}:${label.value}`) ? `No longer only with ${label.key}:${label.value}` : `Only with ${label.key}:${label.value}`}>{label.key}:{label.value}</a>))}
      {labels.length > shown.length ? <span class="faint small" title={labels.slice(most).map((label) => `${label.key}:${label.value}`).join('\n')}>+{labels.length - shown.length}</span> : null}
    </span>
  );
}
