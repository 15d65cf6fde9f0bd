import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Sequential accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], errors: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], finally: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] }), []);
});

test('Sequential refuses to have no tasks', () => {
  assert.ok(problemsOf(plugin, {}).length > 0);
});

test('Sequential refuses a property that it does not know', () => {
  assert.ok(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], task: [] }).length > 0);
});

test.run();
