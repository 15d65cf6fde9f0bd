import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf, tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('it computes for as long as it is told', async () => {
  const trial = await tryTask(plugin, { properties: { how: 'BUSY', duration: 'PT0S' } });
  assert.equal(trial.outcome, { type: 'succeeded' });
});

test('another way than the known ones is refused', () => {
  assert.ok(problemsOf(plugin, { how: 'NICELY' }).length > 0);
});

test.run();
