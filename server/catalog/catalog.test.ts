import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { registry } from '../../plugins/registry.generated.ts';
import { runnable } from '../../plugins/sdk/index.ts';
import type { RegisteredGroup, RegisteredPlugin } from '../../plugins/sdk/registry.ts';
import { properties, text } from '../../plugins/sdk/schema.ts';
import { loadCatalog } from './index.ts';

const good: RegisteredPlugin = {
  folder: 'greet',
  plugin: runnable({ type: 'x.Greet', title: 'Greet', description: 'Greets.', properties: properties({ name: text({ title: 'Who' }) }), runs: 'inline', run: () => ({ type: 'succeeded' }) }),
  docs: '# Greet\n\n- `name`: who',
  example: 'id: a\nnamespace: b\ntasks:\n  - id: c\n    type: x.Greet\n',
  icon: '<svg viewBox="0 0 16 16" stroke="currentColor"><path d="M1 1h2"/></svg>',
};
const loading = (change: Partial<RegisteredPlugin>, group: Partial<RegisteredGroup> = {}) => (): unknown =>
  loadCatalog({ testPlugins: false, registry: [{ folder: 'my-group', group: { name: 'my.group', title: 'Mine', description: 'Mine.', category: 'OTHER' }, plugins: [{ ...good, ...change }], ...group }] });

test('a good plugin is taken', () => {
  assert.not.throws(loading({}));
});

const broken: readonly (readonly [string, Partial<RegisteredPlugin>, RegExp])[] = [
  ['a folder that is not named after the type', { folder: 'hello' }, /plugins\/my-group\/hello: the folder is called "hello": expected "greet"/],
  ['docs that leave a property out', { docs: '# Greet' }, /docs\.md does not name the property `name`/],
  ['an example that does not use the type', { example: 'id: a\nnamespace: b\ntasks: []\n' }, /no line "type: x\.Greet"/],
  ['an example that is no whole flow', { example: 'tasks:\n  - type: x.Greet\n' }, /"namespace:" is missing/],
  ['an icon on another grid', { icon: '<svg viewBox="0 0 24 24" stroke="currentColor"/>' }, /viewBox/],
  ['an icon that could run something', { icon: '<svg viewBox="0 0 16 16" stroke="currentColor" onload="x()"/>' }, /handler/],
  ['an icon with a script', { icon: '<svg viewBox="0 0 16 16" stroke="currentColor"><script/></svg>' }, /<script>/],
  ['a type without a title', { plugin: { ...good.plugin, title: '' } }, /no title/],
  ['a property without a title', { plugin: { ...good.plugin, properties: properties({ name: text({ title: '' }) }) } }, /the property "name" has no title/],
  ['a name given twice', { plugin: { ...good.plugin, aliases: ['x.Greet'] } }, /the name "x\.Greet" is given twice/],
];
for (const [what, change, message] of broken) {
  test(`${what} is refused with its place`, () => {
    assert.throws(loading(change), message);
  });
}

test('a group that is not named after its folder is refused', () => {
  assert.throws(loading({}, { folder: 'other' }), /expected "other"/);
});

test('two plugins with one name are refused', () => {
  assert.throws(loading({}, { plugins: [good, { ...good }] }), /is also that of/);
});

test('every installed plugin keeps the rules, with and without the test plugins', () => {
  const all = loadCatalog({ testPlugins: true });
  const some = loadCatalog({ testPlugins: false });
  assert.is(all.types.length, registry.flatMap((group) => group.plugins).length);
  assert.is(some.definition('io.kestra.core.tasks.test.Encrypted'), undefined);
  assert.ok(all.definition('io.kestra.core.tasks.test.Encrypted'));
});

test('a type is found by its canonical name and by each alias, and says what runs it', () => {
  const catalog = loadCatalog({ testPlugins: true });
  for (const name of ['io.kestra.plugin.core.flow.Subflow', 'io.kestra.core.tasks.flows.Subflow', 'io.kestra.core.tasks.flows.Flow']) assert.is(catalog.resolve(name)?.type, 'io.kestra.plugin.core.flow.Subflow');
  assert.is(catalog.resolve('io.kestra.plugin.core.flow.Subflow')?.kind, 'subflow');
  assert.is(catalog.resolve('io.kestra.plugin.core.flow.ForEach')?.flowable, 'foreach');
  assert.is(catalog.resolve('io.kestra.plugin.core.log.Log')?.pure, true);
  assert.is(catalog.resolve('io.kestra.plugin.core.trigger.Schedule')?.triggerKind, 'SCHEDULE');
  assert.is(catalog.resolve('io.kestra.plugin.core.condition.VariableCondition')?.role, 'condition');
  assert.is(catalog.resolve('nothing'), undefined);
});

test('properties are plain JSON Schema with the words of the language', () => {
  const schema = loadCatalog({ testPlugins: false }).resolve('io.kestra.plugin.core.flow.Dag')?.properties;
  assert.is(schema?.type, 'object');
  assert.equal(schema?.required, ['tasks']);
  assert.is(schema?.properties?.['tasks']?.$dagTasks, true);
  assert.is(schema?.properties?.['concurrent']?.default, 0);
  assert.not.match(JSON.stringify(schema), /~/);
});

test('the API lists groups with their types as objects, and serves pages and icons by every name', () => {
  const catalog = loadCatalog({ testPlugins: false });
  const flow = catalog.summaries().find((plugin) => plugin.group === 'core.flow');
  assert.ok(flow?.tasks.some((task) => task.cls === 'io.kestra.plugin.core.flow.Pause'));
  assert.equal(flow?.categories, ['CORE']);
  const page = catalog.page('io.kestra.core.tasks.log.Log');
  assert.match(page?.markdown ?? '', /# Log/);
  assert.is(catalog.page('nothing'), undefined);
  const icon = catalog.icons()['io.kestra.core.tasks.flows.Flow'];
  assert.is(icon?.name, 'Subflow');
  assert.match(Buffer.from(icon?.icon ?? '', 'base64').toString(), /^<svg/);
});

test.run();
