import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('all keys, or those that begin with a text', async () => {
  const kv = { 'tests/a-1': 1, 'tests/a-2': 2, 'tests/b': 3, 'other/a-9': 4 };
  assert.equal((await tryTask(plugin, { kv })).outcome, { type: 'succeeded', outputs: { keys: ['a-1', 'a-2', 'b'] } });
  assert.equal((await tryTask(plugin, { properties: { prefix: '{{ p }}-' }, variables: { p: 'a' }, kv })).outcome, { type: 'succeeded', outputs: { keys: ['a-1', 'a-2'] } });
});

test.run();
