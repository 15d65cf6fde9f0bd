/**
 * One JSON Schema (draft-07) for the whole flow language with the installed types, for completion and hover in editors. It helps to
 * write; what is right is decided by `parseFlow`, so the schema is open where texts with expressions may stand.
 */
import { logLevels } from '../protocol/entities/log-entry.ts';
import { stateTypes } from '../protocol/states.ts';
import { inputTypes, type JsonSchema, type TypeCatalog, type TypeInfo } from './model.ts';
import { roleNames } from './reading.ts';

type Definitions = Record<string, JsonSchema>;

/** The schema of a whole flow. */
export const editorSchema = (catalog: TypeCatalog): JsonSchema => flowJsonSchema(catalog, 'flow');

/** The schema of a part: `flow`, `task`, `trigger` or `plugindefault`. */
export function flowJsonSchema(catalog: TypeCatalog, part: string): JsonSchema {
  const infos = catalog.names().flatMap((name) => catalog.resolve(name) ?? []);
  const definitions: Definitions = { ...sharedDefinitions() };
  for (const role of ['task', 'trigger', 'condition', 'taskRunner'] as const) {
    const own = infos.filter((info) => info.role === role);
    for (const info of own) definitions[info.type] = typeSchema(info);
    definitions[role] = roleSchema(role, own);
  }
  definitions['pluginDefault'] = pluginDefaultSchema(infos);
  definitions['flow'] = flowSchema();
  const root = part === 'plugindefault' ? 'pluginDefault' : definitions[part] === undefined ? 'flow' : part;
  return { $schema: 'http://json-schema.org/draft-07/schema#', $ref: `#/definitions/${root}`, definitions };
}

const ref = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` });
const listOf = (items: JsonSchema, more: JsonSchema = {}): JsonSchema => ({ type: 'array', items, ...more });
const text = (description: string, more: JsonSchema = {}): JsonSchema => ({ type: 'string', description, ...more });
const flag = (description: string, value: boolean): JsonSchema => ({ type: 'boolean', description, default: value });
const duration = (description: string): JsonSchema => text(`${description} An ISO-8601 duration, such as PT5M.`, { examples: ['PT30S', 'PT5M', 'PT1H'] });
const taskList = (description: string): JsonSchema => listOf(ref('task'), { description });

function flowSchema(): JsonSchema {
  return {
    type: 'object',
    title: 'Flow',
    required: ['id', 'namespace', 'tasks'],
    additionalProperties: false,
    properties: {
      id: text('Name of the flow, unique in its namespace; it never changes.', { pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]*$' }),
      namespace: text('Where the flow belongs, with dots between the parts; it never changes.', { pattern: '^[a-z0-9][a-z0-9._-]*$', examples: ['company.team'] }),
      description: text('What the flow is for. Markdown.'),
      labels: ref('labels'),
      inputs: listOf(ref('input'), { description: 'Values an execution is started with.' }),
      variables: { type: 'object', description: 'Values for expressions: `{{ vars.name }}`.' },
      tasks: taskList('What the flow does, one task after the other.'),
      errors: taskList('Run when a task failed and no retry is left.'),
      finally: taskList('Run at the end in any case, before the execution ends.'),
      afterExecution: taskList('Run after the execution has ended, knowing its state.'),
      outputs: listOf(ref('output'), { description: 'Values an execution ends with.' }),
      triggers: listOf(ref('trigger'), { description: 'What starts executions by itself.' }),
      pluginDefaults: listOf(ref('pluginDefault'), { description: 'Values for all tasks of a type or package.' }),
      taskDefaults: listOf(ref('pluginDefault'), { description: 'Earlier name of `pluginDefaults`.', deprecated: true }),
      concurrency: {
        type: 'object',
        description: 'How many executions of this flow may run at once.',
        required: ['limit'],
        properties: { limit: { type: 'integer', minimum: 1, description: 'At most so many.' }, behavior: { enum: ['QUEUE', 'CANCEL', 'FAIL'], default: 'QUEUE', description: 'What happens to one more.' } },
      },
      retry: ref('retry'),
      sla: listOf({
        type: 'object',
        required: ['id', 'type'],
        properties: {
          id: text('Name of the rule.'), type: { enum: ['MAX_DURATION', 'EXECUTION_ASSERTION'] }, behavior: { enum: ['FAIL', 'CANCEL', 'NONE'] },
          duration: duration('How long an execution may take.'), assert: text('An expression that has to hold.'), labels: ref('labels'),
        },
      }, { description: 'What is promised about an execution, and what happens otherwise.' }),
      checks: listOf({
        type: 'object',
        properties: { condition: text('An expression that has to hold.'), message: text('What is said otherwise.'), style: { enum: ['ERROR', 'SUCCESS', 'WARNING', 'INFO'] }, behavior: { enum: ['BLOCK_EXECUTION', 'FAIL_EXECUTION', 'CREATE_EXECUTION'] } },
      }, { description: 'Checked before an execution is made.' }),
      disabled: flag('A disabled flow starts no executions.', false),
    },
  };
}

function sharedDefinitions(): Definitions {
  return {
    labels: { description: 'Words to find executions by.', anyOf: [{ type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } }, listOf({ type: 'object', required: ['key', 'value'], properties: { key: { type: 'string' }, value: { type: ['string', 'number', 'boolean'] } } })] },
    retry: {
      type: 'object',
      description: 'Try again after a failure.',
      required: ['type'],
      properties: {
        type: { enum: ['constant', 'exponential', 'random'], description: 'How the waiting time grows.' },
        interval: duration('Time between two attempts.'), maxInterval: duration('Longest time between two attempts.'), minInterval: duration('Shortest time between two attempts.'),
        delayFactor: { type: 'number', description: 'How much longer each time.' }, maxAttempts: { type: 'integer', minimum: 1, description: 'Attempts in all, the first included.' },
        maxAttempt: { type: 'integer', minimum: 1, description: 'Earlier name of `maxAttempts`.' }, maxDuration: duration('Time for all attempts.'),
        warningOnRetry: flag('A success after a retry is a WARNING.', false), behavior: { enum: ['RETRY_FAILED_TASK', 'CREATE_NEW_EXECUTION'], default: 'RETRY_FAILED_TASK', description: 'What is tried again.' },
      },
      defaultSnippets: [{ label: 'constant', body: { type: 'constant', interval: 'PT1M', maxAttempts: 3 } }],
    },
    input: {
      type: 'object',
      required: ['id', 'type'],
      properties: {
        id: text('Name of the input: `{{ inputs.name }}`.'), type: { enum: [...inputTypes], description: 'What kind of value.' }, description: text('What it is for.'), displayName: text('Its name in the form.'),
        required: flag('Without a value nothing starts.', true), defaults: { description: 'The value when none is given.' }, prefill: { description: 'First value of the field, used by the form only.' },
        dependsOn: { type: 'object', description: 'Ask only when this holds.', properties: { inputs: listOf({ type: 'string' }), condition: { type: 'string' } } },
        validator: text('A regular expression that the whole text has to match.'), min: { description: 'Smallest value.' }, max: { description: 'Largest value.' }, after: text('Earliest moment.'), before: text('Latest moment.'),
        values: listOf({}, { description: 'What can be chosen.' }), expression: text('Renders to the list of what can be chosen.'), itemType: { enum: inputTypes.filter((type) => type !== 'ARRAY'), description: 'Type of the items.' },
        allowCustomValue: flag('Other values may be typed.', false), isRadio: flag('Show as radio buttons.', false), autoSelectFirst: flag('The first one is taken when none is given.', false), allowedFileExtensions: listOf({ type: 'string' }),
      },
      defaultSnippets: [{ label: 'STRING', body: { id: 'name', type: 'STRING', defaults: 'value' } }],
    },
    output: { type: 'object', required: ['id', 'type', 'value'], properties: { id: text('Name of the output.'), type: { enum: [...inputTypes] }, value: { description: 'Usually an expression: `{{ outputs.task.value }}`.' }, description: text('What it is.'), displayName: text('Its name on pages.') } },
  };
}

const commonProperties: Readonly<Record<TypeInfo['role'], Readonly<Record<string, JsonSchema>>>> = {
  task: {
    id: text('Name of the task, unique in the flow: `{{ outputs.name }}`.'), description: text('What the task does.'), retry: ref('retry'), timeout: duration('The longest time it may run.'), disabled: flag('Left out when the flow runs.', false),
    allowFailure: flag('A failure becomes a WARNING and the flow goes on.', false), allowWarning: flag('A WARNING counts as SUCCESS.', false), runIf: text('Skipped when this renders to false.', { examples: ['{{ inputs.enabled }}'] }),
    logLevel: { enum: [...logLevels], description: 'Lines below it are dropped.' }, logToFile: flag('Log into a file instead.', false),
  },
  trigger: {
    id: text('Name of the trigger.'), description: text('What it waits for.'), disabled: flag('It starts nothing.', false), conditions: listOf(ref('condition'), { description: 'All have to hold.' }), labels: ref('labels'), when: text('An expression that has to hold.'),
    inputs: { type: 'object', description: 'Inputs of the executions.' }, stopAfter: listOf({ enum: [...stateTypes] }, { description: 'Disabled after an execution that ends so.' }), logLevel: { enum: [...logLevels] }, logToFile: flag('Log into a file instead.', false),
    allowConcurrent: flag('Do not wait for the last execution.', false), failOnTriggerError: flag('An error in the trigger makes a failed execution.', false),
  },
  condition: {},
  taskRunner: {},
};

/** The common keys, the choice of types, and per type what it has besides: one `if` each, so that completion offers only fitting keys. */
function roleSchema(role: TypeInfo['role'], infos: readonly TypeInfo[]): JsonSchema {
  const current = infos.filter((info) => info.deprecated !== true);
  const named = role === 'task' || role === 'trigger';
  return {
    type: 'object',
    title: roleNames[role],
    required: named ? ['id', 'type'] : ['type'],
    properties: {
      ...commonProperties[role],
      type: { type: 'string', description: `The type of the ${roleNames[role]}.`, enum: infos.map((info) => info.type), markdownEnumDescriptions: infos.map((info) => (info.deprecated === true ? `${info.title} (deprecated)` : info.title)) },
    },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema.
    allOf: infos.map((info) => ({ if: { required: ['type'], properties: { type: { enum: [info.type, ...info.aliases] } } }, then: ref(info.type) })),
    defaultSnippets: current.map((info) => ({ label: `${shortNameOf(info.type)}: ${info.title}`, description: info.type, body: snippetOf(info, named) })),
  };
}

const shortNameOf = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** The least that the type needs, to be filled in. */
function snippetOf(info: TypeInfo, named: boolean): Readonly<Record<string, unknown>> {
  const id = shortNameOf(info.type).replace(/[A-Z]/g, (letter, index: number) => (index === 0 ? '' : '_') + letter.toLowerCase());
  const entries = (info.properties.required ?? []).map((key, index): [string, unknown] => {
    const schema = info.properties.properties?.[key];
    if (schema?.$tasks === true || schema?.$dagTasks === true) return [key, [{ id: `\${${index + 2}:id}`, type: '' }]];
    return [key, `\${${index + 2}:${key}}`];
  });
  return Object.fromEntries([...(named ? [['id', `\${1:${id}}`] as const] : []), ['type', info.type] as const, ...entries]);
}

function typeSchema(info: TypeInfo): JsonSchema {
  const flowable = info.kind === 'flowable' ? { errors: taskList('Run when a child failed and no retry is left.'), finally: taskList('Run at the end in any case.') } : {};
  const own = Object.entries(info.properties.properties ?? {}).map(([key, schema]) => [key, editorForm(schema)] as const);
  return {
    title: info.title,
    ...described(info.description),
    ...(info.deprecated === true ? { deprecated: true } : {}),
    properties: { ...flowable, ...Object.fromEntries(own) },
    ...(info.properties.required === undefined || info.properties.required.length === 0 ? {} : { required: info.properties.required }),
  };
}

/** The markers of the catalog in words that an editor knows. */
function editorForm(schema: JsonSchema): JsonSchema {
  const about: JsonSchema = { ...(schema.title === undefined ? {} : { title: schema.title }), ...described(schema.description), ...(schema.default === undefined ? {} : { default: schema.default }), ...(schema.$deprecated === true ? { deprecated: true } : {}) };
  if (schema.$tasks === true) return { ...about, type: 'array', items: ref('task') };
  if (schema.$dagTasks === true) return { ...about, type: 'array', items: { type: 'object', required: ['task'], properties: { task: ref('task'), dependsOn: listOf({ type: 'string' }, { description: 'Ids of tasks of this Dag that have to end first.' }) } } };
  if (schema.$cases === true) return { ...about, type: 'object', additionalProperties: listOf(ref('task')) };
  if (schema.$taskRunner === true) return { ...about, ...ref('taskRunner') };
  if (schema.$conditions === true) return { ...about, ...(schema.type === 'object' ? { type: 'object', additionalProperties: ref('condition') } : listOf(ref('condition'))) };
  const form: Record<string, unknown> = { ...about };
  for (const key of ['enum', 'const', 'examples', 'minimum', 'maximum', 'minItems', 'required', 'additionalProperties']) if (schema[key] !== undefined) form[key] = schema[key];
  const type = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  // An expression is a text, whatever it renders to.
  const types = schema.$dynamic === true && type.length > 0 && !type.includes('string') ? [...type, 'string'] : type;
  if (types.length > 0) form['type'] = types.length === 1 ? types[0] : types;
  if (schema.$dynamic === true && schema.enum !== undefined) delete form['enum'];
  if (schema.anyOf !== undefined) form['anyOf'] = schema.anyOf.map(editorForm);
  if (schema.items !== undefined) form['items'] = editorForm(schema.items);
  if (schema.properties !== undefined) form['properties'] = Object.fromEntries(Object.entries(schema.properties).map(([key, value]) => [key, editorForm(value)]));
  return form;
}

/** Markdown only where it is used, so that no text stands twice. */
function described(description: string | undefined): JsonSchema {
  if (description === undefined) return {};
  return /[`*[]/.test(description) ? { markdownDescription: description } : { description };
}

function pluginDefaultSchema(infos: readonly TypeInfo[]): JsonSchema {
  return {
    type: 'object',
    required: ['type'],
    properties: {
      type: { type: 'string', description: 'A type, or a package of types.', examples: infos.map((info) => info.type) },
      forced: flag('The values win over those of the task.', false),
      values: { type: 'object', description: 'The values.' },
    },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema.
    allOf: infos.map((info) => ({ if: { required: ['type'], properties: { type: { const: info.type } } }, then: { properties: { values: { properties: typeSchema(info).properties ?? {} } } } })),
  };
}
