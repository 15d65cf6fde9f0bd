import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the output is there and null', async () => {
  const trial = await tryTask(plugin);
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { value: null } });
});

test.run();
