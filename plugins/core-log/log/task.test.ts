import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('one text becomes one line', async () => {
  const trial = await tryTask(plugin, { properties: { message: 'hello {{ name }}' }, variables: { name: 'you' } });
  assert.equal(trial.logs, [{ level: 'INFO', message: 'hello you' }]);
  assert.equal(trial.outcome, { type: 'succeeded' });
});

test('each text of a list becomes a line of its own, at the level that is asked for', async () => {
  const trial = await tryTask(plugin, { properties: { message: ['a', 'b'], level: 'warn' } });
  assert.equal(trial.logs, [{ level: 'WARN', message: 'a' }, { level: 'WARN', message: 'b' }]);
});

test('a level that does not exist fails with the levels that do', async () => {
  const trial = await tryTask(plugin, { properties: { message: 'a', level: 'LOUD' } });
  assert.equal(trial.outcome, { type: 'failed', message: 'The property "level" is "LOUD": expected TRACE, DEBUG, INFO, WARN or ERROR.' });
});

test.run();
