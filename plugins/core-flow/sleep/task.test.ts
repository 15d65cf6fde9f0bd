import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('it waits for the duration', async () => {
  const trial = await tryTask(plugin, { properties: { duration: 'PT1M30S' } });
  assert.is(trial.sleptMs, 90_000);
});

test('what is no duration fails with a sentence', async () => {
  const trial = await tryTask(plugin, { properties: { duration: 'a while' } });
  assert.equal(trial.outcome, { type: 'failed', message: 'The property "duration" is "a while": expected an ISO-8601 duration such as PT10S.' });
});

test.run();
