import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the text is logged at the level that is asked for', async () => {
  const trial = await tryTask(plugin, { properties: { format: 'hello', level: 'ERROR' } });
  assert.equal(trial.logs, [{ level: 'ERROR', message: 'hello' }]);
});

test.run();
