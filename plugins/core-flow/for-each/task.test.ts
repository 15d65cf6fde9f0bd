import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('ForEach accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { values: [1, 'b'], tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], concurrencyLimit: 0 }), []);
});

test('ForEach refuses to have no values', () => {
  assert.ok(problemsOf(plugin, { tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] }).length > 0);
});

test('ForEach refuses a limit that is no number', () => {
  assert.ok(problemsOf(plugin, { values: '[]', tasks: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }], concurrencyLimit: 'all' }).length > 0);
});

test.run();
