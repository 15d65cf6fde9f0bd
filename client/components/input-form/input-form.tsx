/**
 * A form made from the inputs of a flow, or of a Pause task: one field an input, by its type. The same view draws it first and again
 * when the server has checked it. Values are texts: the server types them, so what it says is the one truth.
 */
import { Icon } from '../icon/icon.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import type { Children } from '../view.ts';
import { DurationParts } from './duration-parts.tsx';

/** An input as the API shows it (`Flow.inputs`). */
export interface FormInput {
  readonly id: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string | undefined;
  readonly displayName: string | undefined;
  readonly defaults: unknown;
  readonly values: readonly string[];
  readonly isRadio: boolean;
  readonly allowCustomValue: boolean;
  readonly extension: string | undefined;
  /** Of numbers, dates and lengths, as the flow writes them. */
  readonly min: string | undefined;
  readonly max: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const bound = (value: unknown): string | undefined => (typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : undefined);

/** Reads what the API gives; an input of an unknown shape becomes a plain text field. */
export function formInputsOf(inputs: readonly Readonly<Record<string, unknown>>[]): readonly FormInput[] {
  return inputs.flatMap((input): FormInput[] => {
    const id = text(input['id']) ?? text(input['name']);
    if (id === undefined) return [];
    const values = Array.isArray(input['values']) ? input['values'] : Array.isArray(input['options']) ? input['options'] : [];
    return [{
      id, type: text(input['type']) ?? 'STRING', required: input['required'] !== false, description: text(input['description']),
      displayName: text(input['displayName']), defaults: input['defaults'], values: values.map(String),
      isRadio: input['isRadio'] === true, allowCustomValue: input['allowCustomValue'] === true, extension: text(input['extension']), min: bound(input['min'] ?? input['after']), max: bound(input['max'] ?? input['before']),
    }];
  });
}

/** What stands in a field before anybody types: the default, as text. Expressions stay the server's to render. */
export function initialText(input: FormInput): string {
  const { defaults } = input;
  if (defaults === undefined || defaults === null) return '';
  return typeof defaults === 'string' ? defaults : typeof defaults === 'object' ? JSON.stringify(defaults) : String(defaults);
}

const hints: Readonly<Record<string, string>> = {
  DURATION: 'An ISO duration: PT5M is five minutes, PT1H30M an hour and a half',
  JSON: 'A JSON value', YAML: 'A YAML value', ARRAY: 'A JSON list: ["a", "b"]', URI: 'An address: https://…', EMAIL: 'name@example.com',
  INT: 'A whole number', FLOAT: 'A number', DATETIME: 'Your time zone; sent as UTC', SECRET: 'Stored encrypted, never shown',
};

/** The bounds of an input in words: what the server would refuse is said beforehand. */
function boundsWords({ min, max }: FormInput): string {
  if (min !== undefined && max !== undefined) return `From ${min} to ${max}`;
  if (min !== undefined) return `At least ${min}`;
  return max === undefined ? '' : `At most ${max}`;
}

const restHint = (input: FormInput): string => [hints[input.type] ?? '', boundsWords(input)].filter((words) => words !== '').join('. ');

interface ControlProps { readonly input: FormInput; readonly id: string; readonly value: string; readonly invalid: boolean }

function Control({ input, id, value, invalid }: ControlProps) {
  const shared = { id, name: input.id, 'data-input-type': input.type, 'aria-invalid': invalid ? 'true' : undefined, 'aria-describedby': `${id}-hint`, required: input.required ? true : undefined };
  const box = (children: Children) => <span class="input" aria-invalid={invalid ? 'true' : undefined}>{children}</span>;
  switch (input.type) {
    case 'BOOL': case 'BOOLEAN': return (
      <span class="segmented" role="radiogroup" aria-labelledby={`${id}-label`}>
        {booleans.map(([choice, words]) => <label class="choice"><input type="radio" name={input.id} value={choice} checked={value.toLowerCase() === choice} data-input-type={input.type} />{words}</label>)}
      </span>
    );
    case 'ENUM': case 'SELECT':
      if (input.isRadio) return <span class="choices" role="radiogroup" aria-labelledby={`${id}-label`}>{input.values.map((choice) => <label class="choice"><input type="radio" name={input.id} value={choice} checked={choice === value} data-input-type={input.type} />{choice}</label>)}</span>;
      if (input.allowCustomValue) return box(<><input {...shared} list={`${id}-list`} value={value} /><datalist id={`${id}-list`}>{input.values.map((choice) => <option value={choice}></option>)}</datalist></>);
      if (input.values.length === 0) return box(<input {...shared} value={value} />);
      return box(<select {...shared}><option value="" selected={value === ''}>{input.required ? 'Choose…' : 'None'}</option>{input.values.map((choice) => <option value={choice} selected={choice === value}>{choice}</option>)}</select>);
    case 'MULTISELECT': {
      const chosen = new Set(listOf(value));
      const further = [...chosen].filter((choice) => !input.values.includes(choice));
      return (
        <>
          <span class="choices" role="group" aria-labelledby={`${id}-label`}>{input.values.map((choice) => <label class="choice"><input type="checkbox" class="check" name={input.id} value={choice} checked={chosen.has(choice)} data-input-type={input.type} />{choice}</label>)}</span>
          {input.allowCustomValue ? box(<input id={id} name={input.id} data-further="" value={further.join(', ')} placeholder="Others, separated by commas" aria-label={`Other values of ${input.displayName ?? input.id}`} autocomplete="off" spellcheck={false} />) : null}
        </>
      );
    }
    case 'DATETIME': return box(<input {...shared} type="datetime-local" step="1" value={value} />);
    case 'DATE': return box(<input {...shared} type="date" value={value} />);
    case 'TIME': return box(<input {...shared} type="time" step="1" value={value} />);
    case 'SECRET': return box(<><input {...shared} type="password" autocomplete="off" value={value} /><button type="button" class="button reveal" data-kind="quiet" data-size="small" data-only="icon" data-reveal="" aria-pressed="false" aria-label={`Show ${input.displayName ?? input.id}`} title="Show what is typed"><Icon name="eye" /></button></>);
    case 'INT': return box(<input {...shared} inputmode="numeric" autocomplete="off" value={value} />);
    case 'FLOAT': return box(<input {...shared} inputmode="decimal" autocomplete="off" value={value} />);
    case 'EMAIL': return box(<input {...shared} type="text" inputmode="email" autocomplete="off" value={value} />);
    case 'DURATION': return <>{box(<input {...shared} autocomplete="off" spellcheck={false} value={value} placeholder="PT5M" />)}<DurationParts id={id} value={value} /></>;
    case 'FILE': return <>{value === '' ? null : <label class="choice small"><input type="checkbox" class="check" name={input.id} value={value} checked data-kept="" /><span class="cut" title={value}>The file of that run, <span class="mono">{value.slice(value.lastIndexOf('/') + 1)}</span></span></label>}<input {...shared} class="file-input" type="file" accept={input.extension === '.upl' ? undefined : input.extension} /></>;
    case 'JSON': case 'YAML': case 'ARRAY': return box(<textarea {...shared} class="mono" rows={4} spellcheck={false}>{value}</textarea>);
    default: return box(<input {...shared} autocomplete="off" spellcheck={false} value={value} />);
  }
}

/** The third is no value: the default of the flow applies, or none. */
const booleans = [['true', 'True'], ['false', 'False'], ['', 'Undefined']] as const;

/** The items of a MULTISELECT's text, which is a JSON list or a comma-separated one. */
function listOf(value: string): readonly string[] {
  if (value.trim() === '') return [];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed.map(String) : [String(parsed)];
  } catch {
    return value.split(',').map((item) => item.trim());
  }
}

export interface InputFormProps {
  readonly inputs: readonly FormInput[];
  readonly values: Readonly<Record<string, string>>;
  /** What the server says of each input. */
  readonly problems: Readonly<Record<string, string>>;
  /** Inputs whose condition does not hold now. */
  readonly hidden: ReadonlySet<string>;
}

export function InputForm({ inputs, values, problems, hidden }: InputFormProps) {
  if (inputs.length === 0) return <p class="notice" data-kind="info"><Icon name="info" />It asks for no inputs.</p>;
  return (
    <div class="input-form">
      {inputs.map((input) => {
        const id = `input-${input.id}`;
        const problem = problems[input.id];
        return (
          <div class="field" data-field={input.id} hidden={hidden.has(input.id)}>
            <label id={`${id}-label`} for={id}><span>{input.displayName ?? input.id}</span>{input.required ? <span class="required" title="Required" aria-hidden="true">*</span> : <span class="faint"> optional</span>}<span class="field-type mono">{input.type}</span></label>
            {input.description === undefined ? null : <div class="input-description small"><Markdown text={input.description} /></div>}
            <Control input={input} id={id} value={values[input.id] ?? ''} invalid={problem !== undefined} />
            <span class="hint" id={`${id}-hint`} data-kind={problem === undefined ? undefined : 'error'}>{problem ?? restHint(input)}</span>
          </div>
        );
      })}
    </div>
  );
}
