import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tryTask } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('numbers stay numbers, what is rendered is text; the engine merges', async () => {
  const trial = await tryTask(plugin, { properties: { name: '{{ n }}', namespace: true, data: { a: 1, b: '{{ x }}' } }, variables: { n: 'counter', x: 2 }, answer: () => ({ ok: true, value: { count: 2, key: 'counter' } }) });
  assert.equal(trial.requests, [{ type: 'putState', state: { name: 'counter', ofNamespace: true }, data: { a: 1, b: '2' } }]);
  assert.equal(trial.outcome, { type: 'succeeded', outputs: { count: 2, key: 'counter' } });
});
test('in a loop the value goes along', async () => {
  assert.equal((await tryTask(plugin, { value: 'v', properties: { data: {} } })).requests, [{ type: 'putState', state: { name: 'default', ofNamespace: false, value: 'v' }, data: {} }]);
});

test.run();
