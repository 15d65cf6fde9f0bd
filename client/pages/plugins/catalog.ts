/** What the catalogue page needs of the API's plugin groups. The lists come from plugins, so each member is checked. Pure. */

export interface PluginType {
  readonly cls: string;
  readonly name: string;
  readonly title: string;
  readonly deprecated: boolean;
}
export interface PluginGroup {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kinds: readonly { readonly kind: string; readonly types: readonly PluginType[] }[];
}

const kinds: readonly (readonly [member: string, word: string])[] = [['tasks', 'Tasks'], ['triggers', 'Triggers'], ['conditions', 'Conditions'], ['taskRunners', 'Task runners']];

export function parseGroups(answer: readonly unknown[], search: string): readonly PluginGroup[] {
  const wanted = search.trim().toLowerCase();
  return answer.flatMap((one) => {
    if (!isRecord(one)) return [];
    const group: PluginGroup = {
      name: text(one['name']), title: text(one['title']), description: text(one['description']),
      kinds: kinds.flatMap(([member, kind]) => {
        const types = list(one[member]).flatMap(typeOf).filter((type) => wanted === '' || `${type.cls} ${type.title} ${text(one['title'])}`.toLowerCase().includes(wanted));
        return types.length === 0 ? [] : [{ kind, types }];
      }),
    };
    return group.kinds.length === 0 ? [] : [group];
  });
}

export interface PropertyRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly dynamic: boolean;
  readonly description: string;
  readonly initial: string | undefined;
  readonly choices: readonly string[];
}

/** The properties of a JSON Schema of an object, required ones first. */
export function propertyRows(schema: unknown): readonly PropertyRow[] {
  if (!isRecord(schema) || !isRecord(schema['properties'])) return [];
  const required = new Set(list(schema['required']).map(text));
  return Object.entries(schema['properties']).flatMap(([name, property]): readonly PropertyRow[] => (isRecord(property) ? [{
    name, type: typeWords(property), required: required.has(name), dynamic: property['$dynamic'] === true,
    description: text(property['description']) || text(property['title']),
    initial: property['default'] === undefined ? undefined : JSON.stringify(property['default']),
    choices: choicesOf(property),
  }] : [])).sort((a, b) => Number(b.required) - Number(a.required));
}

function typeWords(schema: Record<string, unknown>): string {
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  const alternatives = [...list(schema['anyOf']), ...list(schema['oneOf'])].filter(isRecord);
  if (alternatives.length > 0) return [...new Set(alternatives.map(typeWords))].join(' or ');
  const { type } = schema;
  if (type === undefined && Array.isArray(schema['enum'])) return [...new Set(schema['enum'].map((value) => typeof value))].join(' or ');
  if (type === 'array') return isRecord(schema['items']) ? `list of ${typeWords(schema['items'])}` : 'list';
  if (Array.isArray(type)) return type.map(String).join(' or ');
  return typeof type === 'string' ? type : 'any';
}

function choicesOf(schema: Record<string, unknown>): readonly string[] {
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return [...list(schema['anyOf']), ...list(schema['oneOf'])].flatMap((one) => (isRecord(one) && one['const'] !== undefined ? [typeof one['const'] === 'string' ? one['const'] : JSON.stringify(one['const'])] : []));
}

function typeOf(value: unknown): readonly PluginType[] {
  const cls = isRecord(value) ? text(value['cls']) : text(value);
  if (cls === '') return [];
  return [{ cls, name: cls.slice(cls.lastIndexOf('.') + 1), title: isRecord(value) ? text(value['title']) : '', deprecated: isRecord(value) && value['deprecated'] === true }];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
