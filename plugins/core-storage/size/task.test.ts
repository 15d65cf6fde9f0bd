import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the bytes are counted, not the characters', async () => {
  const trial = await tryTask(plugin, { properties: { uri: '{{ f }}' }, variables: { f: 'kestra:///f' }, stored: { 'kestra:///f': 'é' } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { size: 2 } });
});
test('a file that is not there fails with its address', async () => {
  assert.equal((await tryTask(plugin, { properties: { uri: 'kestra:///none' } })).outcome, { type: 'failed', message: 'There is no file "kestra:///none".' });
});

test.run();
