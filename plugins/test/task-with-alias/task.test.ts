import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('it logs its message', async () => {
  const trial = await tryTask(plugin, { properties: { message: 'hello' } });
  assert.equal(trial.logs, [{ level: 'INFO', message: 'hello' }]);
});

test.run();
