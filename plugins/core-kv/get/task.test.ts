import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the value comes with its type; null when there is none', async () => {
  assert.equal((await tryTask(plugin, { properties: { key: 'k' }, kv: { 'tests/k': { a: 1 } } })).outcome, { type: 'succeeded', outputs: { value: { a: 1 } } });
  assert.equal((await tryTask(plugin, { properties: { key: 'k', namespace: 'other' }, kv: { 'tests/k': 1 } })).outcome, { type: 'succeeded', outputs: { value: null } });
});
test('with errorOnMissing a key that is not there fails with its name', async () => {
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { key: 'k', errorOnMissing: true } })).outcome), /No value found for the key .*k.* in the namespace .*tests/);
});

test.run();
