import { Dialog } from '../dialog/dialog.tsx';
import { FormError } from '../field/field.tsx';
import { localText } from '../input-form/read-form.ts';
import type { NamedRange } from './date-range.ts';

/** A span of time: named ones at a click, or from and until by hand, in the reader's zone. */
export function DatesDialog({ ranges, start, end }: { readonly ranges: readonly NamedRange[]; readonly start: string; readonly end: string }) {
  const field = (name: 'start' | 'end', label: string, value: string) => (
    <div class="field"><label for={`dates-${name}`}>{label}</label><span class="input"><input id={`dates-${name}`} name={name} type="datetime-local" step="1" value={value === '' ? '' : localText(value)} /></span></div>
  );
  return (
    <Dialog id="dates" title="Between two dates">
      <form class="dates" novalidate>
        <div class="dates-named" role="group" aria-label="Named spans">
          {ranges.map((range, index) => <button type="button" class="button" data-size="small" data-range={index}>{range.name}</button>)}
        </div>
        <div class="dates-fields">{field('start', 'From', start)}{field('end', 'Until', end)}</div>
        <p class="hint">Your time zone. An empty field leaves that side open.</p>
        <FormError />
        <div class="dialog-actions"><button type="button" class="button" data-action="cancel">Cancel</button><button type="submit" class="button" data-kind="primary">Show this span</button></div>
      </form>
    </Dialog>
  );
}
