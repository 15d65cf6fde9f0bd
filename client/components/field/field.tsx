/** A labelled input: label, control, and a hint that becomes the remedy when the value is wrong. */
import type { Children } from '../view.ts';

export interface TextFieldProps {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password' | 'email';
  readonly value?: string;
  readonly hint?: string;
  readonly error?: string;
  readonly required?: boolean;
  readonly placeholder?: string;
  readonly autocomplete?: string;
  readonly autofocus?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly disabled?: string | undefined;
}

export function TextField(props: TextFieldProps) {
  const { name, label, type = 'text', value, hint, error, required, placeholder, autocomplete, autofocus, minLength, maxLength, disabled } = props;
  const id = `field-${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="input" aria-invalid={error === undefined ? undefined : 'true'}>
        <input id={id} name={name} type={type} value={value} placeholder={placeholder} autocomplete={autocomplete} autofocus={autofocus} required={required} minlength={minLength} maxlength={maxLength}
          disabled={disabled !== undefined} title={disabled} aria-invalid={error === undefined ? undefined : 'true'} aria-describedby={hint === undefined && error === undefined ? undefined : `${id}-hint`} />
      </span>
      {error !== undefined ? <span class="hint" id={`${id}-hint`} data-kind="error">{error}</span> : hint !== undefined ? <span class="hint" id={`${id}-hint`}>{hint}</span> : null}
    </div>
  );
}

export interface SelectFieldProps {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly hint?: string;
}

export function SelectField({ name, label, value, options, hint }: SelectFieldProps) {
  const id = `field-${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <span class="input"><select id={id} name={name}>{options.map((option) => <option value={option.value} selected={option.value === value}>{option.text}</option>)}</select></span>
      {hint === undefined ? null : <span class="hint">{hint}</span>}
    </div>
  );
}

export interface SwitchProps {
  readonly on: boolean;
  readonly label: string;
  readonly action: string;
  readonly value: string;
  readonly disabled?: string | undefined;
}

export function Switch({ on, label, action, value, disabled }: SwitchProps) {
  return <button type="button" class="switch" role="switch" aria-checked={on ? 'true' : 'false'} aria-label={label} title={disabled ?? label} data-action={disabled === undefined ? action : undefined} data-value={value} disabled={disabled !== undefined}></button>;
}

/** The twelve hues of participants, as a radio group. */
export function Swatches({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <fieldset class="swatches">
      <legend class="field-label">Your colour</legend>
      {Array.from({ length: 12 }, (_, index) => index + 1).map((color) => (
        <label class="swatch-box"><input class="swatch" type="radio" name={name} value={String(color)} checked={color === value} data-who={color} aria-label={`Colour ${color}`} /></label>
      ))}
    </fieldset>
  );
}

/** Where a form says why it was refused. */
export function FormError({ children }: { readonly children?: Children }) {
  return <p class="form-error" data-error="" role="alert" hidden={children === undefined}>{children}</p>;
}
