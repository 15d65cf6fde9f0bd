import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('a text becomes a file with its extension, a map JSON', async () => {
  const text = await tryTask(plugin, { properties: { content: 'a {{ x }}', extension: 'csv' }, variables: { x: 'b' } });
  const uri = String(text.outcome.outputs?.['uri']);
  assert.match(uri, /\/content\.csv$/);
  assert.is(text.stored[uri], 'a b');
  const map = await tryTask(plugin, { properties: { content: { a: 1 }, extension: '.json' } });
  assert.is(map.stored[String(map.outcome.outputs?.['uri'])], '{"a":1}');
});

test('an extension that would be a path is refused', async () => {
  const trial = await tryTask(plugin, { properties: { content: 'x', extension: '/../x' } });
  assert.match(trial.outcome.type === 'failed' ? trial.outcome.message : '', /"extension" is .*end of a name/);
});

test.run();
