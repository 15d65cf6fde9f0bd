import { durationParts, durationUnits } from './duration.ts';

/** A duration put together from its parts; the text above is what counts. */
export function DurationParts({ id, value }: { readonly id: string; readonly value: string }) {
  const parts = durationParts(value) ?? {};
  return (
    <details class="duration-parts" data-duration={id}>
      <summary>Put together</summary>
      <span class="duration-fields">{durationUnits.map((unit) => <label><span>{unit}</span><span class="input"><input type="number" min="0" step={unit === 'seconds' ? 'any' : '1'} value={parts[unit]} data-unit={unit} /></span></label>)}</span>
    </details>
  );
}
