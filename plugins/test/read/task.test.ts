import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('a file that is not there fails with its name', async () => {
  const trial = await tryTask(plugin, { properties: { path: '/a.txt' } });
  assert.equal(trial.outcome, { type: 'failed', message: 'There is no file "a.txt" in the working directory.' });
});

test.run();
