/** What can be done with the chosen rows. Above the table's head, hidden while nothing is chosen. */
import { Button } from '../button/button.tsx';
import type { Children } from '../view.ts';

export function BulkBar({ what, children }: { readonly what: string; readonly children?: Children }) {
  return (
    <div class="bulkbar" id="bulk" role="toolbar" aria-label={`Actions for the selected ${what}`} data-keep="" hidden>
      <label class="select-box"><input class="check" type="checkbox" data-select-all="" aria-label={`Select all ${what} on this page`} /></label>
      <b class="num" data-selected-count="" aria-live="polite">0 selected</b><span class="rule"></span>
      <button type="button" class="link" data-select-matching="" hidden>Select all that match</button>
      {children}
      <span class="grow"></span><Button kind="quiet" size="small" icon="close" title="Clear selection" action="select-none" />
    </div>
  );
}
