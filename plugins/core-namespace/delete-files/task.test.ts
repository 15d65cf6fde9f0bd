import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('what matches goes, the rest stays', async () => {
  const trial = await tryTask(plugin, { properties: { files: ['tmp/**'] }, stored: { 'kestra:///tests/_files/tmp/a': 'A', 'kestra:///tests/_files/b': 'B' } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { files: ['tmp/a'] } });
  assert.equal(trial.stored, { 'kestra:///tests/_files/b': 'B' });
});
test('without a glob it fails', async () => {
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { files: [] } })).outcome), /at least one glob/);
});

test.run();
