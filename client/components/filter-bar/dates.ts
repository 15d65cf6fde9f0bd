/** The dialog of dates: a named span is taken at once, typed ones are checked. */
import type { Dialogs } from '../dialog/dialogs.ts';
import { instantText } from '../input-form/read-form.ts';
import { namedRanges } from './date-range.ts';
import { DatesDialog } from './dates-dialog.tsx';

export interface DatesRequest {
  readonly dialogs: Dialogs;
  readonly clock: { nowMs(): number };
  readonly start: string;
  readonly end: string;
  /** Instants, or empty. */
  readonly chosen: (start: string, end: string) => void;
}

export function openDates({ dialogs, clock, start, end, chosen }: DatesRequest): void {
  const ranges = namedRanges(clock.nowMs());
  const dialog = dialogs.open(DatesDialog({ ranges, start, end }));
  dialog.element.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-range]') : null;
    const range = button === null ? undefined : ranges[Number(button.dataset['range'])];
    if (range === undefined) return;
    dialog.close();
    chosen(new Date(range.startMs).toISOString(), new Date(range.endMs).toISOString());
  });
  dialog.submits(async (form) => {
    const [from, until] = ['start', 'end'].map((name) => {
      const value = form.querySelector<HTMLInputElement>(`[name="${name}"]`)?.value ?? '';
      return value === '' ? '' : instantText(value);
    });
    if (from === undefined || until === undefined || (from === '' && until === '')) throw new Error('Give at least one of the two dates');
    if (from !== '' && until !== '' && Date.parse(from) > Date.parse(until)) throw new Error('The first date is after the second');
    dialog.close();
    chosen(from, until);
  });
}
