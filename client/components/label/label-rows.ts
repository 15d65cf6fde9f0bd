/** Rows of labels: plus adds one below, minus takes one away; the last one is only emptied. */
import type { Label } from '../../../core/protocol/entities/execution.ts';
import { renderView } from '../view.ts';
import { LabelRow } from './label-rows.tsx';

export function mountLabelRows(root: HTMLElement, changed: () => void = () => undefined): void {
  root.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-label-add], [data-label-remove]') : null;
    const row = button?.closest<HTMLElement>('[data-label-row]') ?? null;
    if (button === null || row === null) return;
    if (button.dataset['labelAdd'] !== undefined) {
      row.insertAdjacentHTML('afterend', renderView(LabelRow({ label: { key: '', value: '' } })));
      row.nextElementSibling?.querySelector<HTMLElement>('input')?.focus();
    } else if (row.parentElement?.children.length === 1) {
      for (const input of row.querySelectorAll('input')) input.value = '';
    } else {
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      next?.querySelector<HTMLElement>('input')?.focus();
    }
    changed();
  });
}

/** What stands in the rows; an empty row is none. Throws what is wrong with one. */
export function readLabelRows(root: ParentNode): readonly Label[] {
  const labels: Label[] = [];
  for (const row of root.querySelectorAll<HTMLElement>('[data-label-row]')) {
    const key = row.querySelector<HTMLInputElement>('[data-label-key]')?.value.trim() ?? '';
    const value = row.querySelector<HTMLInputElement>('[data-label-value]')?.value.trim() ?? '';
    if (key === '' && value === '') continue;
    if (key === '') throw new Error(`The label "${value}" has no key`);
    if (value === '') throw new Error(`The label "${key}" has no value`);
    if (key.startsWith('system.')) throw new Error(`The label "${key}" begins with "system.", which only the server may use`);
    labels.push({ key, value });
  }
  return labels;
}
