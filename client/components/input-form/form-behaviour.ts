/** What an input form does by itself: a secret is shown while its button is pressed, a duration is put together from its parts. */
import { durationOf, durationParts, durationUnits, type DurationUnit } from './duration.ts';

export function mountInputForm(root: HTMLElement): void {
  root.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-reveal]') : null;
    const input = button?.parentElement?.querySelector('input');
    if (button === null || input === null || input === undefined) return;
    const isShown = input.type === 'text';
    input.type = isShown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!isShown));
  });
  root.addEventListener('input', (event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const parts = event.target.closest<HTMLElement>('[data-duration]');
    const text = parts === null ? null : document.getElementById(parts.dataset['duration'] ?? '');
    if (parts !== null && text instanceof HTMLInputElement) text.value = durationOf(Object.fromEntries(durationUnits.map((unit) => [unit, Number(partOf(parts, unit)?.value ?? '0')])));
    const own = event.target.closest('.field')?.querySelector<HTMLElement>(`[data-duration="${CSS.escape(event.target.id)}"]`);
    if (own === null || own === undefined) return;
    const typed = durationParts(event.target.value) ?? {};
    for (const unit of durationUnits) {
      const field = partOf(own, unit);
      if (field !== null) field.value = typed[unit] === undefined ? '' : String(typed[unit]);
    }
  });
}

const partOf = (parts: Element, unit: DurationUnit): HTMLInputElement | null => parts.querySelector<HTMLInputElement>(`[data-unit="${unit}"]`);
