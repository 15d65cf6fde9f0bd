import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Parallel accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], concurrent: 2 }), []);
});

test('Parallel refuses a negative limit', () => {
  assert.ok(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], concurrent: -1 }).length > 0);
});

test.run();
