/** What somebody has typed into an input form, as the server wants it: texts by input, files beside them. */
import type { FormInput } from './input-form.tsx';

export interface ReadForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly { readonly input: string; readonly file: File }[];
}

/** A `datetime-local` value is the reader's wall clock: on the wire it is an instant. */
export const instantText = (local: string): string => {
  const at = Date.parse(local);
  return Number.isNaN(at) ? local : new Date(at).toISOString();
};

/** The inverse, for a default that is an instant. */
export function localText(instant: string): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return instant;
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}

/** An empty field is left out, so that the flow's default applies; an input whose default was deleted on purpose is sent empty. */
export function readForm(form: HTMLElement, inputs: readonly FormInput[]): ReadForm {
  const fields: Record<string, string> = {};
  const files: { input: string; file: File }[] = [];
  for (const input of inputs) {
    const controls = [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>(`[name="${CSS.escape(input.id)}"]`)];
    const kept = controls.find((control) => control instanceof HTMLInputElement && control.dataset['kept'] !== undefined);
    const first = controls.find((control) => control !== kept);
    if (first === undefined || first.closest('[hidden]') !== null) continue;
    if (first instanceof HTMLInputElement && first.type === 'file') {
      const file = first.files?.[0];
      if (file !== undefined) files.push({ input: input.id, file });
      // A file of another run is taken again, unless a new one was chosen.
      else if (kept instanceof HTMLInputElement && kept.checked) fields[input.id] = kept.value;
      continue;
    }
    if (first instanceof HTMLInputElement && (first.type === 'radio' || first.type === 'checkbox')) {
      const chosen = controls.filter((control): control is HTMLInputElement => control instanceof HTMLInputElement && control.checked).map((control) => control.value);
      if (first.type === 'checkbox') {
        const items = [...new Set([...chosen, ...furtherOf(controls)])];
        if (items.length > 0) fields[input.id] = JSON.stringify(items);
      } else if (chosen[0] !== undefined && chosen[0] !== '') fields[input.id] = chosen[0];
      continue;
    }
    if (first.value === '') continue;
    if (first instanceof HTMLInputElement && first.dataset['further'] !== undefined) {
      fields[input.id] = JSON.stringify(furtherOf(controls));
      continue;
    }
    fields[input.id] = input.type === 'DATETIME' ? instantText(first.value) : first.value;
  }
  return { fields, files };
}

/** Values of a MULTISELECT that are not on its list. */
const furtherOf = (controls: readonly (HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement)[]): readonly string[] =>
  controls.filter((control) => control.dataset['further'] !== undefined).flatMap((control) => control.value.split(',')).map((item) => item.trim()).filter((item) => item !== '');
