import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the executor is asked to resume the execution with the inputs', async () => {
  const trial = await tryTask(plugin, { properties: { executionId: '{{ id }}', inputs: { comment: 'ok' } }, variables: { id: 'abc' } });
  assert.equal(trial.requests, [{ type: 'resumeExecution', executionId: 'abc', inputs: { comment: 'ok' } }]);
  assert.equal(trial.outcome, { type: 'succeeded' });
});

test('a refusal of the executor fails the task with its reason', async () => {
  const trial = await tryTask(plugin, { properties: { executionId: 'abc' }, answer: () => ({ ok: false, message: 'it is not paused' }) });
  assert.equal(trial.outcome, { type: 'failed', message: 'it is not paused' });
});

test.run();
