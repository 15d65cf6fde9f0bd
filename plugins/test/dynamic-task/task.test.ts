import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('it adds a task run that carries the id of its own', async () => {
  const trial = await tryTask(plugin);
  assert.equal(trial.outcome, { type: 'succeeded', dynamic: [{ taskId: 'dynamic-taskrun-0', value: 'taskrun', state: 'SUCCESS' }] });
});

test('when told to fail both fail', async () => {
  const trial = await tryTask(plugin, { properties: { fail: true } });
  assert.equal(trial.outcome, { type: 'failed', message: 'Task failed', dynamic: [{ taskId: 'dynamic-taskrun-0', value: 'taskrun', state: 'FAILED' }] });
});

test.run();
