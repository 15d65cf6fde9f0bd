import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { editorSchema, flowJsonSchema, type JsonSchema, testingCatalog } from './index.ts';

const schema = editorSchema(testingCatalog());
const definitions = (schema['definitions'] ?? {}) as Readonly<Record<string, JsonSchema>>;

test('the schema offers the installed types of each role, with titles', () => {
  const types = definitions['task']?.properties?.['type'];
  assert.ok(types?.enum?.includes('io.kestra.plugin.core.log.Log'));
  assert.not.ok(types?.enum?.includes('io.kestra.plugin.core.trigger.Schedule'));
  assert.is((types?.['markdownEnumDescriptions'] as string[] | undefined)?.length, types?.enum?.length);
  assert.ok(definitions['trigger']?.properties?.['type']?.enum?.includes('io.kestra.plugin.core.trigger.Schedule'));
});

test('a type brings its own properties by its name and its aliases', () => {
  const rules = definitions['task']?.['allOf'] as { readonly if: JsonSchema; readonly then: JsonSchema }[];
  const log = rules.find((rule) => rule.then['$ref'] === '#/definitions/io.kestra.plugin.core.log.Log');
  assert.ok(log?.if.properties?.['type']?.enum?.includes('io.kestra.core.tasks.log.Log'));
  assert.ok(definitions['io.kestra.plugin.core.log.Log']?.properties?.['message']);
  assert.equal(definitions['io.kestra.plugin.core.log.Log']?.required, ['message']);
});

test('lists of tasks, cases, Dag items, conditions and runners refer to their definitions', () => {
  assert.equal(definitions['io.kestra.plugin.core.flow.If']?.properties?.['then'], { type: 'array', items: { $ref: '#/definitions/task' } });
  assert.equal(definitions['io.kestra.plugin.core.flow.Switch']?.properties?.['cases']?.additionalProperties, { type: 'array', items: { $ref: '#/definitions/task' } });
  assert.equal(definitions['io.kestra.plugin.core.flow.Dag']?.properties?.['tasks']?.items?.properties?.['task'], { $ref: '#/definitions/task' });
  assert.equal(definitions['io.kestra.plugin.scripts.shell.Commands']?.properties?.['taskRunner'], { $ref: '#/definitions/taskRunner' });
});

test('every reference has its definition and no marker of the catalog is left', () => {
  const text = JSON.stringify(schema);
  for (const [, name] of text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) assert.ok(definitions[name ?? ''], name);
  assert.not.match(text, /"\$(?:tasks|dagTasks|cases|taskRunner|conditions|dynamic|deprecated)"/);
});

test('it is compact: under 2 kB a type', () => {
  assert.ok(JSON.stringify(schema).length < testingCatalog().names().length * 2000, String(JSON.stringify(schema).length));
});

test('parts of the language have schemas of their own', () => {
  assert.is(flowJsonSchema(testingCatalog(), 'task')['$ref'], '#/definitions/task');
  assert.is(flowJsonSchema(testingCatalog(), 'plugindefault')['$ref'], '#/definitions/pluginDefault');
});

test.run();
