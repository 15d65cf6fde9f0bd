import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Dag accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { tasks: [{ task: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }][0], dependsOn: ['b'] }], concurrent: 0 }), []);
});

test('Dag refuses to have no tasks', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test.run();
