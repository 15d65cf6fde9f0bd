import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('an ended execution is described, a running one is not', async () => {
  const ended = await tryTask(plugin, { variables: { execution: { state: 'FAILED' } } });
  assert.match(String(ended.outcome.outputs?.['value']), 'flowId=flow');
  const running = await tryTask(plugin, { variables: { execution: { state: 'RUNNING' } } });
  assert.is(running.outcome.type, 'failed');
});

test.run();
