import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('what was kept comes back; in a loop each value has its own, unless shared', async () => {
  const states = { default: { n: 1 }, 'default:a': { n: 2 } };
  assert.equal((await tryTask(plugin, { states })).outcome.outputs, { count: 1, data: { n: 1 }, key: 'default' });
  assert.equal((await tryTask(plugin, { states, value: 'a' })).outcome.outputs, { count: 1, data: { n: 2 }, key: 'default:a' });
  assert.equal((await tryTask(plugin, { states, value: 'a', properties: { taskrunValue: false } })).outcome.outputs?.['data'], { n: 1 });
});
test('a state that is not there is empty, or fails when asked to', async () => {
  assert.equal((await tryTask(plugin, { properties: { name: 'none' } })).outcome, { type: 'succeeded', outputs: { count: 0, data: {} } });
  assert.match(JSON.stringify((await tryTask(plugin, { properties: { name: 'none', errorOnMissing: true } })).outcome), /no state .*none/);
});

test.run();
