import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsOf } from '../../sdk/testing.ts';
import { plugin } from './task.ts';

test('Switch accepts what its docs show', () => {
  assert.equal(problemsOf(plugin, { value: 'a', cases: { a: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] }, defaults: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] }), []);
});

test('Switch refuses to have no value', () => {
  assert.ok(problemsOf(plugin, { cases: { a: [{ id: 'a', type: 'io.kestra.plugin.core.log.Log', message: 'x' }] } }).length > 0);
});

test('Switch refuses a case that is no list', () => {
  assert.ok(problemsOf(plugin, { value: 'a', cases: { a: 1 } }).length > 0);
});

test.run();
