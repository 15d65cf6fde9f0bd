import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('conditions that hold are counted', async () => {
  const trial = await tryTask(plugin, { properties: { conditions: ['{{ a }}', 'true'] }, variables: { a: 1 } });
  assert.equal(trial.outcome, { type: 'succeeded' });
  assert.equal(trial.metrics.map(({ name, value }) => [name, value]), [['failed', 0], ['success', 2]]);
});
test('each one that does not hold is an error in the log, and the task fails', async () => {
  const trial = await tryTask(plugin, { properties: { conditions: ['{{ a }}', '{{ b }}', 'true'] }, variables: { a: false, b: '' } });
  assert.equal(trial.outcome, { type: 'failed', message: '2 of 3 assertions failed' });
  assert.equal(trial.logs.map((line) => [line.level, line.message]), [['ERROR', 'The assertion does not hold: {{ a }}'], ['ERROR', 'The assertion does not hold: {{ b }}']]);
  const told = await tryTask(plugin, { properties: { conditions: ['false'], errorMessage: 'no {{ x }}' }, variables: { x: 'rows' } });
  assert.equal(told.outcome, { type: 'failed', message: 'no rows' });
});
test('no condition at all fails', async () => {
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { conditions: [] } })).outcome), /is empty/);
});

test.run();
