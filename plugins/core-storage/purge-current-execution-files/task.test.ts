import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the files of the execution go, those of the namespace stay', async () => {
  const own = 'kestra:///tests/flow/executions/execution/tasks/t/r/a.txt';
  const trial = await tryTask(plugin, { stored: { [own]: 'x', 'kestra:///tests/_files/keep.txt': 'y' } });
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { uris: [own] } });
  assert.equal(Object.keys(trial.stored), ['kestra:///tests/_files/keep.txt']);
});

test.run();
