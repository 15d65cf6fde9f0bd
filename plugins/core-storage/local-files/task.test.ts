import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('texts and stored files are placed, and what matches is kept', async () => {
  const trial = await tryTask(plugin, { properties: { inputs: { 'a/x.txt': 'hello {{ n }}', 'b.bin': 'kestra:///b' }, outputs: ['a/**', 'b.*'] }, variables: { n: 'you' }, stored: { 'kestra:///b': 'bytes' } });
  const uris = trial.outcome.outputs?.['uris'];
  assert.ok(typeof uris === 'object' && uris !== null);
  assert.equal(Object.entries(uris).map(([path, uri]) => [path, trial.stored[String(uri)]]), [['a/x.txt', 'hello you'], ['b.bin', 'bytes']]);
});
test('when nothing matches the map is empty', async () => {
  assert.equal((await tryTask(plugin, { properties: { outputs: ['*.none'] } })).outcome, { type: 'succeeded', outputs: { uris: {} } });
});

test.run();
