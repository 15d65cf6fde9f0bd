/** Labels as rows of key and value, added and removed. Its behaviour is `label-rows.ts`. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import { Icon } from '../icon/icon.tsx';

export function LabelRows({ labels, legend = 'Labels' }: { readonly labels: readonly Label[]; readonly legend?: string }) {
  const rows = labels.length === 0 ? [{ key: '', value: '' }] : labels;
  return (
    <fieldset class="field" data-labels="">
      <legend class="field-label">{legend}</legend>
      <div class="label-rows" data-label-rows="">{rows.map((label) => <LabelRow label={label} />)}</div>
    </fieldset>
  );
}

export function LabelRow({ label }: { readonly label: Label }) {
  return (
    <div class="label-row" data-label-row="">
      <span class="input"><input data-label-key="" value={label.key} placeholder="key" aria-label="Key of a label" autocomplete="off" spellcheck={false} maxlength={200} /></span>
      <span class="input"><input data-label-value="" value={label.value} placeholder="value" aria-label="Value of a label" autocomplete="off" spellcheck={false} maxlength={2000} /></span>
      <button type="button" class="button" data-kind="quiet" data-size="small" data-only="icon" data-label-remove="" aria-label="Remove this label" title="Remove this label"><Icon name="minus" /></button>
      <button type="button" class="button" data-kind="quiet" data-size="small" data-only="icon" data-label-add="" aria-label="Add a label" title="Add a label"><Icon name="plus" /></button>
    </div>
  );
}
