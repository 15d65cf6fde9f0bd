import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Flow accepts its forms of all generations', () => {
  assert.equal(problemsOf(plugin, {}), []);
  assert.equal(problemsOf(plugin, { states: ['FAILED'], preconditions: { id: 'x', flows: [{ namespace: 'a', flowId: 'b' }], timeWindow: { type: 'SLIDING_WINDOW', window: 'PT1H' } } }), []);
  assert.equal(problemsOf(plugin, { dependsOn: [{ flowId: 'a', when: '{{ true }}' }], mode: 'AT_LEAST', minSatisfied: 1, window: { deadline: '09:00:00', fireOnce: true }, onMiss: { behavior: 'FAIL' } }), []);
});

test('Flow refuses a kind of filter that there is not', () => {
  assert.ok(problemsOf(plugin, { preconditions: { where: [{ filters: [{ field: 'AGE', type: 'IN' }] }] } }).length > 0);
});

test.run();
