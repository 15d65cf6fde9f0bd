/** Inputs of a Pause task (`onResume`) as the language knows them. The flow was checked when it was published, so shapes are as they should be. */
import { inputTypes, type InputModel, type InputType } from '../../core/language/index.ts';

const isInputType = (text: string): text is InputType => (inputTypes as readonly string[]).includes(text);

export function inputModelsOf(given: unknown): readonly InputModel[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((one: unknown): InputModel[] => {
    if (typeof one !== 'object' || one === null) return [];
    const raw: Readonly<Record<string, unknown>> = { ...one };
    const id = raw['id'] ?? raw['name'];
    const type = typeof raw['type'] === 'string' ? raw['type'].toUpperCase() : 'STRING';
    if (typeof id !== 'string') return [];
    const text = (name: string): string | undefined => (typeof raw[name] === 'string' ? raw[name] : undefined);
    const bound = (name: string): number | string | undefined => { const value = raw[name]; return typeof value === 'number' || typeof value === 'string' ? value : undefined; };
    const list = Array.isArray(raw['values']) ? raw['values'] : Array.isArray(raw['options']) ? raw['options'] : undefined;
    const itemType = text('itemType')?.toUpperCase();
    const optional = {
      ...(raw['defaults'] === undefined ? {} : { defaults: raw['defaults'] }),
      ...(text('validator') === undefined ? {} : { validator: text('validator') }),
      ...(bound('min') === undefined ? {} : { min: bound('min') }), ...(bound('max') === undefined ? {} : { max: bound('max') }),
      ...(text('after') === undefined ? {} : { after: text('after') }), ...(text('before') === undefined ? {} : { before: text('before') }),
      ...(list === undefined ? {} : { values: list.map(String) }),
      ...(text('expression') === undefined ? {} : { expression: text('expression') }),
      ...(itemType !== undefined && isInputType(itemType) ? { itemType } : {}),
      ...(raw['allowCustomValue'] === true ? { allowCustomValue: true } : {}),
    } as Partial<InputModel>;
    return [{ id, type: type === 'BOOL' ? 'BOOLEAN' : isInputType(type) ? type : 'STRING', required: raw['required'] !== false, ...optional }];
  });
}
