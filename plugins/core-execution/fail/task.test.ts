import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('without a condition it fails with its message', async () => {
  const trial = await tryTask(plugin, { properties: { errorMessage: 'no {{ what }}' }, variables: { what: 'way' } });
  assert.equal(trial.outcome, { type: 'failed', message: 'no way' });
});

test('the message has a default', async () => {
  const trial = await tryTask(plugin);
  assert.equal(trial.outcome, { type: 'failed', message: 'Task failure' });
});

test('with a condition that holds it logs the message and says that the condition failed it', async () => {
  const trial = await tryTask(plugin, { properties: { condition: 'yes', errorMessage: 'stop' } });
  assert.equal(trial.outcome, { type: 'failed', message: 'Fail on a condition' });
  assert.equal(trial.logs, [{ level: 'ERROR', message: 'stop' }]);
});

for (const condition of ['false', '0', '-0', '']) {
  test(`with the condition "${condition}" it succeeds`, async () => {
    const trial = await tryTask(plugin, { properties: { condition } });
    assert.equal(trial.outcome, { type: 'succeeded' });
  });
}

test.run();
