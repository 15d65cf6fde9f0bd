import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('DefaultSequential3 accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], def: '3' }), []);
});

test('DefaultSequential3 refuses to have no tasks', () => {
  assert.ok(problemsOf(plugin, { def: 'x' }).length > 0);
});

test.run();
