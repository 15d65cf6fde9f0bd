import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('EachParallel accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { value: '["a"]', tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], concurrent: 3 }), []);
});

test('EachParallel refuses to have no tasks', () => {
  assert.ok(problemsOf(plugin, { value: '[]' }).length > 0);
});

test.run();
