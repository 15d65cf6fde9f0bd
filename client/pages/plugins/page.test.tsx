import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pages } from '../index.ts';
import { openAddress } from '../test-world.ts';
import { parseGroups, propertyRows } from './catalog.ts';

test('lists of names and lists of objects are both read, and a search keeps what fits', () => {
  const answer = [{ name: 'g', title: 'Group', description: '', tasks: ['a.b.Log', { cls: 'a.b.Return', title: 'Gives back' }], triggers: [{ cls: 'a.b.Schedule' }] }, 'rubbish', null];
  assert.equal(parseGroups(answer, '')[0]?.kinds.map(({ kind, types }) => [kind, types.map((type) => type.name)]), [['Tasks', ['Log', 'Return']], ['Triggers', ['Schedule']]]);
  assert.equal(parseGroups(answer, 'gives')[0]?.kinds.flatMap(({ types }) => types.map((type) => type.name)), ['Return']);
});
test('properties are listed required first, with type, choices and default', () => {
  const rows = propertyRows({ required: ['b'], properties: { a: { enum: ['X', 'Y'], default: 'X' }, b: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }], $dynamic: true } } });
  assert.equal(rows.map((row) => [row.name, row.type, row.required, row.choices, row.initial]), [['b', 'string or list of string', true, [], undefined], ['a', 'string', false, ['X', 'Y'], '"X"']]);
});
test('a type\'s page shows its docs as Markdown whose HTML is text', async () => {
  const { html, title } = await openAddress({
    pages, address: '/ui/main/plugins/a.b.Log',
    answers: { 'plugins.get': () => ({ type: 'a.b.Log', title: 'Logs', markdown: '# Log\n\n<img src=x onerror=alert(1)>', example: 'id: x', schema: { properties: {}, outputs: {} } }), 'plugins.icons': () => ({}) },
  });
  assert.is(title, 'Log');
  assert.not.match(html, /<img src=x/);
  assert.match(html, /<h1>Log<\/h1>/);
});
test.run();
