import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('a file goes; whether it was there is said', async () => {
  const trial = await tryTask(plugin, { properties: { uri: 'kestra:///f' }, stored: { 'kestra:///f': 'x' } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { uri: 'kestra:///f', deleted: true } });
  assert.equal(trial.stored, {});
  assert.equal((await tryTask(plugin, { properties: { uri: 'kestra:///f' } })).outcome, { type: 'succeeded', outputs: { uri: 'kestra:///f', deleted: false } });
});
test('with errorOnMissing a file that is not there fails', async () => {
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { uri: 'kestra:///f', errorOnMissing: true } })).outcome), /Unable to find the file/);
});

test.run();
