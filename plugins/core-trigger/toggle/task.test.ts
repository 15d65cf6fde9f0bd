import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('the engine is asked to switch, by default off and of this flow', async () => {
  assert.equal((await tryTask(plugin, { properties: { trigger: 'hourly' } })).requests, [{ type: 'toggleTrigger', namespace: 'tests', flowId: 'flow', triggerId: 'hourly', enabled: false }]);
  assert.equal((await tryTask(plugin, { properties: { trigger: 't', namespace: 'n', flowId: 'f', enabled: true } })).requests, [{ type: 'toggleTrigger', namespace: 'n', flowId: 'f', triggerId: 't', enabled: true }]);
});
test('a trigger that is not there fails with the reason', async () => {
  assert.equal((await tryTask(plugin, { properties: { trigger: 't' }, answer: () => ({ ok: false, message: 'there is none' }) })).outcome, { type: 'failed', message: 'there is none' });
});

test.run();
