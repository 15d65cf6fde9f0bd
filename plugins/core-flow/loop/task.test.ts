import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Loop accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { values: ['a'], tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], concurrencyLimit: 0 }), []);
});

test('Loop refuses to have no values', () => {
  assert.ok(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] }).length > 0);
});

test.run();
