import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('it fails and hands over its message', async () => {
  const trial = await tryTask(plugin, { properties: { message: 'bad' } });
  assert.equal(trial.outcome, { type: 'failed', message: 'bad', outputs: { message: 'bad' } });
});

test.run();
