import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('LoopUntil accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { condition: '{{ true }}', tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], checkFrequency: { interval: 'PT1S', maxIterations: 3 } }), []);
});

test('LoopUntil refuses to have no condition', () => {
  assert.ok(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] }).length > 0);
});

test.run();
